"""Bots: told by their user agent, named, and never slowly."""

import json
from pathlib import Path
from time import perf_counter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.bots import LONGEST_NAME, UNNAMED, bot_name, is_spam_referrer

LISTS = Path(__file__).parents[3] / "shared/data/ref_lists"
real_lists = pytest.mark.skipif(not LISTS.exists(), reason="the real data is not here")

# user agent | name
BOTS = """
Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) | Googlebot
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36 | bingbot
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot) | GPTBot
Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp) | Slurp
Mozilla/5.0 (compatible; SeznamBot/4.0; +http://napoveda.seznam.cz/seznambot-intro/) | SeznamBot
Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/) | AhrefsBot
Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36 | HeadlessChrome
Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.1 (KHTML, like Gecko) Chrome/21.0.1180.89 Safari/537.1; 360Spider | 360Spider
Mozilla/5.0 (compatible; +http://tweetedtimes.com) | tweetedtimes.com
facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php) | facebookexternalhit
LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com) | LinkedInBot
curl/8.5.0 | curl
Wget/1.21.4 | Wget
python-requests/2.32.3 | python-requests
Go-http-client/2.0 | Go-http-client
Apache-HttpClient/4.5.13 (Java/11.0.19) | Apache-HttpClient
123 | unnamed
- | unnamed
"""  # noqa: E501
BROWSERS = """
Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0
Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1
Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36
Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36
"""  # noqa: E501


@pytest.mark.parametrize("row", BOTS.strip().splitlines())
def test_bots_are_named(row: str) -> None:
    user_agent, _, name = row.rpartition("|")
    assert bot_name(user_agent.strip()) == name.strip()


@pytest.mark.parametrize("user_agent", BROWSERS.strip().splitlines())
def test_browsers_are_no_bots(user_agent: str) -> None:
    assert bot_name(user_agent) is None


@pytest.mark.parametrize("user_agent", ["", "   ", "\0\n"])
def test_who_says_nothing_is_a_bot(user_agent: str) -> None:
    assert bot_name(user_agent) == UNNAMED


@given(st.text(max_size=600))
def test_names_are_short_and_printable(user_agent: str) -> None:
    for text in (user_agent, f"{user_agent}bot/1.0"):
        name = bot_name(text)
        assert name is None or (name.isprintable() and 0 < len(name) <= LONGEST_NAME)


@pytest.mark.parametrize(
    "part", ["a", "a.", "a-", "1", "1.", " ", "(", "@a", "-_", "a/1.0 ", "bot", "fetc", "compatible; ", "mozilla/5.0 (",
             " 1.1/1.1", "\\", "İ", "http:", "x@", ";a"],
)  # fmt: skip
def test_a_user_agent_made_to_be_slow_is_not(part: str) -> None:
    start = perf_counter()
    for front in ("", "Mozilla/5.0 (", "bot "):
        bot_name((front + part * 8192)[:8192])
    assert perf_counter() - start < 0.1


def test_the_same_user_agents_again_cost_next_to_nothing() -> None:
    user_agents = BROWSERS.strip().splitlines()
    start = perf_counter()
    for _ in range(1000):
        for user_agent in user_agents:
            bot_name(user_agent)
    assert perf_counter() - start < 0.25


@pytest.mark.parametrize(
    ("host", "expected"),
    [("semalt.com", True), ("Semalt.com.", True), ("12.semalt.com", True), ("notsemalt.com", False),
     ("google.com", False), ("com", False), ("", False), ("." * 9000, False)],
)  # fmt: skip
def test_made_up_referrers(host: str, *, expected: bool) -> None:
    assert is_spam_referrer(host) is expected


# -- lists that others keep


def examples(name: str) -> list[str]:
    rows = yaml.safe_load((LISTS / name).read_text(encoding="utf-8"))
    return [user_agent for one in rows.values() for user_agent in one]


def share(user_agents: list[str]) -> float:
    found = sum(bot_name(user_agent) is not None for user_agent in user_agents) / len(user_agents)
    print(f"{found:.2%} of {len(user_agents)} are bots")
    return found


@real_lists
def test_known_bots_are_found() -> None:
    rows = json.loads((LISTS / "monperrus_crawler-user-agents.json").read_text(encoding="utf-8"))
    assert share(examples("isbot_crawlers.yml")) >= 0.99
    assert share([user_agent for row in rows for user_agent in row["instances"]]) >= 0.99


@real_lists
def test_few_browsers_are_taken_for_bots() -> None:
    assert share(examples("isbot_browsers.yml")) <= 0.03
