"""Checks the translations; `--collect` brings new texts into them, `--compile` writes what Django reads.

Pure Python: a fresh machine has no gettext, so the compiled files are committed and this module holds them current.
"""

import gettext
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from tests.house.source import ROOT, SRC

LANGUAGES: Final = {"fi": 2, "cs": 3, "pl": 3}  # each with the fewest plural forms it needs
LOCALE: Final = SRC / "web/locale"
KEYWORDS: Final[dict[str, Any]] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*(?:[:!][^{}]*)?\}")
MARKUP = re.compile(r"</?\w+")

type Key = tuple[str | None, str]


def po(language: str, locale: Path = LOCALE) -> Path:
    return locale / language / "LC_MESSAGES/django.po"


def forms(text: object) -> tuple[str, ...]:
    """A text with its plurals."""
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text or ""),)


def key(message: Message) -> Key:
    return message.context, forms(message.id)[0]


# -- collecting


def sources() -> Iterator[tuple[Path, bytes]]:
    """Python as it is, templates turned by Django into something that looks like Python."""
    if not settings.configured:
        settings.configure()
    for path in sorted(SRC.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield path, path.read_bytes()
        elif "templates" in path.parts and path.suffix in {".html", ".txt"}:
            lines = templatize(path.read_text(encoding="utf-8")).splitlines()
            yield path, "\n".join(line.lstrip() for line in lines).encode()


def collect() -> Catalog:
    """Every text of the source that a user may see."""
    catalog = Catalog(charset="utf-8")
    for path, source in sources():
        for line, text, _, context in extract("python", io.BytesIO(source), KEYWORDS, options={"encoding": "utf-8"}):
            if any(forms(text)):
                catalog.add(text, locations=[(path.relative_to(ROOT).as_posix(), line)], context=context)
    return catalog


def update(language: str, template: Catalog, locale: Path = LOCALE) -> None:
    """New texts come in untranslated, texts that are gone go, nothing is guessed."""
    path = po(language, locale)
    catalog = read(path) if path.exists() else Catalog(locale=language, project="polku", charset="utf-8")
    before = {key(message) for message in catalog if message.id}
    if path.exists() and before == {key(message) for message in template if message.id}:
        return
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=120, no_location=True, ignore_obsolete=True)


# -- compiling


def read(path: Path) -> Catalog:
    """Django's makemessages leaves the language empty; Babel writes plural forms only for a language it knows."""
    language = path.parts[-3]
    text = path.read_text(encoding="utf-8").replace('"Language: \\n"', f'"Language: {language}\\n"', 1)
    return read_po(io.StringIO(text), locale=language, abort_invalid=True)


def compiled(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def texts_in(binary: bytes) -> dict[object, str]:
    """What a compiled file says; its header aside, which tells who compiled it."""
    catalog: dict[object, str] = gettext.GNUTranslations(io.BytesIO(binary))._catalog  # type: ignore[attr-defined]
    return {text: said for text, said in catalog.items() if text != ""}


# -- checking


def problems(template: Catalog, locale: Path = LOCALE) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    for language, fewest in LANGUAGES.items():
        path = po(language, locale)
        if not path.exists():
            yield f"{language}: {path.name} is missing ({path}). Run: make messages, then translate"
            continue
        try:
            catalog = read(path)
        except PoFileError as error:
            yield f"{language}: {path} cannot be read: {error}"
            continue
        told = [f"{language}: {problem}" for problem in _of_catalog(catalog, template, fewest)]
        yield from told or _of_compiled(language, catalog, path.with_suffix(".mo"))


def _of_compiled(language: str, catalog: Catalog, path: Path) -> Iterator[str]:
    if not path.exists() or texts_in(path.read_bytes()) != texts_in(compiled(catalog)):
        yield f"{language}: {path.name} is not current. Run: python -m tests.house.translations --compile"


def _of_catalog(catalog: Catalog, template: Catalog, fewest: int) -> Iterator[str]:
    if catalog.num_plurals < fewest:
        yield f"the header allows {catalog.num_plurals} plural forms; the language needs {fewest}"
    known = {key(message) for message in catalog}
    for message in template:
        if message.id and key(message) not in known:
            place, line = message.locations[0]
            yield f"not collected: “{_short(message)}” ({place}:{line}). Run: make messages"
    for message in catalog:
        if message.id:
            yield from _of_message(message, catalog.num_plurals)


def _of_message(message: Message, plurals: int) -> Iterator[str]:
    ids, said = forms(message.id), forms(message.string)
    if message.fuzzy:
        yield f"fuzzy: “{_short(message)}”"
    if not all(text.strip() for text in said) or (len(ids) > 1 and len(said) < plurals):
        yield f"not translated: “{_short(message)}”"
        return
    for form, text in enumerate(said):
        # The form for one may leave its number out: "one lead" for "%(n)s lead".
        may_leave_out = len(ids) > 1 and form == 0
        if not (_marks(text) == _marks(*ids) or (may_leave_out and _marks(text) < _marks(*ids))):
            yield f"placeholders differ: “{_short(message)}” and “{text}”"
        if len(ids) == 1 and Counter(MARKUP.findall(ids[0])) != Counter(MARKUP.findall(text)):
            yield f"markup differs: “{_short(message)}” and “{text}”"
        if ids[0].startswith("\n") != text.startswith("\n") or ids[0].endswith("\n") != text.endswith("\n"):
            yield f"line breaks at the ends differ: “{_short(message)}”"


def _marks(*texts: str) -> set[str]:
    return {mark for text in texts for mark in PLACEHOLDER.findall(text)}


def _short(message: Message) -> str:
    return " ".join(forms(message.id)[0].split())[:80]


def main(arguments: list[str]) -> int:
    template = collect()
    for language in LANGUAGES:
        if "--collect" in arguments:
            update(language, template)
        if "--compile" in arguments and po(language).exists():
            po(language).with_suffix(".mo").write_bytes(compiled(read(po(language))))
    found = list(problems(template))
    print(*found[:60], sep="\n")
    more = ", the first 60 above" if len(found) > 60 else ""
    print(f"translations: {len(template)} texts, {', '.join(LANGUAGES)}: {len(found)} problems{more}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
