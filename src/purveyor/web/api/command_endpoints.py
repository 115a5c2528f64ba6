"""The one machinery that makes an endpoint of a command: key, body, preview, answer to the letter."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.core.messages import Command
from purveyor.core.refusals import shortened
from purveyor.core.state import Book
from purveyor.engine.answers import CommandResult, KeyReused
from purveyor.ports.errors import TemporaryFailure
from purveyor.secret_key import SecretKey
from purveyor.web.auth.api_keys import Caller
from purveyor.web.auth.code_attempts import COUNTED_ATTEMPTS
from purveyor.web.handling import AnyRequest, WebContext, handler, json_answer
from purveyor.web.http.app_context import House
from purveyor.web.http.problem_details import Problem, refused
from purveyor.web.http.request_bodies import BodyReader, body_of

ROOT = "/api/v1"
LONGEST_GIVEN_KEY = 128
REPLAYED = {"Idempotent-Replayed": "true"}
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")

Trial = Callable[[Book], Iterable[Command]]
Check = Callable[[Caller, Any], None]
CheckRows = Callable[[House, Caller, Any], Awaitable[None]]


class ExtraScope(msgspec.Struct, frozen=True):
    """A scope that a command asks for beside the endpoint's own, when what is in it `fits`."""

    scope: str
    fits: Callable[[Any], bool]


