"""Which company a network belongs to, guessed from a MaxMind file that a deployment may have."""

import os
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

import maxminddb
import msgspec

from polku.rules.networks import read_address
from polku.tracking.errors import CompanyFileUnusable

LONGEST_NAME: Final = 200
LONGEST_DOMAIN: Final = 253

type Record = Mapping[str, object]

# Who uses the network, as MaxMind and IPinfo write it. All other words are of those who give access to it.
_OF_COMPANIES: Final = frozenset({
    "business", "corporate", "education", "college", "school", "library", "government", "military",
})  # fmt: skip
_OF_NOBODY: Final = (
    "is_anonymous", "is_anonymous_vpn", "is_anonymous_proxy", "is_hosting_provider", "is_public_proxy",
    "is_residential_proxy", "is_tor_exit_node", "hosting", "vpn", "proxy", "tor", "relay",
)  # fmt: skip

# What the reader comes upon in a damaged file; it checks little.
_DAMAGE: Final = (
    maxminddb.InvalidDatabaseError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError, struct.error,
)  # fmt: skip


class Guess(msgspec.Struct, frozen=True):
    """A company that the network is said to belong to; never more than a guess."""

    name: str
    domain: str | None = None


class Guesser:
    """An open file. It is read from several threads and is closed at the end, or as a context."""

    def __init__(self, reader: maxminddb.Reader, path: Path, *, setting: str) -> None:
        self._reader = reader
        self._has_ipv6 = reader.metadata().ip_version == 6
        self._path = path
        self._setting = setting

    def guess(self, address: str) -> Guess | None:
        """The company of an address; None when it is not known, or when only who gives it access is."""
        found = read_address(address)
        if found is None or (found.version == 6 and not self._has_ipv6):
            return None
        try:
            record = self._reader.get(found)
        except _DAMAGE as problem:
            raise CompanyFileUnusable(self._path, setting=self._setting, problem=str(problem)) from problem
        return guess_of(record) if isinstance(record, dict) else None

    def close(self) -> None:
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_guesser(path: Path | str, *, setting: str) -> Guesser:
    """Open the file; `setting` is where its path was given, named when it cannot be used."""
    file = Path(path)
    try:
        # In Python: the package's part in C ends the whole process on some damaged files.
        reader = maxminddb.open_database(file, maxminddb.MODE_MMAP)
    except (OSError, *_DAMAGE) as problem:
        raise CompanyFileUnusable(file, setting=setting, problem=str(problem)) from problem
    return Guesser(reader, file, setting=setting)


def guess_of(record: Record) -> Guess | None:
    """What a record says in one of the usual layouts: IPinfo's, or MaxMind's ISP and Enterprise."""
    facts = {**record, **_part(record, "traits")}
    company = _part(record, "company")
    kinds = [_text(part, name) for part in (company, facts) for name in ("type", "user_type")]
    kind = next((kind.lower() for kind in kinds if kind), "")
    if (kind and kind not in _OF_COMPANIES) or any(_is_true(facts, word) for word in _OF_NOBODY):
        return None
    if company:
        return _guess(_text(company, "name"), _text(company, "domain"))
    return _of_maxmind(facts, kind) if "organization" in facts else _of_ipinfo(facts, kind)


def _of_ipinfo(facts: Record, kind: str) -> Guess | None:
    """Beside an AS number, a name without a kind is that of the operator."""
    name, operator = _text(facts, "name"), _text(facts, "as_name")
    if not kind and (("asn" in facts and not operator) or _same_house(name, operator)):
        return None
    return _guess(name, _text(facts, "domain"))


def _of_maxmind(facts: Record, kind: str) -> Guess | None:
    """The organization, when it is not its own provider; the domain is that of the address's name, so often his."""
    name = _text(facts, "organization")
    providers = (_text(facts, "isp"), _text(facts, "autonomous_system_organization"))
    if not kind and any(_same_house(name, provider) for provider in providers):
        return None
    domain = _text(facts, "domain")
    return _guess(name, domain if _same_house(name, domain.replace(".", " ")) else "")


def _same_house(name: str, other: str) -> bool:
    """Telia Finland Oyj and TELIA-FINLAND-AS begin with the same word."""
    first, second = (text.casefold().replace("-", " ").replace(",", " ").split() for text in (name, other))
    return bool(first and second) and first[0] == second[0]


def _guess(name: str, domain: str) -> Guess | None:
    return Guess(name[:LONGEST_NAME], domain[:LONGEST_DOMAIN].lower() or None) if name else None


def _part(record: Record, name: str) -> Record:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _is_true(record: Record, name: str) -> bool:
    return record.get(name) is True or _text(record, name) == "true"


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value if letter.isprintable()).strip()


def from_setting() -> Callable[[str], str]:
    """Guesses by the file that POLKU_COMPANY_FILE names, each address once; without one, nobody is guessed.

    Raises CompanyFileUnusable at the start, so that a wrong path does not go unnoticed.
    """
    path = os.environ.get("POLKU_COMPANY_FILE", "")
    if not path:
        return lambda _: ""
    guesser = open_guesser(path, setting="POLKU_COMPANY_FILE")

    @lru_cache(maxsize=4096)
    def guess(address: str) -> str:
        found = guesser.guess(address)
        return found.name if found else ""

    return guess
