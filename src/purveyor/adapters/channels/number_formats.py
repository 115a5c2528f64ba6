"""What the format codes of workbooks make of numbers: 00000, 0.00%, [$€-407] #,##0.00 (ECMA-376, part 1, 18.8.31).

Told is what the number alone does not say: zeros in front, per cent, and the currency. A code has up to three sections
for numbers: for positive and negative ones and zero, or for those that fulfill the condition in their brackets.
"""

from __future__ import annotations

import locale
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from babel.numbers import get_territory_currencies

from purveyor.core.currency_symbols import currencies_of, looks_like_currency

Shown = Callable[[float], str | None]

SECTIONS: Final = 3  # for numbers; the fourth is for text
LEAST_ZEROS: Final = 2  # one digit needs no zero
_PLACES: Final = "0#?"
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<plain>.)', re.DOTALL
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda number, limit: number < limit,
    "<=": lambda number, limit: number <= limit,
    ">": lambda number, limit: number > limit,
    ">=": lambda number, limit: number >= limit,
    "=": lambda number, limit: number == limit,
    "<>": lambda number, limit: number != limit,
}


def shown_by(code: str) -> Shown | None:
    """What a format code makes of numbers; None for one that tells nothing more than the number."""
    sections = _sections(code)
    if not any(each.currency or each.has_percent or each.zeros >= LEAST_ZEROS for each in sections):
        return None

    def shown(number: float) -> str | None:
        section = _section_for(sections, number)
        return section.shown(number) if section is not None else None

    return shown


def plain(number: float) -> str:
    """6.0 is 6."""
    return str(int(number)) if float(number).is_integer() else str(number)


def in_percent(number: float, hundreds: int = 1) -> str:
    """0.19 is 19%."""
    return f"{(Decimal(repr(number)) * 100**hundreds).normalize():f}%"


def in_currency(number: float, currency: str) -> str:
    return f"{plain(number)} {currency}"


def currency_shown(symbol: str, territory: str) -> str:
    """The code where it is known which currency is meant, else the symbol: a dollar is that of many countries."""
    meant = currencies_of(symbol)
    if len(meant) > 1 and territory:
        meant = meant & set(get_territory_currencies(territory)) or meant
    return next(iter(meant)) if len(meant) == 1 else symbol.strip()


@dataclass
class _Section:
    """Digits and what stands between them, in their order; what does not keep to that is told by `is_odd`."""

    items: list[str] = field(default_factory=list)  # a placeholder for a digit, or text after a space
    condition: tuple[str, float] | None = None
    currency: str = ""
    hundreds: int = 0
    has_percent: bool = False
    is_odd: bool = False
    decimals: int = -1  # no point yet

    @property
    def zeros(self) -> int:
        """Digits in front of the point that are always shown: from the first 0 on."""
        places = "".join(self._places())
        return len(places) - places.index("0") if "0" in places and not self.is_odd else 0

    def _places(self) -> list[str]:
        return [each for each in self.items if each in _PLACES]

    def take_text(self, text: str) -> None:
        self.has_percent = self.has_percent or "%" in text
        self.items.append(f" {text}")

    def take_plain(self, character: str) -> None:
        if character in _PLACES:
            if self.decimals < 0:
                self.items.append(character)
            else:
                self.decimals += 1
        elif character == "%":
            self.has_percent = True
            self.hundreds += 1
        elif character == "." and self.decimals < 0:
            self.decimals = 0
        elif character in "-+(): " or looks_like_currency(character):
            self.items.append(f" {character}")
        else:  # thousands, fractions, exponents, times
            self.is_odd = True

    def take_bracket(self, text: str) -> None:
        condition = _CONDITION.fullmatch(text.strip())
        if condition:
            self.condition = condition[1], float(condition[2])
        elif text.startswith("$"):
            symbol, _, place = text[1:].partition("-")
            self.currency = currency_shown(symbol, _territory(place)) or self.currency
            self.items.append(f" {symbol}")

    def close(self) -> None:
        """Text beside the digits may be a currency, where it is no part of a number with zeros in front."""
        if self.zeros >= LEAST_ZEROS and self.decimals < 0:
            self.currency = self.currency if currencies_of(self.currency) else ""
            return
        if self.currency:
            return
        texts = "".join("\0" if each in _PLACES else each[1:] for each in self.items).strip(" -+()\0")
        for text in re.split(r"\0+|[-+() ]+", texts):
            if looks_like_currency(text):
                self.currency = currency_shown(text, "")

    def shown(self, number: float) -> str | None:
        if self.has_percent:
            return in_percent(number, self.hundreds)
        if self.currency:
            return in_currency(number, self.currency)
        if self.zeros < LEAST_ZEROS:
            return None
        if self.decimals > 0:
            return self._with_decimals(number)
        return self._digits(number) if number == int(number) else None

    def _with_decimals(self, number: float) -> str | None:
        text = f"{abs(Decimal(repr(number))):.{self.decimals}f}"
        if Decimal(text) != abs(Decimal(repr(number))):
            return None
        return ("-" if number < 0 else "") + text.zfill(self.zeros + 1 + self.decimals)

    def _digits(self, number: float) -> str:
        places = len(self._places())
        digits = str(abs(int(number))).zfill(self.zeros)
        filled = ["", *[""] * (places - len(digits)), *digits[max(0, len(digits) - places) :]]
        filled[1] = digits[: max(0, len(digits) - places)] + filled[1]  # more than there are places for
        rest = iter(filled[1:])
        text = "".join(next(rest) if each in _PLACES else each[1:] for each in self.items).strip()
        return f"-{text}" if number < 0 and not text.startswith(("-", "(")) else text


def _territory(place: str) -> str:
    """The country of a Windows locale: 409 is the US."""
    try:
        name = locale.windows_locale.get(int(place, 16) & 0xFFFF, "")
    except ValueError:
        name = place.replace("-", "_")
    territory = name.rpartition("_")[2]
    return territory if len(territory) == 2 else ""  # noqa: PLR2004 (ISO 3166-1)


def _sections(code: str) -> list[_Section]:
    sections = [_Section()]
    for token in _TOKEN.finditer(code):
        section = sections[-1]
        if (text := token["quoted"] if token["quoted"] is not None else token["escaped"]) is not None:
            section.take_text(text)
        elif token["bracket"] is not None:
            section.take_bracket(token["bracket"])
        elif token["plain"] == ";":
            sections.append(_Section())
        elif token["plain"] is not None:
            section.take_plain(token["plain"])
    for section in sections[:SECTIONS]:
        section.close()
    return sections[:SECTIONS]


def _section_for(sections: Sequence[_Section], number: float) -> _Section | None:
    if len(sections) == 1 and sections[0].condition is None:
        return sections[0]
    for index, section in enumerate(sections):
        if section.condition is not None:
            sign, limit = section.condition
        elif index == len(sections) - 1:
            return section
        elif index == 0:
            sign, limit = (">=" if len(sections) < SECTIONS else ">"), 0
        else:
            sign, limit = "<", 0
        if _COMPARED[sign](number, limit):
            return section
    return None
