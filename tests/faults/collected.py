"""`set_up` makes the site and form of a trial; `counts` tells what was stored and whether it adds up."""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import django

django.setup()

from django.db.models import Count, Sum  # noqa: E402

from polku.capture.models import Submission  # noqa: E402
from polku.crm.models import Lead  # noqa: E402
from polku.playbook import queries as playbook  # noqa: E402
from polku.rules import interest  # noqa: E402
from polku.scoring import queries as scoring  # noqa: E402
from polku.scoring.models import Score, VisitorInterest  # noqa: E402
from polku.tracking import queries as tracking  # noqa: E402
from polku.tracking.models import Refusal, Signal, Visit, Visitor  # noqa: E402
from tests.rooms.capture.forms import make_form  # noqa: E402
from tests.rooms.tracking.visits import make_site  # noqa: E402

NOW = datetime.now(UTC)


def set_up() -> dict[str, Any]:
    return {"site": make_site(now=NOW).key, "form": make_form(now=NOW).key}


def counts() -> dict[str, Any]:
    """Events and captures by their keys, whether any is there twice, and sums that differ from a recount."""
    keys = Signal.objects.filter(visitor__isnull=False).values_list("key", flat=True)
    doubled = Lead.objects.values("person").annotate(n=Count("pk")).filter(n__gt=1).count()
    return {
        "events": [key.partition(":")[2] for key in keys if key],
        "captured": sorted(Submission.objects.filter(status="lead").values_list("lead__person__email_key", flat=True)),
        "doubled": doubled,
        "wrong_visitors": _wrong_visitors(),
        "wrong_leads": _wrong_leads(),
        "wrong_visits": _wrong_visits(),
    }


def _wrong_visitors() -> int:
    force = playbook.in_force()
    kept = VisitorInterest.objects.in_bulk()
    told = tracking.signals_of_visitors(list(Visitor.objects.values_list("pk", flat=True)))
    sums = {pk: interest.tally(signals, force.playbook, epoch=force.epoch).total for pk, signals in told.items()}
    return sum(pk not in kept or abs(kept[pk].heat - heat) > 1e-6 * max(1, abs(heat)) for pk, heat in sums.items())


def _wrong_leads() -> int:
    force = playbook.in_force()
    kept = Score.objects.in_bulk()
    scored = scoring.scored(list(kept), force=force, now=NOW)
    return sum(abs(kept[pk].heat - one.score.heat.total) > 1e-6 for pk, one in scored.items())


def _wrong_visits() -> int:
    """Visits and visitors whose number of pages is not that of their page views."""
    by_visit = dict(Signal.objects.filter(kind="page_view").values_list("visit").annotate(n=Count("pk")))
    by_visitor = dict(Signal.objects.filter(kind="page_view").values_list("visitor").annotate(n=Count("pk")))
    visits = sum(by_visit.get(pk, 0) != pages for pk, pages in Visit.objects.values_list("pk", "pages"))
    return visits + sum(by_visitor.get(one.pk, 0) != one.pages for one in Visitor.objects.select_related("visit"))


def networks() -> list[str]:
    return sorted(set(Visitor.objects.values_list("network", flat=True)))


def refusals() -> dict[str, int]:
    """What was refused, once the counts have been written."""
    time.sleep(2.5)
    found = Refusal.objects.values_list("reason").annotate(n=Sum("count"))
    return dict(found)


if __name__ == "__main__":
    print(json.dumps({"set_up": set_up, "counts": counts, "networks": networks, "refusals": refusals}[sys.argv[1]]()))
