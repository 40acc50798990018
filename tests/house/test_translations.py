"""The check of translations notices what would reach a user untranslated or broken."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tests.house import translations

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {}\\n"\n\n'
FORMS = {
    "fi": "nplurals=2; plural=(n != 1);",
    "cs": "nplurals=3; plural=((n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
}
LEAD = 'msgid "Hello %(name)s"\nmsgstr "{}"\n'


def template() -> Catalog:
    catalog = Catalog(charset="utf-8")
    catalog.add("Hello %(name)s", locations=[("a.html", 1)])
    return catalog


def write(locale: Path, body: str, forms: dict[str, str] = FORMS) -> None:
    for language in translations.LANGUAGES:
        path = translations.po(language, locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER.format(forms[language]) + body, encoding="utf-8")
        path.with_suffix(".mo").write_bytes(translations.compiled(translations.read(path)))


def test_complete_and_compiled_translations_have_no_problems(tmp_path: Path) -> None:
    write(tmp_path, LEAD.format("Ahoj %(name)s"))
    assert list(translations.problems(template(), tmp_path)) == []


def test_missing_files_are_named(tmp_path: Path) -> None:
    found = list(translations.problems(template(), tmp_path))
    assert [line.split(":")[0] for line in found] == ["fi", "cs", "pl"]
    assert all("is missing" in line for line in found)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (LEAD.format(""), "not translated"),
        ("#, fuzzy\n" + LEAD.format("Ahoj %(name)s"), "fuzzy"),
        (LEAD.format("Ahoj"), "placeholders differ"),
        (LEAD.format("Ahoj %(jmeno)s"), "placeholders differ"),
        ('msgid "Bye"\nmsgstr "Hei"\n', "not collected"),
        (LEAD.format("Ahoj %(name)s") + '\nmsgid "<b>On</b>"\nmsgstr "<i>On</i>"\n', "markup differs"),
        (
            LEAD.format("Ahoj %(name)s")
            + '\nmsgid "%(n)s lead"\nmsgid_plural "%(n)s leads"\nmsgstr[0] "a"\nmsgstr[1] ""\nmsgstr[2] "%(n)s c"\n',
            "not translated",
        ),
        (
            LEAD.format("Ahoj %(name)s")
            + '\nmsgid "%(n)s lead"\nmsgid_plural "%(n)s leads"\nmsgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "%(n)s c"\n',
            "placeholders differ",
        ),
    ],
)
def test_a_broken_translation_is_named(tmp_path: Path, body: str, problem: str) -> None:
    write(tmp_path, body, FORMS | {"fi": FORMS["pl"]})
    found = list(translations.problems(template(), tmp_path))
    assert {line.split(":")[0] for line in found} == {"fi", "cs", "pl"}
    assert all(problem in line for line in found)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, LEAD.format("Ahoj %(name)s"))
    path = translations.po("cs", tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + 'msgid "open\n', encoding="utf-8")
    assert ["cannot be read" in line for line in translations.problems(template(), tmp_path)] == [True]


def test_too_few_plural_forms_are_named(tmp_path: Path) -> None:
    write(tmp_path, LEAD.format("Ahoj %(name)s"), FORMS | {"cs": FORMS["fi"]})
    assert "plural forms" in next(translations.problems(template(), tmp_path))


def test_a_compiled_file_of_yesterday_is_named(tmp_path: Path) -> None:
    write(tmp_path, LEAD.format("Ahoj %(name)s"))
    path = translations.po("pl", tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("Ahoj", "Cześć"), encoding="utf-8")
    assert [line.split(":")[0] for line in translations.problems(template(), tmp_path)] == ["pl"]


def test_collecting_keeps_what_is_translated_and_drops_what_is_gone(tmp_path: Path) -> None:
    write(tmp_path, LEAD.format("Ahoj %(name)s") + '\nmsgid "Gone"\nmsgstr "Pryč"\n')
    wanted = template()
    wanted.add("New", locations=[("b.html", 2)])
    translations.update("cs", wanted, tmp_path)
    path = translations.po("cs", tmp_path)
    assert {message.id: message.string for message in translations.read(path) if message.id} == {
        "Hello %(name)s": "Ahoj %(name)s",
        "New": "",
    }
    before = path.read_bytes()
    translations.update("cs", wanted, tmp_path)
    assert path.read_bytes() == before


def test_texts_of_python_and_templates_are_collected() -> None:
    found = {translations.key(message) for message in translations.collect()}
    assert {("temperature", "cold"), (None, "read a page"), (None, "Rules, in their order")} <= found
