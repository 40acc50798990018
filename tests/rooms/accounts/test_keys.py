"""API keys, the audit log, and the rate limits."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from polku.accounts import actions, limits, queries
from polku.accounts.models import Allowance, ApiKey, AuditEntry, User
from tests.rooms.accounts.conftest import LogIn
from tests.rooms.cast import Cast


def test_key_is_shown_once_and_kept_as_a_hash(cast: Cast, log_in: LogIn, last_verb: Callable[[], str]) -> None:
    browser = log_in(cast.admin)
    page = browser.post("/settings/api-keys/", {"name": "Website"})
    raw = page.context["raw"]
    key = ApiKey.objects.get()
    assert raw in page.text
    assert "no-store" in page["Cache-Control"]
    assert raw.startswith(f"polku_{key.prefix}_")
    assert raw not in str(ApiKey.objects.values_list())
    assert raw not in browser.get("/settings/api-keys/").text
    assert last_verb() == "api_key_added"
    assert raw.rpartition("_")[2] not in str(AuditEntry.objects.latest("pk").details)


def test_key_opens_until_it_is_revoked(cast: Cast, log_in: LogIn, now: datetime, last_verb: Callable[[], str]) -> None:
    key, raw = actions.add_api_key("Website", now=now, by=cast.admin)
    holder = queries.user_of_api_key(raw)
    assert holder is not None
    assert (holder.user, holder.api_key) == (cast.admin, key)
    log_in(cast.admin).post(f"/settings/api-keys/{key.pk}/revoke/")
    assert queries.user_of_api_key(raw) is None
    assert last_verb() == "api_key_revoked"


@pytest.mark.parametrize(
    "change",
    [lambda raw: raw[:-1], lambda raw: raw + "x", lambda raw: "", lambda raw: "polku_", lambda raw: "x" * 10_000],
)
def test_wrong_key_opens_nothing(cast: Cast, now: datetime, change: Callable[[str], str]) -> None:
    _, raw = actions.add_api_key("Website", now=now, by=cast.admin)
    assert queries.user_of_api_key(change(raw)) is None


def test_key_of_somebody_who_left_opens_nothing(cast: Cast, now: datetime) -> None:
    _, raw = actions.add_api_key("Website", now=now, by=cast.admin)
    User.objects.filter(pk=cast.admin.pk).update(is_active=False)
    assert queries.user_of_api_key(raw) is None


def test_use_is_noted_once_a_minute(cast: Cast, now: datetime) -> None:
    key, _ = actions.add_api_key("Website", now=now, by=cast.admin)
    for seconds in (0, 1, 59, 61):
        actions.note_key_use(key, now=now + timedelta(seconds=seconds))
        key.refresh_from_db()
    assert key.last_used_at == now + timedelta(seconds=61)
    actions.note_key_use(key, now=now + timedelta(seconds=62))
    key.refresh_from_db()
    assert key.last_used_at == now + timedelta(seconds=61)


def test_audit_log_tells_in_words_and_filters(cast: Cast, log_in: LogIn, now: datetime) -> None:
    actions.set_teams(cast.owner.pk, team_ids=[cast.other_team.pk], now=now, by=cast.manager)
    actions.audit("lead_frobnicated", subject="lead", subject_id=7, by=cast.owner, now=now)
    changed = {"city": ["Brno", "Praha"]}
    actions.audit("company.changed", subject="company", subject_id=5, by=cast.owner, now=now, details=changed)
    browser = log_in(cast.admin)
    page = browser.get("/settings/audit-log/").text
    assert "changed the teams of Olga Owner" in page
    assert "joined: Key accounts" in page
    assert "lead frobnicated: Lead 7" in page
    assert "corrected Company 5" in page
    assert "city: Brno → Praha" in page
    assert '<a href="/leads/7/">Lead 7</a>' in page
    assert '<a href="/companies/5/">Company 5</a>' in page
    only_manager = browser.get("/settings/audit-log/", {"by": cast.manager.pk}).text
    assert "changed the teams" in only_manager
    assert "frobnicated" not in only_manager
    only_lead = browser.get("/settings/audit-log/", {"subject": "lead", "subject_id": "7"}).text
    assert "frobnicated" in only_lead
    assert "changed the teams" not in only_lead
    assert "Nothing here" in browser.get("/settings/audit-log/", {"subject": "<script>"}).text


def test_audit_log_is_paged(cast: Cast, log_in: LogIn, now: datetime) -> None:
    subjects = list(range(1, 61))
    actions.audit_many("lead_seen", subject="lead", subject_ids=subjects, by=cast.owner, now=now)
    browser = log_in(cast.admin)
    first = browser.get("/settings/audit-log/", {"subject": "lead"})
    second = browser.get("/settings/audit-log/", {"subject": "lead", "after": first.context["after"]})
    shown = [entry.subject_id for page in (first, second) for entry in page.context["told"]]
    assert shown == subjects[::-1]
    assert second.context["after"] is None


def test_limit_allows_so_many_at_once_then_one_by_one(db: None, now: datetime) -> None:
    hour = timedelta(hours=1)

    def at(seconds: float) -> limits.Allowed | limits.Refused:
        return limits.allow("form:x", limit=4, per=hour, now=now + timedelta(seconds=seconds))

    assert [at(0) for _ in range(4)] == [limits.Allowed()] * 4
    refused = at(0)
    assert isinstance(refused, limits.Refused)
    assert refused.retry_after == pytest.approx(timedelta(minutes=15), abs=timedelta(seconds=1))
    assert isinstance(at(14 * 60), limits.Refused)
    assert at(15 * 60 + 1) == limits.Allowed()
    assert isinstance(at(15 * 60 + 2), limits.Refused)


def test_refusals_do_not_lengthen_the_wait(db: None, now: datetime) -> None:
    for _ in range(50):
        limits.allow("b", limit=1, per=timedelta(minutes=1), now=now)
    assert limits.allow("b", limit=1, per=timedelta(minutes=1), now=now + timedelta(seconds=61)) == limits.Allowed()


def test_buckets_are_apart_forgettable_and_pruned(db: None, now: datetime) -> None:
    minute = timedelta(minutes=1)
    assert limits.allow("a", limit=1, per=minute, now=now) == limits.Allowed()
    assert limits.allow("b", limit=1, per=minute, now=now) == limits.Allowed()
    limits.forget("a")
    assert limits.allow("a", limit=1, per=minute, now=now) == limits.Allowed()
    assert limits.prune(now=now + timedelta(minutes=2)) == 2
    assert not Allowance.objects.exists()


def test_limit_asks_at_most_two_questions(db: None, now: datetime, django_assert_max_num_queries) -> None:
    limits.allow("a", limit=1, per=timedelta(minutes=1), now=now)
    with django_assert_max_num_queries(2):
        limits.allow("a", limit=1, per=timedelta(minutes=1), now=now)


def test_no_address_is_stored_in_a_limit(db: None, now: datetime) -> None:
    limits.allow("log-in-as:owner@polku.example", limit=1, per=timedelta(minutes=1), now=now)
    assert "owner" not in Allowance.objects.get().bucket
