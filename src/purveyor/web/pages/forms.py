"""What a form sent, read by type; what cannot be is told beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from litestar.datastructures import FormMultiDict

from purveyor.core.currencies import exponent
from purveyor.core.currency_format import number_typed, typed_amount
from purveyor.core.field_types import EARLIEST, LARGEST_AMOUNT, LATEST, is_moment
from purveyor.core.money import Money
from purveyor.core.refusals import Invalid

#: Phones and address books put these around what is copied from them: like blanks, they are no part of it.
AROUND = " \t\n\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
LONGEST_TEXT = 20_000
ENGLISH = Locale("en")


class Form:
    """The fields of a form. Every reader raises `Invalid` with the field, what was found and what was expected."""

    def __init__(self, fields: FormMultiDict | Mapping[str, Any], locale: Locale = ENGLISH) -> None:
        self._locale = locale  # of whoever typed it
        self._fields: dict[str, list[str]] = {}
        self._raw: dict[str, str] = {}  # as it came: the last value of each
        self.files: dict[str, Any] = {}
        pairs = fields.multi_items() if isinstance(fields, FormMultiDict) else fields.items()
        for name, value in pairs:
            if isinstance(value, str):
                self._raw[name] = value
                # A browser counts the end of a line once (`maxlength`), and sends it as two characters.
                text = value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
                text = text.strip(AROUND)
                self._fields.setdefault(name, []).append(text)
            else:
                self.files[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __getitem__(self, name: str) -> str:
        """For templates: what was typed, or nothing."""
        return self.text(name)

    def typed(self) -> list[str]:
        """Every value as it came."""
        return [*self._raw.values(), *(value for values in self._fields.values() for value in values)]

    def names(self) -> list[str]:
        return list(self._fields)

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self._fields.get(name, ())]

    def text(self, name: str, default: str = "") -> str:
        found = self._fields.get(name)
        if not found:
            return default
        value = found[-1].strip()
        if len(value) > LONGEST_TEXT:
            raise Invalid(field=name, found=f"{len(value)} characters", expected=f"at most {LONGEST_TEXT} characters")
        return value

    def secret(self, name: str) -> str:
        """A password as it was typed: blanks at its ends are part of it."""
        found = self._raw.get(name, "")
        if len(found) > LONGEST_TEXT:
            raise Invalid(field=name, found=f"{len(found)} characters", expected=f"at most {LONGEST_TEXT} characters")
        return found

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise Invalid(field=name, found="nothing", expected="a value")
        return value

    def flag(self, name: str) -> bool:
        """A box that was ticked."""
        return self.text(name) in ("1", "on", "true", "yes")

    def integer(self, name: str, default: int | None = None, *, least: int | None = None, most: int = 0) -> int:
        """A whole number; with `least`, one from there to `most`."""
        value = self.text(name)
        if not value and default is not None:
            return default
        try:
            number = int(value)
        except ValueError:
            raise Invalid(field=name, found=value or "nothing", expected="a whole number") from None
        if least is not None and not least <= number <= most:
            raise Invalid(field=name, found=value, expected=f"a whole number from {least} to {most}")
        if abs(number) > LARGEST_AMOUNT:
            raise Invalid(field=name, found=value, expected=f"a whole number of at most {LARGEST_AMOUNT}")
        return number

    def id(self, name: str) -> UUID:
        value = self.text(name)
        try:
            return UUID(value)
        except ValueError:
            raise Invalid(field=name, found=value or "nothing", expected="an id") from None

    def ids(self, name: str) -> list[UUID]:
        """Ids of what was ticked; what is none is left out."""
        found = []
        for value in self.all(name):
            try:
                found.append(UUID(value))
            except ValueError:
                continue
        return found

    def money(self, name: str, currency: str) -> Money:
        """An amount as people type it: 12.34 or 12,34; thousands may be set apart, also as the language does it."""
        value = self.text(name)
        like = typed_amount(1_234, currency, self._locale)
        try:
            number = number_typed(value, currency, self._locale)
            minor = Decimal("NaN" if number is None else number).scaleb(exponent(currency))
        except InvalidOperation:
            raise Invalid(field=name, found=value or "nothing", expected=f"an amount such as {like}") from None
        except Overflow:
            minor = Decimal("Infinity")
        if minor.is_nan():
            raise Invalid(field=name, found=value, expected=f"an amount such as {like}")
        if abs(minor) > LARGEST_AMOUNT:
            raise Invalid(field=name, found=value, expected=f"an amount of at most {Money(LARGEST_AMOUNT, currency)}")
        if minor != minor.to_integral_value():
            expected = f"an amount with at most {exponent(currency)} digits after the point"
            raise Invalid(field=name, found=value, expected=expected)
        return Money(int(minor), currency)

    def moment(self, name: str, zone: ZoneInfo) -> datetime:
        """A date and time as the browser's field gives it, in the shop's zone."""
        value = self.text(name)
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise Invalid(field=name, found=value or "nothing", expected="a date and a time") from None
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        if not is_moment(at):
            raise Invalid(field=name, found=value, expected="a date and a time from 1900 to 2199")
        return at

    def day(self, name: str) -> date:
        value = self.text(name)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise Invalid(field=name, found=value or "nothing", expected="a date, such as 2026-03-02") from None
        if not EARLIEST.date() <= day < LATEST.date():
            raise Invalid(field=name, found=value, expected="a date from 1900 to 2199, such as 2026-03-02")
        return day

    def counted(self, prefix: str) -> dict[str, int]:
        """Quantities by what stands after the prefix: `quantity.<line id>`. Empty and zero are left out."""
        found: dict[str, int] = {}
        for name in self._fields:
            if name.startswith(f"{prefix}.") and self.text(name):
                quantity = self.integer(name)
                if quantity < 0:
                    raise Invalid(field=name, found=quantity, expected="a whole number from 0")
                if quantity:
                    found[name.removeprefix(f"{prefix}.")] = quantity
        return found
