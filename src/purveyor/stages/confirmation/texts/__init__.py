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
# What the button of a mail says: where most go on, and by notice where something is asked.
BUTTONS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "": "See your order",
        "payment": "Pay now",
        "confirm": "Confirm the payment",
        "choose": "Choose what you want",
        "time": "Choose a time",
        "rate": "Say how it was",
    },
    "de": {
        "": "Zu Ihrer Bestellung",
        "payment": "Jetzt bezahlen",
        "confirm": "Zahlung bestätigen",
        "choose": "Jetzt wählen",
        "time": "Termin wählen",
        "rate": "Sagen, wie es war",
    },
    "es": {
        "": "Ver su pedido",
        "payment": "Pagar ahora",
        "confirm": "Confirmar el pago",
        "choose": "Elegir qué desea",
        "time": "Elegir una cita",
        "rate": "Decir cómo fue",
    },
    "pt": {
        "": "Ver a sua encomenda",
        "payment": "Pagar agora",
        "confirm": "Confirmar o pagamento",
        "choose": "Escolher o que deseja",
        "time": "Escolher uma hora",
        "rate": "Dizer como foi",
    },
}
_ASKS: Final[dict[str, str]] = {
    "payment_declined": "payment",
    "pay_by_link": "payment",
    "payment_action_required": "confirm",
    "choice_offered": "choose",
    "choose_appointment": "time",
    "survey": "rate",
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


def button_of(language: str, notice: str) -> str:
    """What is done on the order's page after this notice."""
    return BUTTONS[language][_ASKS.get(notice, "")]
