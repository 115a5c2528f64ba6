"""The sensible next step of an order, so that a simulation gets to the end of things and not only into their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.delivery.decide.counter import code_in
from purveyor.stages.delivery.state import Appointment, Collection, LicenseWait, Slot, Tracking
from purveyor.stages.feedback import commands as feedback
from purveyor.stages.feedback.state import Survey
from purveyor.stages.packing import commands as packing
from purveyor.stages.packing.state import Bench, Parcel, on_bench
from purveyor.stages.payment import commands as payment
from purveyor.stages.payment.state import Payment
from purveyor.stages.picking import commands as picking
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem, Wave
from purveyor.stages.returns import commands as returns
from purveyor.stages.returns.state import Rma, RmaItem
from purveyor.stages.review import commands as review
from purveyor.stages.review.state import open_holds
from purveyor.stages.shipping import commands as shipping
from purveyor.stages.shipping.state import Shipment
from purveyor.stages.support import commands as support
from purveyor.stages.support.state import Case
from tests.simulation.world import World


def next_steps(world: World, book: Book, chance: Random) -> Iterator[Command]:
    """Everything that somebody might sensibly do for this order now."""
    yield from _review(book)
    yield from _payment(book, chance)
    yield from _picking(world, book)
    yield from _packing(book, chance)
    yield from _on_the_road(world, book, chance)
    yield from _without_a_courier(world, book)
    yield from _afterwards(book, chance)


def _review(book: Book) -> Iterator[Command]:
    order_id = book.order.id
    for hold in open_holds(book):
        if hold.type != "stock":
            yield review.ReleaseHold(order_id=order_id, hold_id=hold.id, why="looked at")
    for line in book.lines.values():
        if line.backordered:
            yield ReceiveStock(items=(ReceivedItem(sku=line.sku, location="main", quantity=line.backordered),))
            yield review.AllocateBackorders(order_id=order_id)
    yield review.CloseOrder(order_id=order_id)


def _payment(book: Book, chance: Random) -> Iterator[Command]:
    for each in book.rows(Payment).values():
        left = each.captured_minor - each.refunded_minor
        if each.method == "card" and left and chance.random() < 0.2:
            yield payment.RecordChargeback(
                order_id=book.order.id,
                payment_id=each.id,
                amount=Money(chance.randint(1, left), book.currency),
                dispute_id=f"d{chance.randint(1, 3)}",
            )
        if each.status in {"declined", "offered", "failed"}:
            yield payment.PayAgain(order_id=book.order.id, payment_id=each.id, source="card_ok")
        if each.status == "action_required":
            yield payment.CompleteAction(order_id=book.order.id, payment_id=each.id)


def _picking(world: World, book: Book) -> Iterator[Command]:
    order_id = book.order.id
    for wave in world.state.shared[Wave].values():
        if wave.status == "planned":
            yield picking.StartPickList(wave_id=wave.id)
        if wave.status == "walking":
            yield picking.FinishWave(wave_id=wave.id)
    for work in book.rows(Fulfillment).values():
        if work.method not in {"ship", "collect"}:
            continue
        if work.status == "released":
            ref = picking.FulfillmentRef(order_id=order_id, fulfillment_id=work.id)
            yield picking.PlanWave(location=work.location, fulfillments=(ref,))
        if work.status in {"released", "in_wave", "picking"}:
            yield picking.ConfirmPickList(order_id=order_id, fulfillment_id=work.id)
        items = [item for item in book.rows(FulfillmentItem).values() if item.fulfillment_id == work.id]
        for item in items:
            if item.waiting:
                yield picking.AssignBin(sku=item.sku, location=item.location, bin="A-1", sequence=1)
                yield picking.ConfirmPick(
                    order_id=order_id,
                    fulfillment_id=work.id,
                    line_id=item.line_id,
                    quantity=1,
                    scanned=item.sku,
                )
                yield picking.ShortPick(
                    order_id=order_id, fulfillment_id=work.id, line_id=item.line_id, missing=1, reason="not_found"
                )


def _packing(book: Book, chance: Random) -> Iterator[Command]:
    order_id = book.order.id
    for bench in book.rows(Bench).values():
        there = on_bench(book, bench)
        if there:
            yield packing.PackParcel(order_id=order_id, fulfillment_id=bench.fulfillment_id)
            line_id = chance.choice(list(there))
            some = (UnitsOf(line_id, chance.randint(1, there[line_id])),)
            yield packing.PackParcel(order_id=order_id, fulfillment_id=bench.fulfillment_id, contents=some)
    for parcel in book.rows(Parcel).values():
        if parcel.status == "packed" and chance.random() < 0.1:
            yield packing.UnpackParcel(order_id=order_id, parcel_id=parcel.id, reason="other_carton")


def _on_the_road(world: World, book: Book, chance: Random) -> Iterator[Command]:
    order_id = book.order.id
    for shipment in book.rows(Shipment).values():
        if shipment.status == "labeled":
            yield shipping.DispatchShipment(order_id=order_id, shipment_id=shipment.id)
            ref = shipping.ShipmentRef(order_id=order_id, shipment_id=shipment.id)
            yield shipping.DispatchShipments(location=shipment.location, shipments=(ref,))
        if shipment.status == "failed":
            yield shipping.RetryLabel(order_id=order_id, shipment_id=shipment.id)
    for tracking in book.rows(Tracking).values():
        if tracking.truth.is_moving:
            yield delivery.AskCarrier(order_id=order_id, shipment_id=tracking.shipment_id)
            status = chance.choice(("delivered",) * 6 + ("in_transit", "failed_attempt", "lost", "returned_to_sender"))
            yield delivery.RecordTrackingEvent(
                order_id=order_id,
                shipment_id=tracking.shipment_id,
                event_id=f"e{world.calls}",
                status=status,  # type: ignore[arg-type]
                at=world.now,
                sequence=tracking.last_sequence + 2,
            )
    for waiting in book.rows(Collection).values():
        if waiting.status == "waiting":
            yield delivery.HandOver(order_id=order_id, parcel_id=waiting.parcel_id, code=code_in(world.state, waiting))


def _without_a_courier(world: World, book: Book) -> Iterator[Command]:
    for wait in book.rows(LicenseWait).values():
        if wait.quantity:
            yield delivery.AddLicenseKeys(sku=wait.sku, keys=(f"KEY-{world.calls}-a", f"KEY-{world.calls}-b"))
            yield delivery.IssueLicenseKeys(
                order_id=book.order.id,
                fulfillment_id=wait.fulfillment_id,
                units=(UnitsOf(wait.line_id, wait.quantity),),
            )
    for appointment in book.rows(Appointment).values():
        if appointment.status == "planned":
            starts_at = world.now + timedelta(days=world.calls)
            yield delivery.AddSlots(slots=(delivery.SlotItem(technician="tom", starts_at=starts_at, minutes=240),))
            for slot in world.state.shared[Slot].values():
                if slot.taken_by is None:
                    yield delivery.BookAppointment(
                        order_id=book.order.id, appointment_id=appointment.id, slot_id=slot.id
                    )
        if appointment.status == "booked":
            yield delivery.CompleteInstallation(
                order_id=book.order.id, appointment_id=appointment.id, record="works", signed_by="Ann"
            )


def _afterwards(book: Book, chance: Random) -> Iterator[Command]:
    yield from _complaints(book, chance)
    yield from _returns(book, chance)
    order_id = book.order.id
    for case in book.rows(Case).values():
        if case.status != "closed":
            remedy = chance.choice(("refund", "resend", "none"))
            yield support.ResolveClaim(order_id=order_id, case_id=case.id, remedy=remedy)  # type: ignore[arg-type]
            yield support.CloseCase(order_id=order_id, case_id=case.id, why="done")
            other = chance.choice(list(book.rows(Case).values()))
            yield support.MergeCases(order_id=order_id, case_id=other.id, into_case_id=case.id)
    for survey in book.rows(Survey).values():
        if survey.status == "planned":
            yield feedback.InviteToSurvey(order_id=order_id)
        if survey.status in {"planned", "invited"}:
            yield feedback.AnswerSurvey(order_id=order_id, csat=chance.randint(1, 5), nps=chance.randint(0, 10))


def _complaints(book: Book, chance: Random) -> Iterator[Command]:
    order_id = book.order.id
    for line in book.lines.values():
        if line.delivered:
            item = returns.ReturnItem(
                line_id=line.id,
                quantity=chance.randint(1, line.delivered),
                reason=chance.choice(("damaged", "changed_mind")),
                want=chance.choice(("refund", "store_credit")),
            )
            yield returns.RequestReturn(order_id=order_id, items=(item,))
            units = (UnitsOf(line.id, 1),)
            yield support.OpenClaim(order_id=order_id, claim="damaged", contents=units, text="!", channel="email")


def _returns(book: Book, chance: Random) -> Iterator[Command]:
    order_id = book.order.id
    for rma in book.rows(Rma).values():
        items = [item for item in book.rows(RmaItem).values() if item.rma_id == rma.id]
        to_come = tuple(UnitsOf(item.line_id, item.to_come) for item in items if item.to_come)
        if to_come:
            yield returns.ReceiveReturn(order_id=order_id, rma_id=rma.id, counted=to_come)
        for item in items:
            if item.uninspected:
                yield returns.InspectReturn(
                    order_id=order_id,
                    rma_id=rma.id,
                    line_id=item.line_id,
                    quantity=item.uninspected,
                    condition="new",
                    disposition=chance.choice(("restock", "refurbish", "scrap")),
                )
