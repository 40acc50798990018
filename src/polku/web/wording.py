"""The words of the product in the reader's language: codes of stages, signals, reasons … in, words out."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from polku.rules.reasons import Reason
from polku.web import phrases

type Words = str | Promise

STAGES: dict[str, Words] = {
    "lead": pgettext_lazy("stage", "lead"),
    "mql": pgettext_lazy("stage", "MQL"),
    "accepted": pgettext_lazy("stage", "accepted"),
    "sql": pgettext_lazy("stage", "SQL"),
    "meeting": pgettext_lazy("stage", "meeting"),
    "proposal": pgettext_lazy("stage", "proposal"),
    "negotiation": pgettext_lazy("stage", "negotiation"),
    "customer": pgettext_lazy("stage", "customer"),
    "nurture": pgettext_lazy("stage", "nurture"),
    "lost": pgettext_lazy("stage", "lost"),
    "disqualified": pgettext_lazy("stage", "disqualified"),
}
TEMPERATURES: dict[str, Words] = {
    "cold": pgettext_lazy("temperature", "cold"),
    "warm": pgettext_lazy("temperature", "warm"),
    "hot": pgettext_lazy("temperature", "hot"),
}
BUYING_STAGES: dict[str, Words] = {
    "awareness": pgettext_lazy("buying stage", "awareness"),
    "consideration": pgettext_lazy("buying stage", "consideration"),
    "decision": pgettext_lazy("buying stage", "decision"),
}
SIGNALS: dict[str, Words] = {
    "page_view": _("read a page"),
    "page_read": _("stayed on a page"),
    "site_search": _("searched the website"),
    "outbound_click": _("followed a link to elsewhere"),
    "form_started": _("began a form"),
    "form_sent": _("sent a form"),
    "form_submitted": _("sent a form"),
    "email_sent": _("was sent an e-mail"),
    "email_open": _("opened an e-mail"),
    "email_click": _("clicked in an e-mail"),
    "email_received": _("wrote an e-mail"),
    "email_reply": _("replied to an e-mail"),
    "reply": _("replied to an e-mail"),
    "content_download": _("downloaded content"),
    "webinar_registered": _("signed up for a webinar"),
    "webinar_attended": _("attended a webinar"),
    "chat_started": _("started a chat"),
    "demo_requested": _("asked for a demo"),
    "quote_requested": _("asked for a quote"),
    "contact_requested": _("asked to be contacted"),
    "call": _("phone call"),
    "call_logged": _("phone call"),
    "meeting": _("meeting"),
    "referral": _("was referred"),
    "imported": _("came by import"),
    "login": _("logged in"),
    "unsubscribed": _("unsubscribed"),
}
CHANNELS: dict[str, Words] = {
    "paid_search": _("paid search"),
    "organic_search": _("organic search"),
    "paid_social": _("paid social media"),
    "organic_social": _("organic social media"),
    "email": _("e-mail"),
    "display": _("display advertising"),
    "referral": pgettext_lazy("channel", "referral"),
    "ai_assistant": _("AI assistant"),
    "direct": _("direct"),
    "affiliate": _("affiliate"),
    "internal": _("internal"),
    "form": _("web form"),
    "chat": _("website chat"),
    "phone": _("phone"),
    "call": _("phone"),
    "import": _("import"),
    "api": _("API"),
    "webhook": _("webhook"),
    "event": _("event"),
    "manual": _("typed in"),
    "other": _("other"),
    "unknown": _("unknown"),
}
SOURCES: dict[str, Words] = CHANNELS | {
    "web_form": _("web form"),
    "webinar": _("webinar"),
    "event": _("fair or event"),
    "referral": pgettext_lazy("source", "referral"),
    "partner": _("partner"),
    "prospecting": _("own search"),
}
CUSTOMERS: dict[str, Words] = {
    "new": pgettext_lazy("customer", "new"),
    "returning": pgettext_lazy("customer", "returning"),
}
MAIL_KINDS: dict[str, Words] = {
    "company": pgettext_lazy("kind of e-mail address", "company’s"),
    "free": pgettext_lazy("kind of e-mail address", "free"),
    "disposable": pgettext_lazy("kind of e-mail address", "disposable"),
}
FIELDS: dict[str, Words] = {
    "company.name": _("company's name"),
    "company.domain": _("company's domain"),
    "company.industry": _("industry"),
    "company.employees": _("employees"),
    "company.annual_revenue": _("annual revenue"),
    "company.country": _("country"),
    "company.city": _("city"),
    "company.status": _("bought before"),
    "person.email": _("e-mail"),
    "person.email_domain": _("kind of e-mail address"),
    "person.phone": _("phone"),
    "person.job_title": _("job title"),
    "person.country": _("person's country"),
    "person.language": _("language"),
    "lead.source": _("source"),
    "lead.topic": _("topic"),
    "lead.annual_volume": _("volume a year"),
    "lead.annual_value": _("value a year"),
    "bant.budget": _("budget"),
    "bant.authority": _("authority"),
    "bant.need": _("need"),
    "bant.timeline": _("timeline"),
    "potential": _("potential"),
    "interest": _("interest"),
    "priority": _("priority"),
    "fit": _("fit"),
}
REASONS: dict[str, Words] = {
    # a sum of points or money
    "criterion": "%(because)s",
    "stated_value": _("their stated value a year"),
    "stated_volume": _("their stated volume: %(volume)s × %(price)s"),
    "field": _("%(field)s: %(value)s"),
    "band": _("%(field)s %(value)s, in the band %(band)s"),
    "default": _("usual value when nothing is known"),
    "potential_unknown": _("nothing is known to reckon from"),
    "continuity": _("×%(factor)s: customer is %(status)s"),
    "win_rate": _("win rate %(win_rate)s × %(potential)s a year"),
    # what would change it
    "points_to_grade": ngettext_lazy(
        "%(points)s point of fit more makes it %(grade)s",
        "%(points)s points of fit more make it %(grade)s",
        "points",
    ),
    "points_to_temperature": ngettext_lazy(
        "%(points)s point of interest more makes it %(temperature)s",
        "%(points)s points of interest more make it %(temperature)s",
        "points",
    ),
    "ask": _("not known yet: %(because)s (%(amount)s)"),
    "cools": _("without news it becomes %(temperature)s: %(at)s"),
    # qualification
    "on_path": _("travels the path “%(path)s”"),
    "mql_holds": _("meets the definition of an MQL"),
    "sql_holds": _("meets the definition of an SQL"),
    "handed_over_at": _("handed over to sales at this path's mark: %(stage)s"),
    "waits_for": _("marketing keeps it until: %(stage)s"),
    "woke_up": _("woke up: something happened while it rested"),
    "still_resting": _("rests in nurture: nothing has happened since"),
    "closed": _("closed as %(stage)s"),
    # routing
    "routed_by": _("rule %(rule)s sends it to %(to)s"),
    "nobody_free": _("nobody there could take it"),
    "rule_found_nobody": _("rule %(rule)s: nobody of %(to)s could take it"),
    "nobody_working": _("nobody is at work now, so all were considered"),
    "overflow": _("waits in the overflow with %(to)s"),
    "by_hand": _("given by hand by %(by)s"),
    "owner": _("already works with this company"),
    "no_owner": _("nobody works with this company yet"),
    "owner_away": _("whoever works with this company is away"),
    "owner_full": _("whoever works with this company has no room"),
    "fair": _("next in turn, with a share of %(share)s"),
    "least_loaded": _("has the most room: %(open)s open, %(load)s of capacity"),
    "expertise": _("wins %(share)s of such leads, the others %(against)s (n=%(n)s)"),
    "untried": _("no such leads yet: gets a try"),
    "no_clear_expert": _("too little evidence to prefer anyone (n=%(n)s)"),
    # passed over
    "inactive": _("is no longer active"),
    "no_weight": _("takes no part in the dealing"),
    "had_it": _("had it already and did not answer in time"),
    "absent": _("is away"),
    "off_hours": _("is outside working hours"),
    "language": _("does not speak %(needed)s"),
    "country": _("does not cover %(needed)s"),
    "topic": _("does not sell %(needed)s"),
    "full": _("has no room: %(open)s of %(capacity)s open leads"),
    "less_proven": _("wins %(share)s of such leads, the best %(best)s (n=%(n)s)"),
}
_SHARES = frozenset({"share", "against", "best", "load", "win_rate"})
_MONEY = frozenset({"potential", "price"})
_NAMED: dict[str, dict[str, Words]] = {
    "stage": STAGES,
    "temperature": TEMPERATURES,
    "kind": SIGNALS,
    "field": FIELDS,
    "status": CUSTOMERS,
}
_VALUES: dict[str, dict[str, Words]] = {
    "person.email_domain": MAIL_KINDS,
    "company.status": CUSTOMERS,
    "lead.source": SOURCES,
}


class Known(dict[str, Any]):
    """Words for a sentence; a missing one leaves a dash instead of an error on a rep's page."""

    def __missing__(self, key: str) -> str:
        return "–"


