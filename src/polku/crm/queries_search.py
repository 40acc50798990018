"""Finds people and companies by how their names, addresses and numbers begin, whatever case and accents are typed."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec
from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet

from polku.accounts.models import Membership, Role, User
from polku.crm.models import Company, Lead, Person, SavedView
from polku.crm.queries import visible_companies, visible_leads
from polku.rules import identity
from polku.tables.prefixes import Begins, NotByIndex

type Column = Callable[[str], Any]

FEWEST_LETTERS = 2
FEW_SEEN = 2_000
_FEWEST_DIGITS = 4
_MOST_WORDS = 4


class Found(msgspec.Struct, frozen=True):
    """A person of the search with the newest lead that the user may see."""

    person: Person
    lead: Lead


def find_people(text: str, *, user: User, limit: int = 8) -> list[Found]:
    """People by name, e-mail, phone, or by company, each with their newest lead; two queries."""
    condition = person_named(text)
    if condition is None:
        return []
    seen = _seen(user, "person_id")
    if seen is None:
        rows = Person.objects.filter(condition, Exists(visible_leads(user).filter(person=OuterRef("pk"))))
    else:
        rows = Person.objects.filter(person_named(text, column=_one_by_one) or Q(), pk__in=seen)
    people = {person.pk: person for person in rows.select_related("company")[:limit]}
    leads = visible_leads(user).filter(person__in=people).select_related("owner").order_by("created_at", "pk")
    newest = {lead.person_id: lead for lead in leads}
    found = [Found(person, newest[pk]) for pk, person in people.items() if pk in newest]
    return sorted(found, key=lambda one: (one.person.last_key, one.person.first_key, one.person.pk))


def find_companies(text: str, *, user: User, limit: int = 5) -> list[Company]:
    """Companies by the beginning of their name or domain."""
    condition = company_named(text)
    if condition is None:
        return []
    seen = _seen(user, "company_id")
    if seen is None:
        rows = visible_companies(user).filter(condition)
    else:
        own = Q(pk__in=seen) | Q(owner=user)
        rows = Company.objects.filter(own, company_named(text, column=_one_by_one) or Q())
    return list(rows.select_related("owner").order_by("name_key", "pk")[:limit])


def _seen(user: User, column: str) -> set[int] | None:
    """The people or companies of all leads that a rep may see, when they are few; else None.

    Who sees little is served from that little: to test each of many matches for being theirs costs far more.
    """
    if sees_all(user):
        return None
    teams = list(Membership.objects.filter(user=user).values_list("team_id", flat=True))
    seen: set[int] = set()
    for part in (Q(owner=user), Q(team__in=teams), Q(company__owner=user)):
        ids = list(Lead.objects.filter(part).values_list(column, flat=True)[: FEW_SEEN + 1])
        seen.update(pk for pk in ids if pk is not None)
        if len(ids) > FEW_SEEN or len(seen) > FEW_SEEN:
            return None
    return seen


def _one_by_one(name: str) -> NotByIndex:
    return NotByIndex(F(name), output_field=CharField())


def find_leads(text: str, *, user: User) -> list[Lead]:
    """The lead of a number, as `#123` or `123`."""
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        return []
    return list(visible_leads(user).filter(pk=int(digits)).select_related("person", "company", "owner"))


def leads_named(text: str) -> QuerySet[Lead, Any] | None:
    """Ids of the leads whose person or company begins so; None when the text is too short to search by."""
    person, company = person_named(text), company_named(text)
    if person is None:
        return None
    people = Lead.objects.filter(person__in=Person.objects.filter(person).values("pk")).values("pk")
    if company is None:
        return people
    companies = Lead.objects.filter(company__in=Company.objects.filter(company).values("pk")).values("pk")
    return people.union(companies, all=True)


def is_named(text: str, *, path: str) -> Q:
    """The same as a test of each lead, for texts that many begin with; `path` leads to the lead."""

    def column(name: str, to: str) -> NotByIndex:
        return NotByIndex(F(f"{path}__{to}__{name}"), output_field=CharField())

    person = person_named(text, column=partial(column, to="person"))
    company = company_named(text, column=partial(column, to="company"))
    return (person or Q()) | company if company else person or Q()


def person_named(text: str, *, column: Column = F) -> Q | None:
    """First and last name in either order, the e-mail address, or the phone number."""
    words = identity.plain(text.strip()).split()[:_MOST_WORDS]
    if not words or len("".join(words)) < FEWEST_LETTERS:
        return None
    found = _named(words, column)
    if len(words) == 1:
        found |= Q(Begins(column("email_key"), words[0]))
    digits = "".join(sign for sign in text if sign.isdecimal())
    if len(digits) >= _FEWEST_DIGITS and not any(sign.isalpha() for sign in text):
        found |= Q(Begins(column("phone_e164"), f"+{digits.removeprefix('00')}"))
    return found


def _named(words: Sequence[str], column: Column) -> Q:
    """One word begins either name; of several, the first begin the one and the rest the other."""
    if len(words) == 1:
        return Q(Begins(column("last_key"), words[0])) | Q(Begins(column("first_key"), words[0]))
    found = Q()
    for split in range(1, len(words)):
        one, other = " ".join(words[:split]), " ".join(words[split:])
        found |= Q(Begins(column("last_key"), one)) & Q(Begins(column("first_key"), other))
        found |= Q(Begins(column("last_key"), other)) & Q(Begins(column("first_key"), one))
    return found


def company_named(text: str, *, column: Column = F) -> Q | None:
    """The name without its legal form, or the domain."""
    key, address = identity.company_key(text) or "", text.strip().lower()
    if len(key) < FEWEST_LETTERS:
        return None
    found = Q(Begins(column("name_key"), key))
    return found if " " in address else found | Q(Begins(column("domain"), address.removeprefix("www.")))


def visible_ids(user: User, lead_ids: Iterable[int]) -> list[int]:
    """Those of the leads that the user may see."""
    return list(visible_leads(user).filter(pk__in=list(lead_ids)).order_by("pk").values_list("pk", flat=True))


def sees_all(user: User) -> bool:
    return user.role != Role.REP


# -- words that leads have, for filters


def words_of_leads() -> dict[str, list[str]]:
    """The sources and topics of leads and the countries of companies that there are, in a few steps of an index."""
    return {
        "source": _distinct("crm_lead", "source"),
        "topic": _distinct("crm_lead", "topic"),
        "country": _distinct("crm_company", "country"),
    }


def _distinct(table: str, column: str, *, most: int = 200) -> list[str]:
    """Jump from each value to the next one: DISTINCT would read the whole index."""
    sql = f"""
        WITH RECURSIVE step(value) AS (
            SELECT MIN({column}) FROM {table}
            UNION ALL
            SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > step.value)
            FROM step WHERE step.value IS NOT NULL
        ) SELECT value FROM step WHERE value <> '' LIMIT %s
    """  # noqa: S608  names from the calls above
    with connection.cursor() as cursor:
        cursor.execute(sql, [most])
        return [value for (value,) in cursor.fetchall()]


# -- lists to find again


def saved_views_of(user: User) -> list[SavedView]:
    return list(SavedView.objects.filter(user=user).order_by("name", "pk"))
