"""How the audit log tells what was done in the rooms above accounts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "lead_typed": _("added %(subject)s by hand"),
    "call_logged": _("logged a call: %(subject)s"),
    "lead.assigned": _("gave %(subject)s to %(to)s"),
    "lead.accepted": _("accepted %(subject)s"),
    "lead.rejected": _("rejected %(subject)s: %(reason)s"),
    "lead.moved": _("moved %(subject)s from %(from)s to %(to)s"),
    "lead.bant": _("answered BANT of %(subject)s"),
    "lead.taken_back": _("took back a step of %(subject)s"),
    "lead.changed": _("corrected %(subject)s"),
    "person.changed": _("corrected %(subject)s"),
    "company.changed": _("corrected %(subject)s"),
    "company.owner": _("named the owner of %(subject)s"),
    "task.done": _("finished %(subject)s"),
    "task.reopened": _("reopened %(subject)s"),
    "form_added": _("added the form %(name)s"),
    "form_changed": _("changed the form %(name)s"),
    "site_added": _("added the site %(name)s"),
    "site_changed": _("changed the site %(name)s"),
    "site_secret_renewed": _("renewed the secret of the site %(name)s"),
    "visitor_parted": _("took back who visitor %(subject_id)s is"),
    "submission_released": _("let a held submission of %(subject)s through"),
    "import.uploaded": _("uploaded %(file)s for an import"),
    "import.mapped": _("mapped the columns of %(file)s"),
    "import.checked": _("started a dry run of %(file)s"),
    "import.started": _("started the import of %(file)s"),
    "import.stopped": _("stopped the import of %(file)s"),
    "import.discarded": _("discarded the import of %(file)s"),
    "jobs_revived": _("had dead jobs tried again: %(n)s"),
    "playbook.added": _("added version %(subject_id)s of the playbook"),
    "playbook.activated": _("put version %(subject_id)s of the playbook in force"),
}
