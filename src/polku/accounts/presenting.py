"""Tells the entries of the audit log in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from polku.accounts.models import AuditEntry, Role

WORDS: dict[str, str | Promise] = {
    "user_added": _("added the user %(name)s"),
    "user_invited": _("invited %(name)s (%(email)s)"),
    "invitation_withdrawn": _("withdrew the invitation to %(email)s"),
    "invitation_accepted": _("accepted an invitation"),
    "user_changed": _("changed %(subject)s"),
    "role_changed": _("changed the role of %(subject)s"),
    "user_activated": _("activated %(subject)s"),
    "user_deactivated": _("deactivated %(subject)s"),
    "teams_changed": _("changed the teams of %(subject)s"),
    "password_set": _("set the password of %(subject)s"),
    "password_changed": _("changed their password"),
    "password_reset": _("set a new password by mail"),
    "second_factor_on": _("switched on the second factor of %(subject)s"),
    "second_factor_off": _("switched off the second factor of %(subject)s"),
    "recovery_codes_renewed": _("made new recovery codes"),
    "recovery_code_used": _("logged in with a recovery code"),
    "hours_set": _("set the working hours of %(subject)s"),
    "absence_added": _("entered an absence of %(subject)s"),
    "absence_removed": _("removed an absence of %(subject)s"),
    "team_added": _("added the team %(name)s"),
    "team_changed": _("changed the team %(name)s"),
    "team_removed": _("removed the team %(name)s"),
    "api_key_added": _("made the API key %(name)s (%(prefix)s)"),
    "api_key_revoked": _("revoked the API key %(name)s (%(prefix)s)"),
}
SUBJECTS: dict[str, str | Promise] = {
    "user": _("User"),
    "team": _("Team"),
    "invitation": _("Invitation"),
    "api_key": _("API key"),
    "lead": _("Lead"),
    "person": _("Person"),
    "company": _("Company"),
    "task": _("Task"),
    "form": _("Form"),
    "import": _("Import"),
    "playbook": _("Playbook"),
    "site": _("Site"),
    "visitor": _("Visitor"),
    "job": _("Job"),
}
# The page that shows a subject, by the name of its address. A task stands on its lead's page, a person likewise.
PAGES = {
    "user": "accounts:user",
    "team": "accounts:team",
    "lead": "lead",
    "company": "company",
    "form": "capture:form",
    "import": "capture:import",
    "playbook": "playbook:version",
    "site": "tracking:site",
    "visitor": "visitor",
}
FIELDS: dict[str, str | Promise] = {
    "name": _("name"),
    "email": _("e-mail"),
    "role": _("role"),
    "is_active": _("active"),
    "language": _("language"),
    "zone": _("time zone"),
    "theme": _("theme"),
    "mail_notifications": _("notifications by mail"),
    "capacity": _("open leads at most"),
    "weight": _("share"),
    "languages": _("languages spoken"),
    "countries": _("territory"),
    "topics": _("products"),
    "joined": _("joined"),
    "left": _("left"),
    "renamed": _("name"),
    "teams": _("teams"),
}
_LISTS = ("joined", "left", "teams")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it is read: “Laura changed the role of Jan”, and below it what exactly."""

    id: int
    at: datetime
    by: str
    words: str
    changes: tuple[str, ...]
    subject: str
    subject_id: int | None
    page: str


def install(words: Mapping[str, str | Promise]) -> None:
    """Add the verbs of the rooms above (from web/wiring.py)."""
    WORDS.update(words)


def tell(entries: Sequence[AuditEntry], *, names: Mapping[int, str]) -> list[Told]:
    """`names` are those of the users among the subjects."""
    return [_told(entry, names) for entry in entries]


def _told(entry: AuditEntry, names: Mapping[int, str]) -> Told:
    return Told(
        id=entry.pk,
        at=entry.at,
        by=entry.by.name if entry.by else gettext("Polku"),
        words=_words(entry, names),
        changes=tuple(_changes(entry.details)),
        subject=str(SUBJECTS.get(entry.subject, entry.subject)),
        subject_id=entry.subject_id,
        page=PAGES.get(entry.subject, "") if entry.subject_id and not entry.verb.endswith("_removed") else "",
    )


def _words(entry: AuditEntry, names: Mapping[int, str]) -> str:
    subject = names.get(entry.subject_id or 0) if entry.subject == "user" else None
    subject = subject or f"{SUBJECTS.get(entry.subject, entry.subject)} {entry.subject_id or ''}".strip()
    known = {"subject": subject, "subject_id": entry.subject_id}
    plain = f"{entry.verb.replace('_', ' ').replace('.', ' ')}: {subject}"
    try:  # a verb that nobody has worded yet is still better shown than hidden
        words: str = str(WORDS[entry.verb]) % (entry.details | known)
    except KeyError:
        words = plain
    return words


def _changes(details: Mapping[str, Any]) -> list[str]:
    lines = [f"{_field(field)}: {_shown(old)} → {_shown(new)}" for field, old, new in _pairs(details)]
    lists = [f"{_field(field)}: {_shown(details[field])}" for field in _LISTS if details.get(field)]
    spans = [f"{_moment(details['starts_at'])} – {_moment(details['ends_at'])}"] if "starts_at" in details else []
    return lines + lists + spans


def _pairs(details: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What changed from what to what: pairs of values, at the top or under `changed`."""
    changed = details.get("changed", details)
    pairs = changed.items() if isinstance(changed, Mapping) else ()
    found = [(field, pair) for field, pair in pairs if isinstance(pair, list) and field not in _LISTS]
    return [(field, pair[0], pair[1]) for field, pair in found if len(pair) == 2]


def _moment(text: str) -> str:
    return date_format(localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT")


def _field(field: str) -> str:
    return str(FIELDS.get(field, field))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "–"
    if isinstance(value, str) and value in Role.values:
        return str(Role(value).label)
    return str(value) if value not in (None, "") else "–"
