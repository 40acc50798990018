"""Documents: every setting, signal, news kind and permission is written down, and every dependency says what for."""

import re
import tomllib
from pathlib import Path

import pytest

from polku.rules import playbook
from polku.web.wording import SIGNALS
from tests.house import reference
from tests.house.source import ROOT, SRC, modules, shown, strings

SETTING = re.compile(r"POLKU_[A-Z_]+|DATABASE_URL")
PROSE = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})
WIDEST = 160


def test_every_setting_is_documented_and_no_other() -> None:
    read = {text for path in modules() for text, _ in strings(path) if SETTING.fullmatch(text)}
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)) == read


@pytest.mark.parametrize("name", ["signals.md", "news.md", "permissions.md", "commands.md", "lake.md"])
def test_the_reference_is_current(name: str) -> None:
    path = ROOT / "docs/reference" / name
    assert path.read_text(encoding="utf-8") == reference.pages()[path], "run: python -m tests.house.reference"


def test_every_signal_of_the_shipped_playbook_has_words() -> None:
    shipped = playbook.read((SRC / "playbook/shipped.yaml").read_text(encoding="utf-8"))
    assert {rule.on for rule in shipped.signals} - SIGNALS.keys() == set()


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    silent = [one for one in named if not re.search(rf'^    "{re.escape(one)}",\s+# \S', text, re.MULTILINE)]
    assert silent == []


def test_prose_is_not_wide() -> None:
    def wide(path: Path) -> list[int]:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [n for n, line in enumerate(lines, 1) if len(line) > WIDEST and not line.startswith("|")]

    assert [f"{shown(path)}: lines {wide(path)}" for path in PROSE if wide(path)] == []


def test_links_between_documents_lead_somewhere() -> None:
    texts = {
        path: re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)", path.read_text(encoding="utf-8")) for path in PROSE
    }
    assert [
        f"{shown(path)}: {to}" for path, found in texts.items() for to in found if not (path.parent / to).exists()
    ] == []
