"""The first page after the log-in, as a browser that has never been here sees it."""

import os
import statistics
import time
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.figures import Aim, Figure
from bench.scratch import scratch

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PEER = "Odoo 7.6 MB, 6 s"
SETTLING = 200  # ms


def measure(*, quick: bool) -> list[Figure]:
    with scratch("sqlite") as place:
        loaded = place.run("page_run:load", leads=300 if quick else 1_000)
        with place.served("-m", "polku.web.cli", "serve") as address, sync_playwright() as playwright:
            program = CHROMIUM if os.path.exists(CHROMIUM) else None
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
            try:
                cookies = _log_in(browser, f"http://{address}")
                visits = [_visit(browser, f"http://{address}", cookies) for _ in range(2 if quick else 5)]
            finally:
                browser.close()
    size = statistics.median(visit["bytes"] for visit in visits)
    seconds = statistics.median(visit["seconds"] for visit in visits)
    requests = visits[-1]["requests"]
    return [
        Figure(
            part="first page",
            what="bytes over the wire, Today with an empty cache",
            unit="kB",
            ours=size / 1000,
            aim=Aim("most", 250),
            note=f"{requests} requests; {loaded['leads']} leads; peer {PEER}",
        ),
        Figure(
            part="first page",
            what="Today with an empty cache, until loaded",
            unit="s",
            ours=seconds,
            aim=Aim("most", 1),
            note=f"first paint {statistics.median(visit['paint'] for visit in visits):.0f} ms; peer {PEER}",
        ),
    ]


def _log_in(browser: Browser, address: str) -> list[Any]:
    """The cookies of somebody who has logged in; checking a password is slow on purpose and measured apart."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/login/")
    page.fill("input[name=email], input[name=username]", "hanna@polku.example")
    page.fill("input[name=password]", "polku-demo")
    with page.expect_navigation(wait_until="load"):
        page.press("input[name=password]", "Enter")
    cookies: list[Any] = context.cookies()
    context.close()
    return cookies


def _visit(browser: Browser, address: str, cookies: list[Any]) -> dict[str, Any]:
    """A browser profile with an empty cache opens Today; what came over the wire is what its network log counts."""
    context = browser.new_context()
    context.add_cookies(cookies)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    came: list[float] = []
    wire.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    began = time.perf_counter()
    page.goto(f"{address}/", wait_until="load")
    seconds = time.perf_counter() - began
    page.wait_for_selector("main")
    answer = {"seconds": seconds, "bytes": sum(came), "requests": len(came), "paint": _first_paint(page)}
    context.close()
    return answer


def _first_paint(page: Page) -> float:
    page.wait_for_timeout(SETTLING)
    script = "() => (performance.getEntriesByName('first-contentful-paint')[0] || {startTime: 0}).startTime"
    return float(page.evaluate(script))
