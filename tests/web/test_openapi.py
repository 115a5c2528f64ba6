"""The API describes itself: every command has an address or is internal, and the document is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from purveyor.core.refusals import Refusal
from purveyor.core.registry import DECIDES
from purveyor.web.api.docs_page import docs_page
from purveyor.web.api.openapi import PROBLEMS, describe
from purveyor.web.api.routes import SECTIONS, STAGES
from tests.web.conftest import Api


def references(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        if "$ref" in document:
            yield document["$ref"]
        for value in document.values():
            yield from references(value)
    elif isinstance(document, list):
        for value in document:
            yield from references(value)


def test_every_command_has_an_address_or_is_internal() -> None:
    endpoints = [endpoint.command for section in SECTIONS for endpoint in section.endpoints]
    internal = [command for section in SECTIONS for command in section.internal]

    assert len(set(endpoints)) == len(endpoints)
    assert not set(endpoints) & set(internal)
    assert {command.kind() for command in (*endpoints, *internal)} == {
        command.kind()
        for command in DECIDES
        if not command.kind().startswith("trial.")  # of tests
    }


def test_the_chapters_are_the_eleven_stages_in_their_order() -> None:
    names = [section.name for section in STAGES]

    assert names[:6] == ["receipt", "review", "confirmation", "payment", "picking", "packing"]
    assert names[6:] == ["shipping", "delivery", "support", "returns", "feedback"]


def test_the_document_is_whole() -> None:
    document = describe(SECTIONS)

    assert document["openapi"] == "3.1.0"
    for reference in references(document):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            parameters = [each for each in operation["parameters"] if each.get("in") == "path"]
            assert {each["name"] for each in parameters} == set(re.findall(r"\{(\w+)\}", path)), path


def refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in of.__subclasses__():
        yield kind
        yield from refusals(kind)


def test_every_status_that_a_refusal_has_is_described() -> None:
    statuses = {str(kind.status) for kind in refusals()}

    assert statuses >= {"404", "409", "410", "422"}
    assert statuses <= set(PROBLEMS)


def test_a_body_shows_its_fields_without_those_of_the_path() -> None:
    document = describe(SECTIONS)
    operation = document["paths"]["/api/v1/orders/{order_id}/payments/{payment_id}/capture"]["post"]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    schema = document["components"]["schemas"][name]

    assert set(schema["properties"]) == {"amount"}
    assert schema["additionalProperties"] is False
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"]
    assert {"$ref": "#/components/parameters/DryRun"} in operation["parameters"]
    assert operation["tags"] == ["payment"]


async def test_the_docs_page_needs_nothing_from_elsewhere(api: Api) -> None:
    page = await api.client.get("/api/docs")
    document = (await api.client.get("/api/openapi.json")).json()

    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r'(?:src|href)="(?!#)([^"]+)"', page.text) == ["/api/docs.css", "/api/openapi.json"]
    assert "<script" not in page.text
    assert "style=" not in page.text
    for path in document["paths"]:
        assert path in page.text
    assert (await api.client.get("/api/docs.css")).headers["content-type"].startswith("text/css")


def test_what_comes_from_docstrings_is_escaped() -> None:
    document = describe(SECTIONS)
    document["info"]["description"] = "<script>alert(1)</script>"

    assert "<script" not in docs_page(document)
