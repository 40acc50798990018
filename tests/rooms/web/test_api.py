"""The REST API: what it promises, what it refuses, and that a repeat is harmless."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.crm.models import Company, Lead, Person
from polku.tracking.models import Consent, Signal, Touch
from polku.web.api import guard
from tests.rooms.cast import Cast
from tests.rooms.web.api import LEAD, PERSON, Caller, errors

# -- adding


def test_a_lead_comes_in_whole(caller: Caller) -> None:
    response = caller.post(
        "leads",
        LEAD
        | {
            "title": "Oven maintenance",
            "topic": "maintenance",
            "source": "LinkedIn",
            "annual_value": "12000.50",
            "currency": "EUR",
            "note": "Met at the fair.\nCall in the morning.",
            "external_id": {"system": "erp", "key": "L-1"},
            "signals": [{"kind": "quote_requested", "at": "2026-03-04T07:00:00Z", "key": "q1", "details": {"n": 3}}],
            "came": {"url": "https://polku.example/pricing?gclid=abc", "referrer": "https://www.google.com/"},
            "consents": [{"purpose": "marketing", "given": True, "text": "You may write."}],
        },
    )

    assert response.status_code == 201
    told = response.json()
    lead = Lead.objects.select_related("person", "company").get(pk=told["lead_id"])
    assert (told["made_lead"], told["made_person"], told["made_company"]) == (True, True, True)
    assert told["url"].endswith(f"/api/v1/leads/{lead.pk}")
    assert (lead.title, lead.topic, str(lead.annual_value)) == ("Oven maintenance", "maintenance", "12000.50")
    assert (lead.source_detail, lead.person.first_name) == ("LinkedIn", "Sanna")
    assert lead.company is not None
    assert (lead.company.country, lead.company.industry) == ("FI", "C28")
    assert Signal.objects.get().details == {"n": 3}
    assert (Touch.objects.get().channel, Consent.objects.get().given) == ("paid_search", True)
    assert lead.notes.get().text.startswith("Met at the fair.\n")


def test_a_known_lead_is_added_to(caller: Caller) -> None:
    first = caller.post("leads", LEAD)
    second = caller.post("leads", LEAD | {"signals": [{"kind": "demo_requested"}]})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["lead_id"] == second.json()["lead_id"]
    assert second.json()["made_lead"] is False


def test_an_external_id_finds_its_lead_again(caller: Caller) -> None:
    known = {"external_id": {"system": "erp", "key": "L-1"}}
    first = caller.post("leads", LEAD | known).json()
    second = caller.post("leads", known | {"title": "Renamed"}).json()

    assert first["lead_id"] == second["lead_id"]
    assert Lead.objects.get().title == "Renamed"


def test_two_hundred_at_once(caller: Caller) -> None:
    leads = [{"person": {"email": f"p{n}@firm{n}.example"}} for n in range(200)]

    response = caller.post("leads/batch", {"leads": leads})

    assert response.status_code == 201
    assert len(response.json()["leads"]) == Lead.objects.count() == 200


def test_the_number_of_queries_does_not_grow_with_the_batch(
    caller: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    leads = [{"person": {"email": f"p{n}@firm{n}.example"}} for n in range(100)]

    with django_assert_max_num_queries(28):
        assert caller.post("leads/batch", {"leads": leads}).status_code == 201


# -- refusing


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"persona": "x"}, "persona", "not known"),
        ({"person": {"emial": "x"}}, "person.emial", "not known"),
        ({"person": {"email": "no address"}}, "person.email", "name@company.com"),
        ({"person": {"email": 5}}, "person.email", "text in quotation marks"),
        ({"person": {"last_name": "x" * 101}}, "person.last_name", "at most 100"),
        ({"person": {"last_name": "a\u0000b"}}, "person.last_name", "cannot be kept"),
        ({"person": {"last_name": "a\nb"}}, "person.last_name", "one line"),
        ({"person": {"linkedin_url": "javascript:alert(1)"}}, "person.linkedin_url", "https://"),
        ({"person": PERSON | {"email_opt_out": "yes"}}, "person.email_opt_out", "true or false"),
        ({"company": {"country": "Atlantis"}}, "company.country", "country"),
        ({"company": {"industry": "nonsense industry"}}, "company.industry", "NACE"),
        ({"company": {"employees": "12"}}, "company.employees", "whole number"),
        ({"company": {"employees": -1}}, "company.employees", "greater"),
        ({"company": {"annual_revenue": 10**20}}, "company.annual_revenue", "digits"),
        ({"annual_value": "1.234"}, "annual_value", "decimals"),
        ({"annual_value": "NaN"}, "annual_value", "finite"),
        ({"currency": "euro"}, "currency", "pattern"),
        ({"note": "x" * 20_001}, "note", "at most 20000"),
        ({"signals": [{"kind": "Bad Kind"}]}, "signals[0].kind", "pattern"),
        ({"signals": [{"kind": "call", "at": "2026-03-04T07:00:00"}]}, "signals[0].at", "time zone"),
        ({"signals": [{"kind": "call", "details": {"a": {"b": 1}}}]}, "signals[0].details.a", "text, a number"),
        ({"signals": [{"kind": "call"}] * 51}, "signals", "At most 50"),
        ({"came": {"url": "ftp://x.example"}}, "came.url", "https://"),
        ({"person": {}, "company": {}}, "body", "external_id"),
    ],
)
def test_each_field_to_mend_is_named(caller: Caller, change: dict[str, Any], field: str, says: str) -> None:
    response = caller.post("leads", LEAD | change)

    assert response.status_code == 422
    assert says in errors(response)[field]
    assert not Lead.objects.exists()


def test_one_bad_lead_refuses_the_batch_and_is_named(caller: Caller) -> None:
    response = caller.post("leads/batch", {"leads": [LEAD, LEAD | {"person": {"email": "x"}}]})

    assert response.status_code == 422
    assert list(errors(response)) == ["leads[1].person.email"]
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422),
        ("{", 400),
        ("[]", 422),
        ("null", 422),
        ('{"annual_value": NaN}', 400),
        ('{"annual_value": 1e999}', 400),
        ("[" * 100_000, 400),
        ('{"note": "\\ud800"}', 400),
        ('{"note": "' + "x" * 1_100_000 + '"}', 413),
        ("\x00", 400),
    ],
)
def test_bodies_that_are_no_lead(caller: Caller, body: str, status: int) -> None:
    response = caller.post("leads", body)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert not Lead.objects.exists()


def test_more_than_two_hundred_are_refused(caller: Caller) -> None:
    assert "At most 200" in errors(caller.post("leads/batch", {"leads": [LEAD] * 201}))["leads"]
    assert "At least 1" in errors(caller.post("leads/batch", {"leads": []}))["leads"]


# -- who may


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer \x80", "Bearer polku_abc_def"])
def test_without_a_key_that_is_in_use_nothing_opens(db: None, header: str) -> None:
    response = Client().get("/api/v1/leads", headers={"authorization": header})

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_a_revoked_key_opens_nothing(caller: Caller, cast: Cast, now: datetime) -> None:
    key_id = cast.admin.pk and accounts_actions.add_api_key("old", now=now, by=cast.admin)
    accounts_actions.revoke_api_key(key_id[0].pk, now=now, by=cast.admin)

    assert Caller(key_id[1]).get("leads").status_code == 401
    assert caller.get("leads").status_code == 200


def test_a_log_in_is_no_key(cast: Cast, log_in: Callable[[User], Client]) -> None:
    assert log_in(cast.admin).get("/api/v1/leads").status_code == 401


def test_a_key_sees_what_its_user_sees(caller_of: Callable[[User], Caller], cast: Cast) -> None:
    made = caller_of(cast.admin).post("leads", LEAD).json()
    Lead.objects.update(owner=cast.owner, team=cast.team)

    for user, status in ((cast.owner, 200), (cast.teammate, 200), (cast.stranger, 404), (cast.manager, 200)):
        asked = caller_of(user)
        assert asked.get(f"leads/{made['lead_id']}").status_code == status
        assert asked.get(f"people/{made['person_id']}").status_code == status
        assert asked.get(f"companies/{made['company_id']}").status_code == status
        assert len(asked.get("leads").json()["items"]) == (status == 200)
        assert len(asked.get("people").json()["items"]) == (status == 200)


def test_too_many_requests_are_told_when_to_come_back(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PER_MINUTE", 2)

    answers = [caller.get("leads") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert answers[2]["Content-Type"] == "application/problem+json"


# -- reading


def test_a_lead_is_told_with_its_score_and_the_reasons_that_sum_to_it(caller: Caller) -> None:
    made = caller.post("leads", LEAD | {"signals": [{"kind": "quote_requested"}]}).json()

    told = caller.get(f"leads/{made['lead_id']}").json()

    score = told["score"]
    assert score["temperature"] == "hot"
    assert sum(reason["amount"] for reason in score["interest_reasons"]) == pytest.approx(score["interest"])
    assert sum(reason["amount"] for reason in score["fit_reasons"]) == pytest.approx(score["fit_points"])
    assert sum(reason["amount"] for reason in score["potential_reasons"]) == pytest.approx(float(score["potential"]))
    assert all(reason["text"] for reason in score["interest_reasons"])
    assert told["person"]["email"] == PERSON["email"]


def test_pages_follow_each_other_without_gap_or_repeat(caller: Caller) -> None:
    caller.post("leads/batch", {"leads": [{"person": {"email": f"p{n}@firm{n}.example"}} for n in range(25)]})
    seen: list[int] = []
    cursor: str | None = ""

    while cursor is not None:
        page = caller.get("leads", limit=10, cursor=cursor).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]

    assert seen == sorted(Lead.objects.values_list("pk", flat=True), reverse=True)


def test_filters_narrow(caller: Caller) -> None:
    caller.post("leads", LEAD | {"topic": "bending", "external_id": {"system": "erp", "key": "L-1"}})
    caller.post("leads", {"person": {"email": "other@firm.example"}, "topic": "consulting"})

    def count(path: str, **query: object) -> int:
        return len(caller.get(path, **query).json()["items"])

    assert count("leads", topic="bending") == 1
    assert count("leads", email="SANNA.Virtanen@metos.example") == 1
    assert count("leads", external_system="erp", external_key="L-1") == 1
    assert count("leads", created_from="2000-01-01T00:00:00Z") == 2
    assert count("leads", created_before="2000-01-01T00:00:00Z") == 0
    assert count("people", email="other@firm.example") == 1
    assert count("companies", name="METOS") == 1
    assert count("companies", country="Finland") == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 201}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"cursor": "!!!"}, "cursor"),
        ({"cursor": "eHh4"}, "cursor"),
        ({"colour": "red"}, "colour"),
        ({"created_from": "yesterday"}, "created_from"),
        ({"topic": "a\x00b"}, "topic"),
        ({"external_key": "a\x00b"}, "external_key"),
    ],
)
def test_queries_to_mend_are_named(caller: Caller, query: dict[str, object], field: str) -> None:
    response = caller.get("leads", **query)

    assert response.status_code == 422
    assert field in errors(response)


@pytest.mark.parametrize(
    "path", ["leads/999999", "leads/99999999999999999999999", "people/0", "companies/7", "nothing/at/all"]
)
def test_what_is_not_there(caller: Caller, path: str) -> None:
    response = caller.get(path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


# -- the document


def test_the_document_names_every_operation(db: None) -> None:
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.")
    assert set(document["paths"]) == {
        "/api/v1/leads", "/api/v1/leads/batch", "/api/v1/leads/{lead_id}", "/api/v1/people",
        "/api/v1/people/{person_id}", "/api/v1/companies", "/api/v1/companies/{company_id}",
    }  # fmt: skip
    schema = document["components"]["schemas"]["LeadIn"]
    assert schema["additionalProperties"] is False


def test_the_stored_document_is_the_one_in_use(db: None) -> None:
    stored = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"

    assert json.loads(stored.read_text()) == Client().get("/api/v1/openapi.json").json(), (
        "run: manage.py api_document > docs/reference/openapi.json"
    )


def test_the_reference_page_loads_nothing_from_elsewhere(db: None) -> None:
    response = Client().get("/api/v1/docs")

    assert response.status_code == 200
    assert "/api/v1/leads/batch" in response.text
    assert "<script>" not in response.text
    assert "http://" not in response.text.replace("http://testserver", "")
    assert "cdn" not in response.text
    assert (Company.objects.count(), Person.objects.count()) == (0, 0)
