"""To whom leads of the overflow go."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from polku.accounts.models import User


class GiveForm(forms.Form):
    """The ids that are ticked, to whom, and why."""

    ids = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": _("Tick at least one lead.")})
    to = forms.TypedChoiceField(
        label=_("Give to"), coerce=int, error_messages={"required": _("Choose to whom the leads go.")}
    )
    note = forms.CharField(label=_("Why"), required=False, max_length=200)

    def __init__(self, *args: Any, people: "Sequence[User]", lead_ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids, to = self.fields["ids"], self.fields["to"]
        assert isinstance(ids, forms.TypedMultipleChoiceField)
        assert isinstance(to, forms.TypedChoiceField)
        ids.choices = [(pk, str(pk)) for pk in lead_ids]
        to.choices = [("", "–"), *((each.pk, each.name) for each in people)]
