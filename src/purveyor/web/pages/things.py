"""What can be missing, as people call it: rows and records that a sentence says there is none of."""

from __future__ import annotations

from typing import Final

from purveyor.web.pages.translations import mark as _

THINGS: Final = {
    "access_grant": _("Access"),
    "api_key": _("API key"),
    "appointment": _("Appointment"),
    "case": _("Case"),
    "case_message": _("Message"),
    "collection": _("Collection"),
    "credit_account": _("Credit account"),
    "credit_note": _("Credit note"),
    "customer_note": _("Note on a customer"),
    "delivery_that_could_be_sent_again_now_with_the_number": _("Delivery that could be sent again now, number"),
    "document": _("Document"),
    "download_grant": _("Download"),
    "job_in_the_queue_with_the_number": _("Job in the queue, number"),
    "job_that_needs_attention_with_the_number": _("Job that needs attention, number"),
    "license_key": _("License key"),
    "line": _("Line"),
    "manifest": _("Manifest"),
    "member_of_staff": _("Member of staff"),
    "order_note": _("Note"),
    "parcel": _("Parcel"),
    "picture": _("Picture"),
    "policy": _("Policy"),
    "policy_request": _("Policy request"),
    "price_adjustment": _("Price adjustment"),
    "private_text": _("Text"),
    "product_review": _("Product review"),
    "rma": _("Return"),
    "saved_view": _("Saved view"),
    "session": _("Session"),
    "shipment": _("Shipment"),
    "slot": _("Time slot"),
    "text": _("Text"),
    "tracking": _("Tracking"),
    "view": _("Saved view"),
    "wave": _("Wave"),
    "webhook": _("Webhook"),
    "webhook_that_is_told_already": _("Webhook that is told already"),
}
