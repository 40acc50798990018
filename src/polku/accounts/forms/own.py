"""Forms for one's own settings, API keys and the audit log."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts.forms.choices import THEMES, zones
from polku.accounts.forms.log_in import PasswordTwice
from polku.accounts.models import User


class SettingsForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
    mail_notifications = forms.BooleanField(label=_("Send me notifications by mail"), required=False)


class ChangePasswordForm(PasswordTwice):
    old_password = forms.CharField(
        label=_("Present password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "password", "password_again"]

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        if not self.user.check_password(old):
            raise forms.ValidationError(_("This is not your present password."))
        return old


class ConfirmForm(forms.Form):
    """An act that needs the password again."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What will use the key, such as “Website” or “Reporting”."),
    )


class AuditFilter(forms.Form):
    by = forms.ChoiceField(label=_("Who"), required=False)
    subject = forms.ChoiceField(label=_("Subject"), required=False)
    subject_id = forms.IntegerField(label=_("Number"), required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], subjects: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = [("", _("Everybody")), *((str(each.pk), each.name) for each in people)]
        self.fields["by"] = forms.ChoiceField(label=_("Who"), required=False, choices=everybody)
        everything = [("", _("Everything")), *subjects]
        self.fields["subject"] = forms.ChoiceField(label=_("Subject"), required=False, choices=everything)
