"""One writer of a race over the playbook: does what its command line names, when the start file appears."""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.web.settings")
django.setup()

from polku.accounts.models import User  # noqa: E402
from polku.playbook import actions, drafting, errors, queries, signing  # noqa: E402


def main(start: Path, act: str, number: int) -> None:
    """Wait for the others, then act once; a refusal by name is a fine end."""
    Path(f"{start}.{os.getpid()}").touch()
    while not start.exists():
        time.sleep(0.002)
    now = datetime.now(UTC)
    user = User.objects.get(role="sales_lead")
    try:
        if act == "due":
            actions.activate_due(now=now)
        elif act == "now":
            actions.set_date(number, effective_at=now, now=now, by=user)
        elif act == "begin":
            actions.begin_from(number, now=now, by=user)
        elif act == "sign":
            seen = queries.version(number).content_hash
            signing.sign(number, department="sales", seen_hash=seen, now=now, by=user)
        elif act == "change":
            row = queries.version(number)
            drafting.save_text(number, text=row.text + "# more", seen_hash=row.content_hash, now=now, by=user)
    except (errors.WrongState, errors.NotSigned, errors.SignedAlready, errors.TextChanged) as refusal:
        print(type(refusal).__name__)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
