"""What no text from outside may hold: characters that cannot be stored, seen or trusted in a line."""

import re
from typing import Final

from django.utils.translation import gettext as _

# NUL and other control characters; halves of a character, which no database and no mail can hold.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff]")
_BREAKS: Final = re.compile(r"[\r\n\t\u2028\u2029]")


def problem_of_text(text: str, *, longest: int, lines: bool = False) -> str:
    """What is wrong with a text, in the user's language with the fix; empty when nothing is."""
    if len(text) > longest:
        return _("Too long: write at most %(longest)d characters.") % {"longest": longest}
    if _CONTROL.search(text):
        return _("This holds characters that cannot be kept; type the text instead of pasting it.")
    if not lines and _BREAKS.search(text):
        return _("Write this on one line.")
    return ""


def without_control(text: str) -> str:
    """The text as far as it can be kept, to show it back."""
    return _CONTROL.sub("\ufffd", text)