class Generated(msgspec.Struct, frozen=True):
    """What we make up for a command: values of its fields, and what is shown of it, with the first answer and later."""

    values: dict[str, Any]
    shown: dict[str, Any]
    later: dict[str, Any]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A command and the address at which it is asked.

    `{order_id:uuid}` in the path gives the field `order_id`, and so on; the other fields are the body. `tried` tells
    what a person looking at an order might ask: it is decided, without doing it, to say whether it is possible now, and
    `otherwise` is what is said where there is nothing to ask it of. `tolerates` are the refusals that only a value made
    up for the trial can draw. `check` may refuse by who asks, `check_rows` by that and by what it is about. `makes`
    fills fields (of `ours`) from the key of the request, the same for the same key, with something that nobody but the
    first to ask is shown. `also` are further scopes, for some of what may be asked here: a price of one's own, cash.
    `of_caller` fills fields (of `ours`) from who asks.
    """

    path: str
    command: type[Command]
    scope: str
    summary: str
    status: int = 200
    ours: tuple[str, ...] = ()  # fields that only the system itself fills
    tried: Trial | None = None
    otherwise: str = ""
    tolerates: tuple[str, ...] = ()
    check: Check | None = None
    also: tuple[ExtraScope, ...] = ()
    of_caller: Callable[[Caller], dict[str, Any]] | None = None
    check_rows: CheckRows | None = None
    makes: Callable[[SecretKey, str], Generated] | None = None

    @property
    def name(self) -> str:
        return self.command.kind()

    @property
    def is_guessed_at(self) -> bool:
        """Whether wrong answers are counted, so that nobody may try for free."""
        return self.command in COUNTED_ATTEMPTS

    @cached_property
    def given(self) -> tuple[str, ...]:
        """Fields that stand in the path."""
        return tuple(name for name, _ in _PARAMETER.findall(self.path))

    @cached_property
    def body(self) -> type[msgspec.Struct]:
        return body_of(self.command, (*self.given, *self.ours))

    def lacks(self, command: Command, may: Callable[[str], bool]) -> str:
        """The first scope that this very command asks for and whoever asks has not; "" when there is none."""
        return next((each.scope for each in self.also if each.fits(command) and not may(each.scope)), "")

    def path_of_order(self, order_id: UUID) -> str:
        """The path for an order, with what is still unknown in braces."""
        path = _PARAMETER.sub(r"{\1}", self.path)
        return ROOT + path.replace("{order_id}", str(order_id))

    def address(self, command: Command) -> str:
        """The path with the values of a command."""
        return ROOT + _PARAMETER.sub(lambda match: str(getattr(command, match[1])), self.path)


def command_handler(desk: WebContext, endpoint: Endpoint) -> HTTPRouteHandler:
    """The route of a command."""
    read_body = BodyReader(endpoint.body).read
    note = desk.metrics.outcomes(endpoint.name)
    given = endpoint.given
    make = endpoint.command

    async def ask(request: AnyRequest) -> ASGIResponse:
        headers = request.headers
        caller = await desk.keys.admit(headers.get("authorization"), endpoint.scope)
        dry_run = is_dry_run(request)
        if dry_run and endpoint.is_guessed_at:
            raise Problem(
                422, "no_dry_run", "This cannot be tried: it counts wrong answers, and a trial counts nothing."
            )
        key = "" if dry_run else idempotency_key(headers.get("idempotency-key"))
        check_media_type(headers)
        values = read_body(await request.body())
        for name in given:
            values[name] = request.path_params[name]
        made = _made(desk, endpoint, own_key(caller, key))
        if endpoint.of_caller is not None:
            values |= endpoint.of_caller(caller)
        command = make(**values, **made.values)
        await _check(desk, endpoint, caller, command)
        try:
            if dry_run:
                preview = await desk.house.committer.preview(command, actor=caller.actor)
                note("previewed")
                return json_answer(msgspec.json.encode(preview))
            answer = await desk.guesses.submit(command, key=own_key(caller, key), actor=caller.actor)
        except TemporaryFailure:
            note("failed")
            raise
        note("replayed" if answer.repeated else "accepted" if answer.accepted else "refused")
        return _answered(_with(answer, made), endpoint.status, own_key(caller, ""))

    return handler(desk, "POST", ROOT + endpoint.path, ask)


async def _check(desk: WebContext, endpoint: Endpoint, caller: Caller, command: Command) -> None:
    """Raises `Problem` (403) for what this caller may not ask in this way or of these rows."""
    caller.check(endpoint.lacks(command, caller.may))
    if endpoint.check is not None:
        endpoint.check(caller, command)
    if endpoint.check_rows is not None:
        await endpoint.check_rows(desk.house, caller, command)


NOTHING = Generated({}, {}, {})


def _made(desk: WebContext, endpoint: Endpoint, key: str) -> Generated:
    return endpoint.makes(desk.sessions.seal, key) if endpoint.makes is not None else NOTHING


def _with(given: CommandResult, made: Generated) -> CommandResult:
    """The answer with what was made for it, which is kept nowhere."""
    if made is NOTHING or not given.accepted:
        return given
    answer = given.answer
    reply = answer.reply | (made.later if given.repeated else made.shown)
    return msgspec.structs.replace(given, body=msgspec.json.encode(msgspec.structs.replace(answer, reply=reply)))


def _answered(given: CommandResult, status: int, before_key: str) -> ASGIResponse:
    """The first answer, to the letter, whether it was a yes or a no."""
    headers = REPLAYED if given.repeated else {}
    if given.accepted:
        return json_answer(given.body, status, headers)
    refusal = given.answer.refusal
    assert refusal is not None, "what is not accepted is refused"
    if refusal.code == KeyReused.code:  # tell the key as the caller knows it
        key = str(refusal.data["key"]).removeprefix(before_key)
        return refused_as(KeyReused(key=key), headers)
    problem = refused(refusal)
    problem.headers.update(headers)
    return problem.response


def refused_as(refusal: KeyReused, headers: dict[str, str]) -> ASGIResponse:
    return Problem(refusal.status, refusal.code, str(refusal), data=refusal.data, headers=headers).response


def own_key(caller: Caller, key: str) -> str:
    """Keys of different callers, and those of our own jobs, never meet."""
    return f"{caller.actor}:{key}"


def idempotency_key(found: str | None) -> str:
    if not found or found.isspace():
        raise Problem(
            400,
            "idempotency_key_missing",
            "A write needs the header Idempotency-Key: a new value for each new request, the same one when it is sent "
            "again.",
        )
    if len(found) > LONGEST_GIVEN_KEY or not found.isprintable():
        raise Problem(
            400,
            "idempotency_key_invalid",
            f"An Idempotency-Key has 1 to {LONGEST_GIVEN_KEY} printable characters.",
        )
    return found


def is_dry_run(request: AnyRequest) -> bool:
    """Whether `?dry_run=true` was asked. Anything else there is refused: a typo must not do what was to be tried."""
    if not request.scope["query_string"]:
        return False
    values = request.query_params.dict()
    unknown = [name for name in values if name != "dry_run"]
    if unknown:
        raise Problem(
            422,
            "invalid_parameter",
            f"{shortened(unknown[0])} is not known here. What is known: dry_run.",
            data={"field": unknown[0], "expected": "dry_run"},
        )
    match values["dry_run"]:
        case ["true"]:
            return True
        case ["false"]:
            return False
        case found:
            raise Problem(
                422,
                "invalid_parameter",
                f"dry_run must be true or false; you sent {shortened(', '.join(map(str, found)))}.",
                data={"field": "dry_run", "found": found, "expected": "true or false"},
            )


def check_media_type(headers: Mapping[str, str]) -> None:
    """Bodies are JSON in UTF-8, and not packed. Raises `Problem` (415)."""
    found = headers.get("content-type", "")
    kind, _, parameters = found.partition(";")
    if kind.strip().lower() not in ("application/json", ""):
        raise Problem(415, "unsupported_media_type", f"The body is {shortened(found)}, expected application/json.")
    charset = _CHARSET.search(parameters)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        raise Problem(415, "unsupported_charset", f"The body is in {shortened(charset[1])}, expected utf-8.")
    packed = headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", ""):
        raise Problem(415, "unsupported_encoding", f"The body is packed as {shortened(packed)}, expected it as it is.")


def each(kind: type[Any], make: Callable[[Any], Command | None]) -> Trial:
    """To be tried for every row of a kind that an order has; None where a row is no question."""

    def tried(book: Book) -> Iterable[Command]:
        for row in book.rows(kind).values():
            command = make(row)
            if command is not None:
                yield command

    return tried


def once(make: Callable[[UUID], Command]) -> Trial:
    """To be tried once, for the order itself."""
    return lambda book: (make(book.order.id),)
