"""What the collector turns away in an ordinary fortnight, and the programs that read the website."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec

from polku.simulator.draw import Random, poisson, source

DAYS: Final = 14
# reason, how many a day, samples
_REASONS: Final = (
    ("consent_withheld", 14.0, ("",)),
    ("privacy_signal", 9.0, ("",)),
    ("spam_referrer", 1.2, ("semalt.com", "buttons-for-website.com")),
    ("foreign_host", 0.8, ("saumakoski-staging.example", "translate.goog")),
    ("too_old", 0.5, ("page_read", "page_view")),
    ("malformed", 0.3, ("JSON is malformed: invalid character (byte 0)",)),
    ("unproven", 0.2, ("mail",)),
    ("unknown_site", 0.2, ("site-of-the-old-shop",)),
    ("not_post", 0.4, ("",)),
)
# the user agents of programs as they name themselves, how many pages a day
BOTS: Final = (
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 9.0),
    ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", 5.0),
    ("Mozilla/5.0 (compatible; SeznamBot/4.0; +https://o-seznam.cz/napoveda/vyhledavani/en/seznambot-crawler/)", 3.0),
    ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", 4.0),
    ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", 3.0),
    ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0)", 1.0),
    ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", 4.0),
    ("Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)", 2.0),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
     1.5),
)  # fmt: skip


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """One request that was turned away; `agent` is set when a program sent it."""

    at: datetime
    reason: str
    sample: str = ""
    agent: str = ""


def draw_turned_away(seed: int, *, now: datetime) -> Iterator[Turned]:
    """Everything turned away in the last days, oldest day first, in order of time."""
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    for back in range(DAYS - 1, -1, -1):
        begin = today - timedelta(days=back)
        random = source(seed, "turned-away", begin.date())
        length = min(timedelta(days=1), now - begin)
        yield from sorted(_of_day(random, begin, length), key=lambda one: one.at)


def _of_day(random: Random, begin: datetime, length: timedelta) -> Iterator[Turned]:
    part = length / timedelta(days=1)
    for reason, mean, samples in _REASONS:
        for _ in range(poisson(random, mean * part)):
            yield Turned(at=begin + length * random.random(), reason=reason, sample=random.choice(samples))
    for agent, mean in BOTS:
        for _ in range(poisson(random, mean * part)):
            yield Turned(at=begin + length * random.random(), reason="bot", agent=agent)
