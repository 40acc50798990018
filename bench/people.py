"""Distinct people who ask for a quote, the same for the same numbers."""

import random
from collections.abc import Iterator

import msgspec

FIRST = ("Jan", "Petr", "Anna", "Eva", "Marek", "Piotr", "Katarzyna", "Antti", "Sanna", "Mikko", "Aino", "Tomáš")
LAST = ("Novák", "Svoboda", "Dvořák", "Kowalski", "Nowak", "Wiśniewska", "Virtanen", "Korhonen", "Mäkinen", "Lindholm")
TITLES = (
    "Purchasing manager",
    "Nákupčí",
    "Kierownik zakupów",
    "Ostopäällikkö",
    "CEO",
    "Production manager",
    "Engineer",
)
COUNTRIES = ("CZ", "PL", "FI", "SK", "DE", "SE")
TOPICS = ("laser-cutting", "bending", "machined-parts", "fasteners", "maintenance", "consulting")
TRADES = ("Kovárna", "Konepaja", "Maszyny", "Strojírny", "Metal", "Teräs", "Works", "Fabryka")
ENDINGS = {"CZ": "s.r.o.", "PL": "Sp. z o.o.", "FI": "Oy", "SK": "s.r.o.", "DE": "GmbH", "SE": "AB"}


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    first_name: str
    last_name: str
    email: str
    phone: str
    company: str
    domain: str
    job_title: str
    country: str
    employees: int
    volume: int


def inquiries(first: int, last: int, *, seed: int = 7) -> Iterator[Inquiry]:
    """The people with these numbers; four work at the same company."""
    for number in range(first, last):
        draw = random.Random(seed * 1_000_003 + number)
        works = number // 4
        land = COUNTRIES[works % len(COUNTRIES)]
        domain = f"works{works}.example"
        given, family = draw.choice(FIRST), draw.choice(LAST)
        yield Inquiry(
            number=number,
            first_name=given,
            last_name=family,
            email=f"person{number}@{domain}",
            phone=f"+358 40 {number % 10_000_000:07d}",
            company=f"{TRADES[works % len(TRADES)]} {works} {ENDINGS[land]}",
            domain=domain,
            job_title=draw.choice(TITLES),
            country=land,
            employees=10 + works % 900,
            volume=draw.randrange(5_000, 400_000, 1_000),
        )
