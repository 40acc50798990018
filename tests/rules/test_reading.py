"""Reading tables as they come: what is meant is read, what is unclear is refused by name, nothing else happens."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.encodings import Dialect, detect_encoding, sniff_dialect
from polku.rules.reading import (
    Employees,
    Money,
    UnreadableDateError,
    UnreadableError,
    UnreadableNumberError,
    guess_day_first,
    guess_decimal_comma,
    is_missing,
    read_boolean,
    read_date,
    read_employees,
    read_money,
    read_number,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
DATA = Path(__file__).parents[3] / "shared/data"
real_data = pytest.mark.skipif(not DATA.exists(), reason="the real data is not here")


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "\ufeff", "-", "--", "—", ".", "?", "Select", "Select...", "- Select -",
     "Unknown", "N/A", "n/a", "#N/A",
     "None", "NULL", "nan", "(not set)", "Neznámo", "ei tietoa", "brak", "0000-00-00"],
)  # fmt: skip
def test_words_that_mean_nothing_is_known(text: str | None) -> None:
    assert is_missing(text)
    assert read_date(text, day_first=None, zone=UTC) is None
    assert read_money(text, decimal_comma=None) is None
    assert read_number(text, decimal_comma=None) is None
    assert read_employees(text) is None
    assert read_boolean(text) is None


@pytest.mark.parametrize("text", ["0", "no", "Selecta Oy", "Nobody", "a"])
def test_words_that_mean_something(text: str) -> None:
    assert not is_missing(text)


# -- dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 Apr, 2021 00:03:00", (2021, 4, 15, 0, 3)),
        ("18/07/2016", (2016, 7, 18)),
        ("7/18/16 3:04 PM", (2016, 7, 18, 15, 4)),
        ("7/18/16 12:04 AM", (2016, 7, 18, 0, 4)),
        ("18.7.2016", (2016, 7, 18)),
        ("3.4.2016", (2016, 4, 3)),
        ("18. 7. 2016", (2016, 7, 18)),
        ("18. 7. 2016 8.05", (2016, 7, 18, 8, 5)),
        ("2018-02-26 19:58:54", (2018, 2, 26, 19, 58, 54)),
        ("2020-12-30 3:15:52", (2020, 12, 30, 3, 15, 52)),
        ("2018-02-26", (2018, 2, 26)),
        ("2018-02-26T17:58:54Z", (2018, 2, 26, 19, 58, 54)),
        ("2018-02-26T19:58:54.250+02:00", (2018, 2, 26, 19, 58, 54, 250_000)),
        ("Mon, 05 Apr 2021 10:00:00 +0000", (2021, 4, 5, 13)),
        ("Apr 5, 2021", (2021, 4, 5)),
        ("05-Apr-21", (2021, 4, 5)),
        ("5. dubna 2021", (2021, 4, 5)),
        ("5 kwietnia 2021", (2021, 4, 5)),
        ("5. huhtikuuta 2021 klo 10.30", (2021, 4, 5, 10, 30)),
        ("5. července 2021", (2021, 7, 5)),
        ("5. června 2021", (2021, 6, 5)),
        ("4/4/20", (2020, 4, 4)),
        ("20180226", (2018, 2, 26)),
        ("43157", (2018, 2, 26)),
        ("43157.5", (2018, 2, 26, 12)),
        ("1519675134", (2018, 2, 26, 21, 58, 54)),
        ("1519675134000", (2018, 2, 26, 21, 58, 54)),
    ],
)
def test_a_date_however_it_is_written(text: str, expected: tuple[int, ...]) -> None:
    assert read_date(text, day_first=None, zone=HELSINKI) == datetime(*expected, tzinfo=HELSINKI)  # type: ignore[misc, arg-type]


def test_the_column_decides_which_comes_first() -> None:
    assert read_date("3/4/2026", day_first=True, zone=UTC) == datetime(2026, 4, 3, tzinfo=UTC)
    assert read_date("3/4/2026", day_first=False, zone=UTC) == datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3/4/2026", "ambiguous"), ("31.2.2020", "no_such_day"),
        ("2021-04-05 25:00", "no_such_day"), ("0001-01-01", "out_of_range"),
        ("2021-04-05 13:00 PM", "no_such_day"), ("9999-12-31", "out_of_range"),
        ("hello", "unknown"), ("2021", "unknown"),
        ("999999999999999999999999", "unknown"), ("5 blah 2021", "unknown"), ("1" * 500, "unknown"),
        ("99999999", "no_such_day"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_read_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(UnreadableDateError) as caught:
        read_date(text, day_first=None, zone=HELSINKI)
    assert (caught.value.value, caught.value.reason) == (text[:100], reason)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["3/4/20", "18/7/20"], True), (["3/4/20", "7/18/20 3:04 PM"], False), (["3.4.20"], True),
        (["3/4/20", None, "x"], None),
        (["13/4/20", "4/13/20"], None), ([], None), (["2020-04-13"], None),
    ],
)  # fmt: skip
def test_a_column_tells_whether_days_come_first(values: list[str | None], *, expected: bool | None) -> None:
    assert guess_day_first(values) is expected


# -- amounts


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$22,700.00", "22700", "USD"), ("22 700,00 €", "22700", "EUR"), ("1.234.567,89 Kč", "1234567.89", "CZK"),
        ("1 500 zł", "1500", "PLN"), ("22\u00a0700,50\u202fPLN", "22700.5", "PLN"),
        ("(123.00)", "-123", None), ("-5", "-5", None),
        ("5-", "-5", None), ("€ −50", "-50", "EUR"), ("50K?", "50000", None),
        ("1.2M", "1200000", None), ("$1,117.10K", "1117100", "USD"),
        ("USD 1,000", "1000", "USD"), ("1,234", "1234", None), ("0,123", "0.123", None),
        ("1'234.50 CHF", "1234.5", "CHF"),
        ("1.5 mil. Kč", "1500000", "CZK"), ("12 tis. Kč", "12000", "CZK"),
        ("100,- Kč", "100", "CZK"), ("100 kr", "100", None),
        ("1E+06", "1000000", None), ("2 MKč", "2000000", "CZK"), ("50k€", "50000", "EUR"),
        (".5", "0.5", None), ("5.", "5", None),
        ("12 000 000", "12000000", None), ("0", "0", None),
    ],
)  # fmt: skip
def test_money_however_it_is_written(text: str, amount: str, currency: str | None) -> None:
    assert read_money(text, decimal_comma=None) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5 XYZ", "currency"), ("5 EUR USD", "currency"), ("hello", "unknown"),
        ("1,2,3", "unknown"), ("1.2.3", "unknown"), ("1 2", "unknown"),
        ("12,34.5", "unknown"), ("1234567890123456789", "out_of_range"), ("1e99", "out_of_range"),
        ("9" * 500, "unknown"), ("5 €/month", "currency"),
    ],
)  # fmt: skip
def test_money_that_cannot_be_read_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(UnreadableNumberError) as caught:
        read_money(text, decimal_comma=None)
    assert (caught.value.value, caught.value.reason) == (text[:100], reason)


def test_the_column_decides_what_a_comma_is() -> None:
    assert read_number("1,234", decimal_comma=True) == Decimal("1.234")
    assert read_number("1,234", decimal_comma=False) == Decimal(1234)
    assert read_number("1.234", decimal_comma=True) == Decimal(1234)
    assert read_number("1.5", decimal_comma=True) == Decimal("1.5")
    with pytest.raises(UnreadableNumberError, match="ambiguous"):
        read_number("1,234", decimal_comma=None)
    with pytest.raises(UnreadableNumberError):
        read_number("5 €", decimal_comma=None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["$22,700.00"], False), (["22 700,00 €", None, "x"], True), (["1,234"], None),
        (["1.234.567"], True), (["1,234,567"], False),
        (["1,5", "1.5"], None), (["100", "1,234", "0,5"], True), ([], None),
    ],
)  # fmt: skip
def test_a_column_tells_whether_decimals_have_commas(values: list[str | None], *, expected: bool | None) -> None:
    assert guess_decimal_comma(values) is expected


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["", "€", "Kč", "zł"]))
def test_what_a_finn_writes_is_read_back(amount: Decimal, sign: str) -> None:
    text = f"{amount:,.2f}".translate(str.maketrans(",.", "\u00a0,")) + f" {sign}".rstrip()
    money = read_money(text, decimal_comma=True)
    assert money is not None
    assert money.amount == amount


@given(st.decimals(-(10**9), 10**9, places=2))
def test_what_an_american_writes_is_read_back(amount: Decimal) -> None:
    assert read_money(f"${amount:,.2f}", decimal_comma=None) == Money(amount, "USD")


# -- head counts, yes and no


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-10", Employees(5, 1, 10)), ("51–200", Employees(125, 51, 200)), ("1000+", Employees(1000, 1000, None)),
        ("11 to 50", Employees(30, 11, 50)), ("10,001-50,000", Employees(30000, 10001, 50000)),
        ("<10", Employees(5, 1, 10)),
        ("5 001 – 10 000", Employees(7500, 5001, 10000)),
        ("250 employees", Employees(250, 250, 250)), ("1 000", Employees(1000, 1000, 1000)),
        ("250.0", Employees(250, 250, 250)), ("over 500", Employees(500, 500, None)),
        ("Self-employed", Employees(1, 1, 1)),
        ("noin 30 henkilöä", Employees(30, 30, 30)), ("200-51", Employees(125, 51, 200)), ("0", Employees(0, 0, 0)),
    ],
)  # fmt: skip
def test_a_head_count_is_the_middle_of_its_range(text: str, expected: Employees) -> None:
    assert read_employees(text) == expected


@pytest.mark.parametrize("text", ["lots", "5,5", "1-2-3", "-5", "99999999", "9" * 300])
def test_a_head_count_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_employees(text)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("true TRUE 1 on yes Y kyllä ano tak x", True), ("false 0 off no ei ne nie N", False)],
)
def test_yes_and_no_in_the_languages_of_the_interface(words: str, *, expected: bool) -> None:
    assert {read_boolean(word) for word in words.split()} == {expected}


def test_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(UnreadableError, match="maybe"):
        read_boolean("maybe")


@given(st.text(max_size=70) | st.text("0123456789.,-/: ()+€$kKmME'\u00a0", max_size=30), st.none() | st.booleans())
def test_whatever_the_cell_there_is_a_value_or_a_named_refusal(text: str, flag: bool | None) -> None:  # noqa: FBT001
    refusals = [
        refusal(lambda: read_date(text, day_first=flag, zone=HELSINKI)),
        refusal(lambda: read_money(text, decimal_comma=flag)),
        refusal(lambda: read_number(text, decimal_comma=flag)),
        refusal(lambda: read_employees(text)),
        refusal(lambda: read_boolean(text)),
        refusal(lambda: guess_decimal_comma([text])),
        refusal(lambda: guess_day_first([text])),
    ]
    reasons = {error.reason for error in refusals if error is not None}
    assert reasons <= {"unknown", "ambiguous", "no_such_day", "out_of_range", "currency"}


def refusal(read: object) -> UnreadableError | None:
    try:
        read()  # type: ignore[operator]
    except UnreadableError as error:
        return error
    return None


# -- files

CZECH = "Jméno;Příjmení;Firma\nŠárka;Nováková;Železárny Třinec\nLuboš;Kříž;Ťažba\n"
POLISH = "Imię;Nazwisko\nŁukasz;Wiśniewski\nMałgorzata;Dąbrowska\nŻaneta;Źródłowska\n"
FINNISH = "Nimi;Yritys\nPäivi Hämäläinen;Työkalu Öljy\nÅke Åström;Väylä\n"
GERMAN = "Straße;Größe\nMüller;Äpfel – „gut“\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, encoding) for text in (CZECH, POLISH) for encoding in ("cp1250", "iso-8859-2")),
        *((FINNISH, encoding) for encoding in ("iso-8859-1", "cp1252")),
        (GERMAN, "cp1252"),
        *(
            (text, encoding)
            for text in (CZECH, POLISH, FINNISH, GERMAN, "plain")
            for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
        ),
    ],
)
def test_a_file_is_decoded_as_it_was_written(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    assert raw.decode(detect_encoding(raw)).removeprefix("\ufeff") == text


def test_a_head_that_ends_inside_a_letter_is_still_utf_8() -> None:
    assert detect_encoding("Kříž".encode()[:-1]) == "utf-8"
    assert detect_encoding(b"") == "utf-8"


@given(st.binary(max_size=200))
def test_any_bytes_have_an_encoding_that_exists(raw: bytes) -> None:
    raw.decode(detect_encoding(raw), errors="replace")


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("a,b\n1,2\n", Dialect()),
        ("a;b\n1,5;2\n3,5;4\n", Dialect(";")),
        ("a\tb\n1\t2", Dialect("\t")),
        ("a|b\n1|2", Dialect("|")),
        ("sep=;\na;b", Dialect(";", has_separator_line=True)),
        ("\ufeffname\nx\n", Dialect()),
        ("", Dialect()),
        ("a, b\n1, 2\n", Dialect(skip_initial_space=True)),
        ("a,b\n'x,y','z'\n'q','w'\n", Dialect(quotechar="'")),
        ('a,"b\nc;d;e;f",g\n1,2,3\n', Dialect()),
        ('"a;b",c\n"d;e",f\n', Dialect()),
        ("name;note\nx;\"one, two,\nthree, four\"\ny;z\n", Dialect(";")),
        ("O'Brien,D'Arcy\nO'Neil,x\n", Dialect()),
    ],
)  # fmt: skip
def test_the_dialect_is_that_under_which_rows_are_alike(text: str, dialect: Dialect) -> None:
    assert sniff_dialect(text) == dialect


@given(st.text("ab,;|\t\"'\n\r \x00", max_size=80))
def test_any_text_has_a_dialect(text: str) -> None:
    assert len(sniff_dialect(text).delimiter) == 1


@real_data
@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("bank_marketing/bank-full.csv", Dialect(";")),
        ("crm_layouts/mautic/10contacts.csv", Dialect(skip_initial_space=True)),
        ("crm_layouts/zoho_crm_export/Leads.csv", Dialect()),
        ("crm_layouts/fivetran_salesforce/sf_lead_data.csv", Dialect()),
    ],
)
def test_real_exports(path: str, dialect: Dialect) -> None:
    head = (DATA / path).read_bytes()[:65_536]
    assert sniff_dialect(head.decode(detect_encoding(head))) == dialect
