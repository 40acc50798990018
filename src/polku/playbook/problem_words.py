"""The words that the rules put into problems of a playbook, in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from polku.rules.errors import MESSAGES, Problem

# Each by the English that stands in the data of a problem.
_KINDS: Final[Mapping[str, str | Promise]] = {
    "condition": pgettext_lazy("“x” is not a …", "condition"),
    "word of this condition": pgettext_lazy("“x” is not a …", "word of this condition"),
    "field": pgettext_lazy("“x” is not a …", "field"),
    "field with a number": pgettext_lazy("“x” is not a …", "field with a number"),
    "owner": pgettext_lazy("“x” is not a …", "owner"),
    "criterion": pgettext_lazy("“x” is not a …", "criterion"),
    "path": pgettext_lazy("“x” is not a …", "path"),
    "signal": pgettext_lazy("“x” is not a …", "signal"),
}
_EXPECTED: Final[Mapping[str, str | Promise]] = {
    "a NACE code such as C25 or “25.1”": pgettext_lazy("expected …", "a NACE code such as C25 or “25.1”"),
    "a text, in quotes if it is a number": pgettext_lazy("expected …", "a text, in quotes if it is a number"),
    "texts, such as the beginning of a word": pgettext_lazy("expected …", "texts, such as the beginning of a word"),
    "two numbers such as [50, 500]": pgettext_lazy("expected …", "two numbers such as [50, 500]"),
    "two numbers, the smaller one first": pgettext_lazy("expected …", "two numbers, the smaller one first"),
    "a number": pgettext_lazy("expected …", "a number"),
    "true or false": pgettext_lazy("expected …", "true or false"),
    "a text": pgettext_lazy("expected …", "a text"),
    "yes_at_least or one of the four questions, such as {budget: yes}": pgettext_lazy(
        "expected …", "yes_at_least or one of the four questions, such as {budget: yes}"
    ),
    "a number from 1 to 4": pgettext_lazy("expected …", "a number from 1 to 4"),
    "a list of conditions": pgettext_lazy("expected …", "a list of conditions"),
}
_TYPES: Final[Mapping[str, str | Promise]] = {
    "str": pgettext_lazy("expected …", "a text"),
    "int": pgettext_lazy("expected …", "a whole number"),
    "float": pgettext_lazy("expected …", "a number"),
    "bool": pgettext_lazy("expected …", "true or false"),
    "array": pgettext_lazy("expected …", "a list"),
    "object": pgettext_lazy("expected …", "a mapping of words to values"),
    "null": pgettext_lazy("expected …", "nothing"),
}


def problem_text(problem: Problem) -> str:
    """The problem and its fix."""
    return gettext(MESSAGES[problem.message_code]).format(**{key: _word(key, one) for key, one in problem.data.items()})


def _word(key: str, value: Any) -> Any:
    if key == "kind":
        return _KINDS.get(value, value)
    if key not in {"expected", "found"}:
        return value
    if value in _EXPECTED:
        return _EXPECTED[value]
    return " / ".join(str(_TYPES.get(one, one)) for one in str(value).split(" | "))
