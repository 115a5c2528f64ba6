"""The life of an order on one page: which fact leads to which commands and jobs.

Commands that follow run in the same transaction as the fact, so no order is ever stuck between two steps. Jobs are
enqueued in it and run afterwards. Reading this page from top to bottom is reading the business.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Literal, assert_never
from uuid import UUID

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.holds import DISPUTE, HOLD_TYPES, UNTIL_PAID
from purveyor.core.messages import Fact
from purveyor.core.money import Money
from purveyor.core.positions import BACKORDER, IN_THE_HOUSE, TERMINAL, UnitsOf
from purveyor.core.registry import Follow, after
from purveyor.core.rows import Product
from purveyor.core.state import Book, State
from purveyor.records.catalog import commands as catalog, facts as catalog_facts
from purveyor.records.policies import facts as policy_facts
from purveyor.records.staff import commands as staff, facts as staff_facts
from purveyor.records.staff.state import Staff
from purveyor.records.stock import facts as stock_facts
from purveyor.stages.confirmation import commands as confirmation, facts as confirmation_facts
from purveyor.stages.confirmation.state import Message
from purveyor.stages.delivery import commands as delivery, facts as delivery_facts
from purveyor.stages.delivery.state import Tracking
from purveyor.stages.feedback import commands as feedback, facts as feedback_facts
from purveyor.stages.feedback.state import Survey
from purveyor.stages.packing import commands as packing, facts as packing_facts
from purveyor.stages.payment import commands as payment, facts as payment_facts
from purveyor.stages.payment.amounts import covered, disputed, is_disputed, still_owed
from purveyor.stages.payment.billing_documents import credits_to_apply
from purveyor.stages.payment.going_back import parts_of
from purveyor.stages.payment.reasons import HELD_FOR_LINK, LINK_NOT_PAID
from purveyor.stages.payment.rows import Invoice, MoneyRequest
from purveyor.stages.payment.state import Payment
from purveyor.stages.picking import commands as picking, facts as picking_facts
from purveyor.stages.receipt import commands as receipt, facts as receipt_facts
from purveyor.stages.returns import commands as returns, facts as returns_facts
from purveyor.stages.returns.state import Rma
from purveyor.stages.review import commands as review, facts as review_facts
from purveyor.stages.review.state import Hold
from purveyor.stages.shipping import commands as shipping, facts as shipping_facts
from purveyor.stages.shipping.state import Shipment
from purveyor.stages.support import commands as support, facts as support_facts
from purveyor.stages.support.state import Case

PART_OF_IT = "refund_in_part"  # of what the units of a claim cost

# ---------------------------------------------------------------- receipt


@after(receipt_facts.OrderPlaced)
def plan_the_money_and_look_it_over(fact: receipt_facts.OrderPlaced, _state: State) -> Follow:
    order_id = order_of(fact)
    yield payment.PlanPayments(
        order_id=order_id,
        tenders=tuple(
            payment.PlannedTender(method=tender.method, amount=tender.amount, source=tender.source)
            for tender in fact.tenders
            if tender.amount is not None
        ),
    )
    for hold in fact.second_look:
        yield review.HoldOrder(
            order_id=order_id, type=hold, why="more than one person decides", by_another=True, if_needed=True
        )
    yield review.ReviewOrder(order_id=order_id)


# ---------------------------------------------------------------- review


@after(review_facts.UnitsAllocated, review_facts.HoldReleased)
def to_the_shelves(fact: Fact, state: State) -> Follow:
    book = book_of(fact, state)
    if not is_held(book) and is_paid_for(book):
        yield from look_for_files(book)
        yield picking.ReleaseUnits(order_id=book.order.id)


@after(review_facts.HoldReleased)
def ask_again_for_labels(fact: review_facts.HoldReleased, _state: State) -> Follow:
    """The address was corrected, or somebody is sure of it: labels that carriers refused are asked for again."""
    if fact.type == "address":
        yield shipping.RetryLabel(order_id=order_of(fact))


@after(stock_facts.StockCounted, picking_facts.CountRecorded)
def take_back_what_is_not_there(fact: stock_facts.StockCounted | picking_facts.CountRecorded, _state: State) -> Follow:
    """Whoever has only put it into a cart loses it before anybody who has ordered it."""
    if fact.short:
        found = fact.counted + (fact.aside if isinstance(fact, picking_facts.CountRecorded) else 0)
        yield receipt.CutClaims(sku=fact.sku, location=fact.location, on_hand=found)
        yield review.ShortUnits(sku=fact.sku, location=fact.location, on_hand=found)


@after(review_facts.UnitsShorted)
def look_for_another_shelf(fact: review_facts.UnitsShorted, _state: State) -> Follow:
    order_id = order_of(fact)
    yield picking.WithdrawUnits(order_id=order_id)
    yield review.AllocateUnits(order_id=order_id)


@after(review_facts.AddressDoubted)
def look_closely_at_the_address(fact: review_facts.AddressDoubted, _state: State) -> Follow:
    yield review.CheckAddress(order_id=order_of(fact), contact_id=fact.contact_id)


@after(review_facts.OrderHeld)
def say_that_it_is_looked_at(fact: review_facts.OrderHeld, state: State) -> Follow:
    book = book_of(fact, state)
    is_first = len(book.rows(Hold)) == 1
    if is_first and fact.before_approval and state.policies.holds.rule(fact.type).tells_customer:
        yield tell(book.order.id, "order_on_hold")


@after(review_facts.OrderApproved)
def ask_for_the_money(fact: review_facts.OrderApproved, state: State) -> Follow:
    """Nothing is promised before a bank has agreed: it mostly does at once, and where it does not, a sweep says so."""
    book = book_of(fact, state)
    if pays_later(book) and not (has_been_told(book, "order_received") or has_been_told(book, "order_confirmed")):
        yield tell(book.order.id, "order_received")
    yield payment.StartPayments(order_id=book.order.id)


@after(review_facts.ChoiceOffered)
def ask_what_is_wanted(fact: review_facts.ChoiceOffered, _state: State) -> Follow:
    yield tell(order_of(fact), "choice_offered", deadline_at=fact.deadline_at.isoformat())


@after(review_facts.OrderEdited, review_facts.UnitsCanceled)
def stop_work_that_is_not_wanted(fact: Fact, _state: State) -> Follow:
    if any(move.target == "canceled" for move in fact.moves):
        order_id = order_of(fact)
        yield picking.WithdrawUnits(order_id=order_id)
        yield shipping.VoidLabels(order_id=order_id)
        yield delivery.WithdrawDeliveries(order_id=order_id)


@after(review_facts.OrderEdited, review_facts.UnitsAdded)
def find_shelves_for_what_is_new(fact: Fact, state: State) -> Follow:
    book = book_of(fact, state)
    if book.units("placed"):
        yield review.AllocateUnits(order_id=book.order.id)
        yield from look_for_files(book)


@after(review_facts.UnitsAdded)
def say_what_it_is_in_place_of(fact: review_facts.UnitsAdded, _state: State) -> Follow:
    sent = [payment.SentAgain(each.id, each.instead_of) for each in fact.added if each.instead_of is not None]
    if fact.free and sent:
        yield payment.NoteSentAgain(order_id=order_of(fact), sent=tuple(sent))


@after(review_facts.OrderEdited, review_facts.UnitsAdded, review_facts.UnitsCanceled)
def let_the_money_follow(fact: Fact, state: State) -> Follow:
    """Something else for the same price leaves nothing owed, and what was billed of the first is taken back."""
    book = book_of(fact, state)
    if fact.postings or (book.rows(Invoice) and any(move.target == "canceled" for move in fact.moves)):
        yield payment.SettleBalance(order_id=book.order.id)


@after(review_facts.OrderEdited)
def say_what_it_is_now(fact: review_facts.OrderEdited, _state: State) -> Follow:
    yield tell(order_of(fact), "changed")


@after(review_facts.UnitsCanceled)
def say_what_was_canceled(fact: review_facts.UnitsCanceled, _state: State) -> Follow:
    yield tell(order_of(fact), "canceled", reason=fact.why)


@after(review_facts.UnitsCanceled, payment_facts.PaymentVoided)
def close_the_book_of_what_never_came(fact: Fact, state: State) -> Follow:
    book = book_of(fact, state)
    yield from ask_how_it_was(book)  # what was delivered before the rest was canceled
    if everything_has_ended(book) and has_been_asked(book) and nothing_is_open(book):
        yield review.CloseOrder(order_id=book.order.id)


# ---------------------------------------------------------------- confirmation


@after(confirmation_facts.NoticeQueued, confirmation_facts.NoticeRetried)
def write_to_the_customer(
    fact: confirmation_facts.NoticeQueued | confirmation_facts.NoticeRetried, _state: State
) -> Follow:
    yield confirmation.DeliverNotice(order_id=order_of(fact), message_id=fact.message_id)


@after(confirmation_facts.CustomerWrittenTo)
def send_what_was_written(fact: confirmation_facts.CustomerWrittenTo, _state: State) -> Follow:
    yield tell(order_of(fact), "message_from_us", words_text_id=str(fact.text_id))


# ---------------------------------------------------------------- payment


@after(payment_facts.CreditLimitReached)
def hold_for_credit(fact: payment_facts.CreditLimitReached, _state: State) -> Follow:
    yield review.HoldOrder(order_id=order_of(fact), type="credit", why=fact.why, if_needed=True)


@after(payment_facts.PayLinkOffered)
def ask_to_pay_by_link(fact: payment_facts.PayLinkOffered, state: State) -> Follow:
    book = book_of(fact, state)
    amount = Money(fact.amount_minor, book.currency)
    yield tell(book.order.id, "pay_by_link", amount=str(amount), payment_id=str(fact.payment_id))


@after(payment_facts.PayLinkOverdue)
def hold_what_nobody_paid(fact: payment_facts.PayLinkOverdue, state: State) -> Follow:
    """What nobody paid any part of is canceled when the hold ends; what is paid in part is for a person to decide."""
    book = book_of(fact, state)
    is_paid_in_part = covered(book) > 0 or book.order.captured_minor > 0
    day = LINK_NOT_PAID.parts_of(fact.why)
    assert day is not None, fact.why
    yield review.HoldOrder(
        order_id=book.order.id,
        type="balance" if is_paid_in_part else "payment",
        why=HELD_FOR_LINK(**day),
        if_needed=True,
    )


@after(payment_facts.AuthorizationRequested)
def ask_the_bank_to_hold(fact: payment_facts.AuthorizationRequested, state: State) -> Follow:
    order = book_of(fact, state).order
    yield payment.AuthorizeAtGateway(
        order_id=order.id,
        payment_id=fact.payment_id,
        key=fact.key,
        amount=Money(fact.amount_minor, order.currency),
        source=fact.source,
        about=str(order.number),
    )
    if fact.abandons:
        yield let_go_of(order.id, fact.payment_id, fact.abandons)


@after(payment_facts.PaymentActionRequired)
def ask_to_confirm_at_the_bank(fact: payment_facts.PaymentActionRequired, _state: State) -> Follow:
    yield tell(order_of(fact), "payment_action_required", url=fact.action_url)


@after(payment_facts.PaymentAuthorized)
def the_bank_holds_it(fact: payment_facts.PaymentAuthorized, state: State) -> Follow:
    """Nothing is taken yet. Whoever had been asked to do something about it hears that it worked."""
    book = book_of(fact, state)
    if any(has_been_told(book, notice) for notice in ("pay_by_link", "payment_declined", "payment_action_required")):
        yield tell(book.order.id, "payment_authorized", amount=str(Money(fact.amount_minor, book.currency)))
    yield payment.SettleBalance(order_id=book.order.id)


@after(payment_facts.PaymentDeclined)
def the_bank_says_no(fact: payment_facts.PaymentDeclined, _state: State) -> Follow:
    order_id = order_of(fact)
    yield review.HoldOrder(order_id=order_id, type="payment", why=fact.reason, if_needed=True)
    yield tell(order_id, "payment_declined", reason=fact.reason)
    if fact.abandons:
        yield let_go_of(order_id, fact.payment_id, fact.abandons)


@after(payment_facts.StrayHoldFound)
def let_go_of_a_stray_hold(fact: payment_facts.StrayHoldFound, _state: State) -> Follow:
    yield let_go_of(order_of(fact), fact.payment_id, fact.reference, because="stray")


@after(payment_facts.PaymentSecured)
def confirm_what_is_paid_for(fact: payment_facts.PaymentSecured, state: State) -> Follow:
    """Only now a day is promised: nothing of the order waits for money any more."""
    book = book_of(fact, state)
    if not has_been_told(book, "order_confirmed"):
        yield tell(book.order.id, "order_confirmed")


@after(payment_facts.PaymentSecured)
def the_goods_may_go(fact: payment_facts.PaymentSecured, state: State) -> Follow:
    book = book_of(fact, state)
    for hold in HOLD_TYPES.values():
        if hold.until_paid:
            yield review.ReleaseHolds(order_id=book.order.id, type=hold.type)
    if not is_held(book, but=UNTIL_PAID):
        yield from look_for_files(book)
        yield picking.ReleaseUnits(order_id=book.order.id)


@after(payment_facts.GatewayAsked)
def ask_what_became_of_it(fact: payment_facts.GatewayAsked, _state: State) -> Follow:
    yield payment.LookUpAtGateway(order_id=order_of(fact), payment_id=fact.payment_id, key=fact.key)


@after(payment_facts.RequestRepeated)
def send_it_again(fact: payment_facts.RequestRepeated, state: State) -> Follow:
    order = book_of(fact, state).order
    of, key = fact.payment_id, fact.key
    amount = Money(fact.amount_minor, order.currency)
    match fact.verb:
        case "authorize":
            yield payment.AuthorizeAtGateway(
                order_id=order.id, payment_id=of, key=key, amount=amount, source=fact.source, about=str(order.number)
            )
        case "capture":
            yield payment.CaptureAtGateway(
                order_id=order.id, payment_id=of, key=key, amount=amount, reference=fact.reference
            )
        case "refund":
            yield payment.RefundAtGateway(
                order_id=order.id, payment_id=of, key=key, amount=amount, reference=fact.reference
            )
        case "void":
            yield payment.VoidAtGateway(order_id=order.id, payment_id=of, key=key, reference=fact.reference)
        case _:
            assert_never(fact.verb)


@after(payment_facts.CaptureRequested)
def take_the_money(fact: payment_facts.CaptureRequested, state: State) -> Follow:
    order = book_of(fact, state).order
    yield payment.CaptureAtGateway(
        order_id=order.id,
        payment_id=fact.payment_id,
        key=fact.key,
        reference=fact.reference,
        amount=Money(fact.amount_minor, order.currency),
    )


@after(payment_facts.PaymentCaptured)
def the_money_is_ours(fact: payment_facts.PaymentCaptured, state: State) -> Follow:
    book = book_of(fact, state)
    if fact.method == "invoice":
        amount = Money(fact.amount_minor, book.currency)
        yield tell(book.order.id, "payment_received", amount=str(amount))
    yield payment.SettleBalance(order_id=book.order.id)


@after(payment_facts.CaptureFailed)
def the_bank_does_not_pay(fact: payment_facts.CaptureFailed, state: State) -> Follow:
    """What was credited meanwhile is owed no more: then nobody is asked for it."""
    book = book_of(fact, state)
    order_id = book.order.id
    is_owed = still_owed(book) > 0
    if is_owed:
        yield review.HoldOrder(order_id=order_id, type="payment", why=fact.reason, if_needed=True)
        yield tell(order_id, "payment_declined", reason=fact.reason)
    if not is_owed or fact.released_minor or credits_to_apply(book) or parts_of(book):
        yield payment.SettleBalance(order_id=order_id)


@after(payment_facts.InvoiceIssued)
def send_the_invoice(fact: payment_facts.InvoiceIssued, state: State) -> Follow:
    book = book_of(fact, state)
    details = {"invoice": str(fact.number), "amount": str(Money(fact.total_minor, book.currency))}
    if fact.due_at is not None:
        yield tell(book.order.id, "invoice_due", due_at=fact.due_at.isoformat(), **details)
    else:
        yield tell(book.order.id, "invoice_issued", **details)


@after(payment_facts.InvoiceMadeDue)
def ask_for_what_nobody_collects(fact: payment_facts.InvoiceMadeDue, state: State) -> Follow:
    book = book_of(fact, state)
    amount = Money(fact.open_minor, book.currency)
    yield tell(
        book.order.id,
        "invoice_open",
        invoice=str(fact.number),
        amount=str(amount),
        due_at=fact.due_at.isoformat(),
    )


@after(payment_facts.LostGoodsOpen)
def decide_about_lost_goods(fact: payment_facts.LostGoodsOpen, state: State) -> Follow:
    """Of several invoices with lost goods one case is opened: whoever has it before him sees the whole order."""
    book = book_of(fact, state)
    if not any(case.topic == "delivery" and case.status != "closed" for case in book.rows(Case).values()):
        yield support.OpenCase(order_id=book.order.id, topic="delivery")


@after(payment_facts.VoidRequested)
def ask_the_bank_to_let_go(fact: payment_facts.VoidRequested, _state: State) -> Follow:
    yield payment.VoidAtGateway(
        order_id=order_of(fact), payment_id=fact.payment_id, key=fact.key, reference=fact.reference
    )


@after(
    payment_facts.PaymentVoided,
    payment_facts.DebtWrittenOff,
    payment_facts.ChargesDropped,
    payment_facts.CreditsApplied,
    payment_facts.PaymentChargedBack,
    payment_facts.DisputeChanged,
    payment_facts.DisputeWon,
    payment_facts.DisputeLost,
)
def what_is_owed_has_changed(fact: Fact, _state: State) -> Follow:
    yield payment.SettleBalance(order_id=order_of(fact))


@after(payment_facts.AmountCredited)
def a_credit_goes_back(fact: payment_facts.AmountCredited, _state: State) -> Follow:
    yield _settled_as_agreed(fact)


def _settled_as_agreed(
    fact: payment_facts.AmountCredited | support_facts.ClaimResolved,
    to: Literal["original", "store_credit"] = "original",
    undelivered: tuple[UUID, ...] = (),
) -> payment.SettleBalance:
    """What goes back counts, unless a second person has agreed to what caused it: then that did."""
    counted = _counted_in(fact)
    return payment.SettleBalance(
        order_id=order_of(fact),
        to=to,
        is_approved=fact.is_approved,
        approval_id=fact.approval_id,
        counted_minor=counted,
        decided_minor=counted,
        undelivered=undelivered,
    )


def _counted_in(fact: Fact) -> int:
    """What of it counted toward what one person gives: it counts for the person, and for the order."""
    return max((each.minor for each in fact.counts), default=0)


@after(payment_facts.PaymentChargedBack)
def look_into_the_dispute(fact: payment_facts.PaymentChargedBack, _state: State) -> Follow:
    """Nobody is asked to pay: somebody answers the bank."""
    yield support.OpenCase(order_id=order_of(fact), topic="dispute")


@after(payment_facts.PaymentChargedBack, payment_facts.DisputeChanged)
def keep_what_is_not_paid_for_any_more(
    fact: payment_facts.PaymentChargedBack | payment_facts.DisputeChanged, state: State
) -> Follow:
    """What has not left waits for the bank. Whoever has let it go all the same is asked again if more is disputed."""
    book = book_of(fact, state)
    more = fact.amount_minor if isinstance(fact, payment_facts.PaymentChargedBack) else fact.by_minor
    if more > 0 and book.units(*IN_THE_HOUSE):
        yield review.HoldOrder(order_id=book.order.id, type=DISPUTE, why="the payment is disputed", if_needed=True)


@after(payment_facts.DisputeWon)
def let_go_of_what_is_paid_for_again(fact: payment_facts.DisputeWon, state: State) -> Follow:
    book = book_of(fact, state)
    if not is_disputed(book):
        yield review.ReleaseHolds(order_id=book.order.id, type=DISPUTE, why="dispute won")


@after(payment_facts.StrayRefundFound)
def look_into_what_went_back_twice(fact: payment_facts.StrayRefundFound, _state: State) -> Follow:
    yield support.OpenCase(order_id=order_of(fact), topic="payment")


@after(payment_facts.RefundRequested)
def give_it_back(fact: payment_facts.RefundRequested, state: State) -> Follow:
    if fact.way == "gateway" and not fact.needs_approval and fact.payment_id is not None:
        order = book_of(fact, state).order
        yield payment.RefundAtGateway(
            order_id=order.id,
            payment_id=fact.payment_id,
            key=fact.key,
            reference=fact.reference,
            amount=Money(fact.amount_minor, order.currency),
        )


@after(payment_facts.RefundDone)
def it_is_back(fact: payment_facts.RefundDone, state: State) -> Follow:
    book = book_of(fact, state)
    amount = Money(fact.amount_minor, book.currency)
    details = {"amount": str(amount), "way": fact.way}
    yield tell(book.order.id, "refunded", **details)


@after(payment_facts.ReminderDue)
def remind_of_the_invoice(fact: payment_facts.ReminderDue, state: State) -> Follow:
    book = book_of(fact, state)
    details = {
        "invoice": str(fact.number),
        "level": str(fact.level),
        "amount": str(Money(fact.open_minor, book.currency)),
    }
    yield tell(book.order.id, "payment_reminder", **details)


def let_go_of(order_id: UUID, payment_id: UUID, reference: str, because: str = "abandoned") -> payment.LetGoAtGateway:
    """Nobody counts on this authorization: whatever became of it, the bank must not hold it."""
    key = f"{payment_id}:let_go:{because}:{reference}"
    return payment.LetGoAtGateway(order_id=order_id, payment_id=payment_id, key=key, reference=reference)


# ---------------------------------------------------------------- picking


@after(picking_facts.FulfillmentReleased)
def give_what_lies_on_no_shelf(fact: picking_facts.FulfillmentReleased, _state: State) -> Follow:
    order_id = order_of(fact)
    match fact.method:
        case "ship" | "collect":
            pass  # it waits for somebody who walks
        case "download":
            yield delivery.GrantDownloads(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case "license":
            yield delivery.IssueLicenseKeys(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case "access":
            yield delivery.SwitchAccessOn(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case "install":
            yield delivery.PlanInstallation(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case _:
            assert_never(fact.method)


@after(picking_facts.FulfillmentPicked)
def to_the_bench(fact: picking_facts.FulfillmentPicked, _state: State) -> Follow:
    yield packing.BringToBench(
        order_id=order_of(fact),
        fulfillment_id=fact.fulfillment_id,
        location=fact.location,
        tote=fact.tote,
        units=fact.units,
    )


@after(picking_facts.ShelfCorrected)
def find_another_shelf_and_count_this_one(fact: picking_facts.ShelfCorrected, _state: State) -> Follow:
    yield review.AllocateUnits(order_id=order_of(fact))
    yield picking.RequestCount(sku=fact.sku, location=fact.location, reason=fact.reason)


@after(picking_facts.PickUndone)
def off_the_bench_again(fact: picking_facts.PickUndone, _state: State) -> Follow:
    yield packing.TakeOffBench(order_id=order_of(fact), fulfillment_id=fact.fulfillment_id, units=fact.units)


@after(picking_facts.PickedUnwanted)
def take_out_what_is_not_wanted(fact: picking_facts.PickedUnwanted, _state: State) -> Follow:
    yield packing.TakeOut(order_id=order_of(fact), units=fact.units)


# ---------------------------------------------------------------- packing


@after(packing_facts.ParcelPacked)
def to_the_courier_or_the_counter(fact: packing_facts.ParcelPacked, state: State) -> Follow:
    order = book_of(fact, state).order
    if order.method == "collect":
        yield delivery.ReadyToCollect(
            order_id=order.id, parcel_id=fact.parcel_id, location=fact.location, contents=fact.contents
        )
        return
    yield shipping.RequestLabel(
        order_id=order.id,
        parcel_id=fact.parcel_id,
        location=fact.location,
        weight_g=fact.weight_g,
        length_mm=fact.length_mm,
        width_mm=fact.width_mm,
        height_mm=fact.height_mm,
        contents=fact.contents,
    )


@after(packing_facts.ParcelUnpacked)
def neither_label_nor_code_for_an_open_parcel(fact: packing_facts.ParcelUnpacked, state: State) -> Follow:
    order = book_of(fact, state).order
    if order.method == "collect":
        yield delivery.WithdrawDeliveries(order_id=order.id, parcel_id=fact.parcel_id)
    else:
        yield shipping.CallOffParcel(order_id=order.id, parcel_id=fact.parcel_id)


@after(packing_facts.UnitsTakenOut)
def no_more_work_for_what_was_taken_out(fact: packing_facts.UnitsTakenOut, _state: State) -> Follow:
    yield picking.DropUnits(
        order_id=order_of(fact),
        units=tuple(
            picking.FulfillmentUnits(each.fulfillment_id, each.line_id, each.quantity)
            for each in (*fact.left_over, *fact.removed)
        ),
    )


@after(shipping_facts.ShipmentDispatched, delivery_facts.Collected)
def the_parcel_is_out_of_the_house(
    fact: shipping_facts.ShipmentDispatched | delivery_facts.Collected, _state: State
) -> Follow:
    yield packing.RecordParcelLeft(order_id=order_of(fact), parcel_id=fact.parcel_id)


@after(packing_facts.ParcelLeft)
def nothing_is_left_to_do_for_it(fact: packing_facts.ParcelLeft, _state: State) -> Follow:
    yield picking.RecordLeft(
        order_id=order_of(fact), fulfillment_id=fact.fulfillment_id, parcel_id=fact.parcel_id, units=fact.contents
    )


# ---------------------------------------------------------------- shipping


@after(shipping_facts.LabelRequested)
def buy_the_label(fact: shipping_facts.LabelRequested, state: State) -> Follow:
    order = book_of(fact, state).order
    yield shipping.BuyLabel(
        order_id=order.id,
        shipment_id=fact.shipment_id,
        attempt=fact.attempt,
        contact_id=fact.contact_id,
        origin=fact.origin,
        box=fact.box,
        promised_at=fact.promised_at,
        requested_at=fact.requested_at,
        about=str(order.number),
        zone=state.policies.zone.key,
    )


@after(shipping_facts.LabelRefused)
def hold_for_the_address(fact: shipping_facts.LabelRefused, _state: State) -> Follow:
    if fact.reason == "address_undeliverable":
        yield review.HoldOrder(order_id=order_of(fact), type="address", why=fact.why, if_needed=True)


@after(shipping_facts.VoidRequested, shipping_facts.LabelUnwanted)
def give_the_label_back(fact: shipping_facts.VoidRequested | shipping_facts.LabelUnwanted, _state: State) -> Follow:
    yield shipping.CancelLabel(
        order_id=order_of(fact), shipment_id=fact.shipment_id, tracking_number=fact.tracking_number
    )


@after(shipping_facts.ShipmentDispatched)
def it_is_on_its_way(fact: shipping_facts.ShipmentDispatched, _state: State) -> Follow:
    order_id = order_of(fact)
    yield payment.CaptureForUnits(order_id=order_id, shipment_id=fact.shipment_id, units=fact.contents)
    yield tell(order_id, "shipped", tracking_number=fact.tracking_number, carrier=fact.carrier)
    yield delivery.ExpectDelivery(
        order_id=order_id, shipment_id=fact.shipment_id, tracking_number=fact.tracking_number, contents=fact.contents
    )


# ---------------------------------------------------------------- delivery


@after(delivery_facts.TrackingRecorded)
def the_carrier_has_it_already(fact: delivery_facts.TrackingRecorded, state: State) -> Follow:
    """A courier who scans a parcel has it, whether somebody has closed the manifest or not."""
    shipment = book_of(fact, state).rows(Shipment).get(fact.shipment_id)
    if shipment is not None and shipment.status == "labeled" and fact.status != "label_created":
        yield shipping.RecordTaken(order_id=order_of(fact), shipment_id=fact.shipment_id)


@after(delivery_facts.ShipmentWaiting)
def tell_where_it_waits(fact: delivery_facts.ShipmentWaiting, _state: State) -> Follow:
    yield tell(order_of(fact), "parcel_waiting", place=fact.place)


@after(delivery_facts.CarrierAsked)
def ask_where_it_is(fact: delivery_facts.CarrierAsked, _state: State) -> Follow:
    yield delivery.PollCarrier(
        order_id=order_of(fact), shipment_id=fact.shipment_id, tracking_number=fact.tracking_number
    )


@after(delivery_facts.ShipmentDelivered)
def they_have_the_parcel(fact: delivery_facts.ShipmentDelivered, state: State) -> Follow:
    book = book_of(fact, state)
    yield returns.DropReturnToSender(order_id=book.order.id, shipment_id=fact.shipment_id)
    yield from _found_again(fact)
    yield payment.SettleOnDelivery(order_id=book.order.id, units=fact.contents, shipment_id=fact.shipment_id)
    yield tell(book.order.id, "delivered")
    yield from ask_how_it_was(book)


@after(delivery_facts.DeliveryFailed)
def nobody_was_there(fact: delivery_facts.DeliveryFailed, _state: State) -> Follow:
    yield tell(order_of(fact), "delivery_failed", attempt=str(fact.attempt))


@after(delivery_facts.ShipmentReturnedToSender)
def it_comes_back(fact: delivery_facts.ShipmentReturnedToSender, _state: State) -> Follow:
    if fact.contents:
        yield returns.ExpectReturnToSender(
            order_id=order_of(fact), shipment_id=fact.shipment_id, contents=fact.contents
        )
        yield from _found_again(fact)
        yield tell(order_of(fact), "returned_to_sender")


def _found_again(fact: delivery_facts.ShipmentDelivered | delivery_facts.ShipmentReturnedToSender) -> Follow:
    """Units of this very parcel that were lost: others of their lines may be lost in another one."""
    found = tuple(UnitsOf(move.line_id, move.quantity) for move in fact.moves if move.source == "lost")
    if found:
        yield support.NoteFound(order_id=order_of(fact), contents=found)


@after(delivery_facts.ShipmentLost)
def it_is_lost(fact: delivery_facts.ShipmentLost, state: State) -> Follow:
    book = book_of(fact, state)
    if fact.contents:
        yield support.OpenClaim(order_id=book.order.id, claim="lost", contents=fact.contents, only_unclaimed=True)
        yield tell(book.order.id, "parcel_lost")
    yield from ask_how_it_was(book)


@after(delivery_facts.CollectReady, delivery_facts.CollectCodeRenewed)
def tell_the_code(fact: delivery_facts.CollectReady | delivery_facts.CollectCodeRenewed, _state: State) -> Follow:
    yield tell(order_of(fact), "ready_to_collect", **_code_in(fact), location=fact.location)


@after(delivery_facts.CollectOverdue)
def remind_to_collect(fact: delivery_facts.CollectOverdue, _state: State) -> Follow:
    yield tell(order_of(fact), "collect_reminder", **_code_in(fact), location=fact.location)


def _code_in(
    fact: delivery_facts.CollectReady | delivery_facts.CollectCodeRenewed | delivery_facts.CollectOverdue,
) -> dict[str, str]:
    """Where the message finds the code, or the code itself where it was made before they were kept apart."""
    return {"code": fact.code} if fact.code_id is None else {"code_text_id": str(fact.code_id)}


@after(
    delivery_facts.Collected,
    delivery_facts.DownloadsGranted,
    delivery_facts.LicenseKeysIssued,
    delivery_facts.AccessSwitchedOn,
    delivery_facts.InstallationCompleted,
)
def they_have_what_needs_no_courier(fact: delivery_facts.HandedOver, state: State) -> Follow:
    book = book_of(fact, state)
    if not fact.units:
        return
    yield payment.CaptureForUnits(order_id=book.order.id, shipment_id=fact.delivery_id, units=fact.units)
    if isinstance(fact, delivery_facts.Collected | delivery_facts.InstallationCompleted):  # somebody stood there
        yield payment.SettleOnDelivery(order_id=book.order.id, units=fact.units, shipment_id=fact.delivery_id)
    yield tell(book.order.id, NOTICE_OF_DELIVERY[type(fact)])
    yield from ask_how_it_was(book)


NOTICE_OF_DELIVERY: dict[type[Fact], str] = {
    delivery_facts.Collected: "collected",
    delivery_facts.DownloadsGranted: "downloads_ready",
    delivery_facts.LicenseKeysIssued: "license_keys",
    delivery_facts.AccessSwitchedOn: "access_on",
    delivery_facts.InstallationCompleted: "installed",
}


@after(delivery_facts.LicensePoolEmpty)
def wait_for_keys(fact: delivery_facts.LicensePoolEmpty, _state: State) -> Follow:
    yield review.HoldOrder(order_id=order_of(fact), type="stock", why=fact.why, if_needed=True)


@after(delivery_facts.LicenseWaitEnded)
def keys_came(fact: delivery_facts.LicenseWaitEnded, state: State) -> Follow:
    book = book_of(fact, state)
    if not book.units("backordered"):
        yield review.ReleaseHolds(order_id=book.order.id, type="stock")


@after(delivery_facts.AccessOnRequested)
def switch_access_on(fact: delivery_facts.AccessOnRequested, _state: State) -> Follow:
    yield delivery.SwitchOn(
        order_id=order_of(fact), grant_id=fact.grant_id, turn=fact.turn, contact_id=fact.contact_id, system=fact.system
    )


@after(delivery_facts.AccessOffRequested)
def switch_access_off(fact: delivery_facts.AccessOffRequested, _state: State) -> Follow:
    yield delivery.SwitchOff(
        order_id=order_of(fact), grant_id=fact.grant_id, turn=fact.turn, contact_id=fact.contact_id, system=fact.system
    )


@after(delivery_facts.InstallationPlanned)
def let_them_choose_a_time(fact: delivery_facts.InstallationPlanned, _state: State) -> Follow:
    yield tell(order_of(fact), "choose_appointment")


@after(delivery_facts.AppointmentBooked)
def confirm_the_time(fact: delivery_facts.AppointmentBooked, _state: State) -> Follow:
    yield tell(order_of(fact), "appointment_booked", starts_at=fact.starts_at.isoformat())


# ---------------------------------------------------------------- support


@after(support_facts.CaseOpened, support_facts.ClaimOpened)
def say_that_it_was_heard(fact: support_facts.CaseOpened | support_facts.ClaimOpened, _state: State) -> Follow:
    if fact.channel != "system":
        yield tell(order_of(fact), "case_opened")


@after(support_facts.MessageAdded)
def tell_the_answer(fact: support_facts.MessageAdded, _state: State) -> Follow:
    if fact.author == "staff":
        yield tell(order_of(fact), "case_answered")


@after(support_facts.ClaimResolved)
def put_it_right(fact: support_facts.ClaimResolved, state: State) -> Follow:
    book = book_of(fact, state)
    units = tuple(UnitsOf(each.line_id, each.quantity) for each in fact.units)
    match fact.remedy:
        case "refund":
            credited = tuple(
                returns.CreditedUnits(line_id=each.line_id, quantity=each.quantity, is_lost=fact.claim == "lost")
                for each in fact.units
            )
            yield returns.NoteCredit(order_id=book.order.id, units=credited, shipping_minor=fact.shipping_minor)
            yield from take_access_back(book, units)
            yield _settled_as_agreed(fact, undelivered=never_arrived(book))
        case "goodwill":
            yield _settled_as_agreed(fact, to="store_credit")
        case "resend":
            yield review.AddUnits(order_id=book.order.id, units=units, free=True, reason="claim")
        case "none":
            pass
        case _:
            assert_never(fact.remedy)
    yield tell(book.order.id, "claim_resolved", remedy=fact.remedy)


@after(support_facts.RemedyAsked)
def ask_a_second_person(fact: support_facts.RemedyAsked, state: State) -> Follow:
    yield payment.RequestClaim(
        order_id=order_of(fact),
        case_id=fact.case_id,
        remedy=PART_OF_IT if fact.remedy == "refund" and fact.is_part else fact.remedy,
        contents=fact.units,
        amount=Money(fact.amount_minor, book_of(fact, state).currency),
    )


@after(payment_facts.MoneyActApproved)
def put_right_what_was_agreed(fact: payment_facts.MoneyActApproved, state: State) -> Follow:
    if fact.what != "claim":
        return
    book = book_of(fact, state)
    request = book.row(MoneyRequest, fact.request_id)
    assert request.case_id is not None, "a claim is that of a case"
    is_whole = request.reason == "refund"  # what the units cost then
    yield support.ResolveApprovedClaim(
        order_id=book.order.id,
        case_id=request.case_id,
        remedy="goodwill" if request.reason == "goodwill" else "refund",
        contents=request.units,
        amount=None if is_whole else Money(request.amount_minor, book.currency),
        approval_id=request.id,
    )


# ---------------------------------------------------------------- returns


@after(delivery_facts.ShipmentDelivered)
def the_window_opens(fact: delivery_facts.ShipmentDelivered, _state: State) -> Follow:
    yield returns.NoteDelivery(order_id=order_of(fact), units=fact.contents, at=fact.delivered_at)


@after(
    delivery_facts.Collected,
    delivery_facts.DownloadsGranted,
    delivery_facts.LicenseKeysIssued,
    delivery_facts.AccessSwitchedOn,
    delivery_facts.InstallationCompleted,
)
def the_window_opens_at_once(fact: delivery_facts.HandedOver, _state: State) -> Follow:
    yield returns.NoteDelivery(order_id=order_of(fact), units=fact.units)


@after(payment_facts.AmountCredited)
def units_are_worth_less(fact: payment_facts.AmountCredited, _state: State) -> Follow:
    order_id = order_of(fact)
    yield returns.NotePriceCut(order_id=order_id, amount_minor=fact.amount_minor)
    yield support.NotePriceCut(order_id=order_id, amount_minor=fact.amount_minor)


@after(returns_facts.ReturnAuthorized)
def say_how_to_send_it_back(fact: returns_facts.ReturnAuthorized, state: State) -> Follow:
    details = {"rma_id": str(fact.rma_id), "amount": str(Money(fact.outcome.credit_minor, fact.currency))}
    if fact.expires_at is None:
        yield tell(order_of(fact), "return_without_goods", **details)
        return
    details["expires_at"] = fact.expires_at.isoformat()
    if fact.way == "counter":
        place = state.policies.location(fact.location)
        yield tell(order_of(fact), "return_to_counter", **details, counter=place.in_words if place else fact.location)
        return
    counters = [place.in_words for place in state.policies.locations if place.collects]
    if counters:
        details["counters"] = "; ".join(counters)
    yield tell(order_of(fact), "return_authorized", **details)


@after(returns_facts.ReturnReceived)
def say_that_it_came(fact: returns_facts.ReturnReceived, state: State) -> Follow:
    order_id = order_of(fact)
    received = tuple(UnitsOf(each.line_id, each.quantity) for each in fact.counted)
    yield from _no_longer_in_a_parcel(book_of(fact, state), fact.rma_id, received)
    yield tell(order_id, "return_received", rma_id=str(fact.rma_id))
    if fact.found:
        yield support.OpenCase(order_id=order_id, topic="return")


@after(returns_facts.ReturnAuthorized, returns_facts.ReturnExtended, returns_facts.ReturnInspected)
def credit_what_is_due(
    fact: returns_facts.ReturnAuthorized | returns_facts.ReturnExtended | returns_facts.ReturnInspected, _state: State
) -> Follow:
    yield returns.CreditReturn(order_id=order_of(fact), rma_id=fact.rma_id, when_inspected=True)


@after(returns_facts.ReturnCredited)
def give_money_or_other_goods(fact: returns_facts.ReturnCredited, state: State) -> Follow:
    book = book_of(fact, state)
    yield note_credits_for_support(book, fact.credits, fact.shipping_minor)
    yield from take_access_back(book, [UnitsOf(each.line_id, each.quantity) for each in fact.credits])
    for wanted in fact.exchanges:
        if not wanted.has_tax or not can_be_sent(state, book, wanted.sku, wanted.quantity):
            yield support.OpenCase(order_id=book.order.id, topic="return", line_id=wanted.line_id)
        elif wanted.sku == book.line(wanted.line_id).sku:
            units = (UnitsOf(wanted.line_id, wanted.quantity),)
            yield review.AddUnits(order_id=book.order.id, units=units, reason="exchange")
        else:
            items = (review.AddedItem(sku=wanted.sku, quantity=wanted.quantity),)
            yield review.AddUnits(order_id=book.order.id, items=items, reason="exchange")
    yield payment.SettleBalance(
        order_id=book.order.id,
        to=fact.settle_to,
        kept_back=kept_back_in(fact),
        counted_minor=_counted_in(fact),
        undelivered=never_arrived(book),
    )


def kept_back_in(fact: returns_facts.ReturnCredited) -> tuple[payment.KeptBack, ...]:
    """What was kept back of the units of each line, for the credit note to name."""
    lines: dict[UUID, payment.KeptBack] = {}
    for each in fact.kept_back:
        was = lines.get(each.line_id, payment.KeptBack(each.line_id))
        lines[each.line_id] = payment.KeptBack(
            each.line_id,
            was.fee_minor + each.fee_minor,
            was.deducted_minor + each.deducted_minor,
            was.label_minor + each.label_minor,
        )
    return tuple(each for each in lines.values() if each.fee_minor or each.deducted_minor or each.label_minor)


@after(returns_facts.ReturnImported)
def settle_what_came_back_in_the_past(fact: returns_facts.ReturnImported, state: State) -> Follow:
    book = book_of(fact, state)
    yield note_credits_for_support(book, fact.credits, 0)
    yield payment.SettleBalance(order_id=book.order.id)


def _no_longer_in_a_parcel(book: Book, rma_id: UUID, units: tuple[UnitsOf, ...]) -> Follow:
    """What a parcel brought back, or never will, does not move with what is told of that parcel later."""
    shipment_id = book.row(Rma, rma_id).shipment_id
    if shipment_id is not None and units:
        yield delivery.EndComingBack(order_id=book.order.id, shipment_id=shipment_id, units=units)


@after(returns_facts.ReturnExpired)
def look_for_what_never_came(fact: returns_facts.ReturnExpired, state: State) -> Follow:
    order_id = order_of(fact)
    yield from _no_longer_in_a_parcel(book_of(fact, state), fact.rma_id, fact.lost)
    if fact.lost and fact.kind_of_return == "return_to_sender":
        yield support.OpenClaim(order_id=order_id, claim="lost", contents=fact.lost, only_unclaimed=True)
        yield tell(order_id, "parcel_lost")
    elif fact.lost:
        yield support.OpenCase(order_id=order_id, topic="return")


@after(returns_facts.ReturnReceived, returns_facts.ReturnCanceled, returns_facts.ReturnExpired)
def nothing_more_comes_back(fact: Fact, state: State) -> Follow:
    yield from ask_how_it_was(book_of(fact, state))


def note_credits_for_support(
    book: Book, credited: Iterable[returns_facts.CreditedItem], shipping_minor: int
) -> support.NoteCredit:
    """What was paid back by a return is not paid back by a claim."""
    units = tuple(
        support.CreditedUnits(line_id=each.line_id, quantity=each.quantity, is_kept=each.is_kept) for each in credited
    )
    return support.NoteCredit(order_id=book.order.id, units=units, shipping_minor=shipping_minor)


# ---------------------------------------------------------------- feedback


@after(feedback_facts.SurveyInvited)
def invite_to_the_survey(fact: feedback_facts.SurveyInvited, _state: State) -> Follow:
    yield tell(order_of(fact), "survey")


@after(feedback_facts.SurveyAnswered)
def look_after_low_scores(fact: feedback_facts.SurveyAnswered, _state: State) -> Follow:
    if fact.is_low:
        yield support.OpenCase(order_id=order_of(fact), topic="feedback", text_id=fact.text_id)


@after(
    delivery_facts.ShipmentDelivered,
    delivery_facts.Collected,
    delivery_facts.DownloadsGranted,
    delivery_facts.LicenseKeysIssued,
    delivery_facts.AccessSwitchedOn,
    delivery_facts.InstallationCompleted,
    feedback_facts.SurveyAnswered,
    feedback_facts.SurveyExpired,
    payment_facts.PaymentCaptured,
    payment_facts.DebtWrittenOff,
    payment_facts.DisputeWon,
    payment_facts.DisputeLost,
    payment_facts.DisputeLossReduced,
    payment_facts.RefundDone,
    returns_facts.ReturnInspected,
    returns_facts.ReturnCredited,
    returns_facts.ReturnCanceled,
    returns_facts.ReturnExpired,
    support_facts.ClaimResolved,
    support_facts.LostUnitsFound,
    support_facts.CaseClosed,
)
def close_the_book(fact: Fact, state: State) -> Follow:
    book = book_of(fact, state)
    opens_a_case = isinstance(fact, feedback_facts.SurveyAnswered) and fact.is_low
    if has_been_asked(book) and nothing_is_open(book) and not opens_a_case:
        yield review.CloseOrder(order_id=book.order.id)


# ---------------------------------------------------------------- questions that the page asks


def order_of(fact: Fact) -> UUID:
    """The order that a fact is about."""
    assert fact.order_id is not None, f"{fact.kind()} is about no order"
    return fact.order_id


def book_of(fact: Fact, state: State) -> Book:
    """The book of the order that a fact is about."""
    return state.book(order_of(fact))


def tell(order_id: UUID, notice: str, **details: str) -> confirmation.SendNotice:
    """What the customer is told, with what the text needs to know."""
    return confirmation.SendNotice(order_id=order_id, notice=notice, details=details)


def never_arrived(book: Book) -> tuple[UUID, ...]:
    """The parcels that were to be paid at the door and were lost, or came back to us."""
    if book.order.terms != "on_delivery":
        return ()
    return tuple(each.shipment_id for each in book.rows(Tracking).values() if each.status in {"lost", "returning"})


def everything_has_ended(book: Book) -> bool:
    """No unit of the order is on its way anywhere."""
    return all(line.quantity == sum(getattr(line, position) for position in TERMINAL) for line in book.lines.values())


def ask_how_it_was(book: Book) -> Follow:
    """A survey, once everything has ended and something of it well, with what the score will be put down to."""
    if book.units("delivered") and everything_has_ended(book):
        kept = [
            tracking.delivered_at <= tracking.promised_at
            for tracking in book.rows(Tracking).values()
            if tracking.delivered_at is not None and tracking.promised_at is not None
        ]
        yield feedback.PlanSurvey(
            order_id=book.order.id,
            locations=tuple(sorted({row.location for row in book.allocations.values() if row.location != BACKORDER})),
            carriers=tuple(
                sorted({row.carrier for row in book.rows(Shipment).values() if row.dispatched_at is not None})
            ),
            promise_kept=all(kept) if kept else None,
        )


def look_for_files(book: Book) -> Follow:
    """A file that got lost meanwhile is nobody's to pay for."""
    if any(line.kind == "download" and line.placed + line.allocated for line in book.lines.values()):
        yield review.CheckFiles(order_id=book.order.id)


