"""Forms about colleagues: invite, change, share the work, teams."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts.access import INVITABLE_ROLES
from polku.accounts.forms.choices import CountriesField, LanguagesField, WordsField, labelled
from polku.accounts.models import Role, Team, User


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team yet"))

    def __init__(self, *args: Any, by: User, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = labelled(INVITABLE_ROLES.get(by.role, ()), Role.choices)
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=roles)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class UserForm(forms.Form):
    """What only an admin changes."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("They log in with it."))
    role = forms.ChoiceField(label=_("Role"), choices=Role)


class WorkloadForm(forms.Form):
    """What routing goes by."""

    capacity = forms.IntegerField(
        label=_("Open leads at most"),
        min_value=0,
        max_value=100_000,
        help_text=_("Routing gives no lead beyond this number."),
    )
    weight = forms.IntegerField(
        label=_("Share"),
        min_value=1,
        max_value=100,
        help_text=_("1 is a full share; a colleague with 2 gets twice as many."),
    )
    languages = LanguagesField(label=_("Languages spoken"), help_text=_("Divided by commas: fi, en, cs"))
    countries = CountriesField(label=_("Territory"), help_text=_("Countries, divided by commas: FI, CZ. Empty: any."))
    topics = WordsField(label=_("Products"), help_text=_("Divided by commas, in the words of the playbook."))
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("The playbook sends leads to it by this name."))
    manager = forms.ModelChoiceField(User.objects.none(), label=_("Manager"), required=False, empty_label=_("Nobody"))
    members = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("manager", "members"):
            self.fields[field].queryset = people  # type: ignore[attr-defined]
