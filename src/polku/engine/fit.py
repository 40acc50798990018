"""Fit, potential and worth of every lead at once, each told by the rule itself.

Leads that answer alike to every question the playbook asks are one class, and the rule scores one of each class.
A question asks about one fact, so its answers are asked once per distinct value of that fact. What is compared, and
how, stays in `rules`: nothing here could tell it differently.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final

import msgspec
import narwhals as nw
import pyarrow as pa

from polku.engine.duck import Duck, Rows, distinct
from polku.engine.facts import COLUMNS, batched, case, rows_of
from polku.rules import conditions as c
from polku.rules.facts import Case
from polku.rules.fit import fit
from polku.rules.playbook import Estimate, Playbook, PotentialPart
from polku.rules.potential import potential
from polku.rules.scales import Grade
from polku.rules.score import worth_of

type Answers = Callable[[Case], Hashable]

_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MONEY = pa.decimal128(20, 2)
_FIT = pa.schema([("like", pa.int64()), ("points", pa.float64()), ("grade", pa.string()), ("persona", pa.string())])
_POTENTIAL = pa.schema([("like", pa.int64()), ("potential", _MONEY)])
_WORTH = pa.schema([("grade", pa.string()), ("potential", _MONEY), *((f"worth_{at}", _MONEY) for at in
                   ("cold", "warm", "hot"))])  # fmt: skip


def fits(duck: Duck, facts: Rows, playbook: Playbook) -> Rows:
    """One row per lead: points, grade, persona, potential and worth at each temperature."""
    by_fit = _by_class(duck, facts, _persona_questions(playbook), "fit")
    by_money = _by_class(duck, facts, _money_questions(playbook), "money")
    grades = duck.given(batched(_fits(duck, facts, by_fit, playbook), _FIT), _FIT, "fit_of_class")
    amounts = duck.given(
        batched(_potentials(duck, facts, by_money, playbook), _POTENTIAL), _POTENTIAL, "money_of_class"
    )
    graded = by_fit.join(grades, on="like", how="inner").drop("like")
    priced = by_money.join(amounts, on="like", how="inner").drop("like")
    both = duck.keep(graded.join(priced, on="lead.id", how="inner"), "graded")
    worths = duck.given(batched(_worths(duck, both, playbook), _WORTH), _WORTH, "worth_of_class")
    return both.join(worths, on=["grade", "potential"], how="inner").rename({"lead.id": "lead_id"})


def _persona_questions(playbook: Playbook) -> dict[str, Answers]:
    """By fact, how the criteria that ask about it are answered."""
    asked: dict[str, list[c.Condition]] = {}
    for persona in playbook.personas:
        for criterion in persona.criteria:
            for leaf in c.leaves(criterion.when):
                if (field := _field(leaf)) is not None:
                    asked.setdefault(field, []).append(leaf)
    return {field: _answers(leaves) for field, leaves in asked.items()}


def _field(leaf: c.Condition) -> str | None:
    """The fact a criterion asks about; None for BANT, which the score does not know."""
    match leaf:
        case c.FieldCondition(field=field):
            return None if field.startswith("bant.") else field
        case c.TopicIs():
            return "lead.topic"
        case c.CompanyOwned():
            return "company.owner_id"
        case c.BantYes() | c.BantIs():
            return None
    raise TypeError(leaf)


def _answers(leaves: Sequence[c.Condition]) -> Answers:
    return lambda known: tuple(leaf.holds(known, None, _ANY_TIME) for leaf in leaves)


def _money_questions(playbook: Playbook) -> dict[str, Answers]:
    """By fact, what each estimate alone makes of it, and the value that continuity looks up."""
    asked: dict[str, list[Answers]] = {}
    for estimate in playbook.potential.first_known_of:
        if estimate.default is None:
            asked.setdefault(estimate.field or estimate.table or "", []).append(_alone(estimate, playbook))
    if (continuity := playbook.potential.continuity) is not None:
        field = continuity.field
        part, _, name = field.partition(".")
        asked.setdefault(field, []).append(lambda known: str(getattr(getattr(known, part), name)))
    return {field: _all_of(parts) for field, parts in asked.items() if not field.startswith("bant.")}


def _alone(estimate: Estimate, playbook: Playbook) -> Answers:
    only = msgspec.structs.replace(playbook, potential=PotentialPart(first_known_of=(estimate,)))

    def amount(known: Case) -> Hashable:
        found = potential(known, only)
        return found.reasons[0].code, found.amount

    return amount


def _all_of(parts: Sequence[Answers]) -> Answers:
    return lambda known: tuple(part(known) for part in parts)


def _by_class(duck: Duck, facts: Rows, questions: Mapping[str, Answers], name: str) -> Rows:
    """Each lead with the lead that speaks for its class: the one with the lowest id."""
    fields = sorted(questions)
    told = [_class_of_value(duck, facts, field, questions[field], f"{name}_{n}") for n, field in enumerate(fields)]
    marks = [f"class_{n}" for n in range(len(fields))]
    marked = reduce(_marked, enumerate(zip(fields, told, strict=True)), facts.with_columns(class_all=nw.lit(0)))
    classed = duck.keep(marked.select("lead.id", "class_all", *marks), f"{name}_marked")
    spoken = classed.group_by("class_all", *marks).agg(like=nw.col("lead.id").min())
    return duck.keep(
        classed.join(spoken, on=["class_all", *marks], how="inner").select("lead.id", "like"), f"{name}_like"
    )


def _marked(rows: Rows, numbered: tuple[int, tuple[str, Rows]]) -> Rows:
    number, (field, told) = numbered
    joined = rows.join(told.rename({"class": f"found_{number}"}), left_on=field, right_on="value", how="left")
    return joined.with_columns(nw.coalesce(nw.col(f"found_{number}"), nw.lit(0)).alias(f"class_{number}"))


def _class_of_value(duck: Duck, facts: Rows, field: str, answers: Answers, name: str) -> Rows:
    """The class of each distinct value of a fact, 0 when it is not known or as good as that."""
    known = facts.select(nw.col(field).alias("value")).filter(~nw.col("value").is_null())
    values = list(duck.batches(distinct(known, "value")))
    numbers: dict[Hashable, int] = {answers(case({})): 0}
    schema = pa.schema([("value", values[0].schema.field("value").type if values else pa.string())])
    schema = schema.append(pa.field("class", pa.int64()))

    def told() -> Iterator[Mapping[str, Any]]:
        for row in rows_of(values):
            found = numbers.setdefault(answers(case({field: row["value"]})), len(numbers))
            yield {"value": row["value"], "class": found}

    return duck.given(batched(told(), schema), schema, f"class_{name}")


def _speakers(duck: Duck, facts: Rows, by_class: Rows) -> Iterator[tuple[int, Case]]:
    speakers = facts.join(distinct(by_class, "like"), left_on="lead.id", right_on="like", how="inner")
    for row in rows_of(duck.batches(speakers.select(*COLUMNS))):
        yield row["lead.id"], case(row)


def _fits(duck: Duck, facts: Rows, by_class: Rows, playbook: Playbook) -> Iterator[Mapping[str, Any]]:
    for like, known in _speakers(duck, facts, by_class):
        found = fit(known, playbook)
        yield {"like": like, "points": found.points, "grade": found.grade.value, "persona": found.persona}


def _potentials(duck: Duck, facts: Rows, by_class: Rows, playbook: Playbook) -> Iterator[Mapping[str, Any]]:
    for like, known in _speakers(duck, facts, by_class):
        yield {"like": like, "potential": potential(known, playbook).amount}


def _worths(duck: Duck, graded: Rows, playbook: Playbook) -> Iterator[Mapping[str, Any]]:
    for row in rows_of(duck.batches(distinct(graded, "grade", "potential"))):
        worth = worth_of(Grade(row["grade"]), row["potential"], playbook)
        yield row | {"worth_cold": worth.cold, "worth_warm": worth.warm, "worth_hot": worth.hot}
