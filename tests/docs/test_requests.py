"""Every request that the documents show has an address of the API and a body that it takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from purveyor.web.api.command_endpoints import ROOT as API, Endpoint
from purveyor.web.api.routes import SECTIONS
from purveyor.web.http.request_bodies import BodyReader
from tests.docs.pages import PAGES, code, name_of, shell_lines

ENDPOINTS = [endpoint for section in SECTIONS for endpoint in section.endpoints]
READS = [read for section in SECTIONS for read in section.reads]


def pattern_of(path: str) -> re.Pattern[str]:
    """`/orders/{order_id:uuid}` as what may stand in a document: a value, or the name in braces."""
    return re.compile(API + re.sub(r"\{\w+:\w+\}", "[^/]+", path))


def endpoint_at(url: str) -> Endpoint | None:
    path = urlsplit(url).path
    return next((each for each in ENDPOINTS if pattern_of(each.path).fullmatch(path)), None)


def requests() -> Iterator[tuple[Path, str, Any]]:
    for page in PAGES:
        for line in shell_lines(page):
            words = shlex.split(line)
            if words[0] == "curl":
                body = words[words.index("-d") + 1] if "-d" in words else None
                yield page, next(word for word in words if word.startswith("http")), body


@pytest.mark.parametrize(
    ("page", "url", "body"), list(requests()), ids=lambda value: name_of(value) if isinstance(value, Path) else ""
)
def test_shown_requests_fit_the_api(page: Path, url: str, body: str | None) -> None:
    if body is None:
        path = urlsplit(url).path
        assert any(pattern_of(read.path).fullmatch(path) for read in READS), url
        return
    endpoint = endpoint_at(url)

    assert endpoint is not None, url
    BodyReader(endpoint.body).read(body.encode())


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_addresses_in_the_text_exist(page: Path) -> None:
    for text in code(page):
        verb, _, path = text.partition(" ")
        if verb == "POST":
            assert endpoint_at(path) is not None, text
        elif verb == "GET" and path.startswith(API):
            assert any(pattern_of(read.path).fullmatch(urlsplit(path).path) for read in READS), text


def test_there_are_requests() -> None:
    assert len(list(requests())) > 4
    assert msgspec.json.decode(next(requests())[2] or "{}")
