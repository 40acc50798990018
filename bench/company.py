"""Sets up the company that is measured: the example's staff under the shipped playbook, with room for many leads."""

from typing import Any

from django.core.management import call_command
from django.utils import timezone

from polku.accounts import actions as accounts
from polku.accounts.inputs import WEEKDAYS
from polku.accounts.models import User
from polku.demo import forms
from polku.demo.colleagues import hire
from polku.playbook import actions as playbook

FORMS = 4  # one form takes 3,000 an hour
KEYS = 40  # one key takes 600 a minute
ROOM = 10_000_000


def set_up() -> dict[str, Any]:
    """Migrate, hire, activate the playbook, make forms and API keys; answers what clients need to know."""
    call_command("migrate", interactive=False, verbosity=0)
    now = timezone.now()
    staff = hire(since=now, now=now)
    always = {day: [("00:00", "23:59")] for day in WEEKDAYS}
    for user in staff.by_key.values():
        accounts.set_working_hours(user.pk, week=always, zone="UTC", holidays_country="", now=now, by=staff.admin)
    # Everybody has room and is at work, so that every lead is really chosen a rep for.
    User.objects.update(capacity=ROOM)
    playbook.activate_shipped(now=now, by=staff.admin)
    made = [forms.form_actions.add_form(forms.QUOTE, now=now, by=staff.admin) for _ in range(FORMS)]
    keys = [accounts.add_api_key(f"bench {number}", now=now, by=staff.admin)[1] for number in range(KEYS)]
    return {"forms": [form.key for form in made], "keys": keys, "admin": staff.admin.email}
