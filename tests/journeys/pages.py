"""Every page of the product, with who sees it and how one gets there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page as Tab

PEOPLE = {
    "": "nobody",
    "marika": "rep",
    "mikael": "manager",
    "jakub": "marketer",
    "laura": "marketing-lead",
    "hanna": "sales-lead",
    "admin": "admin",
}
SAMPLE = Path(__file__).parent / "fair.csv"


def _stay(tab: Tab) -> None:
    pass


@dataclass(frozen=True)
class Page:
    """A page: its name, who looks at it, its address; `link` is followed from there, then `then` is done."""

    name: str
    who: str
    path: str
    link: str = ""
    then: Callable[[Tab], None] = _stay
    status: int = 200

    @property
    def faults(self) -> tuple[str, ...]:
        """What the browser's console says about an answer that is meant to refuse."""
        return () if self.status == 200 and "wrong" not in self.name else (f"status of {self.status}", "status of 422")

    def show(self, tab: Tab) -> None:
        """Go there as a person would: by its address, or by the first link of a list."""
        answer = tab.goto(self.path)
        assert answer is not None
        if self.link:
            target = tab.locator(self.link).first.get_attribute("href") or ""
            answer = tab.goto(target)
            assert answer is not None
        assert answer.status == self.status, f"{self.name}: {answer.status} from {answer.url}"
        self.then(tab)


def _press(selector: str) -> Callable[[Tab], None]:
    return lambda tab: tab.locator(selector).first.click()


def _keys(*keys: str) -> Callable[[Tab], None]:
    def press(tab: Tab) -> None:
        for key in keys:
            tab.keyboard.press(key)

    return press


def _send_empty(tab: Tab) -> None:
    tab.locator("form[novalidate] button[type=submit]").first.click()
    tab.locator("[aria-invalid=true], .notice.danger").first.wait_for()


def _wrong_password(tab: Tab) -> None:
    tab.locator("#content input[type=email]").fill("nobody@polku.example")
    tab.locator("#content input[type=password]").fill("certainly-wrong")
    tab.locator("#content button[type=submit]").click()
    tab.locator("[role=alert], .errorlist, .error").first.wait_for()


def _upload(tab: Tab) -> None:
    tab.locator("input[type=file]").set_input_files(SAMPLE)
    tab.locator("#content form[enctype] button[type=submit]").click()
    tab.locator("select[name^=column-]").first.wait_for()


def _try_dry(tab: Tab) -> None:
    _upload(tab)
    tab.locator("#content form[action$='/map/'] button[type=submit]").click()
    tab.locator("#content form[action$='/start/']").wait_for(timeout=20_000)


def _make_site(tab: Tab) -> None:
    tab.locator("input[name=name]").fill("Website")
    tab.locator("textarea[name=hosts]").fill("www.company.example")
    tab.locator("#content form[novalidate] button[type=submit]").click()
    tab.locator("#seen").wait_for()


LEAD = "a[data-open][href^='/leads/']"
COMPANY = "a[data-open][href^='/companies/'], table a[href^='/companies/']"
VISITOR = "a[data-open][href^='/visitors/']"
PUBLIC = "#content a[href*='/f/']"
USER = "table a[href^='/users/']"
PARTS = tuple(
    enumerate(("signals", "temperature", "potential", "mql", "paths", "routing", "sla", "reasons", "yaml"), 2)
)

