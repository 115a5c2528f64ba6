"""Words of the system as people read them, and the color in which they are shown."""

from __future__ import annotations

import re

from purveyor.core.holds import HOLD_TYPES
from purveyor.web.pages.labels.fact_names import FACT_NAMES
from purveyor.web.pages.labels.policy_fields import POLICY_FIELDS
from purveyor.web.pages.labels.short_reasons import SHORT_REASONS
from purveyor.web.pages.labels.status_names import STATUS_NAMES
from purveyor.web.pages.translations import mark as _

LABELS = (
    POLICY_FIELDS
    | {each.type: each.name for each in HOLD_TYPES.values()}
    | FACT_NAMES
    | STATUS_NAMES
    | SHORT_REASONS
    | {
        # stages
        "receipt": _("Receipt"),
        "review": _("Review"),
        "confirmation": _("Confirmation"),
        "payment": _("Payment"),
        "dispute": _("Disputed payment"),
        "picking": _("Picking"),
        "packing": _("Packing"),
        "shipping": _("Shipping"),
        "delivery": _("Delivery"),
        "support": _("Support"),
        "returns": _("Returns"),
        "feedback": _("Feedback"),
        # areas of the API
        "catalog": _("Catalog"),
        "contacts": _("Contacts"),
        # what came with an order or left for its customer, and what a record of an installation holds
        "source": _("Source"),
        "message": _("Message"),
        "case_message": _("Case message"),
        "claim_photo": _("Picture of a claim"),
        "installation_record": _("Installation record"),
        "survey_text": _("Survey text"),
        "product_review": _("Product review"),
        "record": _("Record"),
        "signed_by": _("Signed by"),
        "carrier": _("Carrier"),
        # why a gateway says no
        "authentication_failed": _("Authentication failed"),
        "authentication_required": _("Authentication required"),
        "do_not_honor": _("Refused by the bank"),
        "fraudulent": _("Fraud suspected"),
        "generic_decline": _("Declined"),
        "incorrect_cvc": _("Wrong security code"),
        "incorrect_number": _("Wrong card number"),
        "lost_card": _("Lost card"),
        "stolen_card": _("Stolen card"),
        "no_such_payment": _("There is no such payment"),
        "nothing_to_void": _("There is nothing to void"),
        "processing_error": _("Processing error"),
        # roles
        "admin": _("Admin"),
        "picker": _("Picker"),
        "packer": _("Packer"),
        "shipper": _("Shipper"),
        "technician": _("Technician"),
        "analyst": _("Analyst"),
        # statuses
        "placed": _("Placed"),
        "closed": _("Closed"),
        "canceled": _("Canceled"),
        "staff_note": _("Note of staff"),
        "unpaid": _("Unpaid"),
        "part_authorized": _("Partly authorized"),
        "authorized": _("Authorized"),
        "part_paid": _("Partly paid"),
        "paid": _("Paid"),
        "overpaid": _("Overpaid"),
        "disputed": _("Disputed"),
        "part_refunded": _("Partly refunded"),
        "refunded": _("Refunded"),
        "open": _("Open"),
        "backordered": _("Backordered"),
        "part_shipped": _("Partly shipped"),
        "shipped": _("Shipped"),
        "part_delivered": _("Partly delivered"),
        "delivered": _("Delivered"),
        "none": _("None"),
        "returning": _("Returning"),
        "part_returned": _("Partly returned"),
        "returned": _("Returned"),
        # positions of units
        "allocated": _("Allocated"),
        "picked": _("Picked"),
        "packed": _("Packed"),
        "lost": _("Lost"),
        # kinds of products
        "goods": _("Goods"),
        "download": _("Download"),
        "license": _("License"),
        "access": _("Access"),
        "service": _("Installed service"),
        # channels
        "web": _("Website"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "in_person": _("In person"),
        "api": _("API"),
        "file": _("File"),
        "edi": _("EDI"),
        "agent": _("AI agent"),
        "sms": _("SMS"),
        "write_off": _("Debt given up"),
        # what is told to other programs
        "waiting": _("Waiting"),
        "failed": _("Failed"),
        "given_up": _("Given up"),
        "webhooks": _("Webhooks"),
    }
)
TONES = {
    "success": ("paid", "delivered", "closed", "authorized", "sent", "picked", "packed", "active", "done", "answered"),
    "warning": (
        "backordered",
        "returned_to_sender",
        "part_authorized",
        "part_paid",
        "part_shipped",
        "part_delivered",
        "unpaid",
        "returning",
        "waiting",
        "queued",
    ),
    "danger": (
        "lost",
        "failed",
        "declined",
        "in_doubt",
        "bounced",
        "overdue",
        "blocked",
        "breached",
        "given_up",
        "disputed",
        "written_off",
    ),
    "secondary": ("canceled", "none", "expired", "voided", "revoked", "dropped"),
}
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z][a-z0-9_]*)*")
_TONE_OF = {word: tone for tone, words in TONES.items() for word in words}


def label(word: str) -> str:
    """In English. A code that has no label is shown with blanks, and a sentence as it is."""
    if word in LABELS:
        return LABELS[word]
    if _CODE.fullmatch(word):
        word = word.replace("_", " ").replace(".", ": ")
    return word[:1].upper() + word[1:]


def tone(word: str) -> str:
    """One of Tabler's colors of meaning."""
    return _TONE_OF.get(word, "azure")
