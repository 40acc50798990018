"""Channels: by which way people came. The grouping follows GA4's default, with one more for AI assistants."""

import re
from enum import StrEnum
from typing import Final

from polku.rules.data import lines, table
from polku.rules.identity import plain


class Channel(StrEnum):
    PAID_SEARCH = "paid_search"
    ORGANIC_SEARCH = "organic_search"
    PAID_SOCIAL = "paid_social"
    ORGANIC_SOCIAL = "organic_social"
    EMAIL = "email"
    DISPLAY = "display"
    REFERRAL = "referral"
    AI_ASSISTANT = "ai_assistant"
    DIRECT = "direct"
    AFFILIATE = "affiliate"
    INTERNAL = "internal"
    OTHER = "other"


class SiteKind(StrEnum):
    """What a site that sends visitors is."""

    SEARCH = "search"
    SOCIAL = "social"
    AI = "ai"
    MAIL = "mail"


# Words that name no site: as a source, "news" or "live" means something of the writer's own.
_NOT_NAMES: Final = frozenset({
    "live", "news", "web", "search", "start", "home", "my", "www", "mail", "app", "chat", "you", "c", "so", "info",
    "ai", "line", "mix", "rate", "note", "free", "orange", "pi", "signal", "karma", "alice", "wp", "bt", "search.com",
})  # fmt: skip


def _load() -> tuple[dict[str, SiteKind], dict[str, SiteKind], dict[str, SiteKind]]:
    """Hosts, hosts of any country, and names of sources, each with its kind; the kind listed first wins."""
    hosts: dict[str, SiteKind] = {}
    anywhere: dict[str, SiteKind] = {}
    names: dict[str, SiteKind] = {}
    for row in lines("sites.tsv"):
        label, name, text = row.split("\t")
        kind = SiteKind(label)
        for host in text.split():
            (anywhere if host.endswith(".{}") else hosts).setdefault(host.removesuffix(".{}"), kind)
        if plain(name) not in _NOT_NAMES:
            names.setdefault(plain(name), kind)
    return hosts, anywhere, names


_HOSTS, _ANYWHERE, _NAMES = _load()
_COUNTRY_ENDING = re.compile(r"\.(?:(?:com?|org|net|it|edu)\.)?[a-z]{2}$|\.com$")


def site_kind(host: str, path: str = "") -> SiteKind | None:
    """What the site is at this host, in lower case; a host below a social site counts as that site."""
    bare = host.removeprefix("www.").removeprefix("m.")
    if path and (found := _HOSTS.get(f"{bare}{path}".rstrip("/"))):
        return found
    found = _HOSTS.get(bare) or _ANYWHERE.get(_COUNTRY_ENDING.sub("", bare))
    return found or _kind_of_search_page(bare) or _kind_of_parent(bare)


def _kind_of_search_page(host: str) -> SiteKind | None:
    """An engine below its own name: search.excite.it, video.search.yahoo.co.jp."""
    first, _, engine = host.partition(".")
    if first not in _SEARCH_PAGES:
        return None
    kind = _HOSTS.get(engine) or _ANYWHERE.get(_COUNTRY_ENDING.sub("", engine))
    return kind if kind is SiteKind.SEARCH else None


def _kind_of_parent(host: str) -> SiteKind | None:
    """Below a search engine may live anything (docs.google.com), below the others the same site."""
    labels = host.split(".")
    parents = (".".join(labels[start:]) for start in range(1, min(len(labels) - 1, 5)))
    kind = next((_HOSTS[parent] for parent in parents if parent in _HOSTS), None)
    return None if kind is SiteKind.SEARCH and not host.endswith(_SEARCH_FAMILIES) else kind


_SEARCH_PAGES: Final = frozenset({
    "search", "image", "images", "video", "videos", "videa", "suche", "recherche", "ricerca", "busca", "buscar",
    "pesquisa", "szukaj", "hledani", "haku",
})  # fmt: skip
_SEARCH_FAMILIES: Final = (
    ".search.yahoo.com", ".images.yahoo.com", ".bing.com", ".ask.com", ".search.ask.com", ".duckduckgo.com",
    ".startpage.com", ".ixquick.com",
)  # fmt: skip


