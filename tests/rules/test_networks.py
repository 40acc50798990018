"""Addresses: cut to a network before anything is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.networks import truncated


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        (" 203.0.113.77 ", "203.0.113.0/24"),
        ("203.0.113.77:51234", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("[::ffff:203.0.113.77]:443", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:DB8:1::6", "2001:db8:1::/48"),
        ("[2001:db8:1::6]:443", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("::1", "::/48"),
        ("", ""),
        ("-", ""),
        ("unknown", ""),
        ("host.example.com", ""),
        ("1.2.3", ""),
        ("1.2.3.4, 5.6.7.8", ""),
        ("9" * 10_000, ""),
    ],
)
def test_what_is_kept_of_an_address(address: str, network: str) -> None:
    assert truncated(address) == network


@given(st.ip_addresses())
def test_the_last_part_is_never_kept(address: object) -> None:
    assert truncated(truncated(str(address)).partition("/")[0]) == truncated(str(address)) != ""


@given(st.text())
def test_nothing_else_is_kept(text: str) -> None:
    assert truncated(text) == "" or truncated(text).endswith(("/24", "/48"))
