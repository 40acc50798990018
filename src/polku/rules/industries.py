"""Industries as NACE Rev. 2.1 codes: read from codes, and from labels of other systems where honest."""

import re
from typing import Final

from polku.rules.data import table
from polku.rules.identity import plain

LONGEST_LABEL: Final = 200

NAMES: Final = table("industries.tsv")
SECTIONS: Final = {code: name for code, name in NAMES.items() if len(code) == 1}
DIVISIONS: Final = {code: name for code, name in NAMES.items() if len(code) == 3}

_SECTION_OF: Final = {division[1:]: division[0] for division in DIVISIONS}
# Rev. 2 (until 2024) named the sections from J on differently; its divisions kept their numbers.
_OLD_LETTERS: Final = dict(zip("JKLMNOPQRSTU", "KLMNOPQRSTUV", strict=True))
_CODE = re.compile(r"([A-V])?\s?(\d{2})(?:\.?(\d{1,2}))?(?:\d{1,2}|\.[A-Z]|\.\d{1,2})?", re.IGNORECASE)
_BARE_DIGITS = re.compile(r"\d{3,}")


def industry(text: str | None) -> str | None:
    """The NACE code of a code or label, such as "C25" or "C25.62"; None where any code would be a guess."""
    if not text or len(text) > LONGEST_LABEL:
        return None
    stripped = text.strip()
    return _from_code(stripped.upper()) or _BY_KEY.get(_key(stripped))


def industry_name(code: str) -> str | None:
    """The English name of the code's division, else of its section."""
    return NAMES.get(code[:3]) or NAMES.get(code[:1])


def _key(label: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in plain(label)).split()
    return " ".join(word for word in words if word != "and")  # codes leave it out: HOSPITAL_HEALTH_CARE


_BY_KEY: Final = {_key(name): code for code, name in NAMES.items()} | {
    _key(label): code for code, labels in table("industry_labels.tsv").items() for label in labels.split(";")
}


def _from_code(text: str) -> str | None:
    if text in SECTIONS:
        return text
    match = _CODE.fullmatch(text)
    # Four to six bare digits may as well be an American SIC or NAICS code.
    if match is None or _BARE_DIGITS.fullmatch(text):
        return None
    letter, division, rest = match.groups()
    if division == "45":  # trade in motor vehicles: Rev. 2.1 spread it over the trade section
        return "G" if letter in {None, "G"} else None
    section = _SECTION_OF.get(division)
    if section is None or (letter not in {None, section} and _OLD_LETTERS.get(letter or "") != section):
        return None
    return f"{section}{division}.{rest}" if rest else f"{section}{division}"
