"""Labels are shown and saved under kinds that we know, whatever a carrier calls them."""

from __future__ import annotations

import pytest

from purveyor.stages.shipping.label_files import is_picture, known_document, known_kind


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "text/plain;charset=utf-8", "APPLICATION/ZPL"])
def test_a_known_kind_stays_what_it_is(kind: str) -> None:
    assert known_kind(kind) == kind
    assert known_document(f"data:{kind};base64,QUJD") == f"data:{kind};base64,QUJD"


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "text/html,<script>", "text/plain,x", "", "x"])
def test_any_other_kind_is_a_file_to_be_saved_and_keeps_its_content(kind: str) -> None:
    assert known_kind(kind) == "application/octet-stream"
    kept = known_document(f"data:{kind};base64,QUJD")
    assert kept.startswith("data:application/octet-stream;base64,")


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "https://evil.example/x", "data:text/html,<b>", ""])
def test_what_is_no_document_is_no_link(uri: str) -> None:
    assert known_document(uri) == "data:application/octet-stream;base64,"


def test_pictures_are_those_that_cannot_run() -> None:
    assert is_picture("data:image/png;base64,QUJD")
    assert not is_picture("data:image/svg+xml;base64,QUJD")
    assert not is_picture("data:application/pdf;base64,QUJD")
