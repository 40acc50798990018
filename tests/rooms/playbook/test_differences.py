"""What differs between two playbooks, in words."""

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from polku.playbook.differing import count, differences
from polku.playbook.places import places
from polku.playbook.queries import shipped_text
from polku.rules.playbook import read


def told(old: str, new: str) -> dict[str, str]:
    """The words of each part."""
    parts = differences(read(old), read(new))
    return {
        one.part: " ".join(
            strip_tags(render_to_string("playbook/changes.html", {"parts": [one], "currency": "EUR"})).split()
        )
        for one in parts
    }


@pytest.mark.parametrize(
    ("was", "now", "part", "words"),
    [
        ("hot: 60", "hot: 65", "temperature", "hot starts at 65, was 60"),
        ("half_life: 14d", "half_life: 7d", "temperature", "half-life 7 days, was 14 days"),
        ('points: 35, because: "metal', 'points: 30, because: "metal', "ideal", "machinery points 30, was 35"),
        ('"50–500 people"', '"mid-sized"', "ideal", "mid-sized because mid-sized, was 50–500 people"),
        ("{A: 75, B: 50", "{A: 80, B: 50", "ideal", "A starts at 80, was 75"),
        ("times: 8", "times: 9", "potential", "price apiece €9, was €8"),
        ("250-999: 60000", "250-999: 65000", "potential", "250-999 €65,000, was €60,000"),
        ("A: {cold: .05", "A: {cold: .06", "potential", "chance to win 6.00 %, was 5.00 %"),
        ("budget_no: nurture_90d", "budget_no: disqualify", "qualification", "is disqualified, was goes to nurture"),
        ("keep_for: 180d", "keep_for: 90d", "paths", "kept by marketing for 90 days, was 180 days"),
        ("team: Poland", "team: Warsaw", "routing", "Warsaw"),
        ("respond_within: 1h", "respond_within: 2h", "sla", "hot answered within 2 hr, was 1 hr"),
        ('"No need"', '"Does not need it"', "reasons", "words Does not need it, was No need"),
        ("name: Industrial supplies", "name: Supplies", "general", "name Supplies, was Industrial supplies"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_words(was: str, now: str, part: str, words: str) -> None:
    found = told(shipped_text(), shipped_text().replace(was, now, 1))
    assert list(found) == [part]
    assert words in found[part]


def test_what_is_new_and_what_is_gone() -> None:
    line = next(each for each in shipped_text().splitlines() if "on: unsubscribed" in each)
    without = shipped_text().replace(f"{line}\n", "")
    assert "removed unsubscribed points −30" in told(shipped_text(), without)["signals"]
    assert "new unsubscribed points −30" in told(without, shipped_text())["signals"]


def test_rules_in_another_order_are_told_once() -> None:
    lines = shipped_text().splitlines()
    place = next(n for n, each in enumerate(lines) if "on: quote_requested," in each)
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    assert told(shipped_text(), "\n".join(lines)) == {"signals": "Signals 1 order The same rules in another order."}


def test_other_writing_is_no_difference() -> None:
    assert differences(read(shipped_text()), read(shipped_text().replace("#", "# so: "))) == []


def test_changes_are_counted() -> None:
    new = (
        shipped_text()
        .replace("hot: 60", "hot: 65")
        .replace("half_life: 14d", "half_life: 7d")
        .replace("A: 75", "A: 80")
    )
    assert count(differences(read(shipped_text()), read(new))) == 3


def test_every_place_of_a_text_has_its_words() -> None:
    found = places(shipped_text())
    words = {one.path: one.words for one in found}
    assert len(words) == len(found)
    assert words["personas[0].criteria[2]"] == "Maintenance manager in metal works: maintenance role"
    assert {"temperature.hot", "signals[0]", "paths[2]", "routing.overflow", "sla[1]"} <= words.keys()
    assert places("name: broken") == []