def source_kind(source: str) -> SiteKind | None:
    """What a source named in a link is: a host, or a name such as google, linkedin, fb."""
    name = plain(source.strip())
    if name in _NOT_NAMES:
        return None
    return (
        _HOSTS.get(name) or _NAMES.get(name) or _HOSTS.get(f"{name}.com") or (site_kind(name) if "." in name else None)
    )


_PAID = re.compile(r".*cp.*|ppc|retargeting|.*paid.*|sem|ads?")
_UNPAID = re.compile(r"unpaid.*|.*[-_ ]unpaid")
_SOCIAL: Final = frozenset({
    "social", "social-network", "social-media", "sm", "social network", "social media",
    "organic-social", "organic_social", "organic social", "share_kit", "share-kit",
})  # fmt: skip
_DISPLAY: Final = frozenset({"display", "banner", "expandable", "interstitial", "cpm", "native", "programmatic"})
_EMAIL: Final = frozenset({"email", "e-mail", "e_mail", "e mail", "newsletter", "mail"})
_REFERRAL: Final = frozenset({"referral", "app", "link"})
_OF_PAID: Final = {
    SiteKind.SEARCH: Channel.PAID_SEARCH,
    SiteKind.SOCIAL: Channel.PAID_SOCIAL,
    SiteKind.AI: Channel.OTHER,
}
_OF_UNPAID: Final = {SiteKind.SEARCH: Channel.ORGANIC_SEARCH, SiteKind.SOCIAL: Channel.ORGANIC_SOCIAL,
                     SiteKind.AI: Channel.AI_ASSISTANT, SiteKind.MAIL: Channel.EMAIL}  # fmt: skip


def channel_of_campaign(source: str, medium: str, campaign: str) -> Channel:
    """The channel of a link that its maker marked; empty text where nothing was marked."""
    kind, word = source_kind(source), medium.strip().lower()
    if _PAID.fullmatch(word) and not _UNPAID.fullmatch(word) and word not in _DISPLAY:
        return _paid(kind, word)
    if word in _DISPLAY:
        return Channel.DISPLAY
    if word in _EMAIL or source.strip().lower() in _EMAIL:
        return Channel.EMAIL
    return _unpaid(kind, word, campaign.strip().lower())


def _paid(kind: SiteKind | None, medium: str) -> Channel:
    if "social" in medium:
        return Channel.PAID_SOCIAL
    if "search" in medium:
        return Channel.PAID_SEARCH
    return _OF_PAID.get(kind, Channel.OTHER) if kind else Channel.OTHER


def _unpaid(kind: SiteKind | None, medium: str, campaign: str) -> Channel:
    if medium in {"affiliate", "affiliates"}:
        return Channel.AFFILIATE
    if kind is SiteKind.AI:
        return Channel.AI_ASSISTANT
    if medium in _SOCIAL or "video" in medium or kind is SiteKind.SOCIAL:
        return Channel.ORGANIC_SOCIAL
    if medium in {"organic", "organic_search", "organic search"} or kind is SiteKind.SEARCH:
        return Channel.ORGANIC_SEARCH
    if medium in _REFERRAL:
        return Channel.REFERRAL
    return _OF_UNPAID.get(kind, Channel.OTHER) if kind else Channel.OTHER


def channel_of_site(host: str, path: str = "") -> Channel:
    """The channel of a visit that came from another site without marks."""
    kind = site_kind(host, path)
    return _OF_UNPAID[kind] if kind else Channel.REFERRAL


_BY_ORIGIN: Final = {
    word.strip(): Channel(channel) for channel, words in table("origins.tsv").items() for word in words.split(";")
}


def channel_of_origin(text: str | None) -> Channel | None:
    """The channel of a word for where a lead came from; None when it says nothing or is not known."""
    words = re.split(r"[\s_/-]+", plain((text or "")[:100].strip()))
    return _BY_ORIGIN.get(" ".join(words).strip())
