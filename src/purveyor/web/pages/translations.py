"""Languages of the pages: gettext catalogs beside this package, chosen by cookie or by what the browser asks for."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

CATALOGS = Path(__file__).parent.parent / "locale"
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "pt": "Português"}
SOURCE = "en"  # the language in which texts stand in templates and code


@cache
def translations(language: str) -> NullTranslations:
    """The catalog of a language, read once. English needs none."""
    path = CATALOGS / f"{language}.po"
    if language == SOURCE or not path.exists():
        return NullTranslations()
    binary = BytesIO()
    with path.open("rb") as file:
        write_mo(binary, read_po(file, locale=language))
    binary.seek(0)
    return Translations(binary)


def mark(text: str) -> str:
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return text


def negotiate(chosen: str | None, accepted: str | None, default: str) -> str:
    """A language of ours: the one chosen, else the first of `Accept-Language` that we have, else the shop's."""
    if chosen in LANGUAGES:
        return chosen
    wanted = sorted(_weighed(accepted or ""), key=lambda pair: -pair[1])
    found = negotiate_locale([tag.replace("-", "_") for tag, _ in wanted], list(LANGUAGES))
    return found or (default if default in LANGUAGES else SOURCE)


def _weighed(accepted: str) -> list[tuple[str, float]]:
    """`de-AT,en;q=0.5` as pairs of tag and weight; what does not parse is left out."""
    pairs: list[tuple[str, float]] = []
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            pairs.append((tag, float(weight or 1)))
        except ValueError:
            continue
    return [(tag, weight) for tag, weight in pairs if tag]
