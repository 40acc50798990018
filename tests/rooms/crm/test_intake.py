"""What comes in meets what is known: matched, filled, never erased, every fact with its moment and source."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from polku.capture.actions import receive
from polku.capture.inputs import Captured
from polku.crm import queries
from polku.crm.inputs import CompanyInput, Key, LeadInput, PersonInput, StageStep
from polku.crm.models import Company, Facts, Lead, Person, StageChange
from polku.playbook import actions as playbook
from polku.rules.stages import Stage
from polku.tracking.inputs import SignalInput
from polku.tracking.models import Signal, Touch
from tests.rooms.captures import captured
from tests.rooms.cast import Cast


@pytest.fixture(autouse=True)
def _agreed(cast: Cast, now: datetime) -> None:
    playbook.activate_shipped(now=now, by=cast.admin)


def test_one_capture_makes_company_person_lead_with_all_that_came(now: datetime) -> None:
    (outcome,) = receive([captured(now=now, signals=("page_view",))], now=now)
    person = Person.objects.get(pk=outcome.person_id)
    assert (outcome.made_person, outcome.made_company, outcome.made_lead) == (True, True, True)
    assert (person.email_key, person.company.domain, person.company.name) == (
        "jan@kovarna.example",
        "kovarna.example",
        "Kovárna Brno s.r.o.",
    )
    assert Signal.objects.get().lead_id == Touch.objects.get().lead_id == outcome.lead_id


def test_the_same_address_in_other_case_is_the_same_person_and_lead(now: datetime) -> None:
    first, second = receive([captured(now=now), captured("JAN@Kovarna.Example", now=now)], now=now)
    (third,) = receive([captured("Jan@kovarna.example", now=now)], now=now)
    assert {first.lead_id, second.lead_id, third.lead_id} == {first.lead_id}
    assert (Person.objects.count(), Lead.objects.count(), Company.objects.count()) == (1, 1, 1)
    assert not third.made_person


def test_plus_tags_are_other_people(now: datetime) -> None:
    receive([captured("jan@kovarna.example", now=now), captured("jan+b@kovarna.example", now=now)], now=now)
    assert Person.objects.count() == 2
    assert Company.objects.count() == 1


def test_a_blank_never_erases(now: datetime) -> None:
    receive([captured(now=now)], now=now)
    receive([captured(now=now, person={"job_title": "", "first_name": ""}, company={"employees": None})], now=now)
    person = Person.objects.get()
    assert (person.job_title, person.first_name, person.company.employees) == ("Nákupčí", "Jan", 180)


def test_the_open_internet_fills_blanks_and_replaces_nothing(now: datetime) -> None:
    receive([captured(now=now, person={"phone": ""})], now=now)
    hostile = captured(now=now, person={"last_name": "Hacked", "phone": "+420 601 123 456"}, trusted=False)
    receive([hostile], now=now)
    person = Person.objects.get()
    assert (person.last_name, person.phone_e164) == ("Novák", "+420601123456")


def test_a_trusted_source_corrects_and_the_past_stays_readable(now: datetime) -> None:
    receive([captured(now=now)], now=now)
    later = now + timedelta(days=30)
    receive([captured(now=later, company={"employees": 400})], now=later)
    company = Company.objects.get()
    assert company.employees == 400
    before = queries.known_as_of(now, what="company", subject_id=company.pk)
    after = queries.known_as_of(later, what="company", subject_id=company.pk)
    assert (before["employees"], after["employees"]) == (180, 400)
    assert before["name"] == after["name"]


def test_facts_name_their_source(now: datetime) -> None:
    receive([captured(now=now, source="import:7")], now=now)
    assert set(Facts.objects.values_list("source", flat=True)) == {"import:7"}


@pytest.mark.parametrize("email", ["jan@gmail.com", "jan@mailinator.com", ""])
def test_a_private_address_does_not_make_a_company_of_its_domain(email: str, now: datetime) -> None:
    receive([captured(email, now=now, company={"name": "", "industry": "", "employees": None, "country": ""})], now=now)
    assert Company.objects.count() == 0


def test_companies_meet_by_name_when_one_side_has_no_domain(now: datetime) -> None:
    receive(
        [captured("jan@gmail.com", now=now), captured("eva@gmail.com", now=now, company={"name": "KOVARNA BRNO"})],
        now=now,
    )
    receive([captured("petr@kovarna.example", now=now)], now=now)
    assert Company.objects.get().domain == "kovarna.example"


def test_namesakes_with_other_domains_stay_two(now: datetime) -> None:
    receive([captured("a@kovarna.example", now=now), captured("b@other.example", now=now)], now=now)
    assert Company.objects.count() == 2


def test_a_phone_finds_the_person_but_not_under_another_name(now: datetime) -> None:
    given = {"email": "", "phone": "+420 601 123 456"}
    receive([captured("", now=now, person=given)], now=now)
    receive([captured("", now=now, person=given | {"first_name": "", "last_name": ""})], now=now)
    receive([captured("", now=now, person=given | {"last_name": "Svoboda"})], now=now)
    assert Person.objects.count() == 2


def test_an_external_key_finds_the_lead_again(now: datetime) -> None:
    key = Key("crm", "4563")
    bare = Captured(source="import:1", lead=LeadInput(source="social"), lead_key=key)
    (first,) = receive([bare], now=now)
    won = LeadInput(steps=(StageStep(Stage.CUSTOMER, now),))
    (second,) = receive([Captured(source="import:2", lead=won, lead_key=key)], now=now)
    assert first.lead_id == second.lead_id
    assert Lead.objects.get().stage == Stage.CUSTOMER


def test_history_ends_where_its_last_step_left_it(now: datetime) -> None:
    began = now - timedelta(days=90)
    steps = (StageStep(Stage.MQL, began + timedelta(days=10)), StageStep(Stage.LOST, began + timedelta(days=40)))
    receive([captured(now=now, lead={"created_at": began, "steps": steps, "close_reason": "no_need"})], now=now)
    lead = Lead.objects.get()
    assert (lead.stage, lead.closed_at, lead.close_reason) == (Stage.LOST, steps[1].at, "no_need")
    assert list(StageChange.objects.order_by("at").values_list("to_stage", flat=True)) == ["lead", "mql", "lost"]


def test_the_same_history_twice_changes_nothing(now: datetime) -> None:
    began = now - timedelta(days=90)
    row = captured(
        now=now, lead={"created_at": began, "steps": (StageStep(Stage.CUSTOMER, began + timedelta(days=9)),)}
    )
    receive([row], now=now)
    receive([row], now=now)
    assert (Lead.objects.count(), StageChange.objects.count()) == (1, 2)
    assert Company.objects.get().won_before_at == began + timedelta(days=9)


def test_a_closed_lead_is_not_continued_but_a_new_one_opened(now: datetime) -> None:
    receive([captured(now=now, lead={"steps": (StageStep(Stage.LOST, now - timedelta(days=5)),)})], now=now)
    receive([captured(now=now)], now=now)
    assert sorted(Lead.objects.values_list("stage", flat=True)) == ["lead", "lost"]


def test_what_opens_no_lead_makes_none(now: datetime) -> None:
    (outcome,) = receive([_contact()], now=now)
    assert outcome.lead_id is None
    assert Person.objects.count() == 1


def _contact() -> Captured:
    return Captured(
        source="import:1", person=PersonInput(email="a@b.example"), company=CompanyInput(), opens_lead=False
    )


def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(
    now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    receive([captured("warm@up.example", now=now)], now=now)
    with django_assert_max_num_queries(46):
        receive([captured(f"p{n}@firm{n}.example", now=now, signals=("quote_requested",)) for n in range(300)], now=now)


def test_a_repeated_signal_key_is_one_signal(now: datetime) -> None:
    signal = SignalInput(kind="page_view", at=now, path="/pricing", key="evt-1")
    for _ in range(2):
        item = Captured(source="api:1", person=PersonInput(email="a@b.example"), signals=(signal, signal))
        receive([item], now=now)
    assert Signal.objects.count() == 1
