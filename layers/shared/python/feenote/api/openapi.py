"""The OpenAPI 3.1 document, made from the endpoints and their models.

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from feenote.api.bill_answers import BillAnswer
from feenote.api.endpoints import CsvFile, Endpoint, Redirect
from feenote.api.examples import EXAMPLES
from feenote.api.problems import CONTENT_TYPE, Kind, ProblemAnswer

Json: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["validation", "serialization"]
Refs: TypeAlias = Mapping[tuple[Any, Mode], Json]

TITLE, VERSION = "Feenote", "1"
ABOUT = (
    "A law firm sends its bills to its clients and gets them paid. Money is whole minor units with an "
    "ISO 4217 currency; dates are `2026-11-22`, instants `2026-11-22T09:00:00.000Z`. Errors are problem "
    "details (RFC 9457). An `Idempotency-Key` makes a POST safe to repeat for 24 hours."
)
_ALWAYS = (Kind.MALFORMED, Kind.MISSING_ROLE, Kind.NOT_FOUND, Kind.METHOD)
_WITH_BODY = (Kind.TOO_LARGE, Kind.MEDIA_TYPE)
_WITH_CHANGE = (Kind.CONFLICT, Kind.REFUSED)


def document(endpoints: Iterable[Endpoint]) -> Json:
    """Return the document of all endpoints, in the order of their addresses."""
    ordered = sorted(endpoints, key=lambda endpoint: (endpoint.path, endpoint.method))
    refs, definitions = _schemas(ordered)
    paths: Json = {}
    for endpoint in ordered:
        operation = _operation(endpoint, refs, definitions)
        paths.setdefault(endpoint.openapi_path, {})[endpoint.method.lower()] = operation
    queries = {endpoint.query.__name__ for endpoint in ordered}
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "security": [{"staff": []}],
        "paths": paths,
        "components": {
            "schemas": {name: definitions[name] for name in sorted(definitions) if name not in queries},
            "responses": {_response_name(status): _problem(status) for status in _problem_statuses()},
            "securitySchemes": {
                "staff": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A Cognito token of the firm's staff: firm and roles are claims.",
                }
            },
        },
    }


def _schemas(endpoints: Iterable[Endpoint]) -> tuple[Refs, Json]:
    wanted: list[tuple[type[BaseModel], Mode]] = [(ProblemAnswer, "serialization")]
    for endpoint in endpoints:
        wanted.append((endpoint.query, "validation"))
        if endpoint.body is not None:
            wanted.append((endpoint.body, "validation"))
        if _is_model(endpoint.answer):
            wanted.append((endpoint.answer, "serialization"))
    refs, definitions = models_json_schema(
        list(dict.fromkeys(wanted)), ref_template="#/components/schemas/{model}"
    )
    return refs, definitions.get("$defs", {})


def _operation(endpoint: Endpoint, refs: Refs, definitions: Json) -> Json:
    roles = " or ".join(role.value for role in endpoint.roles)
    operation: Json = {
        "operationId": endpoint.handler.__name__,
        "summary": endpoint.summary,
        "description": f"Needs the role {roles}.",
        "tags": [endpoint.path.split("/")[2]],
    }
    if parameters := _parameters(endpoint, definitions):
        operation["parameters"] = parameters
    if body := _request_body(endpoint, refs):
        operation["requestBody"] = body
    operation["responses"] = _responses(endpoint, refs)
    return operation


def _parameters(endpoint: Endpoint, definitions: Json) -> list[Json]:
    identifier = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,100}$"}
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": identifier}
        for name in endpoint.path_parameters
    ]
    query = definitions.get(endpoint.query.__name__, {})
    for name, schema in query.get("properties", {}).items():
        shown = {key: value for key, value in schema.items() if key not in {"title", "description"}}
        # A parameter is left out, never null.
        if "anyOf" in shown:
            shown = next(choice for choice in shown["anyOf"] if choice != {"type": "null"})
        parameter = {
            "name": name,
            "in": "query",
            "required": name in query.get("required", ()),
            "schema": shown,
        }
        found.append(parameter | ({"description": schema["description"]} if "description" in schema else {}))
    if endpoint.once:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and request give the same answer for 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "example": "3f1c0f1e-6a3d-4b8e-9a57-2f2f1c9d7b10",
            }
        )
    if endpoint.conditional:
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "description": "The ETag of what was read; a stale one is answered with 412.",
                "schema": {"type": "string"},
                "example": '"3"',
            }
        )
    return found


def _request_body(endpoint: Endpoint, refs: Refs) -> Json | None:
    if endpoint.text_types:
        return {
            "required": True,
            "content": {media_type: {"schema": {"type": "string"}} for media_type in endpoint.text_types},
        }
    if endpoint.body is None:
        return None
    content: Json = {"schema": refs[endpoint.body, "validation"]}
    if endpoint.body in EXAMPLES:
        content["example"] = EXAMPLES[endpoint.body]
    return {"required": True, "content": {"application/json": content}}


def _responses(endpoint: Endpoint, refs: Refs) -> Json:
    done: Json = {"description": "Done."}
    if endpoint.answer is Redirect:
        done = {
            "description": "The file is at another address, for five minutes.",
            "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
        }
    elif endpoint.answer is CsvFile:
        done["description"] = "A file of comma-separated values with a row of headings (RFC 4180)."
        done["content"] = {CsvFile.MEDIA_TYPE: {"schema": {"type": "string"}}}
        done["headers"] = {"Content-Disposition": {"schema": {"type": "string"}}}
    elif _is_model(endpoint.answer):
        done["content"] = {"application/json": {"schema": refs[endpoint.answer, "serialization"]}}
        if "version" in endpoint.answer.model_fields:
            done["headers"] = {"ETag": {"schema": {"type": "string", "examples": ['"3"']}}}
    kinds = list(_ALWAYS)
    if endpoint.body is not None or endpoint.text_types:
        kinds += _WITH_BODY
    if endpoint.answer is BillAnswer:
        kinds.append(Kind.NOT_ACCEPTABLE)
    if endpoint.method != "GET":
        kinds += _WITH_CHANGE
    elif endpoint.answer is Redirect:
        # What stands on a paper may be more than can be laid out.
        kinds.append(Kind.REFUSED)
    if endpoint.conditional:
        kinds.append(Kind.STALE)
    statuses = sorted({kind.status for kind in kinds} | {Kind.UNAVAILABLE.status})
    problems = {
        str(status): {"$ref": f"#/components/responses/{_response_name(status)}"} for status in statuses
    }
    signed_out = {"description": "Nobody is signed in: the gateway itself answers."}
    return {str(endpoint.status): done, "401": signed_out, **problems}


def _problem_statuses() -> list[int]:
    return sorted({kind.status for kind in Kind} - {Kind.TOO_OFTEN.status})


def _response_name(status: int) -> str:
    return f"Problem{status}"


def _problem(status: int) -> Json:
    kind = next(kind for kind in Kind if kind.status == status)
    return {
        "description": " ".join(kind.title for kind in Kind if kind.status == status),
        "content": {
            CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemAnswer"},
                "example": {
                    "type": f"urn:feenote:problem:{kind.slug}",
                    "title": kind.title,
                    "status": status,
                    "detail": kind.title,
                    "errors": [],
                },
            }
        },
    }


def _is_model(answer: Any) -> bool:
    return isinstance(answer, type) and issubclass(answer, BaseModel)
