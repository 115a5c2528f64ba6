"""What every handler works with, and the one frame around all of them."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any, Literal, TypeAlias

import structlog
from litestar.connection import Request
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.web.auth.api_keys import ApiKeys
from purveyor.web.auth.code_attempts import CodeAttempts
from purveyor.web.http import security_log
from purveyor.web.http.app_context import House
from purveyor.web.http.metrics import Metrics
from purveyor.web.http.problem_details import Problem, bug, problem_of
from purveyor.web.http.rate_limits import address_of
from purveyor.web.http.shop_timezone import ShopTimezone

log = structlog.get_logger()
AnyRequest: TypeAlias = "Request[Any, Any, Any]"
Work = Callable[[AnyRequest], Awaitable[ASGIResponse]]


class WebContext:
    """The house, once it is open, and who watches over its door."""

    __slots__ = ("accounts", "guesses", "house", "keys", "live", "metrics", "sessions", "shop", "sign_in", "zone")

    def __init__(self) -> None:
        self.house: House
        self.guesses: CodeAttempts
        self.keys: ApiKeys
        self.zone: ShopTimezone
        # What only pages need; `app` puts it here.
        self.sessions: Any
        self.sign_in: Any
        self.accounts: Any
        self.shop: Any
        self.live: Any
        self.metrics = Metrics()

    def open(self, house: House) -> None:
        self.house = house
        self.guesses = CodeAttempts(house)
        self.keys = ApiKeys(house)
        self.zone = ShopTimezone(house)
        self.metrics.watch(house.committer)

    def receive(self, request: AnyRequest) -> None:
        """To be told of every request before anything is done with it: what is refused says where it came from."""
        security_log.comes_from(lambda: address_of(request, self.house.settings.proxies))


def as_problem(error: Exception, path: str) -> Problem:
    """What to answer to anything that went wrong. Bugs are logged whole and told by number only."""
    problem = problem_of(error)
    if problem is None:
        error_id = uuid.uuid4().hex
        log.error("bug", path=path, error_id=error_id, exc_info=error)
        problem = bug(error_id)
    return problem


def handler(desk: WebContext, method: Literal["GET", "POST"], path: str, work: Work) -> HTTPRouteHandler:
    """A route. Litestar finds it; what is done there, and every error of it, is `work` and this frame.

    The request is read by hand, because it saves Litestar the building of arguments for each.
    """
    note = desk.metrics.timer(method, path)

    async def handle(request: AnyRequest) -> ASGIResponse:
        started = perf_counter()
        desk.receive(request)
        try:
            response = await work(request)
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller gets an answer)
            response = as_problem(error, path).response
        note(response.status_code, perf_counter() - started)
        return response

    return HTTPRouteHandler(path, http_method=method, include_in_schema=False, status_code=200)(handle)


def json_answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> ASGIResponse:
    return ASGIResponse(
        body=body, status_code=status, media_type="application/json", headers=headers or {}, encoding="utf-8"
    )
