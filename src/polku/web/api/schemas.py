"""What the API takes and gives. Unknown fields are refused by name."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from polku.capture.payloads import web_address
from polku.capture.texts import problem_of_text
from polku.rules import countries, identity, industries

MOST_LEADS: Final = 200
MOST_SIGNALS: Final = 50
LONGEST_NOTE: Final = 20_000


def _line(text: str) -> str:
    if problem := problem_of_text(text, longest=max(len(text), 1)):
        raise ValueError(problem)
    return text.strip()


def _lines(text: str) -> str:
    if problem := problem_of_text(text, longest=max(len(text), 1), lines=True):
        raise ValueError(problem)
    return text.strip()


def _email(text: str) -> str:
    if text and not identity.email_key(text):
        raise ValueError("Write an e-mail address such as name@company.com.")
    return text


def _country(text: str) -> str:
    if text and countries.country(text) is None:
        raise ValueError("Write a country's code or name, such as FI or Finland.")
    return countries.country(text) or ""


def _industry(text: str) -> str:
    if text and industries.industry(text) is None:
        raise ValueError("Write a NACE code or a usual name of an industry, such as C25.")
    return industries.industry(text) or ""


def _url(text: str) -> str:
    if text and not web_address(text):
        raise ValueError("Write an address that begins with https:// or http://.")
    return text


Text40 = Annotated[StrictStr, Field(max_length=40), AfterValidator(_line)]
Text80 = Annotated[StrictStr, Field(max_length=80), AfterValidator(_line)]
Text200 = Annotated[StrictStr, Field(max_length=200), AfterValidator(_line)]
Text300 = Annotated[StrictStr, Field(max_length=300), AfterValidator(_line)]
Email = Annotated[StrictStr, Field(max_length=254), AfterValidator(_line), AfterValidator(_email)]
Country = Annotated[StrictStr, Field(max_length=80), AfterValidator(_line), AfterValidator(_country)]
Industry = Annotated[StrictStr, Field(max_length=100), AfterValidator(_line), AfterValidator(_industry)]
Url = Annotated[StrictStr, Field(max_length=2000), AfterValidator(_line), AfterValidator(_url)]
Note = Annotated[StrictStr, Field(max_length=LONGEST_NOTE), AfterValidator(_lines)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2, allow_inf_nan=False)]
Plain = StrictStr | StrictInt | StrictBool | float | None


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", str_max_length=LONGEST_NOTE)


class PersonIn(Strict):
    first_name: Annotated[StrictStr, Field(max_length=100), AfterValidator(_line)] = ""
    last_name: Annotated[StrictStr, Field(max_length=100), AfterValidator(_line)] = ""
    email: Email = ""
    phone: Annotated[StrictStr, Field(max_length=60), AfterValidator(_line)] = ""
    job_title: Annotated[StrictStr, Field(max_length=160), AfterValidator(_line)] = ""
    country: Country = Field("", description="ISO 3166 code or any usual name")
    language: Annotated[StrictStr, Field(pattern=r"^([a-z]{2,3})?$")] = Field("", description="ISO 639-1, such as fi")
    linkedin_url: Url = ""
    email_opt_out: StrictBool | None = Field(None, description="true: no e-mail to this person")


class CompanyIn(Strict):
    name: Text200 = ""
    domain: Annotated[StrictStr, Field(max_length=253), AfterValidator(_line)] = ""
    website: Text300 = ""
    industry: Industry = Field("", description="NACE code such as C25, or a usual name")
    country: Country = ""
    city: Annotated[StrictStr, Field(max_length=120), AfterValidator(_line)] = ""
    phone: Annotated[StrictStr, Field(max_length=60), AfterValidator(_line)] = ""
    business_id: Text40 = ""
    employees: Annotated[StrictInt, Field(ge=0, le=10_000_000)] | None = None
    annual_revenue: Amount | None = None


class SignalIn(Strict):
    kind: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = Field(
        ..., description="such as form_sent, quote_requested, demo_requested, content_download, call"
    )
    at: AwareDatetime | None = Field(None, description="when it happened; now when left out")
    path: Annotated[StrictStr, Field(max_length=500), AfterValidator(_line)] = ""
    topic: Text80 = ""
    details: dict[Text80, Plain] = Field(default_factory=dict, max_length=50)
    key: Annotated[StrictStr, Field(max_length=60), AfterValidator(_line)] | None = Field(
        None, description="your id of the event: the same key is recorded once"
    )


class CameIn(Strict):
    url: Url = Field("", description="the landing page, with its utm parameters and click ids")
    referrer: Url = ""
    at: AwareDatetime | None = None


class ConsentIn(Strict):
    purpose: Annotated[StrictStr, Field(min_length=1, max_length=40), AfterValidator(_line)]
    given: StrictBool
    text: Note = Field(..., description="the words that the person saw")
    text_version: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1
    at: AwareDatetime | None = None


class ExternalIdIn(Strict):
    system: Annotated[StrictStr, Field(min_length=1, max_length=40), AfterValidator(_line)]
    key: Annotated[StrictStr, Field(min_length=1, max_length=120), AfterValidator(_line)]


class LeadIn(Strict):
    """One lead: at least a name, e-mail or phone of the person, a company, or an external id."""

    person: PersonIn = Field(default_factory=lambda: PersonIn.model_validate({}))
    company: CompanyIn = Field(default_factory=lambda: CompanyIn.model_validate({}))
    title: Text200 = ""
    topic: Text80 = Field("", description="the product it is about, in the playbook's words")
    source: Text200 = Field("", description="where it came from; the channel is read out of it")
    annual_volume: Amount | None = None
    annual_value: Amount | None = None
    currency: Annotated[StrictStr, Field(pattern=r"^([A-Z]{3})?$")] = ""
    note: Note = ""
    external_id: ExternalIdIn | None = Field(None, description="your id of the lead: it is known again by it")
    signals: list[SignalIn] = Field(default_factory=list, max_length=MOST_SIGNALS)
    came: CameIn | None = Field(None, description="how they came: makes a touch")
    consents: list[ConsentIn] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def names_somebody(self) -> "LeadIn":
        person, company = self.person, self.company
        named = person.email or person.phone or person.last_name or person.first_name or company.name or company.domain
        if not named and self.external_id is None:
            raise ValueError("Give the person's email, phone or last_name, the company's name, or an external_id.")
        return self


class LeadsIn(Strict):
    leads: list[LeadIn] = Field(..., min_length=1, max_length=MOST_LEADS)


class OutcomeOut(Schema):
    """What became of one lead."""

    lead_id: int
    person_id: int
    company_id: int | None
    made_lead: bool
    made_person: bool
    made_company: bool
    changed: list[str]
    url: str


class OutcomesOut(Schema):
    leads: list[OutcomeOut]


class OwnerOut(Schema):
    id: int
    name: str
    email: str


class ReasonOut(Schema):
    text: str
    code: str
    amount: float
    evidence: list[int]


class ScoreOut(Schema):
    """The three axes, each the sum of its reasons, and the order of work."""

    playbook: int
    temperature: Literal["cold", "warm", "hot"]
    interest: float
    buying_stage: str | None
    fit: str
    fit_points: float
    persona: str | None
    potential: Decimal
    priority: Decimal
    path: str
    interest_reasons: list[ReasonOut]
    fit_reasons: list[ReasonOut]
    potential_reasons: list[ReasonOut]


class PersonOut(Schema):
    id: int
    first_name: str
    last_name: str
    email: str
    phone: str
    job_title: str
    country: str
    language: str
    linkedin_url: str
    email_opt_out: bool
    company_id: int | None
    created_at: datetime


class CompanyOut(Schema):
    id: int
    name: str
    domain: str | None
    website: str
    industry: str
    employees: int | None
    annual_revenue: Decimal | None
    country: str
    city: str
    phone: str
    business_id: str
    owner_id: int | None
    created_at: datetime


class LeadOut(Schema):
    id: int
    url: str
    title: str
    topic: str
    source: str
    source_detail: str
    stage: str
    stage_at: datetime
    owner: OwnerOut | None
    team: str | None
    annual_volume: Decimal | None
    annual_value: Decimal | None
    currency: str
    wake_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    created_at: datetime
    person: PersonOut
    company: CompanyOut | None


class LeadWithScoreOut(LeadOut):
    score: ScoreOut


class LeadsOut(Schema):
    items: list[LeadOut]
    next: str | None = Field(description="the cursor of the next page; null on the last")


class PeopleOut(Schema):
    items: list[PersonOut]
    next: str | None


class CompaniesOut(Schema):
    items: list[CompanyOut]
    next: str | None


class ProblemErrorOut(Schema):
    field: str
    message: str


class ProblemOut(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[ProblemErrorOut] = []


Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[StrictStr, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")]


class LeadFilter(Strict):
    stage: Text40 = ""
    owner: Email = Field("", description="the owner's e-mail")
    topic: Text80 = ""
    source: Text40 = ""
    email: Email = Field("", description="the person's e-mail")
    external_system: Text40 = Field("", description="with external_key: the lead of that external id")
    external_key: Annotated[StrictStr, Field(max_length=120), AfterValidator(_line)] = ""
    created_from: AwareDatetime | None = None
    created_before: AwareDatetime | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class PeopleFilter(Strict):
    email: Email = ""
    phone: Annotated[StrictStr, Field(max_length=60), AfterValidator(_line)] = ""
    company_id: int | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class CompanyFilter(Strict):
    domain: Annotated[StrictStr, Field(max_length=253), AfterValidator(_line)] = ""
    name: Text200 = ""
    country: Country = ""
    cursor: Cursor = ""
    limit: Limit = 50
