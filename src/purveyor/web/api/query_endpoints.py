"""The one machinery that makes an endpoint of a query: parameters as a struct in, a struct out as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import shortened
from purveyor.web.api.command_endpoints import ROOT
from purveyor.web.auth.api_keys import Caller
from purveyor.web.handling import AnyRequest, WebContext, handler, json_answer
from purveyor.web.http.app_context import House
from purveyor.web.http.problem_details import Problem
from purveyor.web.http.request_bodies import read_parameters
from purveyor.web.reading.private_texts import in_json, with_private_texts

T = TypeVar("T")
Find = Callable[[House, Any], Awaitable[Any]]
FindFor = Callable[[House, Any, Caller], Awaitable[Any]]


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class QueryEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A question and the address at which it is asked. Path and query parameters are the fields of `parameters`.

    `find_for` is for what depends on who asks: it is given the caller too, and answers what that one may see.
    """

    path: str
    answer: Any
    scope: str
    summary: str
    parameters: type[msgspec.Struct] = NoParameters
    find: Find | None = None
    find_for: FindFor | None = None
    tells_reasons: bool = True  # what people have written, and not only that it stands apart


def query_handler(desk: WebContext, read: QueryEndpoint) -> HTTPRouteHandler:
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
            body = await with_private_texts(desk.house.read, body, in_json)
        return json_answer(body)

    return handler(desk, "GET", ROOT + read.path, look)
