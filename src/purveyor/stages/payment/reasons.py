"""Reasons of this stage that have parts, as `core/reason_templates.py` has them."""

from __future__ import annotations

from typing import Final

from purveyor.core.reason_templates import ReasonTemplate

SENT_TWICE: Final = "sent twice"
LINK_NOT_PAID: Final = ReasonTemplate("not paid by {day}", "Not paid by {day}")
HELD_FOR_LINK: Final = ReasonTemplate("pay link not paid by {day}", "Payment link not paid by {day}")
TOLD_BY_EVENT: Final = ReasonTemplate("event {event_id}", "Told by the payment provider: event {event_id}")
OVER_LIMIT: Final = ReasonTemplate(
    "{wanted_amount} on account, {open_amount} open, {agreed_amount} agreed",
    "On account: {wanted_amount}, open: {open_amount}, agreed: {agreed_amount}",
)
