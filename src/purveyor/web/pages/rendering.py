"""Templates with everything that they may ask for: texts, formats, icons, addresses of assets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from purveyor.core.currency_format import amount_text, typed_amount
from purveyor.core.reason_templates import taken_apart
from purveyor.web.pages import assets, barcodes, formats, names
from purveyor.web.pages.field_bounds import Bounds, bounds_at, fitting
from purveyor.web.pages.labels import lookup
from purveyor.web.pages.labels.hold_reasons import NOBODY
from purveyor.web.pages.legal import legal_links
from purveyor.web.pages.tables import labeled_cells
from purveyor.web.pages.translations import LANGUAGES

TEMPLATES = Path(__file__).parent.parent / "templates"
Formatter = Callable[..., Any]


@cache
def environment() -> Environment:
    """The one environment. Output is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"icon": icon, "asset": assets.url, "LANGUAGES": LANGUAGES, "legal_links": legal_links}
    made.globals |= {"bounds": _bounds, "bounds_of_field": _bounds_of_field}
    made.filters |= {
        "money": _money,
        "typed_amount": _typed_amount,
        "amount_text": _amount_text,
        "number": _number,
        "percent": _percent,
        "rate": _rate,
        "kilograms": _kilograms,
        "datetime": _datetime,
        "date": _date,
        "time": _time,
        "moments": _moments,
        "lately": _lately,
        "day_name": _day_name,
        "ago": _ago,
        "age": _age,
        "on_the_wall": _on_the_wall,
        "label": _label,
        "labeled_cells": labeled_cells,
        "reason": _reason,
        "own_reason": _own_reason,
        "label_pairs": _label_pairs,
        "label_options": _label_options,
        "same_pairs": lambda words: [(word, word) for word in words],
        "tone": lookup.tone,
        "json_text": json_text,
        "code128": lambda value: barcodes.code128(str(value)),
        "gs1_128": barcodes.gs1_128_sscc,
        "country": _country,
        "location": _location,
        "tax_class": _tax_class,
        "tax_class_pairs": _tax_class_pairs,
        "carrier": names.carrier_name,
        "qr": barcodes.qr,
    }
    return made


def _bounds(path: str, kind: str = "text") -> Markup:
    """Attributes of a field that no macro makes."""
    return Markup("").join(Markup(' {}="{}"').format(*each) for each in fitting(bounds_at(path), kind).items())


def _bounds_of_field(path: str, kind: str, bounded: Bounds) -> Bounds:
    return fitting(bounds_at(path) if path else bounded, kind)


def icon(name: str, css: str = "", title: str = "") -> Markup:
    """A picture from the sprite. Without a title it is decoration, and screen readers pass it by."""
    said = Markup('role="img" aria-label="{}"').format(title) if title else Markup('aria-hidden="true"')
    return Markup('<svg class="icon {}" {}><use href="{}#{}"></use></svg>').format(
        css, said, assets.url("icons.svg"), name
    )


def json_text(value: Any) -> str:
    """For `data-` attributes: Jinja escapes it."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    message = f"{type(value).__name__} is not for JSON"
    raise TypeError(message)


@pass_context
def _gettext(context: Context, text: str) -> str:
    return str(context["ctx"].translations.gettext(text))


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return str(context["ctx"].translations.ngettext(one, many, count))


@pass_context
def _money(context: Context, minor: int | None, currency: str) -> str:
    return "" if minor is None else formats.money(minor, currency, context["ctx"].locale)


@pass_context
def _typed_amount(context: Context, minor: int, currency: str) -> str:
    return typed_amount(minor, currency, context["ctx"].locale)


@pass_context
def _amount_text(context: Context, said: str) -> str:
    return amount_text(said, context["ctx"].locale)


@pass_context
def _country(context: Context, code: str) -> str:
    """The name of a country by its ISO 3166-1 code; the code where the language has none."""
    return str(context["ctx"].locale.territories.get(code, code))


@pass_context
def _location(context: Context, code: str) -> str:
    return str(context["ctx"].desk.zone.location(code))


@pass_context
def _tax_class(context: Context, code: str) -> str:
    return names.tax_class_name(code, context["ctx"].translations.gettext)


@pass_context
def _tax_class_pairs(context: Context, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Choices of a field: each class, and what people read."""
    return [(code, _tax_class(context, code)) for code in codes]


@pass_context
def _number(context: Context, value: float | None) -> str:
    return "" if value is None else formats.number(value, context["ctx"].locale)


