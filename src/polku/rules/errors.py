"""What can be wrong with a playbook, each problem with its place and its fix."""

from collections.abc import Iterable

import msgspec

from polku.rules.reasons import Plain


def gettext_noop(message: str) -> str:
    """Marks a message for the translators; the rules themselves speak English only."""
    return message


MESSAGES = {
    "too_large": gettext_noop("The playbook is larger than {limit} characters; shorten it."),
    "syntax": gettext_noop("This is not valid YAML: {problem}. Check the punctuation and the indentation."),
    "too_deep": gettext_noop("The playbook is nested deeper than {limit} levels; flatten it."),
    "alias": gettext_noop("Anchors, aliases and tags (&, *, !) are not allowed; write the value out."),
    "duplicate_key": gettext_noop("“{key}” is written twice; keep one of them."),
    "not_a_mapping": gettext_noop("A playbook is a list of sections such as “signals:”; this is not."),
    "unknown_field": gettext_noop("“{field}” is not a word of the playbook; remove it."),
    "unknown_field_nearest": gettext_noop("“{field}” is not a word of the playbook; did you mean “{nearest}”?"),
    "missing_field": gettext_noop("“{field}” is missing; add it."),
    "wrong_type": gettext_noop("Expected {expected}, found {found}; correct the value."),
    "wrong_value": gettext_noop("“{value}” is not possible here; write one of: {allowed}."),
    "wrong_value_nearest": gettext_noop("“{value}” is not possible here; did you mean “{nearest}”?"),
    "invalid": gettext_noop("This value cannot be read: {problem}."),
    "duration": gettext_noop("“{value}” is not a duration; write for example 15m, 1h, 14d or 2w."),
    "per_day": gettext_noop("“{value}” is not a cap; write for example 2/day."),
    "pattern": gettext_noop("“{value}” is not a path pattern; begin with /, use * only at the end, :topic once."),
    "band": gettext_noop("“{value}” is not a band; write for example 1-49 or 250+."),
    "bands_overlap": gettext_noop("The bands {first} and {second} overlap; each number may be in one band only."),
    "consequence": gettext_noop(
        "“{value}” is not a consequence; write find_decision_maker, nurture, nurture_until_date, nurture_90d"
        " or disqualify."
    ),
    "not_a_condition": gettext_noop("This is not a condition; write for example {{field: company.country, in: [FI]}}."),
    "condition_words": gettext_noop("A condition cannot combine {words}; write one kind: {allowed}."),
    "condition_operator": gettext_noop("“{field}” needs exactly one comparison; write one of: {allowed}."),
    "condition_number": gettext_noop("“{field}” is a number; compare it by at_least, below, between, in or is."),
    "condition_text": gettext_noop("“{field}” is a text; compare it by in, is or matches."),
    "condition_value": gettext_noop("The value of “{word}” cannot be used; expected {expected}."),
    "condition_empty": gettext_noop("“{word}” is empty, so it says nothing; list at least one value."),
    "unknown_name": gettext_noop("“{name}” is not a {kind}; write one of: {allowed}."),
    "unknown_name_nearest": gettext_noop("“{name}” is not a {kind}; did you mean “{nearest}”?"),
    "unknown_value": gettext_noop("“{name}” is not a value of “{word}”; write one of: {allowed}."),
    "unknown_value_nearest": gettext_noop("“{name}” is not a value of “{word}”; did you mean “{nearest}”?"),
    "misplaced_condition": gettext_noop("“{word}” is not known yet at this point; use facts that do not depend on it."),
    "empty_text": gettext_noop("“{field}” is empty; give it a text."),
    "currency": gettext_noop("“{value}” is not a currency; write three capital letters such as EUR."),
    "out_of_range": gettext_noop("{value} is out of range; write a value from {low} to {high}."),
    "not_ascending": gettext_noop("“{lower}” ({low}) must be below “{higher}” ({high}); correct one of them."),
    "duplicate_name": gettext_noop("The name “{name}” is used twice; give each its own."),
    "win_rate_missing": gettext_noop("The win rate of {grade} {temperature} is missing; add it, 0 if none."),
    "win_rate_falls": gettext_noop(
        "The win rate of {grade} falls from {lower} ({low}) to {higher} ({high}); a warmer lead cannot win less often."
    ),
    "one_of": gettext_noop("Write exactly one of: {allowed}."),
    "needs_captured_topic": gettext_noop("The topic is “:topic” but the path has no :topic; add it to the path."),
    "never_reached": gettext_noop("“{name}” is never reached: the one before it has no “when”; reorder them."),
    "no_catch_all": gettext_noop("The last of “{section}” must have no “when”, so that every lead finds one; add it."),
    "warns_late": gettext_noop("warn_at ({warn_at}) must be shorter than respond_within ({respond_within})."),
    "hand_over_stage": gettext_noop("Leads are handed over at the stage lead, mql or sql, not {stage}; correct it."),
}


class Problem(msgspec.Struct, frozen=True):
    """One thing to mend. `path` is its place, such as `signals[3].points`; lines and columns count from 1."""

    path: str
    message_code: str
    data: dict[str, Plain] = {}
    line: int | None = None
    column: int | None = None

    @property
    def message(self) -> str:
        """The problem and its fix in English; pages translate `MESSAGES[message_code]` and fill in `data`."""
        return MESSAGES[self.message_code].format(**self.data)

    def __str__(self) -> str:
        place = f"{self.path or 'playbook'}: {self.message}"
        return f"line {self.line}, {place}" if self.line else place


class PlaybookError(ValueError):
    """The playbook cannot be used; `problems` says all that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NotationError(ValueError):
    """A short notation that cannot be read; `code` and `data` are those of the problem."""

    def __init__(self, code: str, **data: Plain) -> None:
        self.code = code
        self.data = data
        super().__init__(MESSAGES[code].format(**data))
