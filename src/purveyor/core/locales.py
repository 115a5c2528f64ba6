"""How a language writes dates, numbers, amounts and the names of countries: by the patterns of CLDR."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

#: Where countries of one language write differently, the one for which our texts are written. CLDR would take another.
WRITTEN_FOR: Final = {"pt": "PT"}
OTHERWISE: Final = "en"


@lru_cache(maxsize=256)
def locale_of(tag: str, otherwise: str = OTHERWISE) -> Locale:
    """By a BCP 47 tag, `otherwise` for what is unknown. A tag that names a country keeps it: `pt-BR` is Brazil's."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(otherwise)
    country = WRITTEN_FOR.get(locale.language)
    return locale if country is None or locale.territory else Locale(locale.language, country)