@pass_context
def _percent(context: Context, share: float | None, *, signed: bool = False) -> str:
    return "-" if share is None else formats.percent(share, context["ctx"].locale, signed=signed)


@pass_context
def _rate(context: Context, basis_points: int) -> str:
    return formats.rate(basis_points, context["ctx"].locale)


@pass_context
def _kilograms(context: Context, grams: int) -> str:
    return formats.kilograms(grams, context["ctx"].locale)


@pass_context
def _datetime(context: Context, at: datetime | None) -> Markup | str:
    """A moment, with its machine-readable form for programs and screen readers."""
    if at is None:
        return ""
    ctx = context["ctx"]
    return Markup('<time datetime="{}">{}</time>').format(
        at.isoformat(), formats.date_and_time(at, ctx.zone, ctx.locale)
    )


@pass_context
def _moments(context: Context, first: datetime, last: datetime) -> Markup | str:
    """From when to when; what would be said twice is said once: the day, or the minute as well."""
    ctx = context["ctx"]
    said = formats.date_and_time(first, ctx.zone, ctx.locale)
    if said == formats.date_and_time(last, ctx.zone, ctx.locale):
        return _datetime(context, last)
    same_day = first.astimezone(ctx.zone).date() == last.astimezone(ctx.zone).date()
    until = Markup('<time datetime="{}">{}</time>').format(last.isoformat(), formats.time(last, ctx.zone, ctx.locale))
    return Markup("{} – {}").format(_datetime(context, first), until if same_day else _datetime(context, last))  # noqa: RUF001


@pass_context
def _date(context: Context, at: datetime | date | None, form: str = "medium") -> Markup | str:
    if at is None:
        return ""
    ctx = context["ctx"]
    return Markup('<time datetime="{}">{}</time>').format(
        at.isoformat(), formats.date(at, ctx.shop_zone, ctx.locale, form)
    )


@pass_context
def _on_the_wall(context: Context, at: datetime | None) -> datetime | None:
    """A moment of the clock on the wall, by which people sign in, in the shop's own time."""
    return None if at is None else context["ctx"].shop_time(at)


@pass_context
def _day_name(context: Context, day: date) -> str:
    """A day of a calendar: Mon 2 Mar."""
    return formats.day_name(day, context["ctx"].locale)


@pass_context
def _time(context: Context, at: datetime | None) -> str:
    ctx = context["ctx"]
    return "" if at is None else formats.time(at, ctx.zone, ctx.locale)


@pass_context
def _lately(context: Context, at: datetime | None) -> Markup | str:
    """The time of a moment today, the day of one before; the exact moment when it is pointed at."""
    if at is None:
        return ""
    ctx = context["ctx"]
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(),
        formats.date_and_time(at, ctx.zone, ctx.locale),
        formats.lately(at, ctx.now, ctx.zone, ctx.locale),
    )


@pass_context
def _ago(context: Context, at: datetime | None) -> Markup | str:
    """How long ago, with the exact moment when it is pointed at."""
    if at is None:
        return ""
    ctx = context["ctx"]
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(), formats.date_and_time(at, ctx.zone, ctx.locale), formats.ago(at, ctx.now, ctx.locale)
    )


@pass_context
def _age(context: Context, since: datetime | None) -> str:
    ctx = context["ctx"]
    return "" if since is None else formats.age(since, ctx.now, ctx.locale)


@pass_context
def _label(context: Context, word: str) -> str:
    """A word of the system (a status, a stage, a kind) in the reader's language."""
    return str(context["ctx"].translations.gettext(lookup.label(word)))


@pass_context
def _own_reason(context: Context, said: str, *, is_ours: bool = False) -> str:
    """What we have written beside what others said; their own words stay as they are, unless it `is_ours` for sure."""
    ctx = context["ctx"]
    if taken_apart(said or "") is not None:
        return str(ctx.reason(said))
    return str(ctx.translations.gettext(said)) if is_ours and said else said


@pass_context
def _reason(context: Context, why: str, actors: Mapping[str, str] = NOBODY) -> str:
    return str(context["ctx"].reason(why, actors))


@pass_context
def _label_pairs(context: Context, words: Iterable[str]) -> list[tuple[str, str]]:
    """Choices of a field: each word, and what people read."""
    return [(word, _label(context, word)) for word in words]


@pass_context
def _label_options(context: Context, options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices that have a text: words of the system as people read them, others as they are."""
    return [(value, _label(context, text) if value == text else text) for value, text in options]
