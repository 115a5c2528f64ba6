"""The one machinery that makes an endpoint of a query: parameters as a struct in, a struct out as JSON."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.core.json_documents import NotJson, check_levels
from purveyor.core.refusals import shortened
from purveyor.web.bodies import read_parameters
from purveyor.web.desk import AnyRequest, Desk, handler, json_answer
from purveyor.web.endpoints import ROOT
from purveyor.web.house import House
from purveyor.web.keys import Caller
from purveyor.web.problems import Problem
from purveyor.web.referred import in_json, resolved

T = TypeVar("T")
K = TypeVar("K")
Find = Callable[[House, Any], Awaitable[Any]]
FindFor = Callable[[House, Any, Caller], Awaitable[Any]]


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some of a list; `next` goes into `after` for those that follow, and is null at the end."""

    items: Sequence[T]
    next: str | None


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A question and the address at which it is asked. Path and query parameters are the fields of `parameters`.

    `find_for` is for what depends on who asks: it is given the caller too, and answers what that one may see.
    """

    path: str
    answer: Any
    scope: str
    summary: str
    parameters: type[msgspec.Struct] = Nothing
    find: Find | None = None
    find_for: FindFor | None = None
    tells_reasons: bool = True  # what people have written, and not only that it stands apart


def read_handler(desk: Desk, read: Read) -> HTTPRouteHandler:
    """The route of a question."""
    encode = msgspec.json.Encoder().encode

    async def look(request: AnyRequest) -> ASGIResponse:
        caller = await desk.keys.admit(request.headers.get("authorization"), read.scope)
        values: dict[str, Any] = dict(request.path_params)
        if request.scope["query_string"]:
            for name, found in request.query_params.dict().items():
                if name in values or len(found) > 1:
                    raise Problem(
                        422, "invalid_parameter", f"{shortened(name)}: found more than once.", data={"field": name}
                    )
                values[name] = found[0]
        asked = read_parameters(read.parameters, values)
        if read.find_for is not None:
            body = encode(await read.find_for(desk.house, asked, caller))
        else:
            assert read.find is not None, "a question has one way to be answered"
            body = encode(await read.find(desk.house, asked))
        if read.tells_reasons:
            body = await resolved(desk.house.read, body, in_json)
        return json_answer(body)

    return handler(desk, "GET", ROOT + read.path, look)


def page(items: Sequence[T], limit: int, place: Callable[[T], Any]) -> Page[T]:
    """A page of at most `limit`, when one more than that was asked for."""
    if len(items) <= limit:
        return Page(items, None)
    return Page(items[:limit], cursor(place(items[limit - 1])))


def cursor(place: Any) -> str:
    """Where a page ends, as a text that means nothing to others."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def place_after(after: str | None, kind: Any, first: K) -> K:
    """Where the last page ended, or the `first` place. Raises `Problem` (422) for what is no cursor of ours."""
    if after is None:
        return first
    try:
        place: K = msgspec.json.decode(_opened(after), type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError, NotJson) as error:
        raise Problem(
            422,
            "invalid_parameter",
            "after: found something else than the `next` of a page of this list.",
            data={"field": "after", "found": after},
        ) from error
    return place


def _opened(after: str) -> bytes:
    """The JSON of a cursor. Raises `ValueError` and `NotJson` for what none of ours can be."""
    raw = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
    check_levels(raw)
    if b"\\u0000" in raw:
        raise NotJson("with the character U+0000")
    return raw
