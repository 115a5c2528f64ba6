"""The description of the API for people: one page without scripts and without anything from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1.5rem; }
nav { columns: 12rem; margin: 1rem 0 2rem; }
nav a { display: block; }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; text-transform: capitalize; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .5rem .8rem; }
summary { cursor: pointer; }
summary b { display: inline-block; font: bold 13px/1 ui-monospace, monospace; min-width: 3.2rem; }
code { font: 14px ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .6rem 0; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; }
.scope { float: right; opacity: .7; }
"""


def docs_page(document: dict[str, Any]) -> str:
    """The OpenAPI document as HTML: by stage, each address with its parameters and the fields of its body."""
    info = document["info"]
    tags = document["tags"]
    links = "".join(f'<a href="#{escape(tag["name"])}">{escape(tag["name"])}</a>' for tag in tags)
    sections = "".join(_section(document, tag) for tag in tags)
    schemas = "".join(_schema(document, name) for name in sorted(document["components"]["schemas"]))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs.css"></head><body>'
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
        '<p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
        f'<nav aria-label="Sections">{links}<a href="#types">types</a></nav><main>{sections}'
        f'<h2 id="types">types</h2>{schemas}</main></body></html>'
    )


def _section(document: dict[str, Any], tag: dict[str, str]) -> str:
    name = tag["name"]
    found = [
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if name in operation["tags"]
    ]
    return f'<h2 id="{escape(name)}">{escape(name)}</h2><p>{escape(tag["description"])}</p>{"".join(found)}'


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    body = ""
    if "requestBody" in operation:
        body = _fields(_resolved(document, operation["requestBody"]["content"]["application/json"]["schema"]), "Body")
    parameters = [_resolved(document, each) for each in operation["parameters"]]
    answers = "".join(
        f"<tr><td>{status}</td><td>{escape(_resolved(document, answer)['description'])}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><b>{method.upper()}</b> '
        f"<code>{escape(path)}</code> {escape(operation['summary'])} "
        f'<span class="scope">{escape(operation["x-scope"])}</span></summary>'
        f"<p>{escape(operation.get('description', ''))}</p>{_parameters(parameters)}{body}"
        f"<table><tr><th>Status</th><th></th></tr>{answers}</table></details>"
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{each['in']}</td><td>{_type(each['schema'])}</td>"
        f"<td>{escape(each.get('description', ''))}</td></tr>"
        for each in parameters
    )
    return f"<table><tr><th>Parameter</th><th>in</th><th>Type</th><th></th></tr>{rows}</table>"


def _schema(document: dict[str, Any], name: str) -> str:
    schema = document["components"]["schemas"][name]
    about = escape(schema.get("description", ""))
    return (
        f'<details id="type-{escape(name)}"><summary><code>{escape(name)}</code></summary><p>{about}</p>'
        f"{_fields(schema, 'Fields')}</details>"
    )


def _fields(schema: dict[str, Any], title: str) -> str:
    properties = schema.get("properties", {})
    if not properties:
        return ""
    required = set(schema.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{_type(each)}</td>"
        f"<td>{'required' if name in required else _default(each)}</td></tr>"
        for name, each in properties.items()
    )
    return f"<table><tr><th>{title}</th><th>Type</th><th></th></tr>{rows}</table>"


def _default(schema: dict[str, Any]) -> str:
    found = schema.get("default")
    return f"<code>{escape(repr(found))}</code>" if found not in (None, "", [], {}) else "optional"


def _type(schema: dict[str, Any]) -> str:
    """A type in words, with a link where it has a name."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#type-{name}">{name}</a>'
    if "enum" in schema:
        return " | ".join(escape(str(value)) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items']) if 'items' in schema else 'anything'}"
    return escape(str(schema.get("format") or schema.get("type") or "anything"))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: Any = schema
    while "$ref" in found:
        target = found["$ref"]
        found = document
        for step in target.removeprefix("#/").split("/"):
            found = found[step]
    resolved: dict[str, Any] = found
    return resolved
