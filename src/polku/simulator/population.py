"""Companies and the people in them."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Final

from polku.simulator.draw import Random, chance, log_normal, poisson
from polku.simulator.names import draw_name
from polku.simulator.places import Land, draw_phone, land_at
from polku.simulator.records import CompanyRecord, PersonRecord
from polku.simulator.roles import FUNCTIONS, TITLES

DUPLICATE_SHARE: Final = 0.02
_APART: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae"})
_FOREIGNERS_LANGUAGE: Final = {
    "FI": "sv",
    "CZ": "sk",
    "PL": "cs",
    "SK": "cs",
    "EE": "fi",
    "SE": "fi",
    "DE": "pl",
}


def ascii_of(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens, as in an address."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_APART)).encode("ascii", "ignore").decode()
    return "".join(sign if sign.isalnum() else "-" for sign in plain).strip("-")


def draw_company(random: Random, index: int) -> CompanyRecord:
    """The company number `index`: no two have the same domain, few the same name."""
    land, ordinal = land_at(index)
    stem, (branch, industry), town, round_ = _combination(land, ordinal)
    root = f"{stem}-{branch.capitalize()}" if land.code in {"PL", "DE"} else stem + branch
    suffix = f" {round_ + 1}" if round_ else ""
    has_town = (ordinal // 3) % 2 == 0 or round_ > 0
    employees = max(1, round(log_normal(random, 42, 1.2)))
    return CompanyRecord(
        key=f"c{index}",
        name=f"{root}{f' {town}' if has_town else ''}{suffix} {random.choice(land.legal_forms)}",
        domain=f"{ascii_of(root)}-{ascii_of(town)}{suffix.strip()}.example",
        industry=industry,
        employees=employees,
        country=land.code,
        city=town,
        phone=draw_phone(random, land),
        business_id=f"DEMO-{land.code}-{ordinal:06d}",
        annual_revenue=Decimal(round(employees * log_normal(random, 130_000, 0.45), -3)),
    )


def _combination(land: Land, ordinal: int) -> tuple[str, tuple[str, str], str, int]:
    """Stem, branch and town of company number `ordinal` of a country, each combination once."""
    stems, branches, towns = len(land.stems), len(land.branches), len(land.towns)
    round_, place = divmod(ordinal, stems * branches * towns)
    shuffled = place * 15_485_863 % (stems * branches * towns)  # a prime that divides no size: each once
    rest, town = divmod(shuffled, towns)
    stem, branch = divmod(rest, branches)
    return land.stems[stem], land.branches[branch], land.towns[town].replace("-", " "), round_


def draw_people(
    random: Random, company: CompanyRecord, land: Land, *, mean: float, known_at: datetime
) -> list[PersonRecord]:
    """The people we know in a company, at least one; more in larger ones."""
    growth = 0.6 if company.employees < 20 else 1.0 if company.employees < 100 else 1.35
    count = 1 + poisson(random, (mean - 1) * growth)
    taken: set[str] = set()
    return [
        _draw_person(random, company, land, number=number, taken=taken, known_at=known_at) for number in range(count)
    ]


def _draw_person(
    random: Random, company: CompanyRecord, land: Land, *, number: int, taken: set[str], known_at: datetime
) -> PersonRecord:
    is_foreigner = chance(random, 0.04)
    language = _FOREIGNERS_LANGUAGE[land.code] if is_foreigner else land.language
    first, last = draw_name(random, language=language)
    local = f"{ascii_of(first)}.{ascii_of(last)}"
    local = local if local not in taken else f"{local}{number + 1}"
    taken.add(local)
    function = FUNCTIONS.draw(random)
    return PersonRecord(
        key=f"{company.key}-p{number}",
        company_key=company.key,
        first_name=first,
        last_name=last,
        email=f"{local}@{company.domain}",
        phone=draw_phone(random, land) if chance(random, 0.72) else "",
        job_title=random.choice(TITLES[land.language][function]),
        function=function,
        country=land.code,
        language=land.language,
        created_at=known_at,
    )


def duplicate(random: Random, person: PersonRecord, *, created_at: datetime) -> PersonRecord:
    """The same human being, entered a second time by somebody else: a typo in the name, another address."""
    domain = person.email.partition("@")[2]
    first, last = ascii_of(person.first_name), ascii_of(person.last_name)
    local = random.choice((f"{first[0]}.{last}", f"{last}.{first}", f"{first}", f"{first[0]}{last}"))
    return PersonRecord(
        key=f"{person.key}-again",
        company_key=person.company_key,
        first_name=person.first_name,
        last_name=_mistyped(random, person.last_name),
        email=f"{local}@{domain}",
        phone=person.phone.replace(" ", ""),
        job_title=person.job_title if chance(random, 0.6) else "",
        function=person.function,
        country=person.country,
        language=person.language,
        created_at=created_at,
        duplicate_of=person.key,
    )


def _mistyped(random: Random, word: str) -> str:
    place = random.randrange(1, len(word) - 1) if len(word) > 2 else 0
    swapped = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    dropped = word[:place] + word[place + 1 :]
    plain = ascii_of(word).capitalize()
    return random.choice((swapped, dropped, plain))
