"""The life of a version: draft, in review, signed by both departments, in force, superseded."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from polku.accounts.models import AuditEntry, Role
from polku.news.models import News
from polku.playbook import actions, drafting, queries, signing
from polku.playbook.errors import (
    NothingToAgree,
    NotSigned,
    NotTheirDepartment,
    SignedAlready,
    TextChanged,
    UnknownSignature,
    WrongState,
)
from polku.playbook.models import Signature, State, Version
from polku.rules.errors import PlaybookError, Problem
from tests.rooms.cast import Cast
from tests.rooms.playbook.drafts import drafted, hotter, reviewed, signed

DAY = timedelta(days=1)


@pytest.fixture
def force(cast: Cast, now: datetime) -> Version:
    return actions.activate_shipped(now=now, by=cast.admin)


def state(number: int) -> str:
    return queries.version(number).state


def sides(row: Version) -> set[str]:
    return {one.department for one in queries.standing_signatures(row)}


# -- writing


def test_a_draft_begins_from_any_version_and_names_it(force: Version, cast: Cast, now: datetime) -> None:
    row = actions.begin_from(1, now=now, by=cast.marketer)
    assert (row.number, row.basis, row.state, row.text) == (2, 1, State.DRAFT, force.text)


def test_going_back_is_a_new_draft_of_an_old_text(force: Version, cast: Cast, now: datetime) -> None:
    actions.set_date(signed(cast, now=now).number, effective_at=now, now=now, by=cast.sales_lead)
    back = actions.begin_from(1, now=now, by=cast.sales_lead)
    assert (back.number, back.basis, back.content_hash) == (3, 1, force.content_hash)
    assert drafting.send_to_review(3, now=now, by=cast.sales_lead).state == State.REVIEW


def test_an_unreadable_text_is_kept_and_cannot_go_to_review(force: Version, cast: Cast, now: datetime) -> None:
    row = drafted(cast, now=now)
    broken = hotter().replace("currency: EUR", "currency: euros")
    saved = drafting.save_text(row.number, text=broken, seen_hash=row.content_hash, now=now, by=cast.marketer)
    assert (saved.text, saved.name) == (broken, "Industrial supplies")
    with pytest.raises(PlaybookError, match="not a currency"):
        drafting.send_to_review(row.number, now=now, by=cast.marketer)
    kept = queries.saved_texts(saved)
    assert [one.is_readable for one in kept] == [True, True, False]
    assert [one.text for one in kept] == [force.text, hotter(), broken]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(
    force: Version, cast: Cast, now: datetime
) -> None:
    row = actions.begin_from(1, now=now, by=cast.marketer)
    drafting.save_text(2, text=hotter(70), seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    with pytest.raises(TextChanged) as error:
        drafting.save_text(2, text=hotter(50), seen_hash=row.content_hash, now=now, by=cast.marketer)
    assert error.value.current == queries.version(2).content_hash
    assert "hot: 70" in queries.version(2).text


def test_a_draft_that_says_what_is_in_force_needs_no_signature(force: Version, cast: Cast, now: datetime) -> None:
    actions.begin_from(1, now=now, by=cast.marketer)
    with pytest.raises(NothingToAgree):
        drafting.send_to_review(2, now=now, by=cast.marketer)


# -- signing


def test_both_departments_sign_and_only_then_it_is_signed(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    one = signing.sign(2, department="marketing", seen_hash=row.content_hash, now=now, by=cast.marketing_lead)
    assert (state(2), one.content_hash) == (State.REVIEW, row.content_hash)
    signing.sign(2, department="sales", seen_hash=row.content_hash, comment="Good.", now=now, by=cast.sales_lead)
    assert (state(2), sides(row)) == (State.SIGNED, {"marketing", "sales"})
    assert queries.in_force().number == 1


@pytest.mark.parametrize("department", ["marketing", "sales"])
def test_nobody_else_signs_not_even_an_admin(department: str, force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    lead = cast.marketing_lead if department == "marketing" else cast.sales_lead
    for user in (each for each in cast if each != lead):
        with pytest.raises(NotTheirDepartment):
            signing.sign(2, department=department, seen_hash=row.content_hash, now=now, by=user)
    assert not Signature.objects.exists()


def test_nobody_signs_for_both_departments(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    signing.sign(2, department="marketing", seen_hash=row.content_hash, now=now, by=cast.marketing_lead)
    cast.marketing_lead.role = Role.SALES_LEAD
    cast.marketing_lead.save()
    with pytest.raises(SignedAlready):
        signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.marketing_lead)
    both = {"version": row, "content_hash": row.content_hash, "at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(department="sales", user=cast.marketing_lead, **both)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(department="marketing", user=cast.admin, **both)


def test_what_is_signed_is_what_was_read(force: Version, cast: Cast, now: datetime) -> None:
    read = reviewed(cast, now=now)
    drafting.save_text(2, text=hotter(70), seen_hash=read.content_hash, now=now, by=cast.marketer)
    drafting.send_to_review(2, now=now, by=cast.marketer)
    with pytest.raises(TextChanged):
        signing.sign(2, department="sales", seen_hash=read.content_hash, now=now, by=cast.sales_lead)
    assert not Signature.objects.exists()


def test_another_text_voids_the_signatures_and_says_why(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    drafting.save_text(2, text=hotter(70), seen_hash=row.content_hash, now=now + DAY, by=cast.marketer)
    old = Signature.objects.get()
    assert (state(2), old.ending, old.ended_at, old.ended_by) == (
        State.DRAFT,
        "text_changed",
        now + DAY,
        cast.marketer,
    )
    assert AuditEntry.objects.get(verb="playbook.signature_void").details == {
        "department": "sales",
        "signer": "Sami Saleslead",
    }
    assert News.objects.get(kind="PlaybookSignaturesLost").payload["departments"] == ["sales"]


def test_other_line_ends_are_the_same_text(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    drafting.save_text(2, text=hotter() + "  \n\n", seen_hash=row.content_hash, now=now, by=cast.marketer)
    assert (state(2), sides(row)) == (State.REVIEW, {"sales"})


def test_a_signature_stands_when_the_draft_is_called_back_and_sent_again_unchanged(
    force: Version, cast: Cast, now: datetime
) -> None:
    row = reviewed(cast, now=now)
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    drafting.call_back(2, now=now, by=cast.marketer)
    drafting.send_to_review(2, now=now, by=cast.marketer)
    assert sides(row) == {"sales"}
    signing.sign(2, department="marketing", seen_hash=row.content_hash, now=now, by=cast.marketing_lead)
    assert state(2) == State.SIGNED


def test_a_withdrawn_signature_takes_the_date_along(force: Version, cast: Cast, now: datetime) -> None:
    row = signed(cast, now=now)
    actions.set_date(2, effective_at=now + DAY, now=now, by=cast.sales_lead)
    signing.withdraw(2, why="Not before the fair.", now=now, by=cast.sales_lead)
    after = queries.version(2)
    assert (after.state, after.effective_at, sides(row)) == (State.REVIEW, None, {"marketing"})
    assert actions.activate_due(now=now + 2 * DAY) == []
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    assert state(2) == State.SIGNED


def test_only_ones_own_signature_is_withdrawn(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    with pytest.raises(UnknownSignature):
        signing.withdraw(2, why="No.", now=now, by=cast.marketing_lead)


# -- coming into force


def test_it_comes_into_force_on_its_date_and_the_one_before_ends(force: Version, cast: Cast, now: datetime) -> None:
    signed(cast, now=now)
    actions.set_date(2, effective_at=now + DAY, now=now, by=cast.marketing_lead)
    assert actions.activate_due(now=now + DAY - timedelta(seconds=1)) == []
    assert actions.activate_due(now=now + DAY) == [2]
    assert actions.activate_due(now=now + DAY) == []
    old, new = queries.version(1), queries.version(2)
    assert (old.state, old.superseded_at) == (State.SUPERSEDED, now + DAY)
    assert (new.state, new.in_force_at, new.activated_by) == (State.IN_FORCE, now + DAY, cast.marketing_lead)
    assert [one.payload for one in News.objects.filter(kind="PlaybookActivated")] == [{"number": 1}, {"number": 2}]


def test_of_two_that_are_due_the_later_date_decides(force: Version, cast: Cast, now: datetime) -> None:
    first, second = signed(cast, now=now), signed(cast, now=now, text=hotter(70))
    actions.set_date(second.number, effective_at=now + DAY, now=now, by=cast.sales_lead)
    actions.set_date(first.number, effective_at=now + 2 * DAY, now=now, by=cast.sales_lead)
    assert actions.activate_due(now=now + 3 * DAY) == [second.number, first.number]
    assert Version.objects.filter(state=State.IN_FORCE).get() == first


def test_a_date_can_be_put_off_and_taken_away(force: Version, cast: Cast, now: datetime) -> None:
    signed(cast, now=now)
    for effective_at in (now + DAY, now + 3 * DAY, None):
        actions.set_date(2, effective_at=effective_at, now=now, by=cast.sales_lead)
    assert actions.activate_due(now=now + 9 * DAY) == []
    assert queries.in_force().number == 1


def test_what_is_not_signed_by_both_gets_no_date(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    with pytest.raises(WrongState):
        actions.set_date(2, effective_at=now, now=now, by=cast.sales_lead)
    with pytest.raises(NotSigned):
        actions.activate(2, now=now, by=cast.admin)
    assert queries.in_force().number == 1


def test_before_the_first_signature_ever_any_version_may_be_put_in_force(
    force: Version, cast: Cast, now: datetime
) -> None:
    row = drafted(cast, now=now)
    assert actions.activate(row.number, now=now, by=cast.admin).state == State.IN_FORCE
    assert actions.activate(1, now=now, by=cast.admin).state == State.IN_FORCE


def test_a_text_changed_behind_the_back_of_the_signatures_does_not_come_into_force(
    force: Version, cast: Cast, now: datetime
) -> None:
    row = signed(cast, now=now)
    Version.objects.filter(pk=row.pk).update(text=hotter(99))
    with pytest.raises(NotSigned):
        actions.set_date(2, effective_at=now, now=now, by=cast.sales_lead)
    assert queries.in_force().number == 1


def test_a_due_version_that_no_longer_fits_the_rules_leaves_the_old_one_in_force(
    force: Version, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(cast, now=now)
    actions.set_date(2, effective_at=now + DAY, now=now, by=cast.sales_lead)
    problem = Problem("currency", "currency", {"value": "EUR"})
    monkeypatch.setattr("polku.rules.playbook.check", lambda parts: [problem])
    assert actions.activate_due(now=now + DAY) == []
    assert (queries.version(1).state, queries.version(2).state) == (State.IN_FORCE, State.SIGNED)
    assert queries.version(2).effective_at is None
    assert News.objects.get(kind="PlaybookStuck").payload == {"number": 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "agreed"},
        {"state": "in_force"},
        {"state": "superseded"},
        {"state": "draft", "effective_at": datetime(2026, 3, 4, 8).astimezone()},
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(
    wrong: dict[str, object], force: Version, cast: Cast, now: datetime
) -> None:
    row = drafted(cast, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=row.pk).update(**wrong)


def test_the_database_refuses_a_second_version_in_force(force: Version, cast: Cast, now: datetime) -> None:
    row = drafted(cast, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=row.pk).update(state="in_force", in_force_at=now)


@pytest.mark.parametrize("act", ["send", "call_back", "sign", "date", "save"])
def test_what_is_in_force_is_not_touched(act: str, force: Version, cast: Cast, now: datetime) -> None:
    acts = {
        "send": lambda: drafting.send_to_review(1, now=now, by=cast.sales_lead),
        "call_back": lambda: drafting.call_back(1, now=now, by=cast.sales_lead),
        "sign": lambda: signing.sign(1, department="sales", seen_hash=force.content_hash, now=now, by=cast.sales_lead),
        "date": lambda: actions.set_date(1, effective_at=now, now=now, by=cast.sales_lead),
        "save": lambda: drafting.save_text(1, text=hotter(), seen_hash=force.content_hash, now=now, by=cast.sales_lead),
    }
    with pytest.raises(WrongState):
        acts[act]()
    assert queries.version(1).text == force.text
