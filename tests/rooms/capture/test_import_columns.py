"""Columns are recognised by the names other systems give them, else by their values."""

import pytest

from polku.capture.aliases import content_of, recognise, system_of


def targets(headers: str, *rows: str) -> dict[str, str]:
    names = headers.split(",")
    return {column.header: column.target for column in recognise(names, [row.split(",") for row in rows])}


SAME_LEAD = [
    ("hubspot", "First name,Last name,Email,Phone number,Job title,Company name,Number of employees,Original source,Contact owner,Create date"),  # noqa: E501
    ("salesforce", "FirstName,LastName,Email,Phone,Title,Company,NumberOfEmployees,LeadSource,Lead Owner,CreatedDate"),
    ("zoho", "First Name,Last Name,Email,Phone,Title,Company,No. of Employees,Lead Source,Lead Owner,Created Time"),
    ("mautic", "firstname,lastname,email,phone,position,company,companynumber_of_employees,source,owner,date_added"),
    ("espo", "firstName,lastName,emailAddress,phoneNumber,title,accountName,employees,source,assignedUser,createdAt"),
    ("frappe", "first_name,last_name,email,phone,job_title,organization,no_of_employees,source,lead_owner,creation"),
    ("suitecrm", "first_name,last_name,email1,phone_work,title,account_name,employees,lead_source,assigned_user_name,date_entered"),  # noqa: E501
    ("pardot", "first_name,last_name,email,phone,job_title,company,employees,source,user_id,created_at"),
    ("fivetran", "property_firstname,property_lastname,property_email,property_phone,property_jobtitle,property_company,property_numemployees,property_hs_analytics_source,property_hubspot_owner_id,property_createdate"),  # noqa: E501
    ("own", "first_name,last_name,email,phone,job_title,company,employees,source,owner,created_at"),
    ("finnish", "Etunimi,Sukunimi,Sähköposti,Puhelin,Titteli,Yritys,Henkilöstö,Lähde,Myyjä,Luotu"),
    ("czech", "Jméno,Příjmení,E-mail,Telefon,Pozice,Firma,Počet zaměstnanců,Zdroj,Obchodník,Vytvořeno"),
    ("polish", "Imię,Nazwisko,Adres e-mail,Numer telefonu,Stanowisko,Nazwa firmy,Liczba pracowników,Źródło,Handlowiec,Utworzono"),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("_system", "headers"), SAME_LEAD, ids=[name for name, _ in SAME_LEAD])
def test_the_same_ten_columns_of_every_system(_system: str, headers: str) -> None:
    assert list(targets(headers).values()) == [
        "person.first_name", "person.last_name", "person.email", "person.phone", "person.job_title", "company.name",
        "company.employees", "lead.source", "lead.owner", "lead.created_at",
    ]  # fmt: skip


def test_odoo_has_one_name_and_its_own_words() -> None:
    assert targets("name,contact_name,email_from,partner_name,expected_revenue,stage_id") == {
        "name": "lead.title", "contact_name": "person.full_name", "email_from": "person.email",
        "partner_name": "company.name", "expected_revenue": "lead.annual_value", "stage_id": "lead.stage",
    }  # fmt: skip


def test_dates_of_stages() -> None:
    found = targets(
        "email,Became a Marketing Qualified Lead Date,hs_lifecyclestage_salesqualifiedlead_date,"
        "Became an Opportunity Date,Became a Customer Date,Lost Date,Close Date,ConvertedDate"
    )
    assert list(found.values())[1:] == [
        "lead.mql_at", "lead.sql_at", "lead.meeting_at", "lead.customer_at", "lead.lost_at", "lead.closed_at", "fact",
    ]  # fmt: skip


def test_a_title_may_be_a_salutation() -> None:
    assert targets("title,lastname,email", "Mr.,Novák,a@x.cz", "Mrs.,Nováková,b@x.cz")["title"] == "fact"
    assert targets("title,lastname,email", "Buyer,Novák,a@x.cz", "CEO,Nováková,b@x.cz")["title"] == "person.job_title"


def test_values_tell_where_headers_do_not() -> None:
    found = targets(
        "a,b,c,d,e",
        "jan@x.cz,+420 601 234 567,https://x.cz,https://linkedin.com/in/jan,42",
        "eva@y.fi,+358 40 123 4567,www.y.fi,linkedin.com/in/eva,43",
    )
    assert list(found.values()) == ["person.email", "person.phone", "company.website", "person.linkedin_url", "fact"]


def test_ids_are_no_phones() -> None:
    assert targets("x,email", "5420000776,a@x.cz", "5420000777,b@x.cz")["x"] == "fact"


def test_no_field_is_filled_twice_and_a_filled_column_goes_before_an_empty_one() -> None:
    assert targets("Email,E-mail Address", "a@x.cz,b@x.cz") == {"Email": "person.email", "E-mail Address": "fact"}
    assert targets("site,website,name", ",x.cz,X")["website"] == "company.website"


@pytest.mark.parametrize(
    ("headers", "content", "key"),
    [
        ("id,name,domain,industry", "companies", "company.key"),
        ("id,dealname,amount,closedate", "deals", "lead.key"),
        ("id,email,lastname", "people", "person.key"),
        ("id,email,lastname,is_converted", "people", "lead.key"),
    ],
)
def test_an_id_is_of_what_the_file_holds(headers: str, content: str, key: str) -> None:
    assert content_of(headers.split(",")) == content
    assert targets(headers)["id"] == key


@pytest.mark.parametrize(
    ("headers", "system"),
    [
        ("LEADID,Last Name,Lead Owner", "zoho"),
        ("property_email,id", "hubspot"),
        ("id,system_modstamp,email", "salesforce"),
        ("id,crm_contact_fid,email", "pardot"),
        ("name,email", ""),
    ],
)
def test_the_system_is_told_by_its_headers(headers: str, system: str) -> None:
    assert system_of(headers.split(",")) == system
