"""Says a notification in words."""

from django.utils.translation import gettext as _

from polku.notifications.models import Notification


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
            return _("The import of %(file)s is finished") % {"file": one.details.get("file", "")}
        case _:
            return who


def _who(one: Notification) -> str:
    if one.lead is None:
        return ""
    company = one.lead.company
    return f"{one.lead.person}, {company}" if company else str(one.lead.person)
