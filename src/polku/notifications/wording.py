"""Says a notification in words."""

from datetime import datetime
from typing import Final

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from polku.notifications.models import Notification

ICONS: Final = {
    "lead_routed": "route",
    "overflow": "alert-triangle",
    "sla_warned": "clock",
    "sla_lapsed": "alert-triangle",
    "import_finished": "file-import",
    "playbook_to_sign": "book",
    "playbook_countersign": "book",
    "playbook_text_changed": "alert-triangle",
    "playbook_withdrawn": "alert-triangle",
    "playbook_stuck": "alert-triangle",
}
PLAYBOOK: Final = {
    "playbook_to_sign": gettext_lazy("Version %(number)s of the playbook waits for your signature"),
    "playbook_countersign": gettext_lazy(
        "%(signer)s has signed version %(number)s of the playbook; it waits for your signature"
    ),
    "playbook_text_changed": gettext_lazy(
        "The text of version %(number)s of the playbook was changed: its signatures are void"
    ),
    "playbook_withdrawn": gettext_lazy("%(signer)s has withdrawn the signature of version %(number)s of the playbook"),
    "playbook_stuck": gettext_lazy(
        "Version %(number)s of the playbook no longer fits the rules and did not come into force"
    ),
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notification as a page shows it; `target` is where it leads, if anywhere."""

    id: int
    at: datetime
    text: str
    icon: str
    target: str
    is_unread: bool


def tell(one: Notification) -> Told:
    return Told(
        id=one.pk,
        at=one.at,
        text=sentence(one),
        icon=ICONS.get(one.kind, "bell"),
        target=target_of(one),
        is_unread=one.read_at is None,
    )


def sentence(one: Notification) -> str:
    """One line in the active language; the person and company stand in it."""
    who = _who(one)
    match one.kind:
        case "lead_routed":
            return _("New lead for you: %(who)s") % {"who": who}
        case "overflow":
            return _("Nobody was free for %(who)s: the lead waits in the overflow") % {"who": who}
        case "sla_warned":
            return _("%(who)s is still waiting for an answer: the promised time is nearly over") % {"who": who}
        case "sla_lapsed":
            return _("The promised time is over and %(who)s has no answer") % {"who": who}
        case "import_finished":
            return _import_finished(one)
        case _:
            return _of_playbook(one) or who or one.kind.replace("_", " ")


def _of_playbook(one: Notification) -> str:
    known = {"number": one.details.get("number"), "signer": one.details.get("signer")}
    return str(PLAYBOOK[one.kind]) % known if one.kind in PLAYBOOK else ""


def _import_finished(one: Notification) -> str:
    text = _("The import of %(file)s is finished") % {"file": one.details.get("file", "")}
    refused = one.details.get("refused")
    if not isinstance(refused, int) or not refused:
        return text
    rows = ngettext("%(n)s row was refused", "%(n)s rows were refused", refused) % {"n": refused}
    return f"{text}: {rows}"


def target_of(one: Notification) -> str:
    """The address of what it is about."""
    if one.kind in PLAYBOOK:
        return _address("playbook:version_review", one.details.get("number"))
    if one.kind == "import_finished":
        return _address("capture:import", one.details.get("import_id"))
    return _address("lead", one.lead_id)


def _address(name: str, pk: object) -> str:
    """Nothing where this installation has no such page."""
    try:
        return reverse(name, args=[pk]) if pk else ""
    except NoReverseMatch:
        return ""


def _who(one: Notification) -> str:
    if one.lead is None:
        return ""
    company = one.lead.company
    return f"{one.lead.person}, {company}" if company else str(one.lead.person)
