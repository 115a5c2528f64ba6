"""Why a sale bears no tax, as a paper has to say it (Directive 2006/112/EC, Art. 226 (11) and (11a))."""

from __future__ import annotations

from typing import Final

from purveyor.core.rows import Order
from purveyor.core.state import Book
from purveyor.core.taxes import shipping_parts
from purveyor.web.pages.translations import mark as _

REASONS: Final = {
    "export": _("Export outside the EU, exempt from VAT: Directive 2006/112/EC, Art. 146."),
    "outside_scope": _("Supplied outside the EU, not subject to VAT: Directive 2006/112/EC, Art. 44, 58 and 59."),
    "intra_community_supply": _("Intra-Community supply, exempt from VAT: Directive 2006/112/EC, Art. 138."),
    "reverse_charge": _("Reverse charge: the buyer owes the VAT (Directive 2006/112/EC, Art. 44 and 196)."),
    "abroad": _("Supplied abroad: no tax of the seller's country is due."),
}


def reasons_of(order: Order, book: Book) -> list[str]:
    """The sentences for whatever of an order is taxed at 0 % because of a rule."""
    found = {line.tax_reason for line in book.lines.values()} | {part.reason for part in shipping_parts(order)}
    return [sentence for reason, sentence in REASONS.items() if reason in found]
