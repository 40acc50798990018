"""A row of a file while it is read: its cells by field, and how they settle into a person, a company and a lead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from polku.capture import import_cells
from polku.capture.import_cells import Remark
from polku.crm.inputs import Key, LeadInput
from polku.rules import identity
from polku.rules.channels import channel_of_campaign, channel_of_origin
from polku.rules.stages import CLOSED, Stage
from polku.tracking.inputs import TouchInput

LEAD_FIELDS: Final = (
    "title",
    "topic",
    "currency",
    "close_reason",
    "annual_value",
    "annual_volume",
    "created_at",
)
_STAGES: Final = {f"{stage}_at": stage for stage in Stage}
_ONE_BY_ONE: Final = frozenset({
    "person.full_name", "person.mobile", "person.key", "company.key", "lead.key", "lead.stage", "lead.outcome",
    "lead.converted", "lead.closed", "lead.won", "lead.closed_at", "country", "note",
})  # fmt: skip
_ADDRESSES_APART: Final = str.maketrans({";": " ", ",": " ", "<": " ", ">": " "})


class Draft:
    """The cells of one row that said something. `facts` keeps what has no field of its own or could not be read."""

    __slots__ = ("cleared", "company", "facts", "lead", "more", "person", "remarks", "stages", "touch")

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.company: dict[str, Any] = {}
        self.lead: dict[str, Any] = {}
        self.touch: dict[str, str] = {}
        self.more: dict[str, Any] = {}
        self.stages: dict[Stage, datetime] = {}
        self.facts: dict[str, str] = {}
        self.remarks: list[Remark] = []
        self.cleared: list[str] = []

    def remark(self, column: str, code: str, text: str) -> None:
        """Note that a cell was not understood, and keep it as a fact."""
        self.remarks.append(Remark(column, code, text[:200]))
        self.facts[column or code] = text


def slot_of(target: str) -> tuple[str, Any]:
    """The part of a draft and the name in it where the values of a target go."""
    room, _, field = target.partition(".")
    if target in _ONE_BY_ONE:
        return "more", target
    if room == "lead" and field in _STAGES:
        return "stages", _STAGES[field]
    return room, field


def settle_person(draft: Draft) -> None:
    """Take a full name apart, and let the mobile number stand for a phone that is not given."""
    full_name = draft.more.get("person.full_name")
    if full_name and "first_name" not in draft.person and "last_name" not in draft.person:
        last, comma, first = full_name.partition(",")
        if not comma:
            first, _, last = full_name.rpartition(" ")
        draft.person |= {"first_name": first.strip()[:100], "last_name": last.strip()[:100]}
    mobile = draft.more.get("person.mobile")
    if mobile and draft.person.setdefault("phone", mobile) != mobile:
        draft.facts["mobile"] = mobile


def settle_country(draft: Draft, default: str) -> None:
    """One country column speaks of the person and of the company alike."""
    country = draft.more.get("country") or default
    if country:
        draft.person.setdefault("country", country)
        if draft.company:
            draft.company.setdefault("country", draft.person["country"])


def settle_email(draft: Draft) -> str | None:
    """The key of the address; of several in one cell the first is taken and the cell kept as a fact."""
    given = draft.person.get("email", "")
    if not given:
        return None
    key = identity.email_key(given)
    if key is None:
        apart = [part for part in given.translate(_ADDRESSES_APART).split() if "@" in part]
        key = next((found for part in apart if (found := identity.email_key(part))), None)
        draft.remark("email", "email_unreadable" if key is None else "several_emails", given)
        draft.person["email"] = key or ""
    return key


def reason_to_reject(draft: Draft, email: str | None, keys: Mapping[str, Key | None]) -> str:
    """Why a row cannot be kept; "" when somebody or something can be told from it."""
    person, company = draft.person, draft.company
    is_told = email or any(keys.values()) or person.get("phone") or person.get("last_name") or person.get("first_name")
    if is_told or company.get("name") or company.get("domain") or company.get("website"):
        return ""
    return "email_unreadable" if "email" in draft.facts else "nothing_identifies"


def fingerprint(draft: Draft, email: str | None, keys: Mapping[str, Key | None]) -> int:
    """Equal for two rows of a file that speak of the same lead, or of the same person where no lead is named."""
    if key := keys["lead"]:
        return hash(("lead", key.key))
    if email:
        return hash(("email", email, draft.lead.get("created_at"), draft.lead.get("title")))
    if key := keys["person"] or keys["company"]:
        return hash(("key", key.key))
    words = (draft.person.get(field, "") for field in ("first_name", "last_name", "phone"))
    return hash(
        (
            *(word.casefold() for word in words),
            draft.company.get("name", "").casefold(),
            draft.lead.get("title"),
        )
    )


def named_stage(stage: Stage | None, outcome: Stage | None) -> Stage | None:
    """The stage that words name; an outcome such as won or lost says more than a status."""
    return outcome if outcome in CLOSED else stage or outcome


@import_cells.remembering
def channel_of(words: str) -> str:
    """The channel of source words: "" when they say nothing, "other" when they say something unknown."""
    channel = channel_of_origin(words)
    if channel is None:
        return "" if import_cells.says_nothing(words) else "other"
    return str(channel)


def touches_of(draft: Draft, lead: LeadInput) -> tuple[TouchInput, ...]:
    """How they came, when the row tells it with a date; without one the campaign is kept as facts."""
    touch = draft.touch
    if lead.created_at is None:
        draft.facts |= {
            f"utm_{name}" if name not in {"landing", "referrer", "gclid"} else name: touch[name] for name in touch
        }
        return ()
    if not touch and not lead.source:
        return ()
    gclid = touch.pop("gclid", "")
    channel = lead.source or "other"
    if gclid:
        channel = "paid_search"
    elif "source" in touch or "medium" in touch:
        channel = str(channel_of_campaign(touch.get("source", ""), touch.get("medium", ""), touch.get("campaign", "")))
    return (
        TouchInput(
            at=lead.created_at,
            channel=channel,
            source=touch.get("source", lead.source_detail),
            medium=touch.get("medium", ""),
            campaign=touch.get("campaign", ""),
            term=touch.get("term", ""),
            content=touch.get("content", ""),
            click_id_kind="gclid" if gclid else "",
            click_id=gclid,
            referrer=touch.get("referrer", ""),
            landing=touch.get("landing", ""),
        ),
    )
