"""Web forms as strangers with bad intentions meet them."""

import re
from html import unescape

import pytest
from django.test import Client

from polku.capture.models import Form, Submission
from polku.crm.models import Lead
from polku.tracking.models import Touch
from tests.rooms.capture.forms import ANSWERS, WEBSITE, send, token

# -- hostile bodies


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("&".join(f"a{n}=1" for n in range(10_000)), "application/x-www-form-urlencoded", 400),
        ("&".join(f"a{n}=1" for n in range(61)), "application/x-www-form-urlencoded", 400),
        ("&".join("a=1" for n in range(400)), "application/x-www-form-urlencoded", 400),
        ("message=" + "x" * 20_001, "application/x-www-form-urlencoded", 400),
        ("message=" + "x" * 1_100_000, "application/x-www-form-urlencoded", 413),
        ("message=a%00b", "application/x-www-form-urlencoded", 400),
        ("a%00b=1", "application/x-www-form-urlencoded", 400),
        ("email=a%1Bb", "application/x-www-form-urlencoded", 400),
        ('{"message": "\\ud800"}', "application/json", 400),
        ('{"message": "\\u0000"}', "application/json", 400),
        ('{"message": {"deep": 1}}', "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("x", "text/plain", 415),
        ("--nonsense", "multipart/form-data; boundary=b", 422),
        ("--nonsense", "multipart/form-data", 400),
        ("a=1", "application/x-www-form-urlencoded; charset=utf-16", 400),
        ("a=1", "application/x-www-form-urlencoded; charset=nonsense", 422),
    ],
)
def test_bodies_beyond_all_bounds_get_a_clear_answer(
    visitor: Client, form: Form, body: str, kind: str, status: int
) -> None:
    accept = {"accept": "application/json"}
    response = visitor.generic("POST", f"/f/{form.key}/", body, content_type=kind, headers=accept)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert len(response.json()["title"]) > 10
    assert not Submission.objects.exists()


def test_a_broken_address_of_the_page_is_left_out(visitor: Client, form: Form) -> None:
    for n, page in enumerate(("https://[broken", "javascript:alert(1)", "https://x" + "y" * 5000)):
        sent = ANSWERS | {"polku_page": page, "polku_referrer": page, "message": str(n)}
        assert send(visitor, form, sent, referer="https://[broken").status_code == 200

    assert not Touch.objects.filter(landing__contains="script").exists()


def test_a_strange_address_does_not_keep_anybody_from_sending(visitor: Client, form: Form) -> None:
    marks = "&".join(f"utm_{n}=x" for n in range(100)) + "&utm_source=a%00b&utm_term=" + "x" * 3000 + "&page=%00"
    page = visitor.get(f"/f/{form.key}/?{marks}").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))

    response = send(visitor, form, ANSWERS | hidden | {"polku_token": token(form)})

    assert response.status_code == 200
    assert Lead.objects.count() == 1


def test_a_linked_form_tells_how_people_came_to_it(visitor: Client, form: Form) -> None:
    address = f"/f/{form.key}/?utm_source=newsletter&utm_medium=email"
    page = visitor.get(address, headers={"referer": "https://mail.google.com/"}).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    sent = {name: unescape(value) for name, value in hidden.items()} | {"polku_token": token(form)}

    send(visitor, form, ANSWERS | sent)

    touch = Touch.objects.get()
    assert (touch.channel, touch.source, touch.landing) == ("email", "newsletter", f"http://testserver{address}")


def test_a_frame_without_script_tells_its_website(visitor: Client, guarded: Form) -> None:
    page = visitor.get(f"/f/{guarded.key}/?embed=1", headers={"referer": f"{WEBSITE}/"}).text

    assert f'name="polku_page" value="{WEBSITE}/"' in page
