"""The currencies of a policy's amounts: each is one that exists, and each amount says its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from purveyor.core.currencies import CURRENCIES
from purveyor.core.money import A_CURRENCY
from purveyor.core.refusals import Invalid

AMOUNTS: Final = ("shipping", "risk", "payment", "returns")  # policies that have some
_OF_MONEY: Final = ("amount", "first_order")  # tests of orders that are held against an amount


def check_currencies(name: str, data: Any) -> None:
    """Refuses with `Invalid`, which says where, a currency that is not in use."""
    found = [("data", data)] if name == "currency" else _currencies(data, "data")
    for field, currency in found:
        if currency and currency not in CURRENCIES:
            raise Invalid(field=field, found=currency, expected=A_CURRENCY)


def _currencies(data: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "currency":
                yield f"{where}.{key}", value
            else:
                yield from _currencies(value, f"{where}.{key}")
    elif isinstance(data, list | tuple):
        for number, value in enumerate(data, 1):
            yield from _currencies(value, f"{where}[{number}]")


def with_currencies(name: str, data: Any, currency: str) -> Any:
    """The document with a currency beside every amount that says none, so that it stays what was meant."""
    match name:
        case "shipping" if data.get("options"):
            return {**data, "options": [_said(each, currency) for each in data["options"]]}
        case "risk" if data.get("rules"):
            rules = [_said(each, currency) if each.get("test") in _OF_MONEY else each for each in data["rules"]]
            return {**data, "rules": rules}
        case "payment":
            return _said(data, currency)
        case "returns":
            return [_said(each, currency) for each in data]
        case _:
            return data


def _said(row: dict[str, Any], currency: str) -> dict[str, Any]:
    return row if row.get("currency") else {**row, "currency": currency}
