"""Short reasons that rules write down in English beside what they decided, as people read them."""

from __future__ import annotations

from typing import Final

from purveyor.web.pages.texts import mark as _

SHORT_REASONS: Final = {
    # access and sessions
    "another e-mail address": _("Another e-mail address"),
    "ordered": _("Ordered"),
    "signed out": _("Signed out"),
    # policies and requests
    "another version was set": _("Another version was set"),
    "the shop's currency was changed": _("The shop's currency was changed"),
    # cases
    "answer overdue": _("Answer overdue"),
    "time runs out": _("Time runs out"),
    # messages
    "the part before the @ is not ASCII, which this mail server does not take (SMTPUTF8, RFC 6531)": _(
        "The mail server takes no addresses with such letters before the @"
    ),
    "the provider never answered": _("The provider never answered"),
    # money
    "amount_not_positive": _("The amount is not above zero"),
    "arrived late": _("Arrived late"),
    "at the counter": _("At the counter"),
    "at the door": _("At the door"),
    "not covered": _("Not covered"),
    "not needed": _("Not needed"),
    "not needed any more": _("Not needed any more"),
    "nothing was delivered": _("Nothing was delivered"),
    "paid another way": _("Paid another way"),
    "paid by card": _("Paid by card"),
    "settled by hand": _("Settled by hand"),
    "the bank has given it back": _("The bank has given it back"),
    # stock and picking
    "claims follow the work": _("Stock follows what was picked"),
    "counted less": _("Counted less"),
    "counted less than promised": _("Counted less than promised"),
    "emptied": _("Emptied"),
    "its units were canceled": _("Its units were canceled"),
    "no longer wanted": _("No longer wanted"),
    "not enough in stock": _("Not enough in stock"),
    "not shipped in time": _("Not shipped in time"),
    "nothing needs a shelf": _("Nothing of it lies on a shelf"),
    "replaced": _("Replaced"),
    "waiting for stock": _("Waiting for stock"),
    # substitutes
    "it is not another product of the same kind": _("It is not another product of the same kind"),
    "it is not for sale": _("It is not for sale"),
    "it is not sold in this currency": _("It is not sold in this currency"),
    # parcels and labels
    "asked again": _("Asked again"),
    "called off before it came": _("Called off before it came"),
    "delivered after all": _("Delivered after all"),
    "given back to the carrier": _("Given back to the carrier"),
    "given up": _("Given up"),
    "never received": _("Never received"),
    "no answer yet": _("No answer yet"),
    "the carrier says so": _("The carrier says so"),
    "the label came after it had been called off": _("The label came after it had been called off"),
    "the parcel was opened": _("The parcel was opened"),
    # returns
    "it is a final sale": _("It is a final sale"),
}