def named(table: Mapping[str, Words], code: object) -> str:
    """The word for a code; an unknown code is shown readably rather than hidden."""
    text = str(code or "")
    return str(table[text]) if text in table else text.replace("_", " ")


def reason_text(reason: Reason | Mapping[str, Any], *, currency: str = "EUR") -> str:
    """A reason as a sentence: by its code, else the playbook's own wording, else the code itself."""
    code, amount, because, data = _parts(reason)
    if code == "signal":
        return _signal_text(because, data)
    if code not in REASONS:
        return because or code.replace("_", " ")
    pattern: Any = REASONS[code]
    words = worded(data, currency=currency) | {
        "because": because or "–",
        "amount": phrases.points(amount, signed=True),
    }
    if code == "language":
        words["needed"] = language_name(str(data.get("needed", "")))
    return str(pattern % Known(words))


def worded(data: Mapping[str, Any], *, currency: str = "EUR") -> dict[str, Any]:
    """The data of a reason with every value in words; points stay a number, for plurals."""
    words = {key: _word(key, value, currency) for key, value in data.items() if value is not None}
    if "points" in data:
        words["points"] = math.ceil(data["points"])
    return words | _of_field(data)


def _of_field(data: Mapping[str, Any]) -> dict[str, str]:
    """The values of a field whose values are codes."""
    field = data.get("field")
    if field == "person.language":
        return {key: _each(str(data[key]), language_name) for key in ("value", "values") if key in data}
    table = _VALUES.get(str(field))
    if table is None:
        return {}
    return {key: _each(str(data[key]), partial(named, table)) for key in ("value", "values") if key in data}


