"""A shop to generate calls for: orders in every stage, and what of them the calls may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg
import httpx
import msgspec

OPEN = 6
CLOSED = 6  # orders of the past that calls name too: few, so that a call often names things that belong together
MOST = 24  # values of one name
REVOKES = "staff:write"
_ORDERS = """
    (SELECT id FROM orders WHERE closed_at IS NULL ORDER BY id DESC LIMIT $1)
    UNION ALL (SELECT id FROM orders WHERE closed_at IS NOT NULL ORDER BY return_status DESC, id DESC LIMIT $2)
"""
_COLUMNS = """
    SELECT table_name, array_agg(column_name::text)
      FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type IN ('uuid', 'text')
       AND table_name NOT LIKE 'pgqueuer%' AND table_name NOT LIKE 'journal%'
  GROUP BY table_name ORDER BY table_name
"""
_SKUS = {"exchange_sku", "substitute_sku"}
_WORDS = {"sku", "location", "sscc", *_SKUS}


def place(url: str, key: str) -> None:
    """Orders that nobody has worked off, of whatever is there."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as shop:
        goods = [
            each for each in shop.get("/api/v1/products").json()["items"] if each["kind"] == "goods" and each["active"]
        ]
        for number in range(OPEN):
            order = {
                "channel": "phone",
                "reference": f"fuzz-{number}",
                "currency": goods[0]["currency"],
                "contact": {
                    "name": "Ann Example",
                    "email": "ann@example.com",
                    "phone": "+49 30 901820",
                    "street": "Unter den Linden 1",
                    "city": "Berlin",
                    "postal_code": "10117",
                    "country": "DE",
                },
                "lines": [{"sku": each["sku"], "quantity": 2} for each in goods[number : number + 2]],
                "tenders": [{"method": "card", "source": "card-good" if number % 2 else "card-declined"}],
            }
            answer = shop.post("/api/v1/orders", json=order, headers={"Idempotency-Key": f"fuzz-{number}"})
            assert answer.is_success, answer.text


async def known(dsn: str, names: set[str]) -> dict[str, list[str]]:
    """Values in the database by the names that the API has for them: of some orders, and of what belongs to none."""
    found: dict[str, list[str]] = {}
    db = await asyncpg.connect(dsn)
    try:
        orders = [row[0] for row in await db.fetch(_ORDERS, OPEN, CLOSED)]
        for table, columns in await db.fetch(_COLUMNS):
            owner = "id" if table == "orders" else "order_id" if "order_id" in columns else None
            for column in columns:
                name = f"{table.removesuffix('s')}_id" if column == "id" else column
                if name in names:
                    rows = await db.fetch(_values(table, column, owner), *([orders] if owner else []))
                    found.setdefault(name, []).extend(row[0] for row in rows)
    finally:
        await db.close()
    found |= dict.fromkeys(_SKUS, found["sku"])
    return {name: list(dict.fromkeys(values))[:MOST] for name, values in found.items() if values}


def _values(table: str, column: str, owner: str | None) -> str:
    where = f"{owner} = ANY($1)" if owner else "true"
    return f'SELECT "{column}"::text FROM {table} WHERE {where} AND "{column}"::text <> \'\' GROUP BY 1 LIMIT {MOST}'


def names_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The parameters and the fields of bodies that name things, by how schemathesis calls them."""
    found: dict[str, str] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if "name" in parameter and _is_name(parameter["name"]):
                    found[f"{parameter['in']}.{parameter['name']}"] = parameter["name"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for path in _fields(content["schema"], document, "body", 0):
                    if _is_name(path.rpartition(".")[2]):
                        found[path] = path.rpartition(".")[2]
    return found


def _is_name(field: str) -> bool:
    return field.endswith("_id") or field in _WORDS


def _fields(schema: Mapping[str, Any], document: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _fields(each, document, path, depth)
    if "items" in schema:
        yield from _fields(schema["items"], document, f"{path}[*]", depth)
    if depth < 3:  # deeper ones name nothing
        for name, field in schema.get("properties", {}).items():
            yield f"{path}.{name}"
            yield from _fields(field, document, f"{path}.{name}", depth + 1)


class Config(msgspec.Struct):
    """What schemathesis is told: half of the names are known ones, and what ends keys has one of its own."""

    key: str
    revoking: str  # may do less than `key`, so it cannot end that
    names: dict[str, str] = {}
    known: dict[str, list[str]] = {}

    def written(self) -> str:
        """The file `schemathesis.toml`."""
        lines = ["[headers]", f"Authorization = {_text(f'Bearer {self.key}')}"]
        for name, values in self.known.items():
            lines += [f"[dictionaries.{name}]", f"values = [{', '.join(map(_text, values))}]"]
        lines.append("[parameters]")
        for path, name in self.names.items():
            if name in self.known:
                lines.append(f'{_text(path)} = {{ dictionary = "{name}", probability = 0.5 }}')
        lines += ["[[operations]]", 'include-operation-id = "staff_revoke_api_key"']
        lines.append(f"headers = {{ Authorization = {_text(f'Bearer {self.revoking}')} }}")
        return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return msgspec.json.encode(value).decode()
