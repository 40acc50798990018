"""What other systems call our fields: the header of a column tells where its values belong."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polku.rules import identity

FACT: Final = "fact"
IGNORE: Final = "ignore"

# Where a column may lead, in the order in which pages list it.
TARGETS: Final[dict[str, str | Promise]] = {
    "person.first_name": _("First name"),
    "person.last_name": _("Last name"),
    "person.full_name": _("Full name"),
    "person.email": _("E-mail"),
    "person.phone": _("Phone"),
    "person.mobile": _("Mobile phone"),
    "person.job_title": _("Job title"),
    "person.language": _("Language"),
    "person.linkedin_url": _("LinkedIn profile"),
    "person.email_opt_out": _("No e-mail (opted out)"),
    "person.key": _("Person’s id in the other system"),
    "country": _("Country"),
    "company.name": _("Company"),
    "company.domain": _("Company’s domain"),
    "company.website": _("Website"),
    "company.industry": _("Industry"),
    "company.city": _("City"),
    "company.country": _("Company’s country"),
    "company.phone": _("Company’s phone"),
    "company.business_id": _("Business id"),
    "company.employees": _("Employees"),
    "company.annual_revenue": _("Annual revenue"),
    "company.key": _("Company’s id in the other system"),
    "lead.title": _("Interest"),
    "lead.topic": _("Topic"),
    "lead.source": _("Source"),
    "lead.source_detail": _("Source, in detail"),
    "lead.annual_value": _("Value a year"),
    "lead.annual_volume": _("Volume a year"),
    "lead.currency": _("Currency"),
    "lead.owner": _("Owner (e-mail or name)"),
    "lead.created_at": _("Created"),
    "lead.stage": _("Stage or status"),
    "lead.outcome": _("Outcome (won, lost, open)"),
    "lead.converted": _("Converted (yes or no)"),
    "lead.closed": _("Closed (yes or no)"),
    "lead.won": _("Won (yes or no)"),
    "lead.close_reason": _("Reason of closing"),
    "lead.mql_at": _("Became MQL"),
    "lead.accepted_at": _("Accepted by sales"),
    "lead.sql_at": _("Became SQL"),
    "lead.meeting_at": _("Became opportunity or met"),
    "lead.proposal_at": _("Proposal sent"),
    "lead.negotiation_at": _("Negotiation began"),
    "lead.customer_at": _("Won"),
    "lead.lost_at": _("Lost"),
    "lead.disqualified_at": _("Disqualified"),
    "lead.nurture_at": _("Sent to nurture"),
    "lead.closed_at": _("Closing date"),
    "lead.key": _("Lead’s id in the other system"),
    "touch.source": _("Campaign source (utm_source)"),
    "touch.medium": _("Campaign medium (utm_medium)"),
    "touch.campaign": _("Campaign (utm_campaign)"),
    "touch.term": _("Campaign term (utm_term)"),
    "touch.content": _("Campaign content (utm_content)"),
    "touch.gclid": _("Google click id"),
    "touch.referrer": _("Referrer"),
    "touch.landing": _("Landing page"),
    "note": _("Note"),
    FACT: _("Keep as a fact"),
    IGNORE: _("Leave out"),
}

PEOPLE, COMPANIES, DEALS = "people", "companies", "deals"


class Meaning(msgspec.Struct, frozen=True):
    """What a header means; `system` is the other system whose ids the column holds."""

    target: str
    system: str = ""


def _table(text: str) -> dict[str, str]:
    """Lines of `target: alias, alias`."""
    lines = (line.split(":", 1) for line in text.strip().splitlines())
    return {normal(alias): target.strip() for target, aliases in lines for alias in aliases.split(",")}


_APART: Final = re.compile(r"[\W_]+")
_PREFIXES: Final = ("property_hs_", "property_", "properties.", "contact.", "lead.")


def normal(header: str) -> str:
    """A header for comparing: no case, accents, spaces, signs; without the prefixes of sync tools."""
    text = identity.plain(header.strip())
    for prefix in _PREFIXES:
        if text.startswith(prefix) and len(text) > len(prefix):
            text = text.removeprefix(prefix)
            break
    return _APART.sub("", text.removesuffix("__c").removesuffix("_c") if not text.endswith("utm_c") else text)


_ALIASES: Final = _table("""
person.first_name: first name, firstname, given name, forename, fname, christian name, vorname, etunimi, jméno, imię, lead first name, contact first name
person.last_name: last name, lastname, surname, family name, lname, nachname, sukunimi, příjmení, nazwisko, lead last name, contact last name
person.full_name: full name, fullname, contact name, lead name, contact, contact person, person, your name, nimi, celé jméno, imię i nazwisko, associated contact, kontaktní osoba, yhteyshenkilö, osoba kontaktowa
person.email: email, e-mail, mail, email address, e-mail address, emailaddress, work email, business email, primary email, email from, email1, contact email, lead email, hs email, sähköposti, sähköpostiosoite, e-mailová adresa, adres e-mail
person.phone: phone, phone number, telephone, tel, work phone, business phone, phonework, direct phone, office phone, contact phone, phonenumber, puhelin, puhelinnumero, telefon, telefonní číslo, numer telefonu
person.mobile: mobile, mobile phone, mobile phone number, mobilephone, mobile no, phonemobile, cell, cell phone, cellphone, gsm, matkapuhelin, kännykkä, mobil, komórka
person.job_title: job title, jobtitle, position, role, function, job function, job position, designation, titteli, tehtävänimike, pozice, funkce, stanowisko, funkcja
person.language: language, preferred language, locale, lang, preferred locale, kieli, jazyk, język
person.linkedin_url: linkedin, linkedin url, linkedin profile, linkedin bio, hs linkedin url, linkedin profile url, linkedinurl
person.email_opt_out: email opt out, has opted out of email, hasoptedoutofemail, opted out, opt out, unsubscribed, unsubscribed from all email, emailoptout, email is opted out, emailaddressisoptedout, do not email, is do not email, hs email optout, optout, do not contact, dnc
person.key: contact id, contactid, record id contact, person id, vid, prospect id, pardot id, mautic id, contact record id, hs object id, 18 digit contact id
country: country, country region, country code, mailing country, mailing country code, other country, lead country, ip country, country name, address country, address country code, primary address country, maa, země, kraj, country id, countryregion
company.name: company, company name, companyname, organization, organisation, organization name, account, account name, accountname, partner name, associated company, employer, business name, customer, firma, yritys, yrityksen nimi, společnost, název firmy, nazwa firmy, lead company, company account
company.domain: domain, company domain, company domain name, domain name, email domain, hs email domain
company.website: website, web site, website url, company website, companywebsite, web, homepage, url, site, kotisivu, verkkosivu, webové stránky, strona www
company.industry: industry, company industry, companyindustry, sector, nace, nace code, toimiala, obor, odvětví, branża, lead industry, industry group
company.city: city, town, company city, companycity, billing city, mailing city, primary address city, address city, kaupunki, paikkakunta, město, miasto, locality
company.country: company country, companycountry, billing country, billing country code, billing address country, account country, company country region
company.phone: company phone, companyphone, main phone, switchboard, companyphonenumber, account phone
company.business_id: business id, vat, vat number, vat id, vat no, tax id, registration number, company registration number, y-tunnus, ytunnus, ičo, ico, dič, dic, nip, krs, orgnr, organisation number, companynumber
company.employees: employees, number of employees, numberofemployees, numemployees, num employees, no of employees, noofemployees, companynumber of employees, employee count, company size, companysize, headcount, henkilöstö, henkilöstömäärä, počet zaměstnanců, liczba pracowników, employees range
company.annual_revenue: annual revenue, annualrevenue, revenue, companyannual revenue, turnover, company revenue, liikevaihto, obrat, obroty, przychody
company.key: account id, accountid, company id, companyid, record id company, organization id, associated company id, associatedcompanyid, prospect account id, customer id
lead.title: lead title, opportunity, opportunity name, deal name, dealname, potential name, deal, subject, lead subject, interest, opportunity title, aihe
lead.topic: topic, product, product interest, product line, product of interest, productinterest, solution, interested in, tuote, produkt, business segment
lead.source: lead source, leadsource, source, original source, original source type, analytics source, hs analytics source, origin, channel, original traffic source, latest source, lead origin, account source, source id, source name, lähde, zdroj, źródło
lead.source_detail: source detail, lead source detail, source description, original source drill down 1, original source drilldown 1, analytics source data 1, hs analytics source data 1, lead source description, referred by
lead.annual_value: amount, deal amount, opportunity amount, value, deal value, annual value, expected revenue, expectedrevenue, opportunity value, estimated value, estimated revenue, planned revenue, grand total, arr, acv, lead value, arvo, hodnota, wartość
lead.annual_volume: annual volume, volume, quantity, yearly volume, expected quantity, vuosivolyymi, objem, wolumen
lead.currency: currency, currency code, currencyisocode, deal currency code, currency iso code, amount currency, valuutta, měna, waluta
lead.owner: owner, lead owner, contact owner, deal owner, opportunity owner, potential owner, account owner, record owner, company owner, owner name, owner email, hubspot owner, hubspot owner id, owner id, assigned to, assigned user, assigned user name, assigneduser, salesperson, sales rep, user id, assigned user id, responsible, user, vastuuhenkilö, myyjä, vlastník, obchodník, właściciel, handlowiec
lead.created_at: created, created at, createdat, created date, createddate, create date, createdate, created time, createdtime, created on, creation date, creation, date created, date added, dateadded, date entered, date identified, dateidentified, first contact date, first contact, first seen, time first seen, added, luotu, vytvořeno, utworzono, first touch date, timestamp, submitted at, submission date
lead.stage: stage, stage name, stagename, lead status, leadstatus, status, lifecycle stage, lifecyclestage, lifecycle, deal stage, dealstage, opportunity stage, sales stage, hs lead status, lead stage, pipeline stage, stage id, contact stage, vaihe, tila, stav, fáze, etap, contact status, sales status
lead.outcome: outcome, result, forecast type, win loss, won lost
lead.converted: converted, is converted, isconverted, lead converted
lead.closed: is closed, isclosed, closed
lead.won: is won, iswon, won, closed won, is closed won, hs is closed won
lead.close_reason: close reason, closed reason, lost reason, loss reason, closed lost reason, closed won reason, reason lost, lost reason id, disqualification reason, rejection reason, junk reason, lostreason
lead.mql_at: mql date, mql at, became mql, became a marketing qualified lead date, lifecyclestage marketingqualifiedlead date, hs lifecyclestage marketingqualifiedlead date, marketing qualified date, date entered marketing qualified lead
lead.accepted_at: accepted date, accepted at, sal date, sales accepted date, accepted by sales
lead.sql_at: sql date, sql at, became sql, became a sales qualified lead date, lifecyclestage salesqualifiedlead date, hs lifecyclestage salesqualifiedlead date, sales qualified date, converted date, converteddate, conversion date, date converted, date entered sales qualified lead, converted at
lead.meeting_at: meeting date, meeting at, opportunity date, became an opportunity date, lifecyclestage opportunity date, hs lifecyclestage opportunity date, opportunity created date, demo date, date entered opportunity
lead.proposal_at: proposal date, proposal at, quote date, offer date, quoted at, date proposal
lead.negotiation_at: negotiation date, negotiation at
lead.customer_at: won date, won at, customer date, became a customer date, lifecyclestage customer date, hs lifecyclestage customer date, customer since, closed won date, date won, deal won date, hs closed won date, date entered customer
lead.lost_at: lost date, lost at, date lost, closed lost date
lead.disqualified_at: disqualified date, disqualified at, junk date, unqualified date
lead.nurture_at: nurture date, recycled date, recycled at, nurture at
lead.closed_at: close date, closedate, closing date, closed date, date closed, closed at, expected close date, date deadline, expected closing
lead.key: lead id, leadid, deal id, dealid, opportunity id, opportunityid, mql id, potential id, potentialid, record id deal, record id lead, associated deal id, external id, externalid
touch.source: utm source, utmsource, first utm source, source last utm source
touch.medium: utm medium, utmmedium, source last utm medium
touch.campaign: utm campaign, utmcampaign, campaign, campaign name, source last utm campaign
touch.term: utm term, utmterm, source last utm term
touch.content: utm content, utmcontent, source last utm content
touch.gclid: gclid, google click id, google ad click id, google ads click id, hs google click id
touch.referrer: referrer, referring site, first referring site, analytics first referrer, hs analytics first referrer, referrer url
touch.landing: landing page, landing page id, landing, landing url, analytics first url, hs analytics first url, first page seen, entry page
note: note, notes, comments, comment, description, message, remarks, muistiinpano, huomautus, poznámka, notatka, uwagi, lead description
ignore: fivetran synced, fivetran deleted, fivetran active, fivetran start, fivetran end, is deleted, photo url, system modstamp, systemmodstamp, last modified date, lastmodifieddate, last modified by id, last viewed date, last referenced date, created by id, password, isdeleted, modified by, month created time1, lastmodifiedbyid, createdbyid, last activity, portal id, last modified time, modified time
""")  # noqa: E501 - a table

# Ids whose name says which system they come from; the others take the system of the file.
_KEY_SYSTEMS: Final = {
    "vid": "hubspot", "hsobjectid": "hubspot", "leadid": "zoho", "contactid": "zoho", "accountid": "zoho",
    "potentialid": "zoho", "prospectid": "pardot", "pardotid": "pardot", "prospectaccountid": "pardot",
    "mauticid": "mautic", "mqlid": "mql_id",
}  # fmt: skip

# Headers that give a system away; the first system with a match wins.
_MARKS: Final = {
    "pardot": "crmcontactfid crmownerfid prospectaccountid crmleadfid",
    "salesforce": "systemmodstamp convertedaccountid hasoptedoutofemail masterrecordid isconverted hasopenactivity "
        "forecastcategory 18digitcontactid",
    "hubspot": "hubspotownerid lifecyclestage hsobjectid recordid analyticssource mergedobjectids hsleadstatus "
        "portalid fivetrandeleted originalsource hslifecyclestagecustomerdate becameacustomerdate",
    "zoho": "leadid contactid accountid potentialid potentialname potentialowner forecasttype",
    "odoo": "emailfrom partnername contactname stageid teamid userid expectedrevenue",
    "espo": "emailaddressisoptedout emailaddress assigneduser createdaccountid",
    "suitecrm": "primaryaddresscountry phonework email1 leadsourcedescription dateentered",
    "frappe": "leadowner noofemployees mobileno",
    "mautic": "dateidentified companyindustry points dateadded preferredlocale",
}  # fmt: skip


def system_of(headers: Sequence[str]) -> str:
    """The system that a file comes from, as far as its headers tell; "" when they do not."""
    names = {normal(header) for header in headers} | {_APART.sub("", header.lower()) for header in headers}
    if any(header.startswith("property_") for header in headers):
        return "hubspot"  # as Fivetran and Stitch write it
    return next((system for system, marks in _MARKS.items() if names & set(marks.split())), "")


def content_of(headers: Sequence[str]) -> str:
    """What a row of the file is: a person (with their lead), a company, or a deal."""
    names = {normal(header) for header in headers}
    targets = {_ALIASES.get(name, "") for name in names}
    if any(
        target in targets for target in ("person.first_name", "person.last_name", "person.email", "person.full_name")
    ):
        return PEOPLE
    if names & {
        "dealname",
        "dealid",
        "potentialname",
        "opportunityname",
        "amount",
        "stagename",
        "closedate",
        "closingdate",
    }:
        return DEALS
    company_words = {
        "company.industry",
        "company.domain",
        "company.employees",
        "company.annual_revenue",
        "company.city",
    }
    if (targets & company_words and "lead.key" not in targets) or names & {"accountname", "companyname"}:
        return COMPANIES
    return DEALS if "lead.key" in targets else PEOPLE


# Words that mean something else in a file of companies, deals or people.
_IN_CONTEXT: Final[dict[tuple[str, str], str]] = {
    (PEOPLE, "name"): "person.full_name", (COMPANIES, "name"): "company.name", (DEALS, "name"): "lead.title",
    (PEOPLE, "id"): "person.key", (COMPANIES, "id"): "company.key", (DEALS, "id"): "lead.key",
    (PEOPLE, "recordid"): "person.key", (COMPANIES, "recordid"): "company.key", (DEALS, "recordid"): "lead.key",
    (PEOPLE, "title"): "person.job_title", (DEALS, "title"): "lead.title",
    (COMPANIES, "phone"): "company.phone", (COMPANIES, "phonenumber"): "company.phone",
    (COMPANIES, "country"): "company.country", (COMPANIES, "countryregion"): "company.country",
    (COMPANIES, "createdate"): FACT, (COMPANIES, "createddate"): FACT, (COMPANIES, "createdat"): FACT,
    (COMPANIES, "createdtime"): FACT, (COMPANIES, "source"): FACT, (COMPANIES, "accountsource"): FACT,
    (COMPANIES, "description"): FACT, (COMPANIES, "accountowner"): FACT, (COMPANIES, "ownerid"): FACT,
    (COMPANIES, "companyowner"): FACT, (COMPANIES, "owner"): FACT, (COMPANIES, "status"): FACT,
    (DEALS, "description"): "note",
}  # fmt: skip

_SALUTATIONS: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "mx", "ing", "mgr", "pan", "pani", "herr", "frau"}
)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE: Final = re.compile(r"[+(]?\d[\d\s().\-/]{6,18}\d")
_SITE: Final = re.compile(r"(?:https?://|www\.)\S+\.\S+", re.IGNORECASE)
_LINKEDIN: Final = re.compile(r"(?:https?://)?(?:\w+\.)?linkedin\.com/in/\S+", re.IGNORECASE)
# A number without +, brackets or blanks may as well be an id, so phones need one of them.
_LOOKS: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    ("person.email", _EMAIL.fullmatch),
    ("person.linkedin_url", _LINKEDIN.fullmatch),
    ("company.website", _SITE.fullmatch),
    ("person.phone", lambda text: _PHONE.fullmatch(text) and re.search(r"^\+|[\s()]", text)),
)
_MOST_LOOK_SO: Final = 0.8


# A file with one of these holds leads, so its ids are ids of leads.
_LEAD_MARKS: Final = frozenset({"isconverted", "leadstatus", "converteddate", "leadowner", "leadsource"})


class Column(msgspec.Struct, kw_only=True):
    """Where one column goes. `told_by` is "header", "values", "person" or "" when nothing told."""

    header: str
    target: str
    told_by: str = ""
    system: str = ""


def recognise(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> list[Column]:
    """Where each column goes, by its header and, where that says nothing, by its values; no target twice."""
    content, system = content_of(headers), system_of(headers)
    taken: set[str] = set()
    values_of = [[row[place] for row in sample if place < len(row) and row[place]] for place in range(len(headers))]
    order = sorted(range(len(headers)), key=lambda place: not values_of[place])  # a filled column before an empty one
    own = _own_of_leads({normal(header) for header in headers})
    by_place = {
        place: _by_header(headers[place], content=content, system=system, own_of_leads=own, taken=taken)
        for place in order
    }
    columns = [by_place[place] for place in range(len(headers))]
    for column, values in zip(columns, values_of, strict=True):
        if column.target == "person.job_title" and _are_salutations(values):
            taken.discard(column.target)
            column.target, column.told_by = FACT, "values"
        elif not column.told_by and (target := _by_values(values)) and target not in taken:
            taken.add(target)
            column.target, column.told_by = target, "values"
    return columns


def _by_header(header: str, *, content: str, system: str, own_of_leads: frozenset[str], taken: set[str]) -> Column:
    name = normal(header)
    if content == PEOPLE and name in own_of_leads:
        content = DEALS
    target = _IN_CONTEXT.get((content, name)) or _ALIASES.get(name) or _IN_CONTEXT.get((content, _bare(name)), "")
    if not target:
        return Column(header=header, target=FACT)
    if target in taken and target not in {FACT, IGNORE}:
        return Column(header=header, target=FACT, told_by="header")
    taken.add(target)
    key_system = (system or _KEY_SYSTEMS.get(name) or name) if target.endswith(".key") else ""
    return Column(header=header, target=target, told_by="header", system=key_system[:40])


def _own_of_leads(names: set[str]) -> frozenset[str]:
    """Of a file of people, the words that speak of the lead: its ids, and its name beside a contact's."""
    ids = {"id", "recordid"} if names & _LEAD_MARKS else set()
    full_names = {name for name in names if _ALIASES.get(name) == "person.full_name"}
    return frozenset(ids | ({"name"} if full_names else set()))


def _bare(name: str) -> str:
    return name.removeprefix("hs")


def _by_values(values: Sequence[str]) -> str:
    for target, looks_so in _LOOKS:
        if len(values) >= 2 and sum(1 for value in values if looks_so(value)) >= _MOST_LOOK_SO * len(values):
            return target
    return ""


def _are_salutations(values: Sequence[str]) -> bool:
    return bool(values) and all(value.lower().rstrip(".") in _SALUTATIONS for value in values)
