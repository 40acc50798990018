"""A program that calls the REST API, and what it sends."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

PERSON = {"first_name": "Sanna", "last_name": "Virtanen", "email": "sanna.virtanen@metos.example"}
LEAD: dict[str, Any] = {"person": PERSON, "company": {"name": "Metos Oy", "country": "Suomi", "industry": "C28"}}


class Caller:
    """A program with an API key."""

    def __init__(self, key: str) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.key = key

    def get(self, path: str, **query: object) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", query, headers={"authorization": f"Bearer {self.key}"})

    def post(self, path: str, body: object, **headers: str) -> HttpResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"authorization": f"Bearer {self.key}", **headers}
        return self.client.generic("POST", f"/api/v1/{path}", text, content_type="application/json", headers=headers)


def errors(response: HttpResponse) -> dict[str, str]:
    assert response["Content-Type"] == "application/problem+json"
    return {error["field"]: error["message"] for error in response.json().get("errors", [])}
