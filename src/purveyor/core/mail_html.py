"""The HTML part of a mail: one layout for all of them, made of a few kinds of blocks. Everything is escaped here.

It loads nothing from anywhere, so that opening a mail tells nobody. Mail programs know little CSS: what matters stands
in the elements themselves, tables lay out, and one small style sheet serves those that show mails on a dark ground.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Final, NamedTuple, TypeAlias

import msgspec

_FONT: Final = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_CELL: Final = "padding:8px 0;border-bottom:1px solid #e6eaf0;font-size:16px;line-height:1.4;color:#182433"
_DARK: Final = (
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "@media (prefers-color-scheme:dark){"
    ".ground{background:#111827 !important}.card{background:#1f2937 !important;border-color:#374151 !important}"
    ".ink{color:#f3f4f6 !important}.soft{color:#b6bdc9 !important}.rule{border-color:#374151 !important}}"
)


class Paragraph(msgspec.Struct, frozen=True):
    text: str


class Row(msgspec.Struct, frozen=True):
    """A label and what belongs to it, such as a thing and its price."""

    label: str
    value: str
    is_sum: bool = False


class Table(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...]


class Button(msgspec.Struct, frozen=True):
    """Where to go on. `url` is one of our own addresses."""

    text: str
    url: str


Block: TypeAlias = Paragraph | Table | Button


def blocks_of(text: str, url: str = "", label: str = "") -> list[Block]:
    """A plain text as blocks: its paragraphs, and a button for the one that is an address."""
    parts = [part for part in (part.strip() for part in text.split("\n\n")) if part]
    return [Button(label, url) if url and part == url else Paragraph(part) for part in parts]


def mail_html(subject: str, language: str, shop: str, blocks: Iterable[Block], small: Sequence[str] = ()) -> str:
    """The whole document. `small` are the lines below: who writes, and how to reach them."""
    layout = _layout(language, shop, tuple(small))
    body = "".join(map(_block, blocks))
    return f"{layout.to_title}{escape(subject)}{layout.to_heading}{_lines(subject)}{layout.to_body}{body}{layout.end}"


class _Layout(NamedTuple):
    """What all mails of a shop share: up to the title, from there to the heading, to the body, and after it."""

    to_title: str
    to_heading: str
    to_body: str
    end: str


@lru_cache(maxsize=64)
def _layout(language: str, shop: str, small: tuple[str, ...]) -> _Layout:
    signed = "<br>".join(_lines(line) for line in small if line)
    return _Layout(
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        "<title>",
        f"</title><style>{_DARK}</style></head>\n"
        f'<body class="ground" style="margin:0;padding:0;background:#f4f6fa;{_FONT}">\n'
        '<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0"'
        ' style="background:#f4f6fa"><tr><td align="center" style="padding:24px 12px">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px">\n'
        f'<tr><td class="ink" style="padding:0 8px 16px;font-size:18px;font-weight:600;color:#182433">'
        f"{_lines(shop)}</td></tr>\n"
        '<tr><td class="card" style="padding:28px 24px 20px;background:#ffffff;border:1px solid #dfe4ec;'
        'border-radius:8px">\n'
        '<h1 class="ink" style="margin:0 0 20px;font-size:22px;line-height:1.3;color:#182433">',
        "</h1>\n",
        "</td></tr>\n"
        '<tr><td class="soft" style="padding:16px 8px;font-size:13px;line-height:1.6;color:#5b6677">'
        f"{signed}</td></tr>\n"
        "</table>\n</td></tr></table>\n</body></html>\n",
    )


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return (
                '<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.55;color:#182433">'
                f"{_lines(text)}</p>\n"
            )
        case Table(rows):
            return (
                '<table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px;'
                f'border-collapse:collapse">{"".join(_row(row) for row in rows)}</table>\n'
            )
        case Button(text, url):
            return (
                '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 16px">'
                '<tr><td bgcolor="#066fd1" style="border-radius:6px;background:#066fd1">'
                f'<a href="{escape(url)}" style="display:inline-block;padding:12px 22px;font-size:16px;font-weight:600;'
                f'color:#ffffff;text-decoration:none">{escape(text)}</a></td></tr></table>\n'
            )


def _row(row: Row) -> str:
    weight = "600" if row.is_sum else "400"
    cell = f"{_CELL};font-weight:{weight}"
    return (
        f'<tr><th scope="row" class="ink rule" align="left" valign="top" style="{cell}">{_lines(row.label)}</th>'
        f'<td class="ink rule" align="right" valign="top" style="{cell};padding-left:16px">{_lines(row.value)}</td>'
        "</tr>"
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
