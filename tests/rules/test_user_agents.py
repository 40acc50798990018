"""User agents: a few words are kept, never the whole."""

from pathlib import Path
from time import perf_counter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.user_agents import LONGEST_PART, Device, Form, reduced

LISTS = Path(__file__).parents[3] / "shared/data/ref_lists"

# user agent | browser | system | form
SPEC = """
Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0 | Firefox 131 | Windows | desktop
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0 | Edge 130 | Windows | desktop
Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15 | Safari 18 | macOS | desktop
Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0 | Firefox 132 | Linux | desktop
Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 | Chrome 130 | Chrome OS | desktop
Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; Touch; Tablet PC 2.0; rv:11.0) like Gecko | IE 11 | Windows | desktop
Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1 | Mobile Safari 17 | iOS | phone
Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1 | Mobile Safari 12 | iOS | tablet
Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36 | Chrome Mobile 130 | Android | phone
Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 | Chrome 130 | Android | tablet
Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0 | Firefox Mobile 131 | Android | phone
Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36 | Samsung Internet 25 | Android | phone
Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/76.0.3809.146 TV Safari/537.36 | Samsung Internet 4 | Tizen | other
"""  # noqa: E501


@pytest.mark.parametrize("row", SPEC.strip().splitlines())
def test_what_is_kept_of_a_user_agent(row: str) -> None:
    user_agent, browser, system, form = (cell.strip() for cell in row.rsplit("|", 3))
    assert reduced(user_agent) == Device(browser=browser, system=system, form=Form(form))


@pytest.mark.parametrize("user_agent", ["", "-", "x", "\0", "ü" * 9000])
def test_nothing_is_known_of_what_says_nothing(user_agent: str) -> None:
    assert reduced(user_agent) == Device(browser="", system="", form=Form.OTHER)


@given(st.text(max_size=600))
def test_little_is_kept_whatever_comes(text: str) -> None:
    device = reduced(f"Mozilla/5.0 (Linux; Android 13; {text}) Chrome/{text}")
    assert len(device.browser) <= LONGEST_PART
    assert len(device.system) <= LONGEST_PART
    assert (device.browser + device.system).isprintable()


@pytest.mark.skipif(not LISTS.exists(), reason="the real data is not here")
def test_nine_of_ten_odd_browsers_are_known_in_little_time() -> None:
    """The list holds what is easily taken for a bot: apps, Amigas, television sets."""
    rows = yaml.safe_load((LISTS / "isbot_browsers.yml").read_text(encoding="utf-8"))
    user_agents = [user_agent for one in rows.values() for user_agent in one]
    reduced(user_agents[0])
    start = perf_counter()
    devices = [reduced(user_agent) for user_agent in user_agents]
    each = (perf_counter() - start) / len(user_agents)
    known = sum(bool(device.browser) for device in devices) / len(devices)
    print(f"{each * 1000:.2f} ms each, {known:.1%} known")
    assert each < 0.002
    assert known >= 0.9
