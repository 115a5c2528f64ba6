"""The description of the API as OpenAPI 3.1, made from the same structs that decode the requests."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from purveyor import __version__
from purveyor.core.field_types import LARGEST_AMOUNT, NOT_BLANK
from purveyor.engine.answers import Answer, Preview
from purveyor.web.api.command_endpoints import LONGEST_GIVEN_KEY, ROOT, Endpoint
from purveyor.web.api.maintenance_endpoints import MaintenanceEndpoint
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.http.problem_details import MEDIA_TYPE, ProblemDetails

_PARAMETER = re.compile(r"\{(\w+):\w+\}")
_TO = "#/components/schemas/{name}"
ABOUT = """Every stage of an order, from receipt to feedback. Every write needs an `Idempotency-Key`: sent again with
the same key, it is not done again, and the first answer comes back to the letter. With `?dry_run=true` any write is
tried: the answer says what would happen, and nothing does. Every error is a problem (RFC 9457) with a stable `code`.
Amounts are whole minor units (cents) with a currency; times are UTC; ids are UUIDs."""
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new value for each new request, the same one when it is sent again. Not needed for a dry run. It "
    "is kept for ever, also when a person is erased: put no name and no mail address in it.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_GIVEN_KEY, "pattern": NOT_BLANK},
}
DRY_RUN = {
    "name": "dry_run",
    "in": "query",
    "description": "Say what would happen, and do nothing.",
    "schema": {"type": "boolean", "default": False},
}
REPLAYED = {"description": "The request came before: this is its first answer.", "schema": {"const": "true"}}
PROBLEMS = {
    "400": "No key, or a body that is no JSON.",
    "401": "No API key, or one that is not known.",
    "403": "The API key lacks the scope.",
    "404": "Something that was named does not exist.",
    "409": "A rule says no.",
    "410": "It is over, and does not come back.",
    "413": "The body is larger than is taken here.",
    "415": "The body is no JSON in UTF-8, or is packed.",
    "422": "A value cannot be right, or the key was used for another request.",
    "503": "Too busy, or the database did not answer: send it again with the same key.",
}


def describe(sections: Sequence[Section]) -> dict[str, Any]:
    """The whole document."""
    kinds: list[Any] = [ProblemDetails, Answer, Preview]
    for section in sections:
        kinds += [endpoint.body for endpoint in section.endpoints]
        kinds += [read.answer for read in section.reads]
        kinds += [task.answer for task in section.maintenance]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_TO)
    # What is taken of an amount is less than what a column holds (`validation.py`).
    components["Money"]["properties"]["minor"] |= {"minimum": -LARGEST_AMOUNT, "maximum": LARGEST_AMOUNT}
    by_kind = {id(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for section in sections:
        for read in section.reads:
            paths.setdefault(public_path(read.path), {})["get"] = _question(section, read, by_kind[id(read.answer)])
        for task in section.maintenance:
            paths.setdefault(public_path(task.path), {})["post"] = _maintenance(section, task, by_kind[id(task.answer)])
        for endpoint in section.endpoints:
            paths.setdefault(public_path(endpoint.path), {})["post"] = _command(
                section, endpoint, by_kind[id(endpoint.body)]
            )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Purveyor", "version": __version__, "summary": "Order processing.", "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": [{"name": section.name, "description": section.about} for section in sections],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: pk_<prefix>_<secret>"}
            },
            "schemas": components,
            "responses": {f"Problem{status}": _problem(text) for status, text in PROBLEMS.items()},
            "parameters": {"IdempotencyKey": KEY_HEADER, "DryRun": DRY_RUN},
        },
    }


def public_path(path: str) -> str:
    return ROOT + _PARAMETER.sub(r"{\1}", path)


def _command(section: Section, endpoint: Endpoint, body: dict[str, Any]) -> dict[str, Any]:
    needed = any(field.required for field in msgspec.structs.fields(endpoint.body))
    done = {
        "description": "Done: what came of it. Of a dry run (always 200), what would come of it.",
        "headers": {"Idempotent-Replayed": REPLAYED},
        "content": _json({"anyOf": [_ref(Answer), _ref(Preview)]} if endpoint.status == 200 else _ref(Answer)),  # noqa: PLR2004
    }
    responses = {str(endpoint.status): done, **_problems(PROBLEMS)}
    if endpoint.status != 200:  # noqa: PLR2004 (the status is the number)
        responses["200"] = {"description": "A dry run: what would happen.", "content": _json(_ref(Preview))}
    return {
        "operationId": endpoint.name.replace(".", "_"),
        "tags": [section.name],
        "summary": endpoint.summary,
        "description": _text(endpoint.command),
        "x-scope": endpoint.scope,
        "parameters": [
            *_in_path(endpoint.command, endpoint.given),
            {"$ref": "#/components/parameters/IdempotencyKey"},
            *([] if endpoint.is_guessed_at else [{"$ref": "#/components/parameters/DryRun"}]),
        ],
        "requestBody": {"required": needed, "content": _json(body)},
        "responses": responses,
    }


def _question(section: Section, read: QueryEndpoint, answer: dict[str, Any]) -> dict[str, Any]:
    in_path = _PARAMETER.findall(read.path)
    return {
        "operationId": operation_id(read),
        "tags": [section.name],
        "summary": read.summary,
        "x-scope": read.scope,
        "parameters": [*_in_path(read.parameters, in_path), *_in_query(read.parameters, in_path)],
        "responses": {
            "200": {"description": "What was found.", "content": _json(answer)},
            **_problems(("401", "403", *(("404",) if in_path else ()), "422")),
        },
    }


def _maintenance(section: Section, task: MaintenanceEndpoint, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": operation_id(task, "do"),
        "tags": [section.name],
        "summary": task.summary,
        "x-scope": task.scope,
        "parameters": [
            *_in_path(task.parameters, _PARAMETER.findall(task.path)),
            *_in_query(task.parameters, _PARAMETER.findall(task.path)),
            {"$ref": "#/components/parameters/IdempotencyKey"},
        ],
        "responses": {
            "200": {"description": "Done.", "content": _json(answer)},
            **_problems(("400", "401", "403", "404", "422")),
        },
    }


def operation_id(read: QueryEndpoint | MaintenanceEndpoint, verb: str = "get") -> str:
    words = _PARAMETER.sub(r"by/\1", read.path).replace("-", "_").strip("/").split("/")
    return "_".join((verb, *words))


def _in_path(kind: type[msgspec.Struct], names: Iterable[str]) -> list[dict[str, Any]]:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    return [
        {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(fields[name].type)}
        for name in names
    ]


def _in_query(kind: type[msgspec.Struct], in_path: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            **_described(msgspec.json.schema(field.type)),
        }
        for field in msgspec.structs.fields(kind)
        if field.name not in in_path
    ]


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is absent, never null; its description stands beside the schema."""
    if "anyOf" in schema:
        several = [each for each in schema["anyOf"] if each != {"type": "null"}]
        schema = {**schema, "anyOf": several} if len(several) > 1 else several[0]
    about = schema.get("description")
    return {"schema": schema} | ({"description": about} if about else {})


def _text(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


def _ref(kind: type) -> dict[str, Any]:
    return {"$ref": _TO.format(name=kind.__name__)}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": _ref(ProblemDetails)}}}


def _problems(statuses: Iterable[str]) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}
