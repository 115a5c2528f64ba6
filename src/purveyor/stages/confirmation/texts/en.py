"""What the notices say, in English."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "order_received": (
        "We have your order {number}",
        (
            "Thank you for your order {number}. We have it, and are waiting for the payment to be confirmed.",
            "{lines}",
            "Shipping: {shipping}",
            "Total: {total}",
            "As soon as it is, we confirm your order and tell you how it goes on.",
        ),
    ),
    "order_confirmed": (
        "Your order {number} is confirmed",
        (
            "Thank you for your order {number}.",
            "{lines}",
            "Shipping: {shipping}",
            "Total: {total}",
            "It will be with you by {all_promised_at}.",
            "What is in stock will be with you by {rest_promised_at}.",
            "Not in stock at the moment, and sent as soon as possible: {waiting}",
        ),
    ),
    "order_on_hold": (
        "We are checking your order {number}",
        ("Before we send your order {number}, we have to check something. We will be in touch if we need you.",),
    ),
    "choice_offered": (
        "Something of your order {number} is missing",
        (
            "Not in stock at the moment: {waiting}",
            "We can send what is there, wait until all is there, send something else, or cancel what is missing.",
            "Please tell us by {deadline_at}.",
        ),
    ),
    "payment_received": (
        "Your payment for order {number}",
        ("We have your payment of {amount} for order {number}. Thank you.",),
    ),
    "payment_authorized": (
        "Your payment for order {number} is confirmed",
        (
            "Your bank has confirmed the payment of {amount} for order {number}.",
            "We take the money when the goods leave.",
        ),
    ),
    "payment_declined": (
        "Your payment for order {number} did not work",
        (
            "Your bank did not accept the payment for order {number}.",
            "Reason: {reason_words}.",
            "Please pay again, with the same or another card. We keep your goods for you meanwhile.",
            "{url}",
        ),
    ),
    "payment_action_required": (
        "Please confirm your payment for order {number}",
        ("Your bank wants you to confirm the payment for order {number}:", "{url}"),
    ),
    "pay_by_link": (
        "Please pay for order {number}",
        ("{amount} of order {number} is to be paid.", "{url}"),
    ),
    "payment_reminder": (
        "Reminder: invoice {invoice} for order {number}",
        ("Of our invoice {invoice} for order {number}, {amount} is still open. Perhaps it was overlooked.",),
    ),
    "invoice_issued": (
        "Invoice {invoice} for order {number}",
        ("Our invoice {invoice} for order {number} comes to {amount}.", "You find it on the page of your order."),
    ),
    "invoice_due": (
        "Invoice {invoice} for order {number}",
        ("Our invoice {invoice} for order {number} comes to {amount}.", "Please pay it by {due_at}."),
    ),
    "invoice_open": (
        "Invoice {invoice} for order {number}: still to be paid",
        ("Of our invoice {invoice} for order {number}, {amount} is still open.", "Please pay it by {due_at}."),
    ),
    "shipped": (
        "Your order {number} is on its way",
        (
            "We have handed a parcel of your order {number} to the courier.",
            "Courier: {carrier}",
            "Tracking number: {tracking_number}",
            "It should be with you by {promised_at}.",
        ),
    ),
    "delayed": (
        "Your order {number} will be late",
        (
            "We told you {promised_at} for order {number}. We will not make it, and we are sorry.",
            "Still to come: {open_lines}",
            "You need not do anything. If you do not want to wait, tell us and we cancel it.",
        ),
    ),
    "delivered": ("Your order {number} was delivered", ("A parcel of your order {number} was delivered. Enjoy it.",)),
    "delivery_failed": (
        "We could not deliver your order {number}",
        ("The courier could not hand over a parcel of order {number}, and will try again.", "Attempt: {attempt}"),
    ),
    "parcel_waiting": (
        "A parcel of your order {number} can be picked up",
        ("A parcel of your order {number} is waiting for you.", "Where: {place}", "Please bring an ID."),
    ),
    "returned_to_sender": (
        "A parcel of your order {number} is coming back to us",
        (
            "The courier could not hand over a parcel of your order {number}, and is bringing it back to us.",
            "You need not do anything. We write to you as soon as it is here.",
            "Is your address right? You can answer us on the page of your order.",
        ),
    ),
    "parcel_lost": (
        "A parcel of your order {number} is lost",
        (
            "A parcel of your order {number} was lost on its way. We are sorry.",
            "We are looking into it, and send it again or give you your money back. You need not do anything.",
        ),
    ),
    "ready_to_collect": (
        "Your order {number} is ready",
        ("Your order {number} is ready to be collected.", "Where: {location}", "Your code: {code}"),
    ),
    "collect_reminder": (
        "Your order {number} is waiting for you",
        ("Your order {number} is still waiting to be collected.", "Where: {location}", "Your code: {code}"),
    ),
    "collected": ("You have your order {number}", ("You have collected goods of your order {number}. Enjoy them.",)),
    "downloads_ready": (
        "Your downloads of order {number}",
        ("What you bought with order {number} is ready for download on its order page.", "{url}"),
    ),
    "license_keys": (
        "Your license keys of order {number}",
        ("The license keys that you bought with order {number} are on its order page.", "{url}"),
    ),
    "access_on": ("Your access is on", ("The access that you bought with order {number} is switched on.",)),
    "choose_appointment": (
        "Choose a time for order {number}",
        ("Please choose when our technician may come for order {number}.", "{url}"),
    ),
    "appointment_booked": (
        "Your appointment for order {number}",
        ("Our technician will come on {starts_at}.",),
    ),
    "installed": ("The work of order {number} is done", ("What you ordered with {number} is installed. Thank you.",)),
    "canceled": (
        "Your order {number} was canceled",
        (
            "Of order {number} was canceled: {canceled_lines}",
            "Reason: {reason_words}.",
            "What you have paid for it goes back to you.",
        ),
    ),
    "changed": (
        "Your order {number} was changed",
        ("Your order {number} was changed. It is now:", "{lines}", "Total: {total}"),
    ),
    "refunded": (
        "Money back for order {number}",
        ("We have sent you back {amount} for order {number}. Your bank may take some days.",),
    ),
    "return_authorized": (
        "Your return of order {number}",
        (
            "You may send it back. Please put the number of your order, {number}, into the parcel.",
            "It must be with us by {expires_at}.",
            "Or hand it in: {counters}. Then you need no label, and pay for none.",
            "If all comes back, you get {amount}.",
        ),
    ),
    "return_to_counter": (
        "Your return of order {number}",
        (
            "Please bring it to {counter}, and tell us the number of your order there: {number}.",
            "You need no label.",
            "Please come by {expires_at}.",
            "If you bring everything, you get {amount}.",
        ),
    ),
    "return_without_goods": (
        "Your return of order {number}",
        (
            "You need not send anything back.",
            "You get {amount}.",
        ),
    ),
    "return_received": (
        "Your return of order {number} is here",
        ("What you sent back of order {number} has arrived. We look at it and let you know.",),
    ),
    "survey": (
        "How was order {number}?",
        ("Your order {number} is with you. How was it? It takes half a minute.", "{url}"),
    ),
    "case_opened": (
        "We have your message about order {number}",
        ("We have your message about order {number}, and answer as soon as we can.",),
    ),
    "claim_resolved": (
        "What we do about order {number}",
        ("We have looked at your claim about order {number}. You find our answer on its order page.", "{url}"),
    ),
    "case_answered": (
        "Our answer about order {number}",
        ("We have answered you about order {number}. You find the answer on its order page.", "{url}"),
    ),
    "message_from_us": (
        "A message about order {number}",
        ("{words}", "You can answer us on the page of your order."),
    ),
    "news": ("News about your order {number}", ("There is news about your order {number}.", "{url}")),
}

WORDS: Final[dict[str, str]] = {
    "insufficient_funds": "not enough money in the account",
    "expired_card": "the card has expired",
    "card_declined": "the bank declined the card",
    "store_credit_insufficient": "not enough store credit",
    "changed mind": "you asked for it",
    "missing, and not waited for": "it is not in stock",
}
