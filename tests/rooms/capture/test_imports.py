"""The wizard from upload to rejects: nothing is doubled, nothing is skipped without a reason."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from polku.accounts.models import AuditEntry, User
from polku.capture import import_actions, import_queries, import_rows, jobs
from polku.capture.import_counts import RESULTS, Counts, read_counts
from polku.capture.import_errors import MappedTwice, NothingIdentifies, WrongStatus
from polku.capture.models import Import, ImportStatus
from polku.crm.models import Company, Facts, Lead, Note, Person, StageChange
from polku.news.models import Job
from polku.tracking.models import Touch
from tests.rooms.cast import Cast

pytestmark = pytest.mark.usefixtures("playbook")

type Bring = Callable[..., Import]
type LogIn = Callable[[User], Client]

LEADS = (
    "First name,Last name,Email,Phone,Company,Country,Source,Status,Owner,Created,Notes\n"
    "Jan,Novák,jan@kovarna.cz,'+420 601 234 567,Kovárna,CZ,Google Ads,Contacted,Olga Owner,2026-01-05,Wants brackets\n"
    "Sanna,Virtanen,sanna@metos.fi,,Metos Oy,Suomi,unknown,New,Nobody Known,2026-01-06,\n"
    "Jan,Novák,JAN@kovarna.cz,,,,,Contacted,,2026-01-05,\n"
    ",,,,,,,,,,no identity\n"
    "Eva,Malá,eva@odlitky.cz,,Odlitky,CZ,Trade show,Closed Won,owner@polku.example,2025-05-01,\n"
)


@pytest.fixture
def bring(cast: Cast, now: datetime) -> Bring:
    """Brings a text in through all the steps, as the jobs do."""

    def bring_in(text: str, *, targets: dict[str, str] | None = None, **options: Any) -> Import:
        file = SimpleUploadedFile("leads.csv", text.encode())
        row = import_actions.upload(file, file_name="leads.csv", now=now, by=cast.manager)
        chosen = import_queries.options_of(row)
        changed = type(chosen)(**{name: getattr(chosen, name) for name in chosen.__struct_fields__} | options)
        import_actions.map_columns(row.pk, targets=targets or {}, options=changed, now=now, by=cast.manager)
        import_actions.start_check(row.pk, now=now, by=cast.manager)
        import_actions.check(row.pk, now=now)
        import_actions.start_commit(row.pk, now=now, by=cast.manager)
        import_actions.commit(row.pk, now=now)
        row.refresh_from_db()
        return row

    return bring_in


def counted(row: Import, phase: str = "commit") -> dict[str, int]:
    counts = read_counts(row.counts, phase)
    assert counts.rows == sum(getattr(counts, word) for word in RESULTS)
    return {word: getattr(counts, word) for word in RESULTS if getattr(counts, word)}


def test_every_row_becomes_something_that_is_counted(bring: Bring, cast: Cast) -> None:
    row = bring(LEADS)
    assert row.status == ImportStatus.DONE
    assert counted(row) == {"new": 3, "duplicate": 1, "rejected": 1}
    assert counted(row, "check") == counted(row)
    counts = read_counts(row.counts, "commit")
    assert counts.unknown_owners == {"Nobody Known": 1}
    assert counts.remarks == {"owner_unknown": 1}
    assert (counts.new_leads, counts.new_people, counts.new_companies) == (3, 3, 3)
    jan = Person.objects.get(email_key="jan@kovarna.cz")
    assert (jan.phone_e164, jan.country, jan.company and jan.company.name) == ("+420601234567", "CZ", "Kovárna")
    lead = jan.leads.get()
    assert (lead.source, lead.source_detail, lead.owner, lead.stage) == (
        "paid_search",
        "Google Ads",
        cast.owner,
        "accepted",
    )
    assert Note.objects.get(lead=lead).text == "Wants brackets"
    eva = Lead.objects.get(person__email_key="eva@odlitky.cz")
    assert (eva.stage, eva.closed_at) == ("customer", eva.created_at)
    assert Touch.objects.count() == 2


def test_a_second_time_nothing_changes(bring: Bring) -> None:
    def figures() -> tuple[int, ...]:
        models = (Person, Company, Lead, StageChange, Facts, Touch, Note)
        return tuple(model.objects.count() for model in models)

    bring(LEADS)
    before = figures()
    row = bring(LEADS)
    assert figures() == before
    assert counted(row) == {"unchanged": 3, "duplicate": 1, "rejected": 1}


def test_the_dry_run_leaves_no_trace(cast: Cast, now: datetime) -> None:
    row = import_actions.upload(
        SimpleUploadedFile("x.csv", LEADS.encode()), file_name="x.csv", now=now, by=cast.manager
    )
    import_actions.start_check(row.pk, now=now, by=cast.manager)
    jobs.check_import.call(row.pk)
    row.refresh_from_db()
    assert row.status == ImportStatus.CHECKED
    assert counted(row, "check") == {"new": 3, "duplicate": 1, "rejected": 1}
    assert not Person.objects.exists()
    assert not Facts.objects.exists()


def test_blanks_never_erase_and_clearing_is_asked_for(bring: Bring) -> None:
    bring("Email,Last name,Phone,Job title\na@x.cz,Novák,+420 601 234 567,Buyer\n")
    assert counted(bring("Email,Last name,Phone,Job title\na@x.cz,,,\n")) == {"unchanged": 1}
    person = Person.objects.get()
    assert (person.last_name, person.phone, person.job_title) == ("Novák", "+420 601 234 567", "Buyer")
    assert counted(bring("Email,Last name,Phone,Job title\na@x.cz,,(clear),Head buyer\n")) == {"updated": 1}
    person.refresh_from_db()
    assert (person.last_name, person.phone, person.phone_e164, person.job_title) == ("Novák", "", "", "Head buyer")


@pytest.mark.parametrize(
    ("existing", "title", "phone", "result"),
    [
        ("update", "Boss", "+420601234567", "updated"),
        ("fill", "Buyer", "+420601234567", "updated"),
        ("skip", "Buyer", "", "unchanged"),
    ],
)
def test_what_to_do_with_known_records(bring: Bring, existing: str, title: str, phone: str, result: str) -> None:
    bring("Email,Job title\na@x.cz,Buyer\n")
    row = bring("Email,Job title,Phone\na@x.cz,Boss,+420 601 234 567\n", existing=existing)
    assert counted(row) == {result: 1}
    person = Person.objects.get()
    assert (person.job_title, person.phone_e164) == (title, phone)


def test_a_second_file_joins_by_the_other_systems_id(bring: Bring) -> None:
    bring("LEADID,Last Name,Email,Created Time,Lead Status\n17,Novák,a@x.cz,2025-01-05,Contacted\n")
    row = bring('LEADID,Potential Name,Stage,Closing Date,Amount\n17,"Brackets",Closed Won,2025-03-01,"$22,700.00"\n')
    assert counted(row) == {"updated": 1}
    lead = Lead.objects.get()
    assert (lead.stage, lead.title, lead.annual_value, lead.currency) == (
        "customer",
        "Brackets",
        Decimal("22700.00"),
        "USD",
    )
    assert [change.to_stage for change in lead.stage_changes.order_by("at")] == ["lead", "accepted", "customer"]


def test_the_same_key_of_a_lead_and_of_a_company_do_not_meet(bring: Bring) -> None:
    bring("ACCOUNTID,Account Name,Industry\n17,Kovárna,Education\n")
    bring("LEADID,Last Name,Created Time\n17,Novák,2025-01-05\n")
    assert counted(bring("LEADID,Last Name,Created Time\n17,Novák,2025-01-05\n")) == {"unchanged": 1}
    assert counted(bring("ACCOUNTID,Account Name,Industry\n17,Kovárna,Education\n")) == {"unchanged": 1}
    assert Lead.objects.count() == Company.objects.count() == 1


def test_a_file_of_companies_makes_companies_alone(bring: Bring) -> None:
    row = bring("Company name,Domain,Industry,Country\nKovárna,kovarna.cz,C25,CZ\nMetos,metos.fi,Manufacturing,FI\n")
    assert counted(row) == {"new": 2}
    assert (Company.objects.count(), Person.objects.count(), Lead.objects.count()) == (2, 0, 0)


def test_won_before_the_known_first_contact_is_flagged(bring: Bring) -> None:
    bring("mql_id,First contact date\nabc,2018-03-08\n")
    bring("mql_id,Won date\nabc,2018-03-06\n")
    lead = Lead.objects.get()
    assert (lead.stage, lead.flags) == ("customer", ["won_before_first_contact"])
    assert lead.closed_at == datetime(2018, 3, 5, 22, 0, tzinfo=UTC)


def test_rejects_come_back_with_their_reason_and_can_be_mended(bring: Bring, log_in: LogIn, cast: Cast) -> None:
    row = bring("Email,Phone,City\n,,=HYPERLINK(1)\na@x.cz,,Brno\nno address,,'-1\n")
    answer = log_in(cast.manager).get(f"/imports/{row.pk}/rejects.csv")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["Email", "Phone", "City", "Line", "Reason"]
    assert [cells[2:4] for cells in rows[1:]] == [["'=HYPERLINK(1)", "2"], ["'-1", "4"]]
    assert all(cells[4] for cells in rows[1:])
    mended = content.decode("utf-8-sig").replace("no address", "b@x.cz")
    assert counted(bring(mended)) == {"new": 1, "rejected": 1}


class Killed(BaseException):
    """The process is gone: nothing in it is caught."""


def test_a_killed_import_goes_on_without_double_rows(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_actions, "CHUNK", 10)
    text = "Email,Last name,City\n" + "".join(f"p{n}@x{n}.cz,Novák,Brno\n,,Brno\n" for n in range(25))
    row = import_actions.upload(SimpleUploadedFile("x.csv", text.encode()), file_name="x.csv", now=now, by=cast.manager)
    import_actions.start_check(row.pk, now=now, by=cast.manager)
    import_actions.check(row.pk, now=now)
    import_actions.start_commit(row.pk, now=now, by=cast.manager)
    calls: list[int] = []

    def killed_in_the_third_chunk(*args: Any, **named: Any) -> Any:
        outcomes = import_rows.keep(*args, **named)
        calls.append(1)
        if len(calls) == 3:
            raise Killed
        return outcomes

    monkeypatch.setattr(import_actions, "keep", killed_in_the_third_chunk)
    with pytest.raises(Killed):
        import_actions.commit(row.pk, now=now)
    row.refresh_from_db()
    assert (row.status, row.rows_done, Lead.objects.count()) == (ImportStatus.RUNNING, 20, 10)
    import_actions.commit(row.pk, now=now)
    row.refresh_from_db()
    assert (row.status, row.rows_done, Lead.objects.count()) == (ImportStatus.DONE, 50, 25)
    assert counted(row) == {"new": 25, "rejected": 25}
    with row.rejects.open("rb") as file:
        assert len(file.read().decode("utf-8-sig").splitlines()) == 26


def test_stopping_keeps_what_is_in_and_going_on_finishes(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_actions, "CHUNK", 1)
    row = import_actions.upload(
        SimpleUploadedFile("x.csv", LEADS.encode()), file_name="x.csv", now=now, by=cast.manager
    )
    import_actions.start_check(row.pk, now=now, by=cast.manager)
    import_actions.check(row.pk, now=now)
    import_actions.start_commit(row.pk, now=now, by=cast.manager)

    def stopped(*args: Any, **named: Any) -> Any:
        outcomes = import_rows.keep(*args, **named)
        monkeypatch.setattr(import_actions, "keep", import_rows.keep)
        import_actions.stop(row.pk, now=now, by=cast.manager)
        return outcomes

    monkeypatch.setattr(import_actions, "keep", stopped)
    import_actions.commit(row.pk, now=now)
    row.refresh_from_db()
    assert (row.status, row.rows_done) == (ImportStatus.FAILED, 1)
    import_actions.resume(row.pk, now=now, by=cast.manager)
    import_actions.commit(row.pk, now=now)
    row.refresh_from_db()
    assert counted(row) == {"new": 3, "duplicate": 1, "rejected": 1}


def test_mapping_is_refused_by_name(cast: Cast, now: datetime) -> None:
    row = import_actions.upload(
        SimpleUploadedFile("x.csv", b"Email,E-mail 2,City\na@x.cz,b@x.cz,Brno\n"),
        file_name="x.csv",
        now=now,
        by=cast.manager,
    )
    options = import_queries.options_of(row)
    with pytest.raises(MappedTwice, match=r"Email, E-mail 2"):
        import_actions.map_columns(
            row.pk, targets={"E-mail 2": "person.email"}, options=options, now=now, by=cast.manager
        )
    with pytest.raises(NothingIdentifies):
        import_actions.map_columns(
            row.pk, targets={"Email": "fact", "E-mail 2": "ignore"}, options=options, now=now, by=cast.manager
        )
    with pytest.raises(WrongStatus):
        import_actions.start_commit(row.pk, now=now, by=cast.manager)


def test_the_wizard_in_the_browser(log_in: LogIn, cast: Cast) -> None:
    browser = log_in(cast.marketer)
    answer = browser.post("/imports/", {"file": SimpleUploadedFile("leads.csv", LEADS.encode())})
    row = Import.objects.get()
    assert answer.headers["Location"] == f"/imports/{row.pk}/"
    page = browser.get(f"/imports/{row.pk}/").content.decode()
    assert "Where do the columns go?" in page
    assert "jan@kovarna.cz" in page
    options = {
        "date_order": "auto",
        "decimal": "auto",
        "zone": "Europe/Prague",
        "existing": "update",
        "opens_leads": "on",
    }
    answer = browser.post(f"/imports/{row.pk}/map/", options | {"column-8": "ignore"})
    assert answer.status_code == 302
    assert Job.objects.filter(task="polku.capture.jobs.check_import", args=[row.pk]).count() == 1
    assert "Dry run" in browser.get(f"/imports/{row.pk}/").content.decode()
    jobs.check_import.call(row.pk)
    assert browser.get(f"/imports/{row.pk}/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = browser.get(f"/imports/{row.pk}/").content.decode()
    assert "Nothing tells who this is" in page
    assert "Owners who are no users" not in page
    browser.post(f"/imports/{row.pk}/start/")
    jobs.commit_import.call(row.pk)
    page = browser.get(f"/imports/{row.pk}/").content.decode()
    assert "Done: 5 rows" in page
    assert f"/imports/{row.pk}/rejects.csv" in page
    verbs = list(AuditEntry.objects.filter(subject="import").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["import.uploaded", "import.mapped", "import.checked", "import.started"]


def test_options_that_cannot_be_are_named(log_in: LogIn, cast: Cast) -> None:
    browser = log_in(cast.marketer)
    browser.post("/imports/", {"file": SimpleUploadedFile("leads.csv", LEADS.encode())})
    row = Import.objects.get()
    options = {"date_order": "auto", "decimal": "auto", "zone": "UTC", "existing": "update", "country": "Atlantis"}
    answer = browser.post(f"/imports/{row.pk}/map/", options)
    assert answer.status_code == 422
    assert "“Atlantis” is not a country" in answer.content.decode()
    answer = browser.post(f"/imports/{row.pk}/map/", options | {"country": "", "column-1": "person.email"})
    assert "is filled from two columns" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\0\0\0", "zero byte"),
        (b"%PDF-1.7", "PDF"),
        (b"email\n", "no rows"),
        (b"a," * 1_100_000 + b"\n1", "longer than"),
    ],
)
def test_bad_files_are_told_on_the_page(log_in: LogIn, cast: Cast, content: bytes, says: str) -> None:
    answer = log_in(cast.marketer).post("/imports/", {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Import.objects.exists()


def test_a_file_beyond_the_limit_is_not_kept(
    log_in: LogIn, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("polku.capture.views.imports.LARGEST_FILE", 100_000)
    answer = log_in(cast.marketer).post("/imports/", {"file": SimpleUploadedFile("x.csv", b"a,b\n" * 1_000_000)})
    assert answer.status_code == 422
    assert "Split it into parts" in answer.content.decode()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.csv"))


def test_a_problem_far_down_fails_the_dry_run_with_its_line(cast: Cast, now: datetime) -> None:
    text = "Email,City\n" + "a@x.cz,Brno\n" * 6000 + "b@x.cz," + "x" * 40_000 + "\n"
    row = import_actions.upload(SimpleUploadedFile("x.csv", text.encode()), file_name="x.csv", now=now, by=cast.manager)
    import_actions.start_check(row.pk, now=now, by=cast.manager)
    import_actions.check(row.pk, now=now)
    row.refresh_from_db()
    assert row.status == ImportStatus.FAILED
    assert "Line 6002" in row.problem


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 403), ("teammate", 403), ("stranger", 403), ("marketer", 200), ("manager", 200)]
)
def test_who_may_import(log_in: LogIn, cast: Cast, who: str, status: int, bring: Bring) -> None:
    row = bring("Email,Last name\na@x.cz,Novák\n,\n")
    browser = log_in(getattr(cast, who))
    assert browser.get("/imports/").status_code == status
    assert browser.get(f"/imports/{row.pk}/").status_code == status
    assert browser.post("/imports/", {}).status_code == (422 if status == 200 else 403)
    for act in ("map", "start", "stop", "resume", "discard"):
        assert (browser.post(f"/imports/{row.pk}/{act}/").status_code == 403) is (status == 403)


def test_the_post_needs_the_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.marketer)
    answer = browser.post("/imports/", {"file": SimpleUploadedFile("x.csv", LEADS.encode())})
    assert answer.status_code == 403


def test_the_command_line(cast: Cast, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(LEADS)
    said: list[str] = []

    def run(*, answer: bool) -> int:
        return import_actions.run_import(
            path, columns={"Notes": "fact"}, by=cast.manager, now=now,
            say=lambda text="": said.append(text), confirm=lambda _: answer,
        )  # fmt: skip

    assert run(answer=False) == 1
    assert not Lead.objects.exists()
    assert run(answer=True) == 0
    assert Lead.objects.count() == 3
    assert any("New 3" in text for text in said)


def test_counts_survive_the_database() -> None:
    assert read_counts({}, "commit") == Counts()
