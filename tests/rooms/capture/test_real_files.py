"""Real exports of other systems: recognised, taken in whole, and every row accounted for."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files import File

from polku.capture import import_actions, import_queries, readers
from polku.capture.aliases import FACT, IGNORE, recognise
from polku.capture.import_counts import RESULTS, Counts, read_counts
from polku.capture.models import Import, ImportStatus
from polku.crm.models import Company, Lead, Person
from tests.rooms.cast import Cast

DATA = Path(__file__).parents[4] / "shared" / "data"
OLIST_LEADS = "olist_funnel/olist_marketing_qualified_leads_dataset.csv"
OLIST_DEALS = "olist_funnel/olist_closed_deals_dataset.csv"
ZOHO, MAUTIC = "crm_layouts/zoho_crm_export", "crm_layouts/mautic"
HUBSPOT, SALESFORCE = "crm_layouts/fivetran_hubspot", "crm_layouts/fivetran_salesforce"
NOW = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real files are not here")

type Bring = Callable[[str], Counts]


@pytest.fixture
def bring(cast: Cast, playbook: None) -> Bring:
    """Bring a file in with the mapping as proposed; the dry run must foretell the outcome."""

    def bring_in(name: str) -> Counts:
        with (DATA / name).open("rb") as file:
            row = import_actions.upload(File(file, name=Path(name).name), file_name=name, now=NOW, by=cast.manager)
        import_actions.start_check(row.pk, now=NOW, by=cast.manager)
        import_actions.check(row.pk, now=NOW)
        import_actions.start_commit(row.pk, now=NOW, by=cast.manager)
        import_actions.commit(row.pk, now=NOW)
        row.refresh_from_db()
        assert row.status == ImportStatus.DONE
        return accounted(row)

    return bring_in


def accounted(row: Import) -> Counts:
    """Every row of the file has one result, and every rejected one stands in the rejects file."""
    counts, foretold = read_counts(row.counts, "commit"), read_counts(row.counts, "check")
    lines = sum(1 for _ in readers.rows(import_queries.path_of(row), import_queries.mapped_import(row.pk).shape))
    assert lines == counts.rows == sum(getattr(counts, word) for word in RESULTS)
    assert (counts.rejected, counts.rows) == (foretold.rejected, foretold.rows)
    rejects = row.rejects.open("rb").read().decode("utf-8-sig").count("\n") - 1 if row.rejects else 0
    assert rejects == counts.rejected == sum(counts.reasons.values())
    return counts


def results(counts: Counts) -> dict[str, int]:
    return {word: getattr(counts, word) for word in RESULTS if getattr(counts, word)}


def mapped(name: str) -> dict[str, str]:
    """What was recognised of a file's columns."""
    shape = readers.inspect(DATA / name)
    columns = recognise(shape.headers, shape.sample)
    return {column.header: column.target for column in columns if column.target not in {FACT, IGNORE}}


@pytest.mark.slow
def test_olist_two_files_join_and_the_shares_are_exact(bring: Bring) -> None:
    assert results(bring(OLIST_LEADS)) == {"new": 8000}
    assert results(bring(OLIST_DEALS)) == {"updated": 842}
    assert Lead.objects.count() == 8000
    assert Lead.objects.filter(stage="customer").count() == 842
    assert round(100 * 842 / 8000, 3) == 10.525
    leads: Counter[str] = Counter(Lead.objects.values_list("source_detail", flat=True))
    won: Counter[str] = Counter(Lead.objects.filter(stage="customer").values_list("source_detail", flat=True))
    assert {origin: round(100 * won[origin] / leads[origin], 1) for origin in leads} == {
        "unknown": 16.3, "paid_search": 12.3, "organic_search": 11.8, "direct_traffic": 11.2, "referral": 8.5,
        "social": 5.6, "display": 5.1, "other_publicities": 4.6, "email": 3.0, "other": 2.7, "": 23.3,
    }  # fmt: skip
    (early,) = Lead.objects.exclude(flags=[])
    assert (early.flags, early.stage) == (["won_before_first_contact"], "customer")
    assert early.closed_at
    assert (early.created_at - early.closed_at).days in {1, 2}
    assert results(bring(OLIST_DEALS)) == {"unchanged": 842}


@pytest.mark.slow
def test_zoho_leads_are_all_taken_in(bring: Bring) -> None:
    counts = bring(f"{ZOHO}/Leads.csv")
    assert results(counts) == {"new": 3900}
    assert counts.remarks["owner_unknown"] == 3900
    assert sum(counts.unknown_owners.values()) == 3900
    assert len(counts.unknown_owners) == 11
    stages = Counter(Lead.objects.values_list("stage", flat=True))
    assert stages["lost"] == 392
    assert stages["disqualified"] == 388
    assert Person.objects.get(email_key="garyldenson@cuvox.de").last_name == "Denson"


@pytest.mark.slow
def test_zoho_leads_have_owners_once_their_users_exist(bring: Bring, now: datetime) -> None:
    from polku.accounts import actions as accounts_actions  # noqa: PLC0415  only here

    accounts_actions.add_user("david@finepick.com", name="David Love", role="rep", now=now)
    counts = bring(f"{ZOHO}/Contacts.csv")
    assert "David Love" not in counts.unknown_owners
    assert Lead.objects.filter(owner__name="David Love").exists()


