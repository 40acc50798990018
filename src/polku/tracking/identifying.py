"""Tells visitors from people: a visitor becomes known, its past joins the person, and a join can be undone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Q

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.crm import queries as crm
from polku.news import actions as news_actions
from polku.news.events import SignalsRecorded
from polku.rules import visitors as rules
from polku.rules.visitors import Known
from polku.tracking import identities
from polku.tracking.inputs import VisitorRef
from polku.tracking.models import Identification, Signal, Site, Touch, Visit, Visitor


class Introduced(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor told who they are: by a form, a login or a click in a mail. `at` is when."""

    site_key: str
    token: str
    person_id: int
    kind: str
    at: datetime
    evidence: str = ""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """What changed hands: the leads that won or lost signals, and the people they belong to."""

    lead_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()


@transaction.atomic(savepoint=False)
def hold(seen: Sequence[VisitorRef]) -> None:
    """Hold the rows of visitors before anything else is: all who join or part them take these locks first."""
    if seen:
        sites = {site.key: site for site in Site.objects.filter(key__in={one.site_key for one in seen})}
        _held([(sites[one.site_key], one.token, one.at) for one in seen if one.site_key in sites])


@transaction.atomic(savepoint=False)
def identify(introduced: Sequence[Introduced], *, now: datetime) -> Joined:
    """Join visitors to people and their past with them. The caller starts the way for the leads that changed.

    A visitor that has not been seen yet is made, so that events still on their way find whose they are.
    """
    if not introduced:
        return Joined()
    sites = {site.key: site for site in Site.objects.filter(key__in={one.site_key for one in introduced})}
    wanted = sorted((one for one in introduced if one.site_key in sites), key=lambda one: (one.token, one.at))
    changed: list[int] = []
    rows = _held([(sites[one.site_key], one.token, one.at) for one in wanted])
    known = identities.standing([row.pk for row in rows.values()])
    for one in wanted:
        row = rows[sites[one.site_key].pk, one.token]
        before = known.get(row.pk, ())
        if rules.may_claim(before, person_id=one.person_id, kind=one.kind, at=one.at):
            known[row.pk] = _in_order((*before, _keep(one, row, before)))
            changed.append(row.pk)
    return _share_out({pk: known[pk] for pk in changed}, now=now)


def _held(wanted: Iterable[tuple[Site, str, datetime]]) -> dict[tuple[int, str], Visitor]:
    """The rows of visitors, made where there are none, held in one order until the transaction ends."""
    new = [Visitor(site=site, token=token, first_seen_at=at, last_seen_at=at) for site, token, at in wanted]
    Visitor.objects.bulk_create(new, ignore_conflicts=True)
    tokens = {row.token for row in new}
    rows = Visitor.objects.select_for_update(no_key=True, of=("self",)).filter(token__in=tokens).order_by("pk")
    return {(row.site_id, row.token): row for row in rows}


def _in_order(known: Iterable[Known]) -> tuple[Known, ...]:
    return tuple(sorted(known, key=lambda each: each.at))


def _keep(one: Introduced, row: Visitor, before: Sequence[Known]) -> Known:
    visit = Visit.objects.filter(visitor=row.pk, started_at__lte=one.at).order_by("-started_at").first()
    earlier = [each for each in before if each.at <= one.at]
    since = rules.owns_from(earlier, one.at, visit_began=visit.started_at if visit else None)
    Identification.objects.create(
        visitor=row, person_id=one.person_id, kind=one.kind, evidence=one.evidence[:80], at=one.at, owns_from=since
    )
    return Known(person_id=one.person_id, kind=one.kind, at=one.at, owns_from=since)


@transaction.atomic
def undo(identification_id: int, *, by: User, now: datetime) -> Joined:
    """Take an identification back: what it had joined goes to whoever stands before, or to nobody.

    Does nothing when it is already undone. The visitor may become known again.
    """
    row = Identification.objects.filter(pk=identification_id, undone_at__isnull=True).first()
    if row is None:
        return Joined()
    list(Visitor.objects.select_for_update(no_key=True).filter(pk=row.visitor_id))
    if not Identification.objects.filter(pk=row.pk, undone_at__isnull=True).update(undone_at=now, undone_by=by):
        return Joined()
    standing = identities.standing([row.visitor_id])
    joined = _share_out({row.visitor_id: standing.get(row.visitor_id, ())}, now=now)
    accounts_actions.audit(
        "visitor_parted", by=by, subject="visitor", subject_id=row.visitor_id, now=now,
        details={"person": row.person_id, "kind": row.kind},
    )  # fmt: skip
    if joined.lead_ids:
        news_actions.publish(SignalsRecorded(person_ids=joined.person_ids, lead_ids=joined.lead_ids), now=now)
    return joined


# -- sharing out


def _share_out(known: dict[int, tuple[Known, ...]], *, now: datetime) -> Joined:
    """Give every signal and touch of these visitors to whoever owned the browser then."""
    people = {each.person_id for all_known in known.values() for each in all_known}
    leads = crm.open_leads_of_people(people)
    lead_ids, person_ids = set[int | None](), set[int | None](people)
    for visitor_id, standing in known.items():
        Visitor.objects.filter(pk=visitor_id).update(person=standing[-1].person_id if standing else None)
        for person_id, when in _spans(standing):
            lead_id = leads.get(person_id) if person_id is not None else None
            for model in (Signal, Touch):
                rows = model.objects.filter(when, visitor=visitor_id)
                rows = rows.filter(person__isnull=False) if person_id is None else rows.exclude(person=person_id)
                losers = set(rows.values_list("lead_id", "person_id"))
                if losers:
                    rows.update(person=person_id, lead=lead_id, joined_at=now if person_id else None)
                    lead_ids |= {lead_id, *(lead for lead, _ in losers)}
                    person_ids |= {person for _, person in losers}
    return Joined(lead_ids=_sorted(lead_ids), person_ids=_sorted(person_ids))


def _sorted(ids: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(sorted(each for each in ids if each is not None))


def _spans(standing: Sequence[Known]) -> list[tuple[int | None, Q]]:
    """Who owned the browser when, in parts that do not overlap; the same as `rules.visitors.owner_at`."""
    if not standing:
        return [(None, Q())]
    begins = rules.begins(standing)
    spans: list[tuple[int | None, Q]] = []
    for number, (each, begin) in enumerate(zip(standing, begins, strict=True)):
        later = [other for other in begins[number + 1 :] if other is not None]
        when = Q(at__gte=begin) if begin is not None else Q()
        spans.append((each.person_id, when & Q(at__lt=min(later)) if later else when))
    return spans
