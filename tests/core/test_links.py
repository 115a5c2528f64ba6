"""Where a link on our pages may lead."""

from __future__ import annotations

import pytest

from purveyor.core.links import safe_link


@pytest.mark.parametrize(
    "url", ["https://bank.example/3ds?a=1#b", "http://127.0.0.1:1/x", "HTTPS://bank.example", "/o/token/bank/1", "/"]
)
def test_addresses_of_the_web_and_paths_of_ours_are_links(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "https:", "https://",
        "data:text/html,x", "vbscript:x", "file:///etc/hosts", "//evil.example", "/\\evil.example", "/\t/evil.example",
        "https:\\\\evil.example", "https:///evil.example", "ftp://bank.example", "bank.example", "https://bank.example/\nx",
        "https://bank.example/x\n",
    ],
)  # fmt: skip
def test_nothing_else_is_a_link(url: str) -> None:
    assert safe_link(url) == ""
