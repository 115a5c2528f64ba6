"""Fields of forms stop at the bounds of the messages that they are sent as, read here from the schema for callers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from babel import Locale

from purveyor.core.registry import DECIDES
from purveyor.web.api.routes import SECTIONS
from purveyor.web.console.order.action_fields import Field, fields_of
from purveyor.web.pages.field_bounds import bounds_at
from purveyor.web.pages.rendering import TEMPLATES
from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.storefront.conftest import Visitor

NAMES = {"maxLength": "maxlength", "minimum": "min", "maximum": "max"}
NAMED = re.compile(r'(?:\bof=|bounds\()"([A-Z]\w+(?:\.\w+)+)"')
SAID = re.compile(r'"(maxlength|min|max)": "?(\d+)"?')
# Fields that are part of no message: what is searched for, a card as it is typed, a secret that is hashed.
OF_NO_MESSAGE = {"storefront/category.html", "parts/card_form.html"}


def schema_of(path: str) -> dict[str, Any]:
    """What callers of the API are told about a field."""
    name, *steps = path.split(".")
    whole = msgspec.json.schema(next(each for each in DECIDES if each.__name__ == name))
    found: list[Any] = [whole]
    for step in steps:
        inside = [each["properties"][step] for each in _all(found, whole) if step in each.get("properties", {})]
        assert inside, path
        found = inside[:1]
    return next(each for each in _all(found, whole) if each.get("type") != "null")


def _all(found: list[Any], whole: Any) -> Iterator[dict[str, Any]]:
    """With what is behind references, choices and lists."""
    waiting = list(found)
    while waiting:
        each = waiting.pop(0)
        if "$ref" in each:
            waiting.append(whole["$defs"][each["$ref"].rpartition("/")[2]])
        elif "anyOf" in each:
            waiting += each["anyOf"]
        elif "items" in each:
            waiting.append(each["items"])
        else:
            yield each


def told(schema: dict[str, Any]) -> dict[str, str]:
    return {NAMES[name]: str(value) for name, value in schema.items() if name in NAMES}


def named() -> list[str]:
    texts = (path.read_text() for path in TEMPLATES.rglob("*.html"))
    return sorted({path for text in texts for path in NAMED.findall(text)})


def calls(text: str) -> Iterator[str]:
    """The calls of the macro that makes a field, each with its arguments."""
    for found in re.finditer(r"m\.field\(", text):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text[found.start() : end]


@pytest.mark.parametrize("path", named())
def test_a_field_that_is_named_in_a_template_has_the_bounds_that_callers_are_told(path: str) -> None:
    assert bounds_at(path)
    assert bounds_at(path) == told(schema_of(path))


def test_what_a_template_says_itself_is_narrower_than_the_message() -> None:
    wrong = []
    for template in TEMPLATES.rglob("*.html"):
        for call in calls(template.read_text()):
            bounds = bounds_at(path[1]) if (path := NAMED.search(call)) else {}
            for name, value in SAID.findall(call):
                if name in bounds:
                    fits = int(value) > int(bounds[name]) if name == "min" else int(value) < int(bounds[name])
                    wrong += [] if fits else [(template.name, call[:40], name, value, bounds[name])]
                elif name == "maxlength" and str(template.relative_to(TEMPLATES)) not in OF_NO_MESSAGE:
                    wrong.append((template.name, call[:40], name, value, "named by no message"))

    assert wrong == []


def test_fields_of_every_action_have_the_bounds_that_callers_are_told() -> None:
    checked = 0
    for endpoint in (each for section in SECTIONS for each in section.endpoints):
        for path, field in _inside(endpoint.command.__name__, fields_of(endpoint, None, Locale("en"))):
            if field.kind in ("text", "textarea", "number"):
                assert field.bounds == told(schema_of(path)), path
                checked += 1
    assert checked > 60


def _inside(path: str, fields: list[Field]) -> Iterator[tuple[str, Field]]:
    for field in fields:
        yield f"{path}.{field.name}", field
        yield from _inside(f"{path}.{field.name}", field.fields)


async def test_a_browser_is_told(api: Api) -> None:
    admin, visitor = await somebody(api, "admin"), Visitor(api)
    number = (await api.place())["number"]
    await visitor.puts("MUG", 1)
    pages = [
        (await admin.see(f"/console/orders/{number}/do/review.hold_order")).text,
        (await admin.see("/console/stock/item?sku=MUG")).text,
        (await visitor.see("/checkout")).text,
    ]
    wanted = [
        ("why", 'maxlength="2000"'),
        ("quantity", 'min="1" max="1000000"'),
        ("contact.street", 'maxlength="500"'),
    ]
    for page, (name, attributes) in zip(pages, wanted, strict=True):
        tags = re.findall(rf'<(?:input|textarea)[^>]* name="{re.escape(name)}"[^>]*>', page)
        assert any(attributes in " ".join(re.findall(r'(?:maxlength|min|max)="\d+"', tag)) for tag in tags), (
            name,
            tags,
        )
