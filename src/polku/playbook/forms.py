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
