"""Rows are read leniently and completely: what is not understood is remarked and kept, never dropped."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from polku.capture.aliases import recognise
from polku.capture.importing import Options, RowRead, RowReader, guess_options
from polku.capture.readers import Line
from polku.crm.inputs import Key
from polku.rules.stages import Stage

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
OWNERS = {"olga@polku.example": 7, "olga owner": 7}


def read(headers: str, row: str, **options: Any) -> RowRead:
    columns = recognise(headers.split(";"), [row.split(";")])
    reader = RowReader(columns, Options(**options), owners=OWNERS, source="import:1", now=NOW)
    return reader.read(Line(2, [cell.strip() for cell in row.split(";")]))


def lead(headers: str, row: str, **options: Any) -> Any:
    captured = read(headers, row, **options).captured
    assert captured is not None
    return captured.lead


def steps(headers: str, row: str, **options: Any) -> list[tuple[str, str]]:
    return [(step.stage.value, f"{step.at:%Y-%m-%d}") for step in lead(headers, row, **options).steps]


def remarks(headers: str, row: str, **options: Any) -> list[str]:
    return [remark.code for remark in read(headers, row, **options).remarks]


def test_a_whole_row() -> None:
    found = read(
        "First name;Last name;Email;Phone;Job title;Company;Website;Country;Industry;Employees;Lead source;Amount;Owner;Created date",  # noqa: E501
        "Jan;Novák;Jan@Kovarna.cz;+420 601 234 567;Buyer;Kovárna;kovarna.cz;Česko;Manufacturing;51-200;Google Ads;€ 48.000,00;Olga Owner;2026-01-02 10:00",  # noqa: E501
        zone="Europe/Prague",
    ).captured
    assert found is not None
    assert (found.person.first_name, found.person.email, found.person.country) == ("Jan", "Jan@Kovarna.cz", "CZ")
    assert (found.company.name, found.company.country, found.company.industry) == ("Kovárna", "CZ", "C")
    assert found.company.employees == 125
    assert found.lead is not None
    assert (found.lead.source, found.lead.source_detail) == ("paid_search", "Google Ads")
    assert (found.lead.annual_value, found.lead.currency, found.lead.owner_id) == (Decimal("48000.00"), "EUR", 7)
    assert found.lead.created_at == datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
    assert found.known_at == found.lead.created_at


@pytest.mark.parametrize("word", ["", "-", "N/A", "Select", "Unknown", "null", "#N/A"])
def test_words_for_missing_are_missing(word: str) -> None:
    found = read("Email;Job title;Company", f"a@x.cz;{word};{word}").captured
    assert found is not None
    assert (found.person.job_title, found.company.name) == ("", "")


def test_a_source_that_says_unknown_is_kept_as_it_was_given() -> None:
    found = lead("Email;Origin", "a@x.cz;unknown")
    assert (found.source, found.source_detail) == ("", "unknown")


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("marketingqualifiedlead", Stage.MQL), ("Pre Qualified", Stage.MQL), ("In Process", Stage.ACCEPTED),
        ("Working - Contacted", Stage.ACCEPTED), ("salesqualifiedlead", Stage.SQL), ("Converted", Stage.SQL),
        ("Closed - Converted", Stage.SQL), ("opportunity", Stage.MEETING), ("Needs Analysis", Stage.MEETING),
        ("Proposal/Price Quote", Stage.PROPOSAL), ("contractsent", Stage.NEGOTIATION), ("Closed Won", Stage.CUSTOMER),
        ("evangelist", Stage.CUSTOMER), ("Recycled", Stage.NURTURE), ("Contact in Future", Stage.NURTURE),
        ("Dead", Stage.LOST), ("closedlost", Stage.LOST), ("Junk Lead", Stage.DISQUALIFIED),
    ],
)  # fmt: skip
def test_words_of_other_systems_name_stages(word: str, stage: Stage) -> None:
    assert steps("Email;Lead status;Created", f"a@x.cz;{word};2026-01-05") == [(stage.value, "2026-01-05")]


@pytest.mark.parametrize("word", ["New", "Open - Not Contacted", "lead", "subscriber", "Not Contacted"])
def test_words_for_a_new_lead_add_no_step(word: str) -> None:
    assert steps("Email;Lead status;Created", f"a@x.cz;{word};2026-01-05") == []


def test_an_unknown_word_is_kept_and_may_be_told() -> None:
    headers, row = "Email;Lead status;Created", "a@x.cz;Simmering;2026-01-05"
    assert remarks(headers, row) == ["stage_unknown"]
    found = read(headers, row).captured
    assert found is not None
    assert found.facts == {"Lead status": "Simmering"}
    assert steps(headers, row, stage_words={"simmering": "nurture"}) == [("nurture", "2026-01-05")]


def test_history_has_the_dates_of_the_stages() -> None:
    assert steps(
        "Email;Created;MQL date;SQL date;Opportunity date;Won date",
        "a@x.cz;2025-01-01;2025-01-05;2025-01-09;2025-02-01;2025-03-01",
    ) == [("mql", "2025-01-05"), ("sql", "2025-01-09"), ("meeting", "2025-02-01"), ("customer", "2025-03-01")]


@pytest.mark.parametrize(
    ("headers", "row", "expected"),
    [
        ("Deal name;Lead ID;Is won;Is closed;Close date", "x;1;TRUE;TRUE;2025-03-01", [("customer", "2025-03-01")]),
        ("Deal name;Lead ID;Is won;Is closed;Close date", "x;1;FALSE;TRUE;2025-03-01", [("lost", "2025-03-01")]),
        ("Deal name;Lead ID;Is won;Is closed;Close date", "x;1;FALSE;FALSE;2026-09-01", []),
        ("Deal name;Lead ID;Stage;Forecast type;Closing date", "x;1;Needs Analysis;Lost;2025-03-01", [("lost", "2025-03-01")]),  # noqa: E501
        ("Email;Is converted;Converted date;Created", "a@x.cz;true;2025-02-02;2025-01-01", [("sql", "2025-02-02")]),
        ("Email;Lifecycle stage;MQL date;Created", "a@x.cz;mql;2025-02-02;2025-01-01", [("mql", "2025-02-02")]),
    ],
)  # fmt: skip
def test_won_lost_and_converted(headers: str, row: str, expected: list[tuple[str, str]]) -> None:
    assert steps(headers, row) == expected


def test_a_deal_won_before_the_first_contact_is_flagged_not_lost() -> None:
    found = lead("Email;First contact date;Won date", "a@x.cz;2018-03-08;2018-03-06")
    assert found.flags == ("won_before_first_contact",)
    assert found.steps[-1].stage is Stage.CUSTOMER


def test_stages_out_of_order_are_flagged() -> None:
    found = lead("Email;Created;MQL date;SQL date", "a@x.cz;2025-01-01;2025-02-09;2025-02-01")
    assert found.flags == ("steps_out_of_order",)


@pytest.mark.parametrize(
    ("headers", "row", "code"),
    [
        ("Email;Owner", "a@x.cz;Somebody Else", "owner_unknown"),
        ("Email;Country", "a@x.cz;Unied Saes", "country_unknown"),
        ("Email;Industry", "a@x.cz;Xyzzy", "industry_unknown"),
        ("Email;Employees", "a@x.cz;plenty", "employees_unreadable"),
        ("Email;Amount", "a@x.cz;a lot", "amount_unreadable"),
        ("Email;Created", "a@x.cz;3/4/2026", "date_ambiguous"),
        ("Email;Created", "a@x.cz;31.2.2026", "date_unreadable"),
        ("Email;Created", "a@x.cz;2031-01-01", "date_in_future"),
        ("Email;Email opt out", "a@x.cz;maybe", "yes_no_unreadable"),
        ("Email;Phone", "a@x.cz;n/n", "phone_unreadable"),
        ("Last name;Email", "Novák;not an address", "email_unreadable"),
        ("Last name;Email", "Novák;a@x.cz, b@x.cz", "several_emails"),
        ("Email;Job title", f"a@x.cz;{'x' * 300}", "shortened"),
    ],
)
def test_what_cannot_be_read_is_remarked_and_kept_as_a_fact(headers: str, row: str, code: str) -> None:
    found = read(headers, row)
    assert [remark.code for remark in found.remarks] == [code]
    assert found.captured is not None
    assert found.captured.facts


def test_the_order_of_dates_is_told_by_the_file_or_chosen() -> None:
    headers = "Email;Created"
    columns = recognise(headers.split(";"), [["a@x.cz", "3/4/2026"]])
    lines = [Line(2, ["a@x.cz", "3/4/2026"]), Line(3, ["b@x.cz", "2/28/2026"])]
    assert guess_options(columns, lines, Options()).date_order == "month"
    assert lead(headers, "a@x.cz;3/1/2026", date_order="month").created_at.day == 1
    assert lead(headers, "a@x.cz;3/1/2026", date_order="day").created_at.day == 3


@pytest.mark.parametrize(
    ("headers", "row", "reason"),
    [
        ("Email;City", ";Brno", "nothing_identifies"),
        ("Email;City", "jan at x;Brno", "email_unreadable"),
        ("Email;City", "jan@x.cz;Brno;more;and more", "too_many_cells"),
    ],
)
def test_rows_that_tell_nobody_are_rejected_with_a_reason(headers: str, row: str, reason: str) -> None:
    assert read(headers, row).reason == reason


def test_an_external_id_is_enough() -> None:
    found = read("mql_id;First contact date", "5420aad7;2018-03-08").captured
    assert found is not None
    assert found.lead_key == Key("mql_id", "5420aad7")


@pytest.mark.parametrize("cell", ["'+420 601 234 567", "+420 601 234 567"])
def test_the_guard_of_our_own_export_is_taken_off(cell: str) -> None:
    found = read("Email;Phone", f"a@x.cz;{cell}").captured
    assert found is not None
    assert found.person.phone == "+420 601 234 567"


def test_a_formula_is_text() -> None:
    found = read("Email;Company", "a@x.cz;=1+1").captured
    assert found is not None
    assert found.company.name == "=1+1"


def test_clearing_is_asked_for_by_name() -> None:
    assert read("Email;Phone", "a@x.cz;(clear)").cleared == ("person.phone",)
    assert remarks("Email;Last name", "a@x.cz;(clear)") == ["cannot_be_cleared"]


@pytest.mark.parametrize(
    ("name", "first", "last"), [("Jan Novák", "Jan", "Novák"), ("Novák, Jan", "Jan", "Novák"), ("Jan", "", "Jan")]
)
def test_one_column_of_names(name: str, first: str, last: str) -> None:
    found = read("Email;Full name", f"a@x.cz;{name}").captured
    assert found is not None
    assert (found.person.first_name, found.person.last_name) == (first, last)


def test_the_campaign_becomes_a_touch_at_the_time_of_creation() -> None:
    found = read(
        "Email;Created;utm_source;utm_medium;utm_campaign;Landing page",
        "a@x.cz;2026-01-02;google;cpc;spring;/pricing",
    ).captured
    assert found is not None
    (touch,) = found.touches
    assert (touch.channel, touch.source, touch.campaign, touch.landing) == (
        "paid_search",
        "google",
        "spring",
        "/pricing",
    )
    assert touch.at == datetime(2026, 1, 2, tzinfo=UTC)
