"""Pictures of every page, for the eye: `python -m tests.journeys.screens FOLDER [NAME …]`.

Without POLKU_URL the example company is loaded into a scratch folder and served.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, product
from pathlib import Path

from playwright.sync_api import Browser, Error, ViewportSize, sync_playwright

from tests.journeys.pages import PAGES, PEOPLE, Page
from tests.journeys.site import load_company, serving
from tests.journeys.watch import DESKTOP, PHONE, launch, log_in

SIZES: dict[str, ViewportSize] = {"desktop": DESKTOP, "phone": PHONE}
THEMES = ("light", "dark")


@contextmanager
def _somewhere() -> Iterator[str]:
    if url := os.environ.get("POLKU_URL"):
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="polku-screens-") as name:
        folder = Path(name)
        database = f"sqlite:///{folder / 'polku.sqlite3'}"
        load_company(folder, database, size=os.environ.get("POLKU_SCREENS_SIZE", "demo"))
        with serving(folder, database) as site:
            yield site.url


def take(browser: Browser, url: str, pages: Sequence[Page], folder: Path) -> list[str]:
    """All pictures; answers what could not be shown."""
    failed: list[str] = []
    for who, group in groupby(sorted(pages, key=lambda page: page.who), key=lambda page: page.who):
        own = list(group)
        context = browser.new_context()
        if who:
            log_in(context, url, who)
        state = context.storage_state()
        context.close()
        for (size, viewport), theme in product(SIZES.items(), THEMES):
            context = browser.new_context(
                storage_state=state,
                viewport=viewport,
                color_scheme=theme,  # type: ignore[arg-type]
                base_url=url,
                locale=os.environ.get("POLKU_SCREENS_LOCALE", "en-GB"),
                reduced_motion="reduce",
            )
            context.set_default_timeout(5_000)
            tab = context.new_page()
            for page in own:
                name = f"{page.name}-{PEOPLE[who]}-{size}-{theme}"
                try:
                    tab.set_viewport_size(DESKTOP)
                    page.show(tab)
                    tab.set_viewport_size(viewport)
                except (AssertionError, Error) as error:
                    failed.append(f"{name}: {str(error).splitlines()[0]}")
                tab.screenshot(path=folder / f"{name}.png", full_page=True)
            context.close()
    return failed


def main(arguments: Sequence[str]) -> int:
    folder = Path(arguments[0] if arguments else "screens")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set(arguments[1:])
    pages = [page for page in PAGES if not wanted or page.name in wanted]
    with _somewhere() as url, sync_playwright() as playwright:
        browser = launch(playwright)
        failed = take(browser, url, pages, folder)
        browser.close()
    print("\n".join([*failed, f"{len(pages) * len(SIZES) * len(THEMES) - len(failed)} pictures in {folder}"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
