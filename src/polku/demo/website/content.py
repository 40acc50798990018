"""What the example company's website says: its products and guides, read once from the files beside this module."""

from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

COMPANY: Final = "Saumakoski"


class Subpage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page about a part of a product: a table with texts, or questions with answers."""

    key: str
    name: str
    lead: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    text: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sold under one topic of the catalogue."""

    key: str
    name: str
    short: str
    lead: str
    does: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    more: tuple[Subpage, ...]

    @property
    def path(self) -> str:
        return f"/products/{self.key}/overview"


class GuidePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heading of a guide with its lines."""

    title: str
    text: tuple[str, ...]


class Guide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page to download."""

    key: str
    name: str
    lead: str
    parts: tuple[GuidePart, ...]

    @property
    def path(self) -> str:
        return f"/resources/{self.key}.pdf"


@cache
def products() -> tuple[Product, ...]:
    return msgspec.yaml.decode(_read("products.yaml"), type=tuple[Product, ...])


@cache
def guides() -> tuple[Guide, ...]:
    return msgspec.yaml.decode(_read("guides.yaml"), type=tuple[Guide, ...])


def _read(name: str) -> bytes:
    return files("polku.demo.website").joinpath(name).read_bytes()
