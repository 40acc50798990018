"""Components keep what pages rely on: words beside colours, sums that add up, filters that stay in URLs."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.urls import include, path
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

import polku.web
from polku.accounts.models import Role, User
from polku.rules.conditions import Description
from polku.rules.reasons import Reason
from polku.web import charts, gallery, phrases, pieces
from polku.web.conditions_wording import condition_text
from polku.web.context import Frame
from polku.web.wording import REASONS, reason_text

NOW = datetime(2026, 11, 9, 10, 22, tzinfo=UTC)
PACKAGE = Path(polku.web.__file__).parent
STATIC = PACKAGE / "static" / "polku"
NBSP = "\N{NO-BREAK SPACE}"


def _page(request: HttpRequest, **_: object) -> None:
    raise AssertionError("only its address is wanted")


urlpatterns = [
    path("", _page, name="today"),
    path("leads/", _page, name="leads"),
    path("leads/<int:pk>/", _page, name="lead"),
    path("gallery", gallery.gallery, name="gallery"),
    path("teams/", include(([path("", _page, name="teams")], "accounts"))),
    path("imports/", include(([path("", _page, name="imports"), path("forms/", _page, name="forms")], "capture"))),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def in_english_and_utc():
    with translation.override("en"), timezone.override(UTC):
        yield


def a_request(address="/leads/", role=Role.REP, **query):
    request = RequestFactory().get(address, query)
    request.user = User(name="Marika Korhonen", email="marika@example.com", role=role)
    return request


def html(source, *, request=None, **context):
    return engines["django"].from_string(source).render(context, request or a_request())


def text(source, **context):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html(source, **context))).strip()


# Words


@pytest.mark.parametrize(("value", "word"), [("cold", "cold"), ("warm", "warm"), ("hot", "hot"), ("", ""), (None, "")])
def test_temperature_has_its_word(value, word):
    assert text("{{ value|temperature }}", value=value) == word


def test_temperature_shows_interest_when_asked():
    assert text("{{ 'hot'|temperature:92.34 }}") == "hot 92.3"


def test_temperatures_differ_in_shape_not_only_in_colour():
    shapes = {re.sub(r'class="[^"]*"', "", pieces.temperature(one, None)) for one in ("cold", "warm", "hot")}
    assert len(shapes) == 3


@pytest.mark.parametrize(
    ("language", "amount", "currency", "exact", "compact"),
    [
        ("en", 48000, "EUR", "€48,000", "€48k"),
        ("en", 999_499, "EUR", "€999,499", "€999k"),
        ("en", 999_500, "EUR", "€999,500", "€1M"),
        ("en", 1_300_000, "EUR", "€1,300,000", "€1.3M"),
        ("en", 950, "EUR", "€950", "€950"),
        ("en", Decimal("-4800"), "EUR", "−€4,800", "−€4.8k"),
        ("en", Decimal("1250.50"), "EUR", "€1,250.50", "€1.3k"),
        ("en", 48000, "CZK", f"48,000{NBSP}Kč", f"48k{NBSP}Kč"),
        ("en", 0, "EUR", "€0", "€0"),
        ("fi", 48000, "EUR", f"48{NBSP}000{NBSP}€", None),
        ("pl", 48000, "PLN", f"48{NBSP}000{NBSP}zł", None),
    ],
)
def test_money(language, amount, currency, exact, compact):
    with translation.override(language):
        assert phrases.exact_money(amount, currency) == exact
        assert compact in {None, phrases.compact_money(amount, currency)}


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW, "just now"),
        (NOW - timedelta(minutes=6), "6 min ago"),
        (NOW - timedelta(minutes=150), "2 hr ago"),
        (NOW - timedelta(hours=8), "today 02:22"),
        (NOW - timedelta(hours=20), "yesterday 14:22"),
        (NOW - timedelta(days=3), "3 days ago"),
        (NOW - timedelta(days=30), "10 Oct"),
        (NOW - timedelta(days=400), "5 Oct 2025"),
        (NOW + timedelta(minutes=25), "in 25 min"),
        (NOW + timedelta(days=1), "tomorrow 10:22"),
        (NOW + timedelta(days=2), "in 2 days"),
    ],
)
def test_relative_time(at, words):
    assert phrases.relative(at, now=NOW) == words


def test_the_day_is_that_of_the_reader():
    with timezone.override("Asia/Tokyo"):
        assert phrases.relative(NOW - timedelta(hours=20), now=NOW) == "yesterday 23:22"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (59, "59 min"), (60, "1 hr"), (80, "1 hr 20 min"), (1440, "1 day"), (3000, "2 days")],
)
def test_duration(minutes, words):
    assert phrases.duration(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("due", "warn", "responded", "state", "words"),
    [
        (12, 3, None, "", "12 min"),
        (12, -1, None, "warned", "12 min"),
        (-25, -30, None, "lapsed", "25 min late"),
        (12, 3, 1, "kept", "kept"),
        (12, 3, 13, "kept", "late"),
    ],
)
def test_sla_states(due, warn, responded, state, words):
    at = None if responded is None else NOW + timedelta(minutes=responded)
    shown = pieces.sla(NOW + timedelta(minutes=due), warn_at=NOW + timedelta(minutes=warn), responded_at=at, now=NOW)
    assert f'class="sla {state}"' in shown
    assert f">{words}<" in shown


def test_sla_without_a_clock_shows_nothing():
    assert html("{% sla due %}", due=None) == ""


# Reasons


def test_a_signal_reads_as_a_sentence():
    reason = Reason("signal", 12, data={"kind": "page_view", "path": "/pricing", "count": 2})
    assert reason_text(reason) == "read /pricing ×2"


def test_a_stored_reason_reads_the_same():
    stored = {"code": "expertise", "data": {"share": 0.31, "against": 0.22, "n": 64}}
    assert reason_text(stored) == f"wins 31{NBSP}% of such leads, the others 22{NBSP}% (n=64)"


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Reason("never_heard_of", because="their own words"), "their own words"),
        (Reason("never_heard_of"), "never heard of"),
        (Reason("criterion", 35, because="metal and machinery"), "metal and machinery"),
        (Reason("points_to_grade", 1, data={"grade": "A", "points": 0.4}), "1 point of fit more makes it A"),
        (Reason("points_to_grade", 8, data={"grade": "A", "points": 7.2}), "8 points of fit more make it A"),
        (
            Reason("win_rate", 1, data={"win_rate": 0.35, "potential": 48000.0}),
            f"win rate 35{NBSP}% × €48,000 a year",
        ),
        (Reason("language", data={"needed": "fi"}), "does not speak Finnish"),
        (Reason("continuity", data={"factor": 1.5, "status": "returning"}), "×1.5: customer is returning"),
    ],
)
def test_reason_texts(reason, sentence):
    assert reason_text(reason) == sentence


@pytest.mark.parametrize("code", [code for code in REASONS if not code.startswith("points_")])
def test_a_reason_without_its_data_still_reads(code):
    assert reason_text(Reason(code))


amounts = st.lists(st.floats(-1e5, 1e5, allow_nan=False), max_size=20)


@given(values=amounts, places=st.sampled_from([0, 1]))
def test_shown_terms_add_up_to_the_shown_total(values, places):
    shown = phrases.rounded_to_sum(values, total=sum(values), places=places)
    assert sum(round(one * 10**places) for one in shown) == round(sum(values) * 10**places)
    assert all(abs(one - value) <= 10**-places + 1e-6 for one, value in zip(shown, values, strict=True))


def test_reasons_open_with_terms_total_version_and_hints():
    shown = text(
        "{% reasons 'why' 'Interest' terms version=7 changes=hints %}92.3{% endreasons %}",
        terms=gallery._INTEREST, hints=gallery._CHANGES,
    )  # fmt: skip
    assert "asked for a quote +76.4" in shown
    assert "read /careers −4.2" in shown
    assert "Total 92.3" in shown
    assert "Playbook v7" in shown
    assert "1 point of fit more makes it A" in shown


def test_reasons_may_be_asked_when_opened():
    shown = html("{% reasons 'why' 'Interest' url='/leads/5/why' %}92{% endreasons %}")
    assert 'hx-get="/leads/5/why"' in shown
    assert 'popovertarget="why"' in shown


def test_reasons_escape_what_people_wrote():
    shown = html("{% reasons 'why' title terms %}{{ title }}{% endreasons %}", title="<script>",
                 terms=[Reason("criterion", 1, because="<img src=x>")])  # fmt: skip
    assert "<script>" not in shown
    assert "<img" not in shown


def test_a_condition_reads_as_a_sentence():
    either = Description("any", parts=(Description("fit_is", {"grade": "A"}), Description("topic_is", {"topic": "x"})))
    hot = Description("temperature_at_least", {"temperature": "hot"})
    assert condition_text(Description("all", parts=(hot, either))) == (
        "temperature is at least hot and (fit is A or the topic is x)"
    )


# Lists


def test_sorting_keeps_the_filters_and_goes_back_to_the_first_page():
    request = a_request(temperature="hot", after="abc", sort="-potential")
    shown = html("{% sort_header 'potential' 'Potential' number=True %}", request=request)
    assert 'href="?temperature=hot&amp;sort=potential"' in shown
    assert 'aria-sort="descending"' in shown


@pytest.mark.parametrize(
    ("many", "url"),
    [("False", "?mine=1&amp;temperature=warm"), ("True", "?mine=1&amp;temperature=hot&amp;temperature=warm")],
)
def test_a_chip_adds_its_value(many, url):
    request = a_request(mine="1", temperature="hot")
    shown = html("{% chip 'temperature' 'warm' 'Warm' many=" + many + " %}", request=request)
    assert re.search(r'href="([^"]*)"', shown)[1] in {url, url.replace("mine=1&amp;", "") + "&amp;mine=1"}


def test_an_active_chip_removes_its_value():
    shown = html("{% chip 'temperature' 'hot' 'Hot' %}", request=a_request(temperature="hot", mine="1"))
    assert 'href="?mine=1"' in shown
    assert 'aria-current="true"' in shown


def test_the_pager_offers_only_pages_that_are_there():
    shown = html("{% pager after='x' %}", request=a_request(mine="1", before="y"))
    assert 'href="?mine=1&amp;after=x"' in shown
    assert 'rel="prev"' not in shown


# Forms


class _Form(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    note = forms.CharField(label="Note", required=False)


def test_a_field_ties_label_help_and_error_to_its_input():
    shown = html("{% field form.name %}", form=_Form({}))
    assert '<label for="id_name">' in shown
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'id="id_name_helptext"' in shown
    assert 'id="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown


def test_a_form_says_how_many_fields_need_a_change():
    assert "1 field needs a change" in text("{% form_fields form %}", form=_Form({}))


# The frame


def labels(request):
    return [str(link.place.label) for group in Frame(request).groups for link in group]


def test_the_bar_leaves_out_what_is_not_installed():
    assert labels(a_request()) == ["Today", "Leads"]


def test_the_bar_shows_teams_to_those_who_lead():
    assert labels(a_request(role=Role.SALES_MANAGER)) == ["Today", "Leads", "Imports", "Teams"]


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.REP, []), (Role.SALES_MANAGER, ["Import"]), (Role.MARKETER, ["Import"])]
)
def test_nothing_is_offered_that_would_be_refused(role, offered):
    assert [str(link.place.label) for link in Frame(a_request(role=role)).new] == offered


def test_forms_are_shown_to_those_who_make_them():
    assert labels(a_request(role=Role.MARKETER)) == ["Today", "Leads", "Imports", "Forms"]


def test_one_place_is_current_also_on_the_pages_under_it():
    shown = html("{% nav %}", request=a_request("/leads/5/"), frame=Frame(a_request("/leads/5/")))
    assert shown.count('aria-current="page"') == 1


@pytest.mark.parametrize(
    ("cookie", "setting", "theme"),
    [("", "dark", "dark"), ("light", "dark", "light"), ("<script>", "dark", "auto")],
)
def test_the_theme_of_this_browser_goes_before_the_setting(cookie, setting, theme):
    request = a_request()
    request.COOKIES["polku_theme"] = cookie
    request.user.theme = setting
    assert Frame(request).theme == theme


def test_a_stranger_gets_a_frame_too():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert Frame(request).theme == "auto"
    assert Frame(request).unread == 0


# The whole


@pytest.mark.parametrize("language", ["en", "fi", "cs", "pl"])
def test_the_gallery_shows_every_component_without_inline_script_or_style(language):
    with translation.override(language):
        shown = gallery.gallery(a_request("/gallery")).content.decode()
    assert shown.count("<dialog") == 2
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", shown)
    identifiers = re.findall(r'\sid="([^"]+)"', shown)
    assert len(identifiers) == len(set(identifiers))


def test_the_gallery_refuses_with_named_errors():
    request = RequestFactory().post("/gallery", {"name": "x"})
    request.user = a_request().user
    response = gallery.gallery(request)
    assert response.status_code == 422
    assert b"nothing is saved here" in response.content


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name):
    shown = engines["django"].get_template(name).render({})
    assert "<h1>" in shown


def test_icons_used_are_in_the_sprite():
    sprite = (STATIC / "icons" / "sprite.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    templates = "".join(file.read_text() for file in PACKAGE.parent.rglob("*.html"))
    used = set(re.findall(r"""\{% icon "([\w-]+)"|\bicon="([\w-]+)\"""", templates))
    assert {one or other for one, other in used} <= known


def test_styles_and_scripts_stay_small():
    sizes = {file.stem: file.stat().st_size for file in (STATIC / "css").glob("*.css")}
    shared = re.findall(r'"([a-z ]+)"\|words %}<link', (PACKAGE / "templates/components/head.html").read_text())[
        0
    ].split()
    assert sum(sizes[name] for name in shared) < 48_000  # what every page loads
    assert max(size for name, size in sizes.items() if name not in shared) < 6_000  # and what one page loads besides
    assert sum(file.stat().st_size for file in (STATIC / "js").glob("*.js")) < 30_000


@given(st.lists(st.floats(-100, 1e6, allow_nan=False), max_size=40))
def test_charts_stay_in_their_box(values):
    top = charts.ceiling(values)
    line = charts.line(values, width=320, height=96, top=top)
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", line.area)]
    assert all(0 <= number <= 320 for number in numbers)
    assert all(0 <= bar.y <= 20 and bar.height >= 0 for bar in charts.bars(values, width=80, height=20))
