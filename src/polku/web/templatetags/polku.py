"""The components as tags and filters: docs/reference/components.md lists them with their parameters."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString

from polku.rules.conditions import Description
from polku.rules.reasons import Reason
from polku.web import charts, conditions_wording, phrases, pieces, wording
from polku.web.context import Frame
from polku.web.context import address as address_of

register = template.Library()
type Shown = dict[str, Any]
_CURSORS = ("after", "before", "page")

register.simple_tag(pieces.mark, name="mark")
register.simple_tag(pieces.icon, name="icon")
register.simple_tag(pieces.keys, name="keys")
register.filter("avatar", pieces.avatar)


# Words and numbers


@register.filter
def temperature(value: str, interest: float | None = None) -> SafeString:
    return pieces.temperature(str(value or ""), interest)


@register.filter
def fit(grade: str) -> SafeString:
    return pieces.fit(str(grade or ""))


@register.filter
def money(amount: phrases.Number | None, currency: str = "EUR") -> SafeString | str:
    return "" if amount is None else pieces.money(amount, currency)


@register.filter
def compact_money(amount: phrases.Number | None, currency: str = "EUR") -> SafeString | str:
    return "" if amount is None else pieces.compact_money(amount, currency, yearly=False)


@register.filter
def yearly(amount: phrases.Number | None, currency: str = "EUR") -> SafeString | str:
    return "" if amount is None else pieces.compact_money(amount, currency, yearly=True)


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    return pieces.ago(at, now=timezone.now()) if at else ""


@register.filter
def lately(at: datetime | None) -> SafeString | str:
    return pieces.lately(at, now=timezone.now()) if at else ""


@register.filter
def left(value: datetime | timedelta | None) -> str:
    if value is None:
        return ""
    return phrases.duration(value if isinstance(value, timedelta) else max(value - timezone.now(), timedelta()))


@register.filter
def percent(value: phrases.Number | None, places: int = 0) -> str:
    return "" if value is None else phrases.share(value, places)


@register.filter
def points(value: phrases.Number | None) -> str:
    return "" if value is None else phrases.points(value)


@register.filter
def whole(value: phrases.Number) -> int:
    """The whole number by which a language chooses its plural."""
    return math.ceil(abs(float(value)))


@register.filter
def number(value: phrases.Number | None) -> str:
    return "" if value is None else phrases.plain_number(value)


@register.filter
def unlocalized(value: object) -> str:
    """For attributes that a machine reads: never a decimal comma or a thousands separator."""
    return str(value)


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def reason_text(reason: Reason | Mapping[str, Any], currency: str = "EUR") -> str:
    return wording.reason_text(reason, currency=currency)


@register.filter
def condition_text(description: Description) -> str:
    return conditions_wording.condition_text(description)


@register.filter
def field_name(name: str) -> str:
    return wording.named(wording.FIELDS, name)


@register.filter
def stage_name(code: str) -> str:
    return wording.named(wording.STAGES, code)


@register.filter
def buying_stage_name(code: str) -> str:
    return wording.named(wording.BUYING_STAGES, code)


@register.filter
def signal_name(kind: str) -> str:
    return wording.named(wording.SIGNALS, kind)


@register.filter
def source_name(code: str) -> str:
    return wording.named(wording.SOURCES, code)


# The frame


@register.inclusion_tag("components/nav.html", takes_context=True)
def nav(context: Context) -> Shown:
    frame: Frame | None = context.get("frame")
    return {"groups": frame.groups if frame else []}


@register.simple_tag
def address(name: str, *args: object) -> str:
    return address_of(name, *args)


@register.simple_tag
def stylesheet(name: str) -> str:
    return static(f"polku/css/{name}.css")


@register.simple_tag
def script(name: str) -> str:
    return static(f"polku/js/{name}.js")


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*parts: str) -> Shown:
    """Label, address, label, address, …, and the last label alone."""
    return {"crumbs": list(zip(parts[::2], [*parts[1::2], ""], strict=False))}


@register.simple_tag(takes_context=True)
def tab(context: Context, label: str, url: str, *, count: int | None = None, active: bool | None = None) -> str:
    path = _request(context).get_full_path() if "?" in url else _request(context).path
    return render_to_string(
        "components/tab.html",
        {"label": label, "url": url, "count": count, "is_active": path == url if active is None else active},
    )


# Acting


@register.inclusion_tag("components/button.html")
def button(text: str, *, kind: str = "", small: bool = False, **given: str) -> Shown:
    """A link with `href`. Also: icon, key, type, name, value, form, dialog, menu, label, disabled."""
    is_bare = "" if text else "bare-icon"
    classes = " ".join(word for word in ["button", kind, "small" if small else "", is_bare] if word)
    opens = "dialog" in given or "menu" in given
    return {"text": text, "classes": classes, "type": "button" if opens else "submit"} | given


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> Shown:
    widget = bound.field.widget
    is_check = isinstance(widget, CheckboxInput)
    return {
        "field": bound,
        "is_check": is_check,
        "is_options": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
        "is_optional": not bound.field.required and not bound.field.disabled,
    }


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: BaseForm) -> Shown:
    return {"form": form}


@register.simple_block_tag(end_name="enddialog")
def dialog(content: str, id: str, title: str) -> str:
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag(end_name="endmenu")
def menu(content: str, id: str, *, align: str = "") -> str:
    return render_to_string("components/menu.html", {"content": content, "id": id, "align": align})


# Lists


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, name: str, label: str, *, number: bool = False, default: str = "") -> Shown:
    """A column header that sorts by ?sort=name or ?sort=-name. Numbers begin with the largest."""
    request = _request(context)
    current = request.GET.get("sort", default)
    rising, falling = name, f"-{name}"
    following = {rising: falling, falling: rising}.get(current, falling if number else rising)
    direction = {rising: "ascending", falling: "descending"}.get(current, "")
    return {
        "label": label,
        "url": _with(request, sort=[following]),
        "direction": direction,
        "is_number": number,
    }


@register.inclusion_tag("components/chip.html", takes_context=True)
def chip(context: Context, name: str, value: str, label: str, *, count: int | None = None, many: bool = False) -> Shown:
    """A filter in the URL: on, off, and with `many` beside others of the same name."""
    request = _request(context)
    chosen = request.GET.getlist(name)
    active = value in chosen
    others = [one for one in chosen if one != value] if many else []
    url = _with(request, **{name: others if active else [*others, value]})
    return {"url": url, "label": label, "count": count, "is_active": active}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, *, after: str | None = None, before: str | None = None, note: str = "") -> Shown:
    """Keyset paging: the cursors of the next and the previous page, when there are such."""
    request = _request(context)
    return {
        "next_url": _with(request, after=[after]) if after else "",
        "previous_url": _with(request, before=[before]) if before else "",
        "note": note,
    }


# Meaning


@register.inclusion_tag("components/stage_path.html")
def stage_path(stage: str) -> Shown:
    return {"steps": pieces.steps(stage)}


@register.simple_tag
def sla(
    due_at: datetime | None, warn_at: datetime | None = None, responded_at: datetime | None = None
) -> SafeString | str:
    if due_at is None:
        return ""
    return pieces.sla(due_at, warn_at=warn_at, responded_at=responded_at, now=timezone.now())


@register.simple_block_tag(end_name="endreasons")
def reasons(content: str, id: str, title: str, terms: pieces.Grounds = (), **given: Any) -> SafeString:
    """A number that opens its reasons. Also: unit, currency, total, version, changes; or url."""
    if given.get("url"):
        return pieces.asked_reasons(content, id=id, title=title, url=given["url"])
    shown = {"id": id, "title": title, "content": content} | _reasons(title, terms, **given)
    return render_to_string("components/reasons.html", shown)


@register.inclusion_tag("components/reasons_body.html")
def reasons_body(title: str, terms: pieces.Grounds, **given: Any) -> Shown:
    """The inside of the popover, as the answer to its `url`."""
    return _reasons(title, terms, **given)


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Mapping[str, Any]], *, back: str = "") -> Shown:
    return {"entries": entries, "back": back}


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, kind: str = "info", *, title: str = "") -> str:
    icons = {"success": "circle-check", "warning": "alert-triangle", "danger": "alert-triangle"}
    shown = {"content": content, "kind": kind, "title": title, "icon": icons.get(kind, "info-circle")}
    return render_to_string("components/notice.html", shown)


@register.simple_block_tag(end_name="endempty_state")
def empty_state(content: str, title: str, *, icon: str = "info-circle") -> str:
    return render_to_string("components/empty.html", {"content": content, "title": title, "icon": icon})


@register.inclusion_tag("components/stat.html")
def stat(label: str, value: str, *, note: str = "", href: str = "") -> Shown:
    return {"label": label, "value": value, "note": note, "href": href}


@register.inclusion_tag("components/progress.html")
def progress(
    label: str,
    done: int,
    total: int | None = None,
    *,
    rate: float | None = None,
    remaining: timedelta | None = None,
) -> Shown:
    rest = phrases.duration(remaining) if remaining is not None else ""
    return {"label": label, "done": done, "total": total, "rate": rate, "remaining": rest}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[float], label: str) -> Shown:
    return {"bars": charts.bars(values, width=80, height=20), "label": label}


@register.inclusion_tag("components/curve.html")
def curve(values: Sequence[float], label: str, *, start: str = "", end: str = "", **levels: float) -> Shown:
    """A line with named levels: {% curve values "Interest" warm=20 hot=60 %}."""
    top = charts.ceiling(values, at_least=max(levels.values(), default=0) * 1.1)
    lines = [
        charts.Level(charts.level(value, height=96, top=top), wording.named(wording.TEMPERATURES, name))
        for name, value in levels.items()
    ]
    drawn = charts.line(values, width=320, height=96, top=top)
    return {"line": drawn, "levels": lines, "label": label, "start": start, "end": end}


@register.inclusion_tag("components/bar.html")
def bar(value: float, largest: float, label: str = "") -> Shown:
    width = round(100 * min(max(value / largest, 0.0), 1.0), 1) if largest else 0.0
    return {"width": width, "label": label}


def _reasons(title: str, terms: pieces.Grounds, **given: Any) -> Shown:
    options = {"unit": "points", "currency": "EUR", "total": None, "version": None, "changes": ()} | given
    shown = pieces.explained(terms or (), unit=options["unit"], currency=options["currency"], total=options["total"])
    changes = [one if isinstance(one, str) else wording.reason_text(one) for one in options["changes"] or ()]
    return {
        "title": title,
        "terms": shown.terms,
        "total": shown.total,
        "changes": changes,
        "version": options["version"],
    }


def _request(context: Context) -> HttpRequest:
    request: HttpRequest = context["request"]
    return request


def _with(request: HttpRequest, **changes: list[str]) -> str:
    """This address with some parameters changed, back on the first page."""
    query: QueryDict = request.GET.copy()
    for name in _CURSORS:
        query.pop(name, None)
    for name, values in changes.items():
        query.setlist(name, values)
    return "?" + query.urlencode()
