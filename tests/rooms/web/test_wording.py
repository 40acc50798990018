"""Codes are told in words, in the language of the reader."""

import pytest
from django.utils import translation

from polku.rules import industries
from polku.rules.conditions import Description
from polku.web import industries_wording
from polku.web.conditions_wording import condition_text


@pytest.mark.parametrize(
    ("within", "sentence"),
    [
        ("1d", "asked for a quote within 1 day"),
        ("2w", "asked for a quote within 14 days"),
        ("3h", "asked for a quote within 3 hr"),
    ],
)
def test_a_time_limit_is_told_with_its_plural(within, sentence):
    assert condition_text(Description("signal_within", {"kind": "quote_requested", "within": within})) == sentence


def test_codes_in_conditions_are_told_in_words():
    told = condition_text(Description("field_in", {"field": "person.email_domain", "values": "free, disposable"}))
    assert told == "kind of e-mail address is one of free, disposable"
    with translation.override("fi"):
        told = condition_text(Description("field_in", {"field": "person.email_domain", "values": "free, disposable"}))
    assert "ilmainen, kertakäyttöinen" in told


def test_every_industry_has_its_name_for_the_translators():
    assert set(industries_wording.NAMES) == set(industries.NAMES.values())
