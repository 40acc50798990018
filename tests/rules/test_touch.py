"""Touches: by which channel somebody came."""

import csv
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.channels import Channel, channel_of_origin
from polku.rules.touch import LONGEST_PATH, LONGEST_VALUE, Touch, touch

OWN = ["firma.fi"]
DATA = Path(__file__).parents[3] / "shared/data"
real_data = pytest.mark.skipif(not DATA.exists(), reason="the real data is not here")

# marks in the address | came from | channel
SPEC = """
utm_source=google&utm_medium=cpc                |                                    | paid_search
utm_source=Google&utm_medium=CPC                |                                    | paid_search
utm_source=linkedin&utm_medium=cpc              |                                    | paid_social
utm_source=fb&utm_medium=paid_social            |                                    | paid_social
utm_source=partner&utm_medium=ppc               |                                    | other
utm_source=x&utm_medium=banner                  |                                    | display
utm_source=x&utm_medium=cpm                     |                                    | display
utm_source=newsletter&utm_medium=email          |                                    | email
utm_source=newsletter                           |                                    | email
utm_source=email                                |                                    | email
utm_source=partner&utm_medium=affiliate         |                                    | affiliate
utm_source=partner&utm_medium=referral          |                                    | referral
utm_source=google&utm_medium=organic            |                                    | organic_search
utm_source=linkedin&utm_medium=social           |                                    | organic_social
utm_source=rep-7&utm_medium=share_kit           |                                    | organic_social
utm_source=youtube&utm_medium=video             |                                    | organic_social
utm_source=chatgpt.com                          |                                    | ai_assistant
utm_source=chatgpt.com                          | https://chatgpt.com/               | ai_assistant
utm_campaign=spring                             | https://www.bing.com/              | organic_search
utm_campaign=spring                             |                                    | other
utm_campaign=spring&gclid=1                     |                                    | paid_search
utm_medium=cpc&gclid=1                          |                                    | paid_search
utm_source=newsletter&fbclid=1                  | https://m.facebook.com/            | email
utm_source=(direct)&utm_medium=(none)           |                                    | direct
mtm_campaign=K&mtm_source=bing&mtm_medium=cpc   |                                    | paid_search
pk_campaign=K&pk_source=facebook&pk_medium=social |                                  | organic_social
gclid=abc                                       | https://www.google.com/            | paid_search
wbraid=abc                                      |                                    | paid_search
msclkid=abc                                     |                                    | paid_search
li_fat_id=abc                                   |                                    | paid_social
ttclid=abc                                      |                                    | paid_social
fbclid=abc                                      | https://m.facebook.com/            | organic_social
                                                | https://www.google.com/            | organic_search
                                                | https://www.google.co.uk/search?q= | organic_search
                                                | https://fi.search.yahoo.com/       | organic_search
                                                | https://search.seznam.cz/?q=       | organic_search
                                                | https://duckduckgo.com/            | organic_search
                                                | https://docs.google.com/document/1 | referral
                                                | https://mail.google.com/           | email
                                                | https://l.facebook.com/            | organic_social
                                                | https://lnkd.in/x                  | organic_social
                                                | android-app://com.linkedin.android/ | organic_social
                                                | https://x.com/somebody             | organic_social
                                                | https://x.com/i/grok               | ai_assistant
                                                | https://www.perplexity.ai/         | ai_assistant
                                                | https://gemini.google.com/app      | ai_assistant
                                                | https://copilot.microsoft.com/     | ai_assistant
                                                | https://partner.cz/links           | referral
                                                | https://notgoogle.com/             | referral
                                                | https://notfirma.fi/               | referral
                                                | https://shop.firma.fi/cart         | internal
                                                | https://www.firma.fi/              | internal
utm_source=newsletter&utm_medium=email          | https://shop.firma.fi/             | email
                                                |                                    | direct
                                                | http://[bad                        | direct
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in SPEC.strip("\n").splitlines()]


@pytest.mark.parametrize(("marks", "referrer", "channel"), ROWS)
def test_the_channel(marks: str, referrer: str, channel: str) -> None:
    assert touch(f"https://firma.fi/pricing?{marks}", referrer or None, OWN).channel == channel
    assert touch(f"/pricing?{marks}", referrer, OWN).channel == channel
    assert touch(f"https://firma.fi/pricing#{marks}", referrer, OWN).channel == channel


def test_all_that_is_known_is_kept_as_written() -> None:
    url = (
        "https://firma.fi/Pricing?utm_source=Google&utm_medium=CPC&utm_campaign=Kev%C3%A4t%202026&utm_term=pump&utm_content=a"
        "&utm_id=7&utm_source_platform=SA360&utm_creative_format=text&utm_marketing_tactic=prospecting&gclid=XyZ&other=1"
    )
    assert touch(url, "https://www.google.com/search?q=secret", OWN) == Touch(
        channel=Channel.PAID_SEARCH,
        source="Google",
        medium="CPC",
        campaign="Kevät 2026",
        term="pump",
        content="a",
        click_id_kind="gclid",
        click_id="XyZ",
        referrer_host="www.google.com",
        landing_path="/Pricing",
        extra={
            "utm_creative_format": "text",
            "utm_id": "7",
            "utm_marketing_tactic": "prospecting",
            "utm_source_platform": "SA360",
        },
    )


def test_the_first_of_repeated_marks_counts_and_empty_ones_do_not() -> None:
    found = touch("/?utm_source=&utm_source=a&utm_source=b&UTM_MEDIUM=email", None, OWN)
    assert (found.source, found.medium) == ("a", "email")


def test_what_no_database_takes_is_left_out_and_length_is_bounded() -> None:
    found = touch(f"https://firma.fi/{'p' * 5000}?utm_source=a%00b%0D%0Ac&utm_campaign={'x' * 900}", None, OWN)
    assert (found.source, len(found.campaign)) == ("abc", LONGEST_VALUE)
    assert len(found.landing_path) == LONGEST_PATH


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=40))
def test_nothing_that_a_browser_sends_breaks_it(url: str, referrer: str, source: str) -> None:
    found = touch(f"{url}?utm_source={quote(source, errors='replace')}", referrer, OWN)
    kept = [found.source, found.medium, found.referrer_host, found.landing_path, *found.extra.values()]
    assert all(text.isprintable() for text in kept)
    assert touch(url, referrer, ["", "firma.fi"]).channel in Channel


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        (("paid_search", "PAID_SEARCH", "Google AdWords"), Channel.PAID_SEARCH),
        (("organic_search", "ORGANIC_SEARCH"), Channel.ORGANIC_SEARCH),
        (("social", "SOCIAL_MEDIA", "Facebook"), Channel.ORGANIC_SOCIAL),
        (("PAID_SOCIAL",), Channel.PAID_SOCIAL),
        (("email", "EMAIL_MARKETING", "Newsletter"), Channel.EMAIL),
        (("direct_traffic", "DIRECT_TRAFFIC", "Web", "Online Store"), Channel.DIRECT),
        (("REFERRALS", "External Referral", "Employee Referral", "Partner", "Word of mouth"), Channel.REFERRAL),
        (("AI_REFERRALS",), Channel.AI_ASSISTANT),
        (("display", "Advertisement"), Channel.DISPLAY),
        (("other", "other_publicities", "OFFLINE", "Trade Show", "Cold Call", "Purchased List"), Channel.OTHER),
    ],
)
def test_the_channel_of_what_other_systems_call_a_source(words: tuple[str, ...], channel: Channel) -> None:
    assert {channel_of_origin(word) for word in words} == {channel}


@pytest.mark.parametrize("text", [None, "", "unknown", "Acme Oy", "x" * 500])
def test_a_word_that_tells_no_source(text: str | None) -> None:
    assert channel_of_origin(text) is None


@real_data
def test_all_sources_of_a_real_funnel_are_known() -> None:
    path = DATA / "olist_funnel/olist_marketing_qualified_leads_dataset.csv"
    with path.open(encoding="utf-8", newline="") as file:
        origins = {row["origin"] for row in csv.DictReader(file)}
    assert {origin for origin in origins if channel_of_origin(origin) is None} == {"", "unknown"}


@real_data
def test_a_real_log_is_told_apart() -> None:
    line = re.compile(r'"(?:GET|POST|HEAD) (\S+) [^"]*" \d+ \S+ "([^"]*)"')
    log = (DATA / "weblogs/elastic_apache_logs.log").read_text(encoding="utf-8", errors="replace")
    found = [touch(url, referrer.strip("-"), ["semicomplete.com"]).channel for url, referrer in line.findall(log)]
    assert len(found) > 9_900
    assert found.count(Channel.ORGANIC_SEARCH) > 300
    assert found.count(Channel.INTERNAL) > 3_000
