"""Why a case is there that nobody has asked for, and what is to be done about a case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from purveyor.web.pages.translations import mark as _

#: By topic or claim: why the shop has opened a case by itself.
WHY = {
    "lost": _("A parcel was lost on its way to the customer."),
    "delivery": _("Lost goods are neither paid nor paid back, and nothing is on its way in their place."),
    "dispute": _("The customer's bank has taken a payment back."),
    "payment": _("The payment provider has made a refund that had failed and was taken back since."),
    "found": _("The box of a return held something that was not announced."),
    "exchange": _("What the customer wants in exchange cannot be sent."),
    "return": _("Goods were credited before they came back, and they never came."),
    "feedback": _("The customer was not happy."),
}
#: What is to be done about it.
TO_DO = {
    "lost": _("Send the lost goods again, or give the money back."),
    "delivery": _("Send the lost goods again, credit them, or give up what is open of the invoice."),
    "dispute": _("Answer the bank."),
    "payment": _("Find out whether the money went back twice."),
    "found": _("Ask the customer what is to become of it, and keep it apart until then."),
    "exchange": _("Offer the customer something else, or the money back."),
    "return": _("Ask the customer where the goods are."),
    "feedback": _("Find out what went wrong."),
}
CLAIMED = _("Put right what the customer claims.")
ASKED = _("Answer the customer.")


class CaseLike(Protocol):
    """A case, as its row or as screens read it."""

    @property
    def topic(self) -> str: ...
    @property
    def claim(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def line_id(self) -> UUID | None: ...


def cause_of(case: CaseLike, *, has_found: bool) -> str:
    """Why the shop has opened it, as a word of `WHY`; "" where somebody has asked. `has_found`: in a box."""
    if case.channel != "system":
        return ""
    if case.topic == "return" and has_found:
        return "found"
    if case.topic == "return" and case.line_id is not None:
        return "exchange"
    return case.claim or case.topic


def to_do_of(case: CaseLike, authors: Iterable[str], *, has_found: bool) -> str:
    """What is to be done about an open case. `authors` of what was written in it, the newest last."""
    spoken = [author for author in authors if author != "note"]
    if spoken[-1:] == ["customer"]:
        return ASKED
    cause = cause_of(case, has_found=has_found)
    if cause:
        return TO_DO.get(cause, ASKED)
    return CLAIMED if case.claim else ASKED
