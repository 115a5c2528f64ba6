"""What the notices say, as data: a subject and paragraphs by language and notice.

Names in braces are filled in. A paragraph that names something which is not known is left out, so that one text serves
with and without a tracking number, a reason or a date.
"""

from __future__ import annotations

from typing import Final

from purveyor.stages.confirmation.texts import de, en, es, pt

Text = tuple[str, tuple[str, ...]]  # subject, paragraphs

FALLBACK: Final = "en"
TEXTS: Final[dict[str, dict[str, Text]]] = {"en": en.TEXTS, "de": de.TEXTS, "es": es.TEXTS, "pt": pt.TEXTS}
GREETINGS: Final[dict[str, tuple[str, str]]] = {  # with a name, and without
    "en": ("Hello {name},", "Hello,"),
    "de": ("Guten Tag {name},", "Guten Tag,"),
    "es": ("Hola, {name}:", "Hola:"),
    "pt": ("Olá, {name},", "Olá,"),
}
CLOSING: Final[dict[str, str]] = {
    "en": "Everything about your order, at any time: {order_url}",
    "de": "Alles zu Ihrer Bestellung, jederzeit: {order_url}",
    "es": "Todo sobre su pedido, en cualquier momento: {order_url}",
    "pt": "Tudo sobre a sua encomenda, a qualquer momento: {order_url}",
}
# Codes that notices carry, in words; a code that is not here is left out.
WORDS: Final[dict[str, dict[str, str]]] = {"en": en.WORDS, "de": de.WORDS, "es": es.WORDS, "pt": pt.WORDS}


def language_of(tag: str) -> str:
    """The language that a BCP 47 tag is served in: its own, or English."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return language if language in TEXTS else FALLBACK


def text_of(language: str, notice: str) -> Text:
    """The text of a notice; what has no text of its own is news about the order."""
    texts = TEXTS[language]
    return texts.get(notice) or texts["news"]
