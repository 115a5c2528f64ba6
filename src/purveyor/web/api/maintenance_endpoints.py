"""A write that is no command: something done to the machinery, not to the business."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.web.api.command_endpoints import ROOT, idempotency_key
from purveyor.web.handling import AnyRequest, WebContext, handler, json_answer
from purveyor.web.http.app_context import House
from purveyor.web.http.request_bodies import read_parameters


class MaintenanceEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Doing it twice does no more than doing it once; the key is asked for as with every write."""

    path: str
    do: Callable[[House, Any], Awaitable[Any]]
    answer: Any
    scope: str
    summary: str
    parameters: type[msgspec.Struct]


def maintenance_handler(desk: WebContext, task: MaintenanceEndpoint) -> HTTPRouteHandler:
    """The route of a write that is no command."""

    async def act(request: AnyRequest) -> ASGIResponse:
        await desk.keys.admit(request.headers.get("authorization"), task.scope)
        idempotency_key(request.headers.get("idempotency-key"))
        parameters = read_parameters(task.parameters, {**request.query_params, **request.path_params})
        return json_answer(msgspec.json.encode(await task.do(desk.house, parameters)))

    return handler(desk, "POST", ROOT + task.path, act)