PAGES: tuple[Page, ...] = (
    # nobody is logged in
    Page("login", "", "/login/"),
    Page("login-wrong", "", "/login/", then=_wrong_password),
    Page("password-reset", "", "/password/"),
    Page("password-reset-sent", "", "/password/sent/"),
    Page("invitation-unusable", "", "/invitation/no-such-token/", status=410),
    # the rep
    Page("today", "marika", "/"),
    Page("today-why", "marika", "/", then=_press(".work .money button")),
    Page("leads", "marika", "/leads/"),
    Page("leads-filtered", "marika", "/leads/?temperature=hot&fit=A"),
    Page("leads-none", "marika", "/leads/?q=zzzzzz"),
    Page("lead", "marika", "/", LEAD),
    Page("lead-call", "marika", "/", LEAD, then=_keys("l")),
    Page("lead-bant", "marika", "/", LEAD, then=_keys("b")),
    Page("lead-task", "marika", "/", LEAD, then=_keys("t")),
    Page("lead-reject", "marika", "/", LEAD, then=_keys("x")),
    Page("lead-edit", "marika", "/", LEAD, then=_press("a[data-key=e]")),
    Page("companies", "marika", "/companies/"),
    Page("company", "marika", "/companies/", COMPANY),
    Page("search-empty", "marika", "/search/"),
    Page("search", "marika", "/search/?q=ma"),
    Page("search-none", "marika", "/search/?q=zzzzzz"),
    Page("visitors", "marika", "/visitors/"),
    Page("visitors-today", "marika", "/visitors/?when=today"),
    Page("visitors-hot", "marika", "/visitors/hot/"),
    Page("visitor", "marika", "/visitors/hot/", VISITOR),
    Page("visitor-known", "marika", "/visitors/?when=today", f"tr:has(.tag.good) {VISITOR}"),
    Page("notifications", "marika", "/notifications/"),
    Page("call-new", "marika", "/new/call/"),
    Page("call-new-wrong", "marika", "/new/call/", then=_send_empty),
    Page("lead-new", "marika", "/new/lead/"),
    Page("playbook", "marika", "/playbook/"),
    Page("settings", "marika", "/settings/"),
    Page("own-hours", "marika", "/settings/hours/"),
    Page("password-change", "marika", "/settings/password/"),
    Page("second-factor", "marika", "/settings/second-factor/"),
    Page("help-keys", "marika", "/leads/", then=_keys("?")),
    Page("new-menu", "marika", "/leads/", then=_press("button[popovertarget=new-menu]:visible")),
    Page("not-found", "marika", "/leads/987654321/", status=404),
    Page("not-allowed", "marika", "/users/", status=403),
    # the manager
    Page("today-manager", "mikael", "/"),
    Page("overflow", "mikael", "/overflow/"),
    Page("lead-manager", "mikael", "/leads/", LEAD, then=_keys("o")),
    Page("leads-ticked", "mikael", "/leads/", then=_press("[data-bulk-item]")),
    Page("routing-log", "mikael", "/routing/"),
    Page("routing-clocks", "mikael", "/routing/clocks/"),
    Page("teams", "mikael", "/teams/"),
    # the marketer
    Page("today-marketer", "jakub", "/"),
    Page("imports", "jakub", "/imports/"),
    Page("forms", "jakub", "/forms/"),
    Page("form", "jakub", "/forms/", "main a[href^='/forms/']:not([href$='new/'])"),
    Page("public-form", "jakub", "/forms/1/", PUBLIC),
    Page("public-form-wrong", "jakub", "/forms/1/", PUBLIC, then=_send_empty),
    Page("form-submissions", "jakub", "/forms/1/submissions/"),
    Page("form-change", "jakub", "/forms/1/edit/"),
    Page("import-map", "jakub", "/imports/", then=_upload),
    Page("import-checked", "jakub", "/imports/", then=_try_dry),
    Page("form-new", "jakub", "/forms/new/"),
    Page("sites", "jakub", "/setup/sites/"),
    Page("site-new", "jakub", "/setup/sites/new/"),
    Page("site-new-wrong", "jakub", "/setup/sites/new/", then=_send_empty),
    Page("site", "jakub", "/setup/sites/new/", then=_make_site),
    Page("refused", "jakub", "/setup/sites/refused/"),
    # the heads of marketing and sales
    Page("today-sales-lead", "hanna", "/"),
    Page("playbook-versions", "laura", "/playbook/versions/"),
    Page("playbook-version", "laura", "/playbook/versions/1/"),
    Page("playbook-version-new", "laura", "/playbook/versions/new/"),
    Page("playbook-next", "marika", "/playbook/versions/2/temperature/"),
    Page("playbook-text", "jakub", "/playbook/versions/2/text/"),
    Page("playbook-sign", "hanna", "/playbook/versions/2/review/"),
    Page("playbook-story", "marika", "/playbook/versions/2/history/"),
    Page("playbook-compare", "laura", "/playbook/compare/?old=1&new=2"),
    *(Page(f"playbook-{part}", "laura", "/playbook/", f"#content nav a:nth-of-type({n})") for n, part in PARTS),
    # the admin
    Page("setup", "admin", "/setup/"),
    Page("users", "admin", "/users/"),
    Page("user", "admin", "/users/", USER),
    Page("user-invite", "admin", "/users/invite/"),
    Page("user-hours", "admin", "/users/", USER, then=_press("a[href$='/hours/']")),
    Page("user-deactivate", "admin", "/users/", USER, then=_press("a[href$='/deactivate/']")),
    Page("team", "admin", "/teams/", "main a[href^='/teams/']:not([href$='new/'])"),
    Page("team-new", "admin", "/teams/new/"),
    Page("api-keys", "admin", "/settings/api-keys/"),
    Page("audit-log", "admin", "/settings/audit-log/"),
    Page("api-docs", "admin", "/api/v1/docs"),
    Page("gallery", "admin", "/gallery/"),
)
