"""The program `polku` as an operator types it."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from polku.web.cli import main
from polku.web.logs import hide
from tests.faults.processes import Trial, trial

pytestmark = pytest.mark.slow

COUNT_NEWS = "print(json.dumps(News.objects.count()))"
PUBLISH = "actions.publish(events.ImportFinished(import_id=1), now=now)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with trial(tmp_path_factory.mktemp("program")) as made:
        yield made


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    commands = ("serve", "worker", "demo", "migrate", "user", "import", "backup", "restore", "check", "playbook")
    assert [name for name in commands if name not in shown] == []


def test_users_are_added_listed_and_changed(site: Trial) -> None:
    added = site.run("user", "add", "ada@example.com", "--name", "Ada", typed="correct horse battery\n")
    assert (added.returncode, "role admin" in added.stdout) == (0, True)  # the first user
    weak = site.run("user", "add", "bo@example.com", "--name", "Bo", typed="123\n")
    assert (weak.returncode, "too short" in weak.stderr) == (1, True)
    assert "only admin" in site.run("user", "role", "ada@example.com", "rep").stderr
    assert "there is no role" in site.run("user", "role", "ada@example.com", "king").stderr
    assert site.run("user", "password", "ada@example.com", typed="another long one\n").returncode == 0
    assert "no user" in site.run("user", "password", "cy@example.com", typed="x\n").stderr
    assert "ada@example.com" in site.run("user", "list").stdout


def test_a_backup_brings_back_database_files_and_key(site: Trial, tmp_path: Path) -> None:
    archive = tmp_path / "polku.tar.gz"
    (site.folder / "files").mkdir()
    (site.folder / "files" / "note.txt").write_text("kept")
    site.python(PUBLISH)
    before = site.python(COUNT_NEWS)
    assert site.run("backup", str(archive)).returncode == 0
    assert (archive.stat().st_mode & 0o777, site.run("backup", str(archive)).returncode) == (0o600, 1)
    (site.folder / "files" / "note.txt").write_text("changed")
    site.python(PUBLISH)
    restored = site.run("restore", str(archive), "--yes")
    assert (restored.returncode, restored.stderr) == (0, "")
    assert site.python(COUNT_NEWS) == before
    assert (site.folder / "files" / "note.txt").read_text() == "kept"


def test_restore_changes_nothing_without_a_yes_or_with_a_foreign_archive(site: Trial, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.tar.gz"
    with tarfile.open(foreign, "w:gz") as archive:
        archive.add(__file__, "something.py")
    assert "was not written by polku" in site.run("restore", str(foreign), "--yes").stderr
    assert "nothing was changed" in site.run("restore", str(foreign)).stderr
    foreign.write_bytes(b"not an archive")
    assert "not restored" in site.run("restore", str(foreign), "--yes").stderr


def test_check_tells_that_no_worker_is_alive(site: Trial) -> None:
    found = site.run("check")
    assert (found.returncode, "no worker is alive" in found.stdout) == (1, True)


def test_a_broken_playbook_is_told_and_a_missing_file_too(site: Trial, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [")
    assert site.run("playbook", "check", str(broken)).returncode == 1
    assert "cannot be read" in site.run("playbook", "check", str(tmp_path / "none.yaml")).stderr


def test_serve_asks_for_a_migrated_database(tmp_path: Path, site: Trial) -> None:
    empty = Trial(folder=tmp_path, url=f"sqlite:///{tmp_path / 'empty.sqlite3'}", line=site.line)
    assert "Run: polku migrate" in empty.run("serve", "--port", "1").stderr


def test_the_log_hides_addresses_and_secrets() -> None:
    text = hide("ada@example.com password=hunter2 postgresql://polku:secret@db/x api_key: 'abc'")
    assert [word for word in ("ada", "hunter2", ":secret", "abc") if word in text] == []
