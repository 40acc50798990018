"""A touch: how somebody came to a page, told by the page's address and by where the browser came from."""

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

import msgspec

from polku.rules.channels import Channel, channel_of_campaign, channel_of_site

LONGEST_URL: Final = 8192
LONGEST_VALUE: Final = 255
LONGEST_PATH: Final = 1000
MOST_PARAMETERS: Final = 100

# The first name that has a value wins: Google's names, then Matomo's, then Piwik's.
_CAMPAIGN: Final = {
    "source": ("utm_source", "mtm_source", "pk_source"),
    "medium": ("utm_medium", "mtm_medium", "pk_medium"),
    "campaign": ("utm_campaign", "mtm_campaign", "pk_campaign"),
    "term": ("utm_term", "mtm_keyword", "mtm_kwd", "pk_keyword", "pk_kwd"),
    "content": ("utm_content", "mtm_content", "pk_content"),
}
_EXTRA: Final = frozenset({
    "utm_id", "utm_source_platform", "utm_creative_format", "utm_marketing_tactic",
    "mtm_cid", "pk_cid", "mtm_group", "mtm_placement",
})  # fmt: skip
# Click ids, and the channel that one proves where nothing else is marked. Facebook and Instagram add fbclid
# to every link, paid or not, so it proves no payment.
_CLICK_IDS: Final = {
    "gclid": Channel.PAID_SEARCH,
    "gbraid": Channel.PAID_SEARCH,
    "wbraid": Channel.PAID_SEARCH,
    "msclkid": Channel.PAID_SEARCH,
    "li_fat_id": Channel.PAID_SOCIAL,
    "ttclid": Channel.PAID_SOCIAL,
    "twclid": Channel.PAID_SOCIAL,
    "dclid": Channel.DISPLAY,
    "fbclid": Channel.ORGANIC_SOCIAL,
}
_CLICK_SOURCES: Final = {
    "gclid": "google", "gbraid": "google", "wbraid": "google", "msclkid": "bing",
    "li_fat_id": "linkedin", "ttclid": "tiktok", "twclid": "twitter", "fbclid": "facebook",
}  # fmt: skip
_NOT_SET: Final = frozenset({"", "(direct)", "(none)", "(not set)", "none", "direct"})


class Touch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How somebody came. Values are kept as written; comparing is the reader's work, in lower case."""

    channel: Channel = Channel.DIRECT
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    click_id_kind: str = ""
    click_id: str = ""
    referrer_host: str = ""
    landing_path: str = ""
    extra: dict[str, str] = {}


def touch(url: str, referrer: str | None, own_hosts: Collection[str]) -> Touch:
    """The touch of one page view. A broken address is an empty one; nothing here fails."""
    landing, came_from = _split(url), _split(referrer or "")
    given = _parameters(landing)
    marks = {field: next((given[name] for name in names if given.get(name)), "") for field, names in _CAMPAIGN.items()}
    click_id_kind = next((kind for kind in _CLICK_IDS if given.get(kind)), "")
    host = _host(came_from)
    own = host in {"", _host(landing)} or _is_own(host, own_hosts)
    return Touch(
        channel=_channel(marks, click_id_kind, host, _path(came_from), is_own=own),
        **marks,
        click_id_kind=click_id_kind,
        click_id=given.get(click_id_kind, ""),
        referrer_host=host,
        landing_path=_path(landing),
        extra={name: given[name] for name in sorted(_EXTRA & given.keys()) if given[name]},
    )


def _channel(marks: Mapping[str, str], click_id_kind: str, host: str, path: str, *, is_own: bool) -> Channel:
    source, medium, campaign = marks["source"], marks["medium"], marks["campaign"]
    says_how, says_whence = is_marked("", medium), is_marked(source, "")
    if click_id_kind and not says_how and (click_id_kind != "fbclid" or not says_whence):
        return _CLICK_IDS[click_id_kind]
    if not (says_how or says_whence or campaign):
        return _unmarked(host, path, is_own=is_own)
    channel = channel_of_campaign(source or _CLICK_SOURCES.get(click_id_kind, ""), medium, campaign)
    if channel is Channel.OTHER and not says_how and not is_own:
        return channel_of_site(host, path)
    return channel


def _unmarked(host: str, path: str, *, is_own: bool) -> Channel:
    if is_own:
        return Channel.INTERNAL if host else Channel.DIRECT
    return channel_of_site(host, path)


def is_marked(source: str, medium: str) -> bool:
    """Whether a link names a source or a medium that means something."""
    return source.strip().lower() not in _NOT_SET or medium.strip().lower() not in _NOT_SET


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url[:LONGEST_URL].strip())
        parts.hostname  # noqa: B018 - a broken address fails here
    except ValueError:
        return urlsplit("")
    return parts


def _host(parts: SplitResult) -> str:
    return _clean((parts.hostname or "").rstrip(".").lower(), LONGEST_VALUE)


def _path(parts: SplitResult) -> str:
    return _clean(parts.path, LONGEST_PATH)


def _is_own(host: str, own_hosts: Collection[str]) -> bool:
    bare = host.removeprefix("www.")
    owns = [own.lower().removeprefix("www.") for own in own_hosts]
    return any(bare == own or bare.endswith("." + own) for own in owns)


def _parameters(parts: SplitResult) -> dict[str, str]:
    """Query and fragment (Matomo may write campaigns there); the first of repeated names counts."""
    fragment = parts.fragment if "=" in parts.fragment else ""
    pairs = [pair for text in (parts.query, fragment) for pair in text.lstrip("?/").split("&")[:MOST_PARAMETERS]]
    found: dict[str, str] = {}
    for name, value in parse_qsl("&".join(pairs), keep_blank_values=False, errors="replace"):
        found.setdefault(name.lower()[:LONGEST_VALUE], _clean(value, LONGEST_VALUE))
    return found


def _clean(text: str, longest: int) -> str:
    """Without control characters (no database takes NUL), cut to length."""
    return "".join(letter for letter in text[: 2 * longest] if letter.isprintable())[:longest].strip()