def has_been_told(book: Book, notice: str) -> bool:
    """A notice was written to the customer before, whatever became of it; not one that was over before it was sent."""
    return any(message.notice == notice and message.status != "dropped" for message in book.rows(Message).values())


def pays_later(book: Book) -> bool:
    """By a link that the customer gets, at a time that suits."""
    payments = book.rows(Payment).values()
    return any(each.method == "card" and each.status == "planned" and not each.source for each in payments)


def has_been_asked(book: Book) -> bool:
    """The survey is over, or there is nothing to ask about."""
    survey = book.rows(Survey).get(book.order.id)
    return survey.status in {"answered", "expired"} if survey else not book.units("delivered")


def nothing_is_open(book: Book) -> bool:
    """No return is to be finished, and no case is ours to answer."""
    returns_over = all(rma.ended_at is not None for rma in book.rows(Rma).values())
    return returns_over and all(case.status != "open" for case in book.rows(Case).values())


def take_access_back(book: Book, units: Iterable[UnitsOf]) -> Follow:
    """Whoever was paid back for what is no goods cannot use it any more."""
    digital = tuple(each for each in units if book.line(each.line_id).kind != "goods")
    if digital:
        yield delivery.RevokeAccess(order_id=book.order.id, units=digital)


def can_be_sent(state: State, book: Book, sku: str, quantity: int) -> bool:
    """A product is for sale in the order's currency, and so many units of it can be promised."""
    product = state.get(Product, sku)
    if product is None or not product.active or product.currency != book.currency:
        return False
    return product.kind != "goods" or sum(row.available for row in state.stock_of(sku).values()) >= quantity


