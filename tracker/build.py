"""Joins the sources of the browser script into the one file that Polku serves: `python tracker/build.py`."""

import re
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Final

import rjsmin

HERE: Final = Path(__file__).parent
BUILT: Final = HERE.parent / "src/polku/tracking/static/tracking/polku.js"
ORDER: Final = (
    "options", "guard", "privacy", "identity", "send", "pages",
    "engagement", "clicks", "search", "forms", "api", "start",
)  # fmt: skip
# All is one scope in one try; the server puts the options of the site in place of the last argument.
FRAME: Final = '(function(o){{"use strict";try{{{}}}catch(error){{}}}})({{}})'

# Texts and regular expressions are left alone; a name is looked at with what stands before and after it.
TEXT: Final = r""""[^"\n]*"|'[^'\n]*'|(?<=[(=,!&|?:])/(?:[^/\\\n\[]|\\.|\[[^\]\n]*\])+/"""
TOKEN: Final = re.compile(rf"(?P<text>{TEXT})|(?P<before>\.{{3}}|[.{{,]?)(?P<name>\b[A-Za-z_]\w*)(?P<after>:?)")
DECLARED: Final = (r"\b(?:const|let|function) ([\w,]+)", r"\b(\w+)=>", r"\bfunction \w+\(([\w,]+)\)", r"\(([\w,]+)\)=>")
FOR_ALL: Final = "hijklmnpqrsuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FOR_ONE: Final = "abcdefg"


def build() -> str:
    """The script as it is served, without the options."""
    text = "\n".join((HERE / "src" / f"{name}.js").read_text(encoding="utf-8") for name in ORDER)
    parts = [rjsmin.jsmin(part).rstrip("\n") for part in re.split(r"\n(?=[a-z/])", text)]
    # Functions may stand first, wherever they are called from; then the constants join into few statements.
    return FRAME.format(_shortened(sorted(filter(None, parts), key=lambda part: not part.startswith("function"))))


def _shortened(parts: list[str]) -> str:
    """The code with short names for what it declares: some for all parts, few that are used anew in each part.

    A name that also stands for a property anywhere is kept.
    """
    code = "".join(parts)
    names = [found for found in TOKEN.finditer(code) if found["name"]]
    kept = {found["name"] for found in names if _is_property(found)} | {"o"}
    common = {name for part in parts for name in _declared(re.split(r"[=({]", part)[0])} - kept
    taken = {found["name"] for found in names if not _is_property(found)} | {"o", "in"}
    letters = (name for name in [*FOR_ALL, *map("".join, product(FOR_ALL, repeat=2))] if name not in taken)
    uses = Counter(found["name"] for found in names if found["name"] in common)
    for_all = dict(zip((name for name, _ in uses.most_common()), letters, strict=False))
    code = "\n".join(_renamed(part, for_all | _for_one(part, kept | common, taken)) for part in parts)
    return re.sub(r"(?m)(^(?:const|let) .*;\n)+", lambda run: _joined(run[0]), code).replace("\n", "")


def _for_one(part: str, kept: set[str], taken: set[str]) -> dict[str, str]:
    """Short names for what is declared inside one part; other parts use the same."""
    uses = Counter(found["name"] for found in TOKEN.finditer(part) if found["name"] in _declared(part) - kept)
    letters = (letter for letter in FOR_ONE if letter not in taken)
    return dict(zip((name for name, _ in uses.most_common()), letters, strict=False))


def _declared(code: str) -> set[str]:
    return {name for kind in DECLARED for found in re.findall(kind, code) for name in found.split(",")}


def _is_property(found: re.Match[str]) -> bool:
    return found["before"] == "." or bool(found["before"] and found["after"])


def _joined(run: str) -> str:
    """Statements that follow each other as one; a `const` may be a `let`."""
    return "let " + re.sub(r";\n(?:const|let) ", ",", run.split(" ", 1)[1])


def _renamed(part: str, short: dict[str, str]) -> str:
    def rename(found: re.Match[str]) -> str:
        return found[0] if found["text"] else found["before"] + short.get(found["name"], found["name"]) + found["after"]

    return TOKEN.sub(rename, part)


if __name__ == "__main__":
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    BUILT.write_text(build(), encoding="utf-8")
