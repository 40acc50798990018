"""Bots and made-up referrers: what reads pages without being anybody."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from polku.rules.data import lines, texts

LONGEST_USER_AGENT: Final = 512
LONGEST_NAME: Final = 60
UNNAMED: Final = "unnamed"


def bot_name(user_agent: str) -> str | None:
    """The bot's name as its user agent tells it, "unnamed" when it tells none; None for a person's browser."""
    return _bot_name(user_agent[:LONGEST_USER_AGENT])


def _compiled() -> re.Pattern[str]:
    """All patterns as one, for text in lower case; those that begin with ^ are tried at the start only."""
    patterns = [_as_python(pattern) for pattern in texts("isbot.json")]
    at_start = "|".join(pattern[1:] for pattern in patterns if pattern.startswith("^"))
    anywhere = "|".join(pattern for pattern in patterns if not pattern.startswith("^"))
    return re.compile(rf"^(?:{at_start})|{anywhere}", re.ASCII)


def _as_python(pattern: str) -> str:
    """The patterns are JavaScript's: $ there is the very end, (?<!a|bc) may vary in length, [\\d-.] holds a dash."""
    pattern = re.sub(r"(\\[dsw])-", r"\1\\-", pattern).replace("$", r"\Z")
    return re.sub(r"\(\?<!([^()]*)\)", lambda found: _not_after(found[1]), pattern)


def _not_after(words: str) -> str:
    return "".join(f"(?<!{word})" for word in words.split("|"))


_BOT: Final = _compiled()
# Where to read more about the bot: its name only when there is no other.
_ADDRESS = re.compile(r"\+?\b(?:https?://|www\.)([^\s;,)/]*)[^\s;,)]*|[\w.+-]{1,64}(?:@|\[at\])[^\s;,)]*", re.I | re.A)
_SAYS_BOT = re.compile(r"bot|crawl|spider|slurp|headless|preview|scan|fetch|monitor|check", re.I)
_COMPATIBLE = re.compile(r"compatible[;,] *([a-z][^;,/()+]{1,80})", re.I)
_WORD = re.compile(r"(?<![\w.])\d{0,6}[a-z][\w!-]*(?:\.[a-z][\w-]*)*", re.I | re.A)
_OF_BROWSERS: Final = frozenset({
    "mozilla", "applewebkit", "khtml", "gecko", "safari", "chrome", "chromium", "version", "mobile", "windows", "linux",
    "android", "macintosh", "compatible", "like", "x11", "u", "msie", "trident", "firefox", "opera", "nt", "iphone",
    "ipad", "edge", "edg", "intel", "mac", "os", "x", "en-us", "http", "https", "konqueror", "bot", "crawler", "spider",
    "build", "wow64", "win64", "x64", "rv", "nexus", "cpu", "ubuntu", "i686", "media", "center", "pc", "clr", "x86_64",
})  # fmt: skip


@lru_cache(maxsize=4096)
def _bot_name(user_agent: str) -> str | None:
    text = "".join(letter for letter in user_agent if letter.isprintable()).strip()
    if text in {"", "-"}:
        return UNNAMED
    if not _BOT.search(text.lower()):
        return None
    names = (name.strip(" .-_") for name in _names(text))
    return next((name[:LONGEST_NAME] for name in names if name and name.lower() not in _OF_BROWSERS), UNNAMED)


def _names(text: str) -> Iterator[str]:
    """What may be its name, the best first."""
    bare = _ADDRESS.sub(" ", text)
    words = list(_WORD.finditer(bare))
    yield from (word[0] for word in words if _SAYS_BOT.search(word[0]))
    yield from _COMPATIBLE.findall(bare)
    if matched := _BOT.search(bare.lower()):
        yield from (word[0] for word in words if word.end() > matched.start() + 1)
    yield from (word[0] for word in words)
    yield from _ADDRESS.findall(text)


_SPAM: Final = frozenset(lines("spam_referrers.txt"))


def is_spam_referrer(host: str) -> bool:
    """Whether visits that claim to come from this host, or one below it, are made up."""
    labels = host[:255].lower().rstrip(".").split(".")
    return any(".".join(labels[start:]) in _SPAM for start in range(len(labels) - 1))
