"""What pages and the rejects file say about rows and cells."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

REASONS: Final[dict[str, Promise]] = {
    "nothing_identifies": _("Nothing tells who this is. Give an e-mail, phone, name, company or id."),
    "email_unreadable": _("The e-mail address cannot be read and nothing else tells who this is. Correct the address."),
    "too_many_cells": _("The row has more cells than the header has columns. Check quotation marks and separators."),
    "not_storable": _("The row could not be stored. Check for unusual characters and very long values."),
}
REMARKS: Final[dict[str, Promise]] = {
    "owner_unknown": _("No user has this e-mail or name; kept as a fact, the lead has no owner from the file"),
    "stage_unknown": _("This status is not known; kept as a fact. Say below which stage it means"),
    "country_unknown": _("This is not a country we know; kept as a fact"),
    "industry_unknown": _("No industry code fits; kept as a fact"),
    "language_unknown": _("This is not a language code such as fi; kept as a fact"),
    "currency_unknown": _("This is not a currency code such as EUR; kept as a fact"),
    "employees_unreadable": _("This is not a number of people; kept as a fact"),
    "amount_unreadable": _("This amount cannot be read; kept as a fact. Choose the decimal sign"),
    "amount_too_large": _("This amount is too large to be true; kept as a fact"),
    "date_unreadable": _("This date cannot be read; kept as a fact"),
    "date_ambiguous": _("Day or month first? Kept as a fact. Choose the order of dates"),
    "date_in_future": _("This date has not come yet; kept as a fact"),
    "yes_no_unreadable": _("This is neither yes nor no; kept as a fact"),
    "email_unreadable": _("This is not an e-mail address; kept as a fact"),
    "phone_unreadable": _("This is not a phone number; kept as a fact"),
    "several_emails": _("Several addresses in one cell: the first is taken, all are kept as a fact"),
    "shortened": _("Longer than the field allows: cut, the whole is kept as a fact"),
    "cannot_be_cleared": _("This field cannot be cleared by an import"),
    "won_before_first_contact": _("Won before the first contact"),
    "steps_out_of_order": _("The dates of the stages are not in the order of the path"),
}
RESULTS: Final[dict[str, Promise]] = {
    "new": pgettext_lazy("rows", "New"),
    "updated": _("Updated"),
    "unchanged": _("Unchanged"),
    "duplicate": _("Twice in the file"),
    "rejected": _("Rejected"),
    "flagged": _("With a remark"),
}


def about_cell(code: str, *, column: str, value: str) -> str:
    """The same with the column and the value it is about."""
    words = {"column": column, "value": value, "remark": about_row(code)}
    if column and value:
        return gettext("%(column)s, “%(value)s”: %(remark)s") % words
    return gettext("%(column)s: %(remark)s") % words if column else words["remark"]


def about_row(code: str) -> str:
    """The sentence for a reason or remark."""
    return str(REASONS.get(code) or REMARKS.get(code) or code)
