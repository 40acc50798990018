"""The reference of the API as a page: rendered here from its OpenAPI document, nothing loaded from elsewhere."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return redirect("api:docs")


@require_safe
@login_not_required
def reference(request: HttpRequest) -> HttpResponse:
    from polku.web.api import api  # noqa: PLC0415  the document is made of all endpoints, which import this module's package

    document = api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    return render(request, "api/docs.html", {"operations": _operations(document), "schemas": _schemas(schemas)})


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "anchor": operation["operationId"],
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "parameters": [_parameter(one) for one in operation.get("parameters", [])],
            "body": _body(operation),
            "answers": [
                {"status": status, "name": _name_in(answer)} for status, answer in operation["responses"].items()
            ],
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    schema = given["schema"]
    return {
        "name": given["name"],
        "where": given["in"],
        "required": given.get("required", False),
        "type": _type(schema),
        "description": given.get("description") or schema.get("description", ""),
    }


def _body(operation: dict[str, Any]) -> str:
    return _name_in(operation.get("requestBody", {}))


def _name_in(holder: dict[str, Any]) -> str:
    schema = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _schemas(schemas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "description": schema.get("description", ""), "fields": _fields(schema)}
        for name, schema in schemas.items()
        if "properties" in schema
    ]


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "type": _type(one), "required": name in required, "description": one.get("description", "")}
        for name, one in schema["properties"].items()
    ]


def _type(schema: dict[str, Any]) -> str:
    if ref := schema.get("$ref"):
        return str(ref).rpartition("/")[2]
    if options := schema.get("anyOf") or schema.get("allOf"):
        return " | ".join(dict.fromkeys(_type(one) for one in options))
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}))}[]"
    if words := schema.get("enum"):
        return " | ".join(map(str, words))
    limits = f" ≤ {schema['maxLength']}" if "maxLength" in schema else ""
    return str(schema.get("format") or schema.get("type", "any")) + limits
