"""The words of the story page: what may be done, why deals are lost, where facts come from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from polku.capture.typed_forms import OUTCOMES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

type Words = str | _StrPromise

LOST_REASONS: Final[dict[str, Words]] = {
    "price": _("Price"),
    "competitor": _("Bought from somebody else"),
    "no_decision": _("No decision was made"),
    "timing": _("Not now"),
    "product": _("We do not have what they need"),
    "no_answer": _("They stopped answering"),
    "other": _("Another reason"),
}
CODES: Final[dict[str, Words]] = {
    "woke_up": _("woke up on its date"),
    "taken_back": _("the step before was taken back"),
}
BANT: Final[dict[str, Words]] = {
    "budget": _("Budget"),
    "authority": _("Authority"),
    "need": _("Need"),
    "timeline": _("Timeline"),
}
BANT_QUESTIONS: Final[dict[str, Words]] = {
    "budget": _("Is it in this year's budget?"),
    "authority": _("Who else decides about it?"),
    "need": _("What happens if nothing changes?"),
    "timeline": _("When must it be in use?"),
}
ANSWERS: Final[dict[str, Words]] = {"yes": _("Yes"), "no": _("No"), "unknown": _("Unknown")}
FACTS: Final[dict[str, Words]] = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "job_title": _("Job title"),
    "country": _("Country"),
    "language": _("Language"),
    "linkedin_url": _("LinkedIn profile"),
    "email_opt_out": _("No e-mail"),
    "name": _("Name"),
    "domain": _("Domain"),
    "website": _("Website"),
    "industry": _("Industry"),
    "employees": _("Employees"),
    "annual_revenue": _("Annual revenue"),
    "city": _("City"),
    "business_id": _("Business id"),
    "title": _("Interest"),
    "topic": _("Topic"),
    "source": _("Source"),
    "source_detail": _("Source, as given"),
    "annual_volume": _("Volume a year"),
    "annual_value": _("Value a year"),
    "currency": _("Currency"),
    "close_reason": _("Reason"),
}
INTERNAL: Final = frozenset({"phone_e164", "email_key", "email_kind", "first_key", "last_key", "name_key"})
SUBJECTS: Final[dict[str, Words]] = {"person": _("Person"), "company": _("Company"), "lead": _("Lead")}
CONSENTS: Final[dict[str, Words]] = {"marketing": _("marketing"), "email": _("e-mail"), "contact": _("being contacted")}
KNOWN_BY: Final[dict[str, Words]] = {
    "form": _("became known by a form"),
    "login": _("became known by a login"),
    "mail": _("became known by a click in a mail"),
}
_SOURCES: Final[dict[str, Words]] = {
    "form": _("web form"),
    "import": _("import"),
    "api": _("API"),
    "webhook": _("webhook"),
    "chat": _("website chat"),
    "demo": _("example company"),
}
_DIRECTIONS: Final[dict[str, Words]] = {"in": _("they called"), "out": _("we called")}


def word(table: Mapping[str, Words], code: str) -> str:
    """The word of a code; an unknown code is shown readably."""
    return str(table[code]) if code in table else code.replace("_", " ")


def source_text(source: str, names: Mapping[int, str]) -> str:
    """Where a fact came from: "user:5" by name, "form:3" as a web form."""
    kind, _gap, rest = source.partition(":")
    if kind == "user" and rest.isdecimal():
        return names.get(int(rest)) or gettext("a former colleague")
    return str(_SOURCES[kind]) if kind in _SOURCES else source.replace(":", ": ")


def call_text(details: Mapping[str, object]) -> str:
    """ "reached · we called"."""
    outcome = word({code: label for code, label in OUTCOMES}, str(details.get("outcome") or ""))
    direction = word(_DIRECTIONS, str(details.get("direction") or ""))
    return " · ".join(part for part in (outcome.lower(), direction) if part)


SUGGESTIONS: Final[dict[str, Words]] = {
    "find_decision_maker": _("No to %(question)s: the playbook says to find the one who decides."),
    "nurture": _("No to %(question)s: the playbook says to let it rest in nurture."),
    "nurture_until_date": _("No to %(question)s: the playbook says to let it rest in nurture until a date."),
    "disqualify": _("No to %(question)s: the playbook says to disqualify it."),
}