def is_held(book: Book, *, but: Container[str] = ()) -> bool:
    """A hold is open, other than those of some types."""
    return any(hold.type not in but and hold.released_at is None for hold in book.rows(Hold).values())


def is_paid_for(book: Book) -> bool:
    """What is owed has come in, is held by a bank, or was agreed to be waited for; and none of it is disputed."""
    return still_owed(book) <= covered(book) and not disputed(book)


# ---------------------------------------------------------------- records


@after(catalog_facts.ProductsSaved)
def look_whether_the_files_are_there(fact: catalog_facts.ProductsSaved, _state: State) -> Follow:
    if assets := sorted({each.asset for each in fact.products if each.kind == "download"}):
        yield catalog.LookForFiles(assets=tuple(assets))


# ---------------------------------------------------------------- staff


@after(staff_facts.PasswordSet)
def say_that_the_password_is_another(fact: staff_facts.PasswordSet, state: State) -> Follow:
    """Whoever changes it for themselves keeps the session, and knows."""
    if fact.kept_session_id is None and state.row(Staff, fact.staff_id).signed_in_at is not None:
        yield staff.TellStaff(what="password_reset", staff_id=fact.staff_id)


@after(staff_facts.StaffAdded)
def say_that_somebody_was_let_in(fact: staff_facts.StaffAdded, _state: State) -> Follow:
    """Whoever makes himself a second login does not do so unseen."""
    if fact.added_by and fact.added_by != OPERATOR:
        yield staff.TellStaff(what="staff_added")


