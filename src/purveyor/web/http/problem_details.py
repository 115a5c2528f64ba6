"""Every error as problem details (RFC 9457): a stable code, a sentence, the data, what is possible instead."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.exceptions import HTTPException
from litestar.response import Response
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Refusal, wanted
from purveyor.db.outages import is_gone
from purveyor.db.reader import NotHeld
from purveyor.engine.answers import Refused
from purveyor.engine.committer import Overloaded, Undecided

MEDIA_TYPE = "application/problem+json"


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why it did not work. `code` is stable, `detail` is for people, `data` holds what the sentence speaks of."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    data: dict[str, Any] = {}
    instead: tuple[str, ...] = ()  # actions that are possible in its place


class Problem(Exception):  # noqa: N818 (it is an answer, not an error)
    """Something is wrong with the request, or with the hour. Raised anywhere, answered as problem details."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        data: dict[str, Any] | None = None,
        instead: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.details = ProblemDetails(
            type=f"urn:purveyor:problem:{code}",
            title=code.replace("_", " ").capitalize(),
            status=status,
            code=code,
            detail=detail,
            data=data or {},
            instead=instead,
        )
        self.body = msgspec.json.encode(self.details)

    @property
    def framework_response(self) -> Response[bytes]:
        """For Litestar's own error handling, which wants a response that is not made yet."""
        return Response(self.body, status_code=self.status, media_type=MEDIA_TYPE, headers=self.headers)

    @property
    def response(self) -> ASGIResponse:
        return ASGIResponse(
            body=self.body, status_code=self.status, media_type=MEDIA_TYPE, headers=self.headers, encoding="utf-8"
        )


def refused(refusal: Refused) -> Problem:
    """A refusal as it was answered first, and is answered again."""
    return Problem(refusal.status, refusal.code, refusal.sentence, data=refusal.data, instead=refusal.instead)


def problem_of(error: Exception) -> Problem | None:  # noqa: PLR0911 (one for each kind)
    """The problem that an exception stands for; None for a bug."""
    match error:
        case Problem():
            return error
        case Refusal():
            return refused(Refused.of(error))
        case Overloaded():
            return Problem(
                503,
                "overloaded",
                "Too many commands are waiting. Nothing was done: send the same request again, with the same key.",
                headers={"Retry-After": str(error.retry_after_s)},
            )
        case Undecided():
            return Problem(
                503,
                "undecided",
                "The database did not answer in time. Send the same request again, with the same key, to learn what "
                "became of it.",
                headers={"Retry-After": "2"},
            )
        case HTTPException():
            return _of_framework(error)
        case NotHeld():
            return Problem(
                422,
                "value_not_held",
                "A value of the request can be nowhere here: it has the character U+0000 in it, or is a number that is "
                "too large.",
            )
        case _ if is_gone(error):
            return Problem(
                503,
                "database_unreachable",
                "The database does not answer at the moment. Send the same request again, with the same key.",
                headers={"Retry-After": "2"},
            )
        case _:
            return None


_SENTENCES = {
    400: wanted("The request could not be read."),
    404: wanted("There is nothing at this address."),
    405: wanted("This address does not take this method."),
    413: wanted("The body is larger than is taken here."),
}


def _of_framework(error: HTTPException) -> Problem | None:
    status = error.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    code = HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    return Problem(status, code, _SENTENCES.get(status, error.detail), headers=error.headers)


def bug(error_id: str) -> Problem:
    """All that a caller learns about a bug: the number under which the log has the rest."""
    return Problem(
        500,
        "internal_error",
        "Something went wrong on our side. Nothing was changed.",
        data={"error_id": error_id},
    )
