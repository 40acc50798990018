"""Forms of those who are not logged in yet."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from polku.accounts.forms.choices import zones
from polku.accounts.models import Invitation, User


class LogInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    remember = forms.BooleanField(label=_("Stay logged in on this device for two weeks"), required=False)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class EnrolForm(forms.Form):
    """The first code of a newly set up app."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        help_text=_("Six digits, new every half minute."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class ResetForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"}))


class PasswordTwice(forms.Form):
    """A new password, typed twice and checked against the validators with the user's own words in mind."""

    password = forms.CharField(
        label=_("New password"),
        max_length=256,
        strip=False,
        help_text=_("At least 10 characters. A few words in a row are easy to remember and hard to guess."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("New password again"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        password, again = given.get("password"), given.get("password_again")
        if not password or not again:
            return given
        if password != again:
            self.add_error("password_again", _("The two passwords differ. Type the same one twice."))
            return given
        try:
            validate_password(password, self.user)
        except ValidationError as error:
            self.add_error("password", error)
        return given


class NewPasswordForm(PasswordTwice):
    """The page behind the link of a password reset."""


class AcceptForm(PasswordTwice):
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    field_order = ["name", "password", "password_again", "language", "zone"]

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any) -> None:
        super().__init__(User(email=invitation.email, name=invitation.name), *args, **kwargs)
