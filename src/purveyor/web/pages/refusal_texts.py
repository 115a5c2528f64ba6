"""Refusals as people read them: the sentence in their language, and the states in it in their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from types import MappingProxyType
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from purveyor.core.currencies import CURRENCIES
from purveyor.core.locales import locale_of
from purveyor.core.money import parse_amount
from purveyor.core.reason_templates import taken_apart
from purveyor.core.refusals import Invalid, Refusal, in_words, shortened, with_amounts
from purveyor.discovery import load_stages
from purveyor.web.http.problem_details import ProblemDetails
from purveyor.web.pages import formats
from purveyor.web.pages.labels.hold_reasons import Reader, reason_of
from purveyor.web.pages.labels.lookup import LABELS, label
from purveyor.web.pages.labels.short_reasons import SHORT_REASONS
from purveyor.web.pages.names import tax_class_name
from purveyor.web.pages.things import THINGS
from purveyor.web.pages.translations import SOURCE, translations

HOLDERS = frozenset({"data", "body", "contact"})  # steps of a path that tell a person nothing
_FIELD_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")
PLACES = re.compile(r"\{\d+\}")
INNER = frozenset({"what", "why", "reason", "better"})  # values that are phrases of ours
MOST_WORDS_OF_A_CHOICE = 4  # what is longer is a sentence of its own
NO_NAMES: Mapping[str, str] = MappingProxyType({})
WRITTEN_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC")  # as rules put one into a sentence
WRITTEN_AMOUNT = re.compile(r"(?<![\w.,-])(-?\d{1,18}(?:\.\d{1,4})?) ([A-Z]{3})\b")  # as rules put one into a sentence
SENT_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})"
)  # ISO 8601, as data have it
DAY = "_day"  # how the names of values end that are days
STATE = "_status"  # how the names of values end that are states


def refusal_kinds() -> Iterator[type[Refusal]]:
    """Every kind of refusal."""
    load_stages()
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        yield kind


@cache
def _kinds() -> dict[str, type[Refusal]]:
    return {kind.code: kind for kind in refusal_kinds()}


def refusal_text(
    code: str,
    data: dict[str, Any],
    language: str,
    otherwise: str,
    names: Mapping[str, str] = NO_NAMES,
    *,
    with_sku: bool = True,
    zone: tzinfo = UTC,
    places: Mapping[str, str] = NO_NAMES,
) -> str:
    """A refusal in the language and the zone of who reads it; `otherwise` where it is none of ours, or has other data.

    `names`: of the products whose SKUs are in the data. They stand before the SKU, or alone. `places`: of locations.
    """
    if code == Invalid.code and isinstance(data.get("field"), str):
        return invalid_in_words(data, language, zone=zone)
    return with_moments(
        _sentence(code, data, language, otherwise, names, with_sku=with_sku, places=places), language, zone
    )


def with_moments(sentence: str, language: str, zone: tzinfo) -> str:
    """A sentence with the moments in it as its reader writes them."""

    def written(found: re.Match[str]) -> str:
        try:
            at = datetime.fromisoformat(found[0].replace(" UTC", "+00:00"))
        except ValueError:
            return found[0]
        return formats.date_and_time(at, zone, locale_of(language))

    return WRITTEN_MOMENT.sub(written, sentence)


def _with_amounts_in(sentence: str, language: str) -> str:
    """A sentence with the amounts in it as its reader writes them."""

    def written(found: re.Match[str]) -> str:
        minor = parse_amount(found[1], found[2]) if found[2] in CURRENCIES else None
        return found[0] if minor is None else formats.money(minor, found[2], locale_of(language))

    return WRITTEN_AMOUNT.sub(written, sentence)


def _sentence(
    code: str,
    data: dict[str, Any],
    language: str,
    otherwise: str,
    names: Mapping[str, str],
    *,
    with_sku: bool,
    places: Mapping[str, str],
) -> str:
    kind = _kinds().get(code)
    if kind is None:
        return otherwise
    named = _named(kind, data, names, with_sku=with_sku) if names else data
    named = with_amounts(kind, named, lambda minor, currency: formats.money(minor, currency, locale_of(language)))
    in_codes = {*kind.code_fields, *kind.country_fields, *kind.place_fields}
    needs_words = any(name.endswith((STATE, DAY)) or name in in_codes or isinstance(data[name], dict) for name in data)
    if language == SOURCE and not needs_words and named == data:
        return otherwise
    sentence = kind.sentence_for(data)
    reader = Reader(translations(language), locale_of(language), places)
    template = sentence if language == SOURCE else reader.translations.gettext(sentence)
    try:
        return template.format(**{name: _value(kind, name, value, reader) for name, value in named.items()})
    except (KeyError, IndexError, AttributeError, ValueError):
        return otherwise


def skus_in(code: str, data: Mapping[str, Any]) -> set[str]:
    """What may be SKUs in the data of a refusal."""
    kind = _kinds().get(code)
    found: set[str] = set()
    for name in kind.sku_fields if kind is not None else ():
        value = data.get(name)
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, (dict, list, tuple)):
            found.update(map(str, value))
    return found


def _named(kind: type[Refusal], data: dict[str, Any], names: Mapping[str, str], *, with_sku: bool) -> dict[str, Any]:
    """The data, with products by their names."""

    def named(value: Any) -> Any:
        match value:
            case str():
                name = names.get(value, value)
                return name if not with_sku or name == value else f"{name} ({value})"
            case dict():
                return {named(each): count for each, count in value.items()}
            case list() | tuple():
                return [named(each) for each in value]
            case _:
                return value

    return {name: named(value) if name in kind.sku_fields else value for name, value in data.items()}


def invalid_in_words(data: dict[str, Any], language: str, what: str = "", *, zone: tzinfo = UTC) -> str:
    """What is wrong with a field, and what would be right. `what`: the label of the field, where a form has its own."""
    words = {
        "field": what or field_in_words(data["field"], language),
        "found": phrase(str(in_words(_moment(data.get("found", "")))), language),
        "expected": expected_in_words(str(in_words(data.get("expected", ""), whole=True)), language),
        "near": str(data.get("near", "")),
    }
    sentence = translations(language).gettext(Invalid.sentence_for(data)).format(**words)
    return _with_amounts_in(with_moments(sentence, language, zone), language)


def _moment(value: Any) -> Any:
    """A moment that stands in data as text; anything else as it is."""
    if not isinstance(value, str) or SENT_MOMENT.fullmatch(value) is None:
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value


class FieldError(str):
    """What is wrong with a field; a form says it with the label that the field has there."""

    __slots__ = ("_data", "_language", "_zone")
    _data: dict[str, Any]
    _language: str
    _zone: tzinfo

    def __new__(cls, sentence: str, data: dict[str, Any], language: str, zone: tzinfo = UTC) -> FieldError:
        error = super().__new__(cls, sentence)
        error._data, error._language, error._zone = data, language, zone
        return error

    def about(self, name: str, what: str) -> str:
        """For the field of a form with this name and label; a field that holds a whole list says the place in it."""
        field = self._data["field"]
        is_whole = "[" not in field.removeprefix("data") and name in (field, field.rpartition(".")[2])
        return invalid_in_words(self._data, self._language, what, zone=self._zone) if is_whole else str(self)


def field_in_words(field: str, language: str) -> str:
    """A field by its labels: `data.rates[2].country` is Rates 2: Country. What only holds the others is left out."""
    steps = [step for step in _FIELD_STEP.findall(field) if step[0] not in HOLDERS]
    words = [_label(name, language) + (f" {index}" if index else "") for name, index in steps]
    if len(words) > 1:
        words = [*(word for word, step in zip(words[:-1], steps, strict=False) if step[1]), words[-1]]
    return ": ".join(words) or _label(field, language)


def _label(name: str, language: str) -> str:
    name = shortened(name.removesuffix("_minor").removesuffix("_basis_points"))
    return str(translations(language).gettext(label(name)))


def phrase(text: str, language: str) -> str:
    """What was found or expected, in the language of who reads it: whole phrases, and those with something put in."""
    whole = translations(language).gettext(text) if text else text
    return str(whole) if whole != text else fill_phrase(text, _phrases(language))


def expected_in_words(text: str, language: str) -> str:
    """What would be right: a phrase, the phrases that are put into one, and lists of what may be chosen."""
    said = str(translations(language).gettext(text)) if text else text
    if language == SOURCE or said != text:
        return said
    for pattern, translated in _phrases(language):
        if (match := pattern.fullmatch(text)) is not None:
            return translated.format(*(expected_in_words(each, language) for each in match.groups()))
    *first, last = text.rsplit(" or ", 1)
    words = [*first[0].split(", "), last] if first else []
    if not words or any(len(word.split()) > MOST_WORDS_OF_A_CHOICE for word in words):
        return text
    return str(format_list([expected_in_words(word, language) for word in words], "or", locale=locale_of(language)))


Phrase = tuple[re.Pattern[str], str]  # what it looks like with something put in, and its translation


def fill_phrase(text: str, phrases: list[Phrase]) -> str:
    """The translation of a phrase with something put in; the text as it is where there is none."""
    for pattern, translated in phrases:
        if (match := pattern.fullmatch(text)) is not None:
            return translated.format(*match.groups())
    return text


@cache
def _phrases(language: str) -> list[Phrase]:
    return phrases_of(getattr(translations(language), "_catalog", {}))


def phrases_of(catalog: Mapping[Any, str]) -> list[Phrase]:
    """The phrases of a catalog that have `{0}`, the most exact first. They end without a dot, sentences with one."""
    found: list[tuple[int, Phrase]] = []
    for text, translated in catalog.items():
        if isinstance(text, str) and "{0}" in text and not text.endswith(".") and translated:
            said = PLACES.split(text)
            found.append((len("".join(said)), (re.compile("(.*)".join(map(re.escape, said)), re.DOTALL), translated)))
    return [each for _, each in sorted(found, key=lambda each: -each[0])]


def _value(kind: type[Refusal], name: str, value: Any, reader: Reader) -> Any:
    """A state in words; a day and a moment as such, also where kept as text; counts and lists as people write them."""
    if name.endswith(STATE):
        return _state(value, reader)
    if name.endswith(DAY):
        return _day(value, reader.locale)
    if isinstance(value, str) and (said := _code(kind, name, value, reader)):
        return said
    if isinstance(value, str) and name in INNER:
        return _inner(value, reader)
    if isinstance(value, dict):
        value = {key: _inner(each, reader) if isinstance(each, str) else each for key, each in value.items()}
    return in_words(_moment(value))


def _code(kind: type[Refusal], name: str, value: str, reader: Reader) -> str:
    """Words of the system, a country or a location, as pages call them; "" for what is none."""
    if name in kind.code_fields:
        return ", ".join(str(reader.translations.gettext(label(each))) for each in value.split())
    if name in kind.country_fields:
        return str(reader.locale.territories.get(value, value))
    if name == "tax_class":
        return tax_class_name(value, reader.translations.gettext)
    return reader.names.get(value, value) if name in kind.place_fields else ""


def _day(value: Any, locale: Locale) -> Any:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(day, "long", locale=locale) if isinstance(day, date) else day


def _inner(value: str, reader: Reader) -> str:
    """What is missing, or why not, where rules put it into a sentence."""
    if taken_apart(value) is not None:
        return reason_of(value, reader)
    if reader.locale.language == SOURCE:
        return str(in_words(value))
    code = value.replace(" ", "_")
    known = THINGS.get(code) or SHORT_REASONS.get(value) or label(code)
    said = str(reader.translations.gettext(known))
    return phrase(value, reader.locale.language) if said == label(code) else said


def problem_in_words(details: ProblemDetails, language: str, zone: tzinfo = UTC) -> str:
    """What a page says of a problem, in the language of who reads it."""
    say = translations(language)
    if details.code == "too_many_tries" and language != SOURCE:
        wait = details.data.get("retry_after_s", 1)
        return say.ngettext(
            "Too many tries. Try again in %(num)s second.", "Too many tries. Try again in %(num)s seconds.", wait
        ) % {"num": wait}
    return refusal_text(details.code, details.data, language, str(say.gettext(details.detail)), zone=zone)


def _state(value: Any, reader: Reader) -> Any:
    if value not in LABELS:
        return value
    said = reader.translations.gettext(label(value))
    return label(value).lower() if reader.locale.language == SOURCE else said
