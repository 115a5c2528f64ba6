"""Takes out of a command what the journal must not repeat, before it is decided."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any, Final

import msgspec
import msgspec.inspect

from purveyor.core.messages import Call, Command, Fact
from purveyor.core.reason_texts import KNOWN, REASONS, reference, referred
from purveyor.core.rows import PrivateText, Row
from purveyor.core.state import State

PEOPLE: Final = ("staff", "key", "customer")  # kinds of actors whose words are their own
OURS: Final = ("job", "system")
# As what a text is kept, where that is not the name of its field. A document that an order came from is a source too.
KEPT_AS: Final = {"source": "payment_source", "place": "scan_words", "carrier_status": "scan_words"}


def is_ours(actor: str) -> bool:
    """Whether a command is made by a job or a sweep, which hand on what stands in rows, references too."""
    return actor.partition(":")[0] in OURS


def extract_sensitive(command: Command, call: Call) -> tuple[Command, list[PrivateText]]:
    """The command with references in the place of its private texts, and these texts, of nobody yet."""
    texts: list[PrivateText] = []
    changed: dict[str, Any] = {}
    for name, inner in _paths(type(command)):
        value = changed.get(name, getattr(command, name))  # parts may hold more than one text
        if inner and isinstance(value, tuple):
            if any(map(attrgetter(inner), value)):
                changed[name] = tuple(
                    msgspec.structs.replace(each, **{inner: _kept(inner, getattr(each, inner), call, texts)})
                    for each in value
                )
        elif not inner and isinstance(value, str):
            changed[name] = _kept(name, value, call, texts)
    return (msgspec.structs.replace(command, **changed), texts) if texts else (command, texts)


@cache
def _paths(kind: type[Command]) -> tuple[tuple[str, str], ...]:
    """The fields of a command that hold private texts, and where in its parts they do."""
    paths = [tuple(path.partition(".")[::2]) for path in kind.apart]
    there = [(name, inner) for name, inner in paths if name in kind.__struct_fields__]
    return tuple((name, inner) for name, inner in there if inner or not _is_choice(kind, name))


def _is_choice(kind: type[Command], name: str) -> bool:
    """Whether a field takes one of some words of ours: such a word is nobody's text, and must stay what it is."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    found = next(field.type for field in info.fields if field.name == name)
    return isinstance(found, msgspec.inspect.LiteralType)


def _kept(name: str, value: str, call: Call, texts: list[PrivateText]) -> str:
    """The text, or a reference to where it stands from now on."""
    if not value or referred(value) is not None:
        return value
    if name in REASONS and (value in KNOWN or call.actor.partition(":")[0] not in PEOPLE):
        return value
    texts.append(PrivateText(call.ids.new(), None, None, KEPT_AS.get(name, name), value))
    return reference(texts[-1].id)


def owned(texts: list[PrivateText], command: Command, made: list[Fact | Row], state: State) -> list[PrivateText]:
    """The texts as those of the order or customer that they are about, with whom they are erased."""
    order_id = next((each.order_id for each in made if isinstance(each, Fact) and each.order_id), None)
    order_id = order_id or getattr(command, "order_id", None)
    customer_id = getattr(command, "customer_id", None)
    book = state.books.get(order_id) if order_id is not None else None
    if book is not None:
        customer_id = book.order.customer_id
    for text in texts:
        text.order_id, text.customer_id = order_id, customer_id
    return texts


def split(texts: list[PrivateText]) -> tuple[list[PrivateText], list[PrivateText]]:
    """Reasons, and the others: what somebody gave as a reason may find its way into no fact at all."""
    return [text for text in texts if text.what in REASONS], [text for text in texts if text.what not in REASONS]


def referred_to(texts: list[PrivateText], facts: list[Fact]) -> list[PrivateText]:
    """Those that a fact refers to. A text that nothing leads to would never be erased."""
    if not texts:
        return []
    said = msgspec.json.encode(facts)
    return [text for text in texts if reference(text.id).encode() in said]
