"""Guessing the company of a network: only companies, and never who gives them access."""

import random
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from polku.tracking.company_guess import Guess, Guesser, guess_of, open_guesser
from polku.tracking.errors import CompanyFileUnusable

ISP = {"autonomous_system_number": 719, "autonomous_system_organization": "Elisa Oyj", "isp": "Elisa Oyj"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-Company")
    rows = {
        "203.0.113.0/24": ISP | {"organization": "Nokia Oyj"},
        "198.51.100.0/24": ISP | {"organization": "Elisa Oyj Mobile"},
        "2001:db8:1::/48": {"name": "Škoda Auto a.s.", "domain": "Skoda-Auto.cz", "type": "business"},
        "192.0.2.0/24": "no record",
    }  # fmt: skip
    for network, row in rows.items():
        writer.insert_network(IPSet([network]), row)
    path = tmp_path / "companies.mmdb"
    writer.to_db_file(str(path))
    return path


@pytest.mark.parametrize(
    ("address", "guess"),
    [
        ("203.0.113.7", Guess("Nokia Oyj")),
        ("203.0.113.7:51234", Guess("Nokia Oyj")),
        ("::ffff:203.0.113.7", Guess("Nokia Oyj")),
        ("2001:db8:1::7", Guess("Škoda Auto a.s.", "skoda-auto.cz")),
        ("198.51.100.7", None),
        ("192.0.2.7", None),
        ("10.0.0.1", None),
        ("::1", None),
        ("", None),
        ("unknown", None),
    ],
)
def test_companies_of_a_file(file: Path, address: str, guess: Guess | None) -> None:
    with open_guesser(file, setting="POLKU_X") as guesser:
        assert guesser.guess(address) == guess


def test_a_file_of_old_addresses_knows_no_new_ones(tmp_path: Path) -> None:
    writer = MMDBWriter(ip_version=4)
    writer.insert_network(IPSet(["203.0.113.0/24"]), {"name": "Nokia", "type": "business"})
    writer.to_db_file(str(tmp_path / "four.mmdb"))
    with open_guesser(tmp_path / "four.mmdb", setting="POLKU_X") as guesser:
        assert guesser.guess("2001:db8::1") is None
        assert guesser.guess("203.0.113.1") == Guess("Nokia")


AS = {"asn": "AS719", "as_name": "Elisa Oyj", "as_domain": "elisa.fi"}


@pytest.mark.parametrize(
    ("record", "guess"),
    [
        # MaxMind: ISP, Enterprise
        (ISP | {"organization": "Valmet"}, Guess("Valmet")),
        (ISP, None),
        ({"autonomous_system_organization": "Elisa Oyj"}, None),
        (ISP | {"organization": "ELISA-MOBILE-FI"}, None),
        (ISP | {"organization": ""}, None),
        ({"traits": ISP | {"organization": "Valmet", "user_type": "business", "domain": "valmet.com"}},
         Guess("Valmet", "valmet.com")),
        ({"traits": ISP | {"organization": "Valmet", "user_type": "business", "domain": "elisa-laajakaista.fi"}},
         Guess("Valmet")),
        ({"traits": ISP | {"organization": "Elisa Oyj", "user_type": "business"}}, Guess("Elisa Oyj")),
        ({"traits": ISP | {"organization": "Aalto", "user_type": "college"}}, Guess("Aalto")),
        ({"traits": ISP | {"organization": "Valmet", "user_type": "residential"}}, None),
        ({"traits": ISP | {"organization": "Valmet", "user_type": "cellular"}}, None),
        ({"traits": {"organization": "Hetzner", "user_type": "hosting"}}, None),
        ({"traits": {"organization": "Mullvad", "is_anonymous_vpn": True}}, None),
        # IPinfo: company, ASN, lite
        ({"name": "Valmet Oyj", "domain": "valmet.com", "type": "business", **AS}, Guess("Valmet Oyj", "valmet.com")),
        ({"name": "Valmet Oyj", "domain": "valmet.com", **AS}, Guess("Valmet Oyj", "valmet.com")),
        ({"name": "Elisa Oyj", "domain": "elisa.fi", **AS}, None),
        ({"name": "Elisa Oyj", "domain": "elisa.fi", "type": "isp", **AS}, None),
        ({"name": "Hetzner", "domain": "hetzner.de", "type": "hosting", **AS}, None),
        ({"asn": "AS719", "name": "Elisa Oyj", "domain": "elisa.fi"}, None),
        ({"asn": "AS1", "name": "CERN", "domain": "cern.ch", "type": "education"}, Guess("CERN", "cern.ch")),
        (AS, None),
        ({"company": {"name": "Valmet", "domain": "valmet.com", "type": "business"}, "asn": {"name": "Elisa"}},
         Guess("Valmet", "valmet.com")),
        ({"company": {"name": "Elisa", "domain": "elisa.fi", "type": "isp"}}, None),
        # whatever else
        ({}, None),
        ({"name": 5, "company": [], "traits": "x", "hosting": [], "organization": {}}, None),
        ({"company": {"name": " \0Val\u202emet" + "x" * 500}}, Guess("Valmet" + "x" * 194)),
    ],
)  # fmt: skip
def test_layouts_of_records(record: dict[str, object], guess: Guess | None) -> None:
    assert guess_of(record) == guess


def unusable(path: Path) -> CompanyFileUnusable:
    with pytest.raises(CompanyFileUnusable) as problem:
        open_guesser(path, setting="POLKU_X")
    assert "POLKU_X" in str(problem.value)
    assert str(path) in str(problem.value)
    return problem.value


def test_a_missing_file_is_named_with_its_setting(tmp_path: Path) -> None:
    assert unusable(tmp_path / "missing.mmdb").setting == "POLKU_X"
    assert unusable(tmp_path).path == tmp_path


@pytest.mark.parametrize("content", [b"", b"name,domain\n", b"\0" * 5000])
def test_another_file_is_named_with_its_setting(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.mmdb"
    path.write_bytes(content)
    unusable(path)


def damaged(file: Path) -> Guesser:
    """All data overwritten; the tree and what is said about the file are as they were."""
    content = file.read_bytes()
    start, end = content.index(b"\0" * 16) + 16, content.rindex(b"\xab\xcd\xefMaxMind.com")
    file.write_bytes(content[:start] + b"\xff" * (end - start) + content[end:])
    return open_guesser(file, setting="POLKU_X")


def test_damage_that_shows_later_is_named_too(file: Path) -> None:
    with damaged(file) as guesser, pytest.raises(CompanyFileUnusable):
        guesser.guess("203.0.113.7")


def told(path: Path) -> bool:
    """Whether the file is used, or refused by name: nothing else may happen."""
    try:
        with open_guesser(path, setting="POLKU_X") as guesser:
            for address in ("203.0.113.7", "198.51.100.7", "2001:db8:1::7"):
                guesser.guess(address)
    except CompanyFileUnusable as problem:
        return bool(problem.problem)
    return True


def test_whatever_is_damaged_is_named(file: Path, tmp_path: Path) -> None:
    content, chance = file.read_bytes(), random.Random(1)
    for number in range(300):
        changed = bytearray(content)
        for _ in range(chance.choice([1, 5, 50])):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        path = tmp_path / f"{number}.mmdb"
        path.write_bytes(changed[: chance.choice([len(changed), chance.randrange(len(changed))])])
        assert told(path)