@pytest.mark.slow
def test_zoho_accounts_are_companies_alone(bring: Bring) -> None:
    counts = bring(f"{ZOHO}/Accounts.csv")
    assert counts.rows == 2229
    assert not Person.objects.exists()
    assert Company.objects.count() == counts.new_companies


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{MAUTIC}/contacts.csv", {"new": 2}),
        (f"{MAUTIC}/10contacts.csv", {"new": 10}),
        (f"{MAUTIC}/fakeleaddata.csv", {"new": 50, "rejected": 4}),
        (f"{HUBSPOT}/contact_data.csv", {"new": 22}),
        (f"{HUBSPOT}/company_data.csv", {"new": 24}),
        (f"{HUBSPOT}/deal_data.csv", {"new": 44}),
        (f"{SALESFORCE}/sf_lead_data.csv", {"new": 1}),
        (f"{SALESFORCE}/sf_contact_data.csv", {"new": 4}),
        (f"{SALESFORCE}/sf_account_data.csv", {"new": 9, "unchanged": 1}),  # two accounts of one name
        (f"{SALESFORCE}/sf_opportunity_data.csv", {"new": 10}),
        ("crm_layouts/fivetran_pardot/pardot_prospect_data.csv", {"new": 100}),
    ],
)
def test_every_row_of_a_real_file_is_accounted_for(bring: Bring, name: str, expected: dict[str, int]) -> None:
    assert results(bring(name)) == expected


def test_spaces_after_commas_and_no_final_newline(bring: Bring) -> None:
    bring(f"{MAUTIC}/10contacts.csv")
    ariel = Person.objects.get(email_key="ariel@example.com")
    assert (ariel.first_name, ariel.last_name, ariel.country) == ("Ariel", "N.", "CH")
    assert ariel.company
    assert ariel.company.name == "Enterprise Example Organization"


LAYOUTS = {
    OLIST_LEADS: {
        "mql_id": "lead.key", "first_contact_date": "lead.created_at", "landing_page_id": "touch.landing", "origin": "lead.source",  # noqa: E501
    },
    OLIST_DEALS: {"mql_id": "lead.key", "won_date": "lead.customer_at", "business_segment": "lead.topic"},
    f"{ZOHO}/Leads.csv": {
        "LEADID": "lead.key", "Last Name": "person.last_name", "Company": "company.name", "Lead Owner": "lead.owner",
        "Email": "person.email", "Mobile": "person.mobile", "Website": "company.website", "Industry": "company.industry",  # noqa: E501
        "Lead Source": "lead.source", "Lead Status": "lead.stage", "Created Time": "lead.created_at",
        "CONVERTED": "lead.converted",
    },
    f"{ZOHO}/Potentials.csv": {
        "Potential Name": "lead.title", "Potential Owner": "lead.owner", "Created Time": "lead.created_at",
        "Closing Date": "lead.closed_at", "Amount": "lead.annual_value", "Stage": "lead.stage",
        "Forecast Type": "lead.outcome", "Lead Source": "lead.source", "LEADID": "lead.key",
    },
    f"{HUBSPOT}/contact_data.csv": {
        "property_email": "person.email", "id": "person.key", "property_company": "company.name",
        "property_firstname": "person.first_name", "property_lastname": "person.last_name",
        "property_createdate": "lead.created_at", "property_jobtitle": "person.job_title",
        "property_annualrevenue": "company.annual_revenue",
    },
    f"{HUBSPOT}/company_data.csv": {
        "id": "company.key", "property_name": "company.name", "property_industry": "company.industry",
        "property_city": "company.city", "property_country": "company.country",
        "property_annualrevenue": "company.annual_revenue",
    },
    f"{HUBSPOT}/deal_data.csv": {
        "deal_id": "lead.key", "owner_id": "lead.owner", "property_dealname": "lead.title", "property_description": "note",  # noqa: E501
        "property_amount": "lead.annual_value", "property_closedate": "lead.closed_at", "property_createdate": "lead.created_at",  # noqa: E501
    },
    f"{MAUTIC}/fakeleaddata.csv": {
        "firstname": "person.first_name", "lastname": "person.last_name", "city": "company.city", "country": "country",
        "email": "person.email", "phone": "person.phone", "company": "company.name", "website": "company.website",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_are_recognised(name: str) -> None:
    assert mapped(name) == LAYOUTS[name]


def test_the_wide_salesforce_layouts_are_recognised() -> None:
    lead, contact = mapped(f"{SALESFORCE}/sf_lead_data.csv"), mapped(f"{SALESFORCE}/sf_contact_data.csv")
    assert lead | {
        "id": "lead.key", "first_name": "person.first_name", "last_name": "person.last_name", "email": "person.email",
        "title": "person.job_title", "company": "company.name", "industry": "company.industry", "status": "lead.stage",
        "annual_revenue": "company.annual_revenue", "owner_id": "lead.owner", "lead_source": "lead.source",
        "converted_date": "lead.sql_at", "is_converted": "lead.converted", "created_date": "lead.created_at",
        "has_opted_out_of_email": "person.email_opt_out", "number_of_employees": "company.employees",
        "mobile_phone": "person.mobile", "phone": "person.phone", "website": "company.website", "country": "country",
    } == lead  # fmt: skip
    assert contact | {
        "account_id": "company.key", "email": "person.email", "first_name": "person.first_name",
        "last_name": "person.last_name", "phone": "person.phone", "title": "person.job_title",
        "mailing_country": "country", "mailing_city": "company.city", "lead_source": "lead.source",
        "owner_id": "lead.owner", "created_date": "lead.created_at",
    } == contact  # fmt: skip
