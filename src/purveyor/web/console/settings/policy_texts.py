"""Policies in words: what each is for, what its fields mean, and why some cannot be tried on the past."""

from __future__ import annotations

from purveyor.web.pages.translations import mark as _

# By name: title, what it is for. In the order in which they are shown.
ABOUT: dict[str, tuple[str, str]] = {
    "seller": (_("Seller"), _("Who sells: as invoices say it, and pages where customers look for it.")),
    "currency": (_("Currency"), _("In which currency new products and limits are, three letters (ISO 4217).")),
    "locations": (_("Locations"), _("Where goods lie, which of them ship, and where customers may collect.")),
    "tax": (_("Tax"), _("Rates by country of delivery and tax class, each from its day on.")),
    "shipping": (_("Shipping options"), _("What customers may choose, what it costs, and what is promised.")),
    "routing": (_("Routing"), _("Which location serves an order, and how many units may wait.")),
    "risk": (_("Risk"), _("Tests that every order goes through. Their points add up: to be looked at, or refused.")),
    "holds": (_("Holds"), _("Who owns orders that are held, and what happens by itself after so many hours.")),
    "payment": (_("Payment"), _("Terms of invoices, refunds that a second person approves, links to pay.")),
    "packing": (_("Packing"), _("Cartons, how parcels are numbered, and how exact the scale is believed.")),
    "delivery": (_("Delivery"), _("Downloads, collections, failed attempts, and when a parcel counts as lost.")),
    "returns": (_("Returns"), _("Until when, why and at which cost goods may come back.")),
    "survey": (_("Feedback"), _("When customers are asked, and which score opens a case.")),
    "sign_in": (_("Sign-in"), _("How often staff may fail to sign in, and how long a session lasts.")),
    "carts": (_("Carts"), _("How much is kept for somebody who has not ordered yet.")),
    "calendar": (_("Calendar"), _("The shop's time zone, when somebody is there, holidays and closing days.")),
    "stages": (_("Stage times"), _("How long an order may be in a stage before it counts as late.")),
    "support": (_("Support times"), _("How fast cases are answered and solved, in business hours.")),
    "saved_answers": (_("Saved answers"), _("What support answers often, to be edited before it is sent.")),
    "closed_channels": (_("Closed channels"), _("Ways in which no orders are taken at the moment.")),
}
HINTS: dict[str, str] = {
    "tax.inclusive": _("Prices of products hold the tax."),
    "tax.rates": _(
        "basis_points: 1900 is 19 percent. A row without valid_from always counts; domestic: only for a seller there. "
        "What no row names is refused, but for exports."
    ),
    "locations.data": _("The lower the priority, the earlier a location is asked."),
    "saved_answers.data": _("A row for each answer and language. In the text, number, name and status between braces."),
    "closed_channels.data": _("With commas: web, phone, email, in_person, api, file, edi, agent. Empty: all are open."),
    "currency.data": _("Such as EUR. Products that are there keep theirs."),
    "routing.rule": _("priority: in the order of the locations; fewest_parcels: one location if one can."),
    "routing.backorder_cap": _("Units of a SKU that may wait, where its stock says nothing else."),
    "shipping.options": _(
        "price_minor and free_from_minor are in the smallest unit of currency, a row for each; days are promised from "
        "placement; no countries: all."
    ),
    "risk.hold_from": _("Points from which a person looks at an order."),
    "risk.refuse_from": _("Points from which an order is turned down by itself."),
    "risk.rules": _(
        "Each test adds its score when it fires: amounts above limit (smallest unit of currency), or one of values."
    ),
    "holds.rules": _("at_deadline: release, cancel or escalate, after so many hours."),
    "payment.invoice_days": _("Days to pay an invoice."),
    "payment.cod_fee_minor": _("For cash on delivery."),
    "payment.doubt_after_s": _("Seconds without an answer of the provider, until it is asked what became of it."),
    "payment.refund_limit_minor": _(
        "What staff and keys give back of one order in a day; above it a second person approves."
    ),
    "payment.day_limit_minor": _(
        "What one person or key gives away in a day, in all; above it a second person approves."
    ),
    "payment.cash_limit_minor": _(
        "Cash and cards at the counter that one person takes in a day; above it orders are held."
    ),
    "holds.price_below_percent": _(
        "Agreed prices lower than the catalog's by more than this are looked at by another."
    ),
    "payment.currency": _("Of the amounts here."),
    "payment.other_currencies": _("The amounts in other currencies, in their smallest unit."),
    "returns.currency": _("Of the amounts here."),
    "returns.other_currencies": _("The amounts in other currencies, in their smallest unit."),
    "payment.link_days": _("Days for the customer to pay by link, until somebody acts."),
    "packing.company_prefix": _("4 to 12 digits, leased from GS1. Without it parcels have no SSCC."),
    "packing.tolerance_basis_points": _("Of the expected weight: 1000 is 10 percent."),
    "packing.cartons": _("Inner size in millimetres; empty weight and what it carries in grams."),
    "delivery.download_days": _("Days a download can be fetched."),
    "delivery.download_count": _("How often a download can be fetched."),
    "delivery.collect_days": _("Days goods wait at the counter."),
    "delivery.failed_attempts": _("Attempts of the carrier, until the parcel comes back."),
    "delivery.lost_after_days": _("Days without a scan, until a parcel counts as lost."),
    "carts.most_of_one": _("Units of a product in one cart of the shop."),
    "carts.most_of_visitor": _("Units that are kept in all carts of one visitor."),
    "returns.name": _("A new version of this name counts for orders from now on; older orders keep theirs."),
    "returns.window_days": _("Days from delivery. The law of the EU gives consumers 14 in any case."),
    "returns.reasons": _("Among which the customer chooses, with commas."),
    "returns.our_fault": _("Those of the reasons that cost the customer nothing."),
    "returns.restocking_fee_basis_points": _(
        "Of the goods: 1500 is 15 percent. Never of what may be withdrawn by law."
    ),
    "returns.label_minor": _("For the label, where the customer pays it."),
    "returns.refund_on": _("When the goods are here (receipt), or at once (request)."),
    "returns.kinds": _("Kinds of products that may come back: goods, download, license, access, service."),
    "returns.keep_below_minor": _("Below this amount the customer keeps the goods and gets the money."),
    "survey.low_score": _("A score of 1 to 5 at or below it opens a case."),
    "sign_in.failures": _("In a row, until the login is locked."),
    "payment.reminders": _("Of an invoice that is overdue."),
    "payment.reminder_days": _("Days between two reminders."),
    "delivery.collect_reminders": _("Reminders to collect, until somebody acts."),
    "calendar.zone": _("Such as Europe/Berlin. Empty: the zone of the installation."),
    "calendar.opens": _("When somebody is there, such as 09:00."),
    "calendar.closes": _("Such as 17:00, or 24:00 for midnight."),
    "calendar.weekdays": _("With commas: monday, tuesday, wednesday, thursday, friday, saturday, sunday."),
    "calendar.public_holidays": _("Closed on public holidays of the country below."),
    "calendar.country": _("Two letters (ISO 3166-1). Empty: the seller's country, or the first location's."),
    "calendar.subdivision": _("Part of the country with holidays of its own, such as BY for Bavaria (ISO 3166-2)."),
    "calendar.closing_days": _("Other days on which nobody works: at one location, or everywhere."),
    "stages.clocks": _("Minutes of every day, or of business hours. A stage that is not listed keeps its usual time."),
    "support.answer_hours": _("Business hours until the first answer."),
    "support.solve_hours": _("Business hours until a question is settled."),
    "support.claim_answer_hours": _("The same for damaged, missing and wrong goods."),
    "support.claim_solve_hours": _("The same for damaged, missing and wrong goods."),
    "support.warn_minutes": _("Minutes of business hours before that somebody is warned."),
    "seller.country": _("Two letters (ISO 3166-1)."),
    "seller.iban": _("Where invoices are paid to."),
    "seller.terms": _("An address (https://...) or the text itself. Linked on every page of the shop."),
    "seller.privacy": _("An address or the text itself, as above."),
    "seller.withdrawal": _("An address or the text itself, as above."),
    "seller.imprint": _("An address or the text itself. Empty: made of the fields above."),
}
# Why a policy has no preview on past orders.
NO_PREVIEW: dict[str, str] = {
    "seller": _("It changes what is printed, and decides nothing about orders."),
    "currency": _("Placed orders keep their currency; new products and limits get the new one."),
    "payment": _(
        "What it decides depends on when customers and the payment provider answer, and that would change too."
    ),
    "packing": _("Which carton was taken is decided by the packer at the bench, with the parcel on the scale."),
    "delivery": _("What it decides depends on what customers and carriers would have done in the other time."),
    "survey": _("Whether customers would have answered on another day is not known."),
    "calendar": _("It changes days and hours from now on; what was promised before stays."),
    "stages": _("It changes which orders are shown as late, and decides nothing about them."),
    "support": _("It counts for cases from now on; those that are open keep their times."),
    "saved_answers": _("They are texts, and decide nothing about orders."),
    "sign_in": _("It is about staff signing in, not about orders."),
}
COUNTS: dict[str, str] = {
    "refused": _("Refused"),
    "total": _("Order totals"),
    "tax": _("Tax"),
    "shipping": _("Shipping charged"),
    "promised_sooner": _("Promised for an earlier day"),
    "promised_later": _("Promised for a later day"),
    "passed": _("Nobody needs to look"),
    "held": _("Held: a person looks"),
    "turned_down": _("Turned down by itself"),
    "served_elsewhere": _("Served from other shelves"),
    "parcels": _("Parcels (one a location)"),
    "units_missing": _("Units that were nowhere"),
    "credited": _("Credited for returns"),
    "hold_settled": _("Settled in time"),
    "hold_release": _("Released by the deadline"),
    "hold_cancel": _("Canceled by the deadline"),
    "hold_escalate": _("Escalated by the deadline"),
}
# How the past is told once more, and what that leaves open.
HOW: dict[str, str] = {
    "tax": _("Each order is placed once more at its prices, with the products' present tax classes."),
    "shipping": _(
        "Each order is placed once more with the option that was chosen; who would have chosen another is not known."
    ),
    "closed_channels": _("Each order is placed once more by its channel."),
    "locations": _("Each order looks for its shelves once more, with the stock of that moment."),
    "routing": _("Each order looks for its shelves once more, with the stock of that moment."),
    "risk": _("Each order goes through review once more, in the order in which they came."),
    "holds": _("Each hold gets its owner and deadline once more; it is held against when it was really let go."),
    "returns": _(
        "Each return is asked for once more on the same day, as if the order had been placed under this policy."
    ),
}
