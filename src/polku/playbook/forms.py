"""The form of a new version: a text, or a file with it."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

LARGEST: Final = 500_000


class VersionForm(forms.Form):
    """What was given stays in `text`, from wherever it came, so that nothing has to be typed again."""

    text = forms.CharField(
        label=_("Definition (YAML)"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "code", "spellcheck": "false", "wrap": "off", "maxlength": LARGEST}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("When a file is chosen, it counts instead of the text above."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.txt,text/yaml"}),
    )

    use_required_attribute = False  # an empty text with a file is fine

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not self.is_bound

    def clean_file(self) -> str:
        """The text of the file; empty without one."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > LARGEST:
            raise forms.ValidationError(
                gettext("“%(name)s” has %(size)s characters; a playbook has at most %(limit)s. Is it the right file?")
                % {"name": file.name, "size": f"{file.size:,}", "limit": f"{LARGEST:,}"}
            )
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(
                gettext("“%(name)s” is not a text in UTF-8 (at byte %(place)s). Save it as UTF-8 and choose it again.")
                % {"name": file.name, "place": error.start}
            ) from None
        return text

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        text = given.get("file") or given.get("text") or ""
        if len(text) > LARGEST:
            self.add_error("text", gettext("The text is longer than %(limit)s characters.") % {"limit": f"{LARGEST:,}"})
        if not text.strip() and not self.errors:
            self.add_error("text", gettext("Write or paste a playbook, or choose a file."))
        given["text"] = text
        return given


class CompareForm(forms.Form):
    """Which two versions; the choices are the versions there are."""

    old = forms.TypedChoiceField(label=pgettext_lazy("version", "From"), coerce=int)
    new = forms.TypedChoiceField(label=pgettext_lazy("version", "to"), coerce=int)

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("old", "new"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = choices


def _words(label: Any, *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=4_000, widget=forms.Textarea(attrs={"rows": rows, "class": "words"})
    )


class TextForm(forms.Form):
    """The working text of a draft; whatever it is, it is kept."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Definition (YAML)"),
        strip=False,
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"class": "code", "spellcheck": "false", "wrap": "off"}),
    )

    use_required_attribute = False


class CommentForm(forms.Form):
    """What somebody says, and of which place."""

    place = forms.ChoiceField(label=pgettext_lazy("comment", "About"), required=False)
    text = _words(_("Comment"))

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class SignForm(forms.Form):
    """The fingerprint that was seen goes along, so that nobody signs what they have not read."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    comment = _words(_("What you would like to say with it"), required=False)


class WithdrawForm(forms.Form):
    why = _words(_("Why"))


class DateForm(forms.Form):
    """The first day on which a signed version decides."""

    date = forms.DateField(label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
