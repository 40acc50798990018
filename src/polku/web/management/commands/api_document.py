"""Prints the OpenAPI document of the REST API: `manage.py api_document > docs/reference/openapi.json`."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from polku.web.api import api


class Command(BaseCommand):
    help = "Print the OpenAPI document of the REST API."

    def handle(self, *_args: Any, **_options: Any) -> str:
        return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False, sort_keys=False)
