"""A condition of the playbook as a sentence, from the codes by which the rules describe it."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from polku.rules.conditions import Description
from polku.rules.notation import Duration
from polku.web import phrases, wording

CONDITIONS: dict[str, wording.Words] = {
    "field_in": _("%(field)s is one of %(values)s"),
    "field_is": _("%(field)s is %(value)s"),
    "field_between": _("%(field)s is between %(low)s and %(high)s"),
    "field_at_least": _("%(field)s is at least %(low)s"),
    "field_below": _("%(field)s is below %(high)s"),
    "field_matches": _("%(field)s contains one of %(values)s"),
    "field_known": _("%(field)s is known"),
    "field_unknown": _("%(field)s is not known"),
    "fit_at_least": _("fit is at least %(grade)s"),
    "fit_is": _("fit is %(grade)s"),
    "temperature_at_least": _("temperature is at least %(temperature)s"),
    "temperature_is": _("temperature is %(temperature)s"),
    "stage_at_least": _("has come at least to %(stage)s"),
    "stage_is": _("stands at %(stage)s"),
    "signal": _("%(kind)s at some time"),
    "signal_within": _("%(kind)s within %(within)s"),
    "signal_within_days": ngettext_lazy("%(kind)s within %(days)s day", "%(kind)s within %(days)s days", "days"),
    "bant_yes_at_least": ngettext_lazy(
        "at least %(count)s yes in BANT", "at least %(count)s times yes in BANT", "count"
    ),
    "bant_is": _("%(question)s in BANT is %(answer)s"),
    "path_is": _("travels the path “%(path)s”"),
    "topic_is": _("the topic is %(topic)s"),
    "company_has_owner": _("somebody already works with the company"),
    "company_has_no_owner": _("nobody works with the company yet"),
}
ANSWERS: dict[str, wording.Words] = {"yes": _("yes"), "no": _("no"), "unknown": _("unknown")}


def condition_text(description: Description) -> str:
    """The sentence; the parts of "any" and "not" stand in brackets where they would be misread."""
    match description.code:
        case "all":
            return gettext(" and ").join(_bracketed(part) for part in description.parts) or gettext("always")
        case "any":
            return gettext(" or ").join(_bracketed(part) for part in description.parts)
        case "not":
            return gettext("not (%(what)s)") % {"what": condition_text(description.parts[0])}
    return _leaf(description)


def _bracketed(part: Description) -> str:
    text = condition_text(part)
    return f"({text})" if len(part.parts) > 1 else text


def _leaf(description: Description) -> str:
    data = dict(description.data)
    words = wording.worded(data)
    if "count" in data:
        words["count"] = data["count"]
    if "answer" in data:
        words["answer"] = wording.named(ANSWERS, data["answer"])
    if "question" in data:
        words["question"] = wording.named(wording.FIELDS, f"bant.{data['question']}")
    code = description.code
    if "within" in data:
        span = Duration.read(data["within"])
        words |= {"within": phrases.duration(span), "days": span.days}
        code = "signal_within_days" if span == timedelta(days=span.days) else code
    if path := data.get("path"):
        words["kind"] = f"{words.get('kind', '')} {path}"
    pattern: Any = CONDITIONS.get(code, code)
    return str(pattern % wording.Known(words))
