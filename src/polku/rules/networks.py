"""Addresses of the internet, cut so short that they tell a network and not a person."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

KEPT_BITS: Final = {4: 24, 6: 48}
LONGEST_ADDRESS: Final = 100


def truncated(address: str) -> str:
    """The network such as 203.0.113.0/24 or 2001:db8:1::/48; empty when it cannot be read."""
    found = read_address(address)
    return str(ip_network((found, KEPT_BITS[found.version]), strict=False)) if found else ""


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as servers write it: also with a port, in brackets, with a zone; IPv4 in IPv6 is IPv4."""
    if len(text) > LONGEST_ADDRESS:
        return None
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