def _each(codes: str, word: Callable[[str], str]) -> str:
    return ", ".join(word(code) for code in codes.split(", "))


def language_name(code: str) -> str:
    """The name of a language in the reader's; a code that Django does not know stays."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _parts(reason: Reason | Mapping[str, Any]) -> tuple[str, float, str, Mapping[str, Any]]:
    if isinstance(reason, Reason):
        return reason.code, reason.amount, reason.because, reason.data
    amount = float(reason.get("amount") or 0)
    return str(reason.get("code", "")), amount, str(reason.get("because") or ""), reason.get("data") or {}


def _word(key: str, value: Any, currency: str) -> Any:
    if key in _NAMED:
        return named(_NAMED[key], value)
    if key == "at":
        return phrases.moment(datetime.fromisoformat(str(value)))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if key in _SHARES:
        return phrases.share(value)
    return phrases.exact_money(value, currency) if key in _MONEY else phrases.plain_number(value)


def _signal_text(because: str, data: Mapping[str, Any]) -> str:
    what = because or named(SIGNALS, data.get("kind"))
    path = str(data.get("path") or "")
    if path and not because:
        what = gettext("read %(path)s") % {"path": path} if data.get("kind") == "page_view" else f"{what} {path}"
    count = data.get("count") or 1
    return f"{what} ×{phrases.plain_number(count)}" if count > 1 else what