@after(staff_facts.SecondFactorRemoved)
def say_that_the_second_factor_is_off(fact: staff_facts.SecondFactorRemoved, _state: State) -> Follow:
    if fact.why != staff.BY_ITS_OWNER:
        yield staff.TellStaff(what="second_factor_off", staff_id=fact.staff_id)


@after(staff_facts.RolesSet)
def say_that_the_roles_are_others(fact: staff_facts.RolesSet, _state: State) -> Follow:
    yield staff.TellStaff(what="roles_set", staff_id=fact.staff_id)


@after(staff_facts.SignInFailed)
def say_that_somebody_tries(fact: staff_facts.SignInFailed, _state: State) -> Follow:
    if fact.locked_until is not None:
        yield staff.TellStaff(what="locked", staff_id=fact.staff_id)


@after(policy_facts.PolicySet)
def say_that_the_limits_are_others(fact: policy_facts.PolicySet, _state: State) -> Follow:
    """Whoever raises a limit for himself does not do so unseen."""
    if fact.name in ("payment", "holds", "currency"):
        yield staff.TellStaff(what="policy_set", policy=fact.name)


@after(policy_facts.PolicyAsked)
def ask_the_admins(fact: policy_facts.PolicyAsked, _state: State) -> Follow:
    yield staff.TellStaff(what="policy_asked", policy=fact.name)
