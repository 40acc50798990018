"""Identity: the same person, company, country and industry is known again however it is written."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.countries import country
from polku.rules.facts import MailKind
from polku.rules.identity import (
    Phone,
    company_domain,
    company_key,
    domain_of_website,
    email_domain,
    email_key,
    phone,
)
from polku.rules.industries import DIVISIONS, SECTIONS, industry, industry_name
from polku.rules.mail_domains import mail_kind

ZOHO_LEADS = Path(__file__).parents[3] / "shared/data/crm_layouts/zoho_crm_export/Leads.csv"


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (" Anna.Virtanen+News@Firma.FI ", "anna.virtanen+news@firma.fi"),
        ("mailto:a@x.fi", "a@x.fi"),
        ("jan@münchen.de", "jan@xn--mnchen-3ya.de"),
        ("jan@XN--MNCHEN-3YA.de", "jan@xn--mnchen-3ya.de"),
        ("z\u030cofie@firma.cz", "\u017eofie@firma.cz"),
        ("o'brien@x.ie", "o'brien@x.ie"),
        ("a@x.fi.", "a@x.fi"),
    ],
)
def test_an_address_has_one_key(raw: str, key: str) -> None:
    assert email_key(raw) == key
    assert email_domain(raw) == key.partition("@")[2]


@pytest.mark.parametrize(
    "raw",
    [
        None, "", " ", "a", "a@", "@x.fi", "a@b", "a@x..fi", "a@-x.fi", "a@1.2.3.4", "a@[1.2.3.4]",
        ".a@x.fi", "a.@x.fi", "a..b@x.fi",
        "a b@x.fi", "a\x00@x.fi", "a@x.fi\x00", "a\n@x.fi", "a@x.fi\nBcc: b@y.fi", "Anna <a@x.fi>",
        "a@x.fi, b@x.fi", "a@b@x.fi",
        "a\u200b@x.fi", "a\ud800@x.fi", "a" * 65 + "@x.fi", "a@" + "x" * 64 + ".fi",
        "a@" + "x." * 130 + "fi", "a" * 5000 + "@x.fi",
    ],
)  # fmt: skip
def test_what_is_no_address_has_no_key(raw: str | None) -> None:
    assert email_key(raw) is None
    assert email_domain(raw) is None


@given(st.text(max_size=40) | st.from_regex(r"[\w.+]{1,12}@[\w.-]{1,20}\.[a-z]{2,4}", fullmatch=True))
def test_a_key_is_its_own_key(raw: str) -> None:
    key = email_key(raw)
    assert email_key(key) == key


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("gmail.com", MailKind.FREE), ("seznam.cz", MailKind.FREE), ("wp.pl", MailKind.FREE),
        ("luukku.com", MailKind.FREE),
        ("proton.me", MailKind.FREE), ("10minutemail.com", MailKind.DISPOSABLE),
        ("box.10minutemail.com", MailKind.DISPOSABLE),
        ("firma.fi", MailKind.COMPANY), ("mail.google.com", MailKind.COMPANY), ("", MailKind.COMPANY),
    ],
)  # fmt: skip
def test_the_kind_of_a_mail_domain(domain: str, kind: MailKind) -> None:
    assert mail_kind(domain) is kind


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("040 123 4567", "FI", "+358401234567"),
        ("+420 601 123 456", None, "+420601123456"),
        ("00420601123456", "CZ", "+420601123456"),
        ("'+358401234567", None, "+358401234567"),
        ("660-485-0224", "US", "+16604850224"),
        ("+48 22 123 45 67 ext. 12", "PL", "+48221234567"),
    ],
)
def test_a_phone_number_in_one_form(raw: str, region: str | None, e164: str) -> None:
    found = phone(raw, region)
    assert found is not None
    assert found.e164 == e164


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        (None, "FI"), ("", "FI"), ("call me", "FI"), ("601123456", None), ("1234", "FI"), ("+999999999999", None),
        ("1" * 61, "FI"), ("0401234567", "XX"),
    ],
)  # fmt: skip
def test_what_is_no_phone_number_gives_none(raw: str | None, region: str | None) -> None:
    assert phone(raw, region) is None


def test_a_number_that_is_only_possible_says_so() -> None:
    assert phone("12345", "FI") == Phone("+35812345", None, is_valid=False)
    assert phone("0401234567", "FI") == Phone("+358401234567", "FI", is_valid=True)


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Nokia Oyj", "NOKIA", "Oy Nokia Ab", " nokia, Oyj."), "nokia"),
        (("ACME s.r.o.", "Acme, spol. s r.o.", "ACME s. r. o.",
          "Acme sp. z o.o.", "ACME Sp. z o. o. sp. k.", "acme a.s."), "acme"),
        (("Zakład Łódź S.A.", "Zaklad Lodz SA"), "zaklad lodz"),
        (("Müller GmbH & Co. KG", "Muller AG", "MÜLLER"), "muller"),
        (("J.P. Morgan & Co", "JP Morgan Inc."), "jp morgan"),
        (("AB Volvo", "Volvo AB"), "volvo"),
        (("Marks & Spencer plc", "Marks and Spencer Ltd"), "marks and spencer"),
        (("株式会社",), "株式会社"),
        (("S.A.",), "sa"),
    ],
)  # fmt: skip
def test_a_company_has_one_key(names: tuple[str, ...], key: str) -> None:
    assert {company_key(name) for name in names} == {key}


@pytest.mark.parametrize("name", [None, "", "  ", "-", "!!!", "x" * 3000])
def test_a_name_that_names_nothing_has_no_key(name: str | None) -> None:
    assert company_key(name) is None


@given(st.text(max_size=60))
def test_a_company_key_is_its_own_key_or_loses_more_forms(name: str) -> None:
    key = company_key(name)
    assert key is None or len(company_key(key) or "") <= len(key)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("CameraUpdate.com", "cameraupdate.com"), ("https://www.Firma.fi/x?y#z", "firma.fi"),
        ("firma.co.uk:8080", "firma.co.uk"),
        ("münchen.de/", "xn--mnchen-3ya.de"), ("http://[bad", None), ("localhost", None),
        ("n/a", None), ("javascript:alert(1)", None),
        ("", None), (None, None), ("http://10.0.0.1/", None),
    ],
)  # fmt: skip
def test_the_domain_of_a_website(url: str | None, domain: str | None) -> None:
    assert domain_of_website(url) == domain


@pytest.mark.parametrize(
    ("email", "website", "domain"),
    [
        ("a@acme.cz", "acme.fi", "acme.cz"),
        ("a@gmail.com", "www.acme.fi", "acme.fi"),
        ("a@gmail.com", "https://www.linkedin.com/company/acme", None),
        ("a@10minutemail.com", "seznam.cz", None),
        (None, None, None),
    ],
)
def test_a_company_is_known_by_a_domain_of_its_own(email: str | None, website: str | None, domain: str | None) -> None:
    assert company_domain(email, website) == domain


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("Finland", "FI", "fin", "Suomi", "Finsko", "Finlandia", "Republic of Finland"), "FI"),
        (("Czechia", "Czech Republic", "ČR", "Česko", "česká republika", "Tšekki", "Czechy", "CZE"), "CZ"),
        (("Poland", "Polska", "Puola", "Polsko", "PL"), "PL"),
        (("United States", "USA", "U.S.A.", "US", "United States of America", "Yhdysvallat", "Spojené státy"), "US"),
        (("UK", "U.K.", "Great Britain", "England", "Iso-Britannia", "Wielka Brytania"), "GB"),
        (("Germany", "Deutschland", "Saksa", "Německo", "Niemcy"), "DE"),
        (("CR", "Costa Rica"), "CR"),
        (("Côte d’Ivoire", "Ivory Coast"), "CI"),
        (("The Netherlands", "Holland", "Alankomaat"), "NL"),
    ],
)
def test_a_country_by_any_usual_name(names: tuple[str, ...], code: str) -> None:
    assert {country(name) for name in names} == {code}


@pytest.mark.parametrize("text", [None, "", "nowhere", "Finnland or Sweden", "XX", "Europe", "x" * 500])
def test_what_names_no_country_gives_none(text: str | None) -> None:
    assert country(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C25", "C25"), ("c25", "C25"), ("25", "C25"), ("25.62", "C25.62"), ("C 25.62", "C25.62"),
        ("C25.1", "C25.1"), ("25.62.Z", "C25.62"),
        ("C2562", "C25.62"), ("C", "C"), ("K64", "L64"), ("L64", "L64"), ("J62", "K62"), ("G45", "G"), ("45.1", "G"),
        ("Manufacturing", "C"), ("MACHINERY", "C28"),
        ("INFORMATION_TECHNOLOGY_AND_SERVICES", "K62"), ("Pharma", "C21"),
        ("Not For Profit", "T94"), ("Electrical/Electronic Manufacturing", "C27"),
        ("Teollisuus", "C"), ("Manufacture of furniture", "C31"),
        ("HOSPITAL_HEALTH_CARE", "R86"), ("UTILITIES", None), ("MINING_METALS", "B"), ("Hospital & Health Care", "R86"),
        ("Government/Military", "P84"), ("IT Services", "K62"),
        ("2562", None), ("332710", None), ("C62", None), ("Technology", None),
        ("Large Enterprise", None), ("Service Provider", None),
        ("W12", None), ("40", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_an_industry_is_read_where_that_is_honest(text: str | None, code: str | None) -> None:
    assert industry(text) == code


def test_nace_has_22_sections_and_87_divisions_and_each_is_read_by_code_and_name() -> None:
    assert (len(SECTIONS), len(DIVISIONS)) == (22, 87)
    assert all(industry(code) == code for code in DIVISIONS)
    assert all((industry(name) or "")[0] == code[0] for code, name in DIVISIONS.items())


def test_the_name_of_an_industry_is_that_of_its_division_or_section() -> None:
    assert industry_name("C25.62") == industry_name("C25") == DIVISIONS["C25"]
    assert industry_name("C") == "Manufacturing"
    assert industry_name("Z9") is None


@pytest.mark.skipif(not ZOHO_LEADS.exists(), reason="the real data is not here")
def test_a_real_export_is_recognised() -> None:
    with ZOHO_LEADS.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(email_key(row["Email"]) is not None for row in rows) == len(rows)
    assert sum(company_key(row["Company"]) is not None for row in rows) == len(rows)
    assert sum(domain_of_website(row["Website"]) is not None for row in rows) > 0.99 * len(rows)
    assert sum(phone(row["Mobile"], "US") is not None for row in rows) > 0.99 * len(rows)
