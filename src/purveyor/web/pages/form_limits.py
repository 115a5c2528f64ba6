"""How large a form may be, looked at before it is taken apart: parsing is work that a stranger can ask for."""

from __future__ import annotations

from purveyor.web.handling import AnyRequest
from purveyor.web.http.problem_details import Problem

LARGEST_FORM = 128 * 1024  # bytes: a text of 10,000 letters, each written as nine
LARGEST_OF_STAFF = 1024 * 1024
LARGEST_WITH_FILE = 4 * 1024 * 1024
MOST_FIELDS = 1_000
MOST_OF_STAFF = 10_000
LONGEST_NUMBER = 20


async def check_size(request: AnyRequest, *, is_staff: bool, takes_files: bool) -> None:
    """Raises `Problem`: 413 for a form that is too large or has too many fields, 415 for files where none belong."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        if not takes_files:
            raise Problem(415, "unsupported_media_type", "This form takes no files.")
        _check_bytes(_said(request), LARGEST_WITH_FILE)
        return
    largest = LARGEST_OF_STAFF if is_staff else LARGEST_FORM
    _check_bytes(_said(request), largest)
    body = await request.body()
    _check_bytes(len(body), largest)
    most = MOST_OF_STAFF if is_staff else MOST_FIELDS
    if body.count(b"&") >= most:
        raise Problem(413, "too_many_fields", f"The form has more than {most:,} fields.")


def _said(request: AnyRequest) -> int:
    """The length that was announced; 0 where it was not."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < LONGEST_NUMBER else 0


def _check_bytes(found: int, largest: int) -> None:
    if found > largest:
        raise Problem(413, "form_too_large", f"The form is larger than {largest // 1024} KiB.")
