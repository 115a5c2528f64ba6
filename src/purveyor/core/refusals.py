"""The typed "no": a stable code, a sentence for people, the data behind it, and what is possible instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from purveyor.core.currencies import amount_text

NOTHING = "nothing"  # what was sent where a value is missing, and
ABSENT = "a value"  # what was expected there
NO_NAME = "a name that is not known"  # what was sent where a field has a name that nothing has
LONGEST_SHOWN = 200  # characters of a value in a sentence
_AN_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def mark(text: str) -> str:
    """Marks a sentence for translation where it stands."""
    return text


def wanted(text: str) -> str:
    """Marks for translation what a value should be: it stands in a sentence after "must be", and ends without a dot."""
    return text


class Refusal(Exception):  # noqa: N818 (it is an answer, not an error)
    """The business says no. Answered to the caller, never retried; it changes nothing.

    A subclass names the broken rule, gives a `sentence` in which `{field}` stands for the data, and may name
    the actions that are possible `instead`. Its code never changes: it is its name in snake case, or the one it states.
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = "This is not possible."
    instead: ClassVar[tuple[str, ...]] = ()
    status: ClassVar[int] = 409  # the HTTP status that says it best
    sku_fields: ClassVar[tuple[str, ...]] = ("sku", "skus")  # which of the data are SKUs: people read names of products
    amount_fields: ClassVar[tuple[str, ...]] = ()  # which are minor units of the data's `currency`
    code_fields: ClassVar[tuple[str, ...]] = ()  # which are words of the system, set apart by blanks
    place_fields: ClassVar[tuple[str, ...]] = ()  # which are codes of locations: people read names
    country_fields: ClassVar[tuple[str, ...]] = ()  # which are codes of countries: people read names

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            cls.code = _WORD_START.sub("_", cls.__name__).lower()

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data = data
        self.__dict__.update(data)

    def __str__(self) -> str:
        words = {name: in_words(value) for name, value in with_amounts(type(self), self.data, amount_text).items()}
        return self.sentence_for(self.data).format(**words)

    @classmethod
    def sentence_for(cls, data: Mapping[str, Any]) -> str:  # noqa: ARG003 (some kinds look at them)
        """The sentence in which these data are said; most kinds have one."""
        return cls.sentence

    def what_instead(self) -> tuple[str, ...]:
        """The actions that are possible instead with these data; most kinds have the same for all."""
        return self.instead

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.data)


def with_amounts(kind: type[Refusal], data: Mapping[str, Any], written: Callable[[int, str], str]) -> dict[str, Any]:
    """The data with amounts as `written`; what was kept without its currency stays a number."""
    currency = data.get("currency")
    return {
        name: written(value, currency) if currency and name in kind.amount_fields and isinstance(value, int) else value
        for name, value in data.items()
    }


def in_words(value: Any, *, whole: bool = False) -> Any:
    """A value as it stands in a sentence: counts with names, a list with commas, a moment, a long text cut.

    `whole`: it is words of our own, which are not cut.
    """
    match value:
        case dict():
            return ", ".join(
                f"{count} \N{MULTIPLICATION SIGN} {name}" if isinstance(count, int) else f"{name}: {count}"
                for name, count in value.items()
            )
        case list() | tuple() | set() | frozenset():
            return ", ".join(shortened(str(each)) for each in value)
        case str() if not whole:
            return shortened(value)
        case datetime():
            return moment_in_words(value)
        case _:
            return value


def moment_in_words(at: datetime) -> str:
    """A moment to the minute, `2026-03-02 12:00 UTC`; one without a zone, or in a year that UTC has not, as it is."""
    try:
        there = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo is not None else at
    except OverflowError:
        return at.isoformat(" ", "minutes")
    return there.isoformat(" ", "minutes") + (" UTC" if at.tzinfo is not None else "")


def shortened(text: str) -> str:
    """What somebody sent, cut to what a sentence can hold."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _rebuild(kind: type[Refusal], data: dict[str, Any]) -> Refusal:
    return kind(**data)


class NotFound(Refusal):
    """Something named in a command does not exist. An id tells people nothing, so the sentence is without it."""

    sentence = "There is no {what} {id}."
    status = 404

    @classmethod
    def sentence_for(cls, data: Mapping[str, Any]) -> str:
        said = str(in_words(data.get("id")))
        return mark("There is no such {what}.") if not said.strip() or _AN_ID.search(said) else cls.sentence


class Invalid(Refusal):
    """A value in a command cannot be right: says the field, what was found and what was expected."""

    sentence = "{field} must be {expected}; you sent {found}."
    status = 422

    def __init__(self, **data: Any) -> None:
        if "found" in data and not str(in_words(data["found"])).strip():
            data["found"] = NOTHING  # an empty value would end the sentence before it is over
        super().__init__(**data)

    def __str__(self) -> str:
        words = {name: in_words(value, whole=name == "expected") for name, value in self.data.items()}
        return self.sentence_for(self.data).format(**words)

    @classmethod
    def sentence_for(cls, data: Mapping[str, Any]) -> str:
        """Another one for what is not there, and for a name that nothing has."""
        found, expected = data.get("found"), data.get("expected")
        if found == NO_NAME and data.get("near"):
            return mark("{field} is not known here; did you mean {near}? What is known: {expected}.")
        if found == NO_NAME:
            return mark("{field} is not known here. What is known: {expected}.")
        if expected == ABSENT and found in (NOTHING, "none"):
            return mark("{field} is missing.")
        return cls.sentence


class NoAmountInCurrency(Refusal):
    """An amount of a policy that an order needs is not set in the order's currency."""

    what: str
    currency: str
    configured: list[str]
    sentence = "{what} has no amount in {currency}. There are amounts in: {configured}."
    instead = ("order in one of these currencies", "set the amount in this currency too")
    status = 422
