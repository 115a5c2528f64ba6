"""What becomes of prepared deliveries when units are canceled."""

from __future__ import annotations

from purveyor.core.messages import Call
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.stages.delivery.commands import WithdrawDeliveries
from purveyor.stages.delivery.decide.installation import released
from purveyor.stages.delivery.decide.units import still_in
from purveyor.stages.delivery.facts import CollectWithdrawn, LicensePoolEmpty, LicenseWaitEnded
from purveyor.stages.delivery.state import Appointment, Collection, LicenseWait


@decides(WithdrawDeliveries)
def decide_withdraw(state: State, command: WithdrawDeliveries, _call: Call) -> Decision:
    """Free the slots, end the waits and clear the counter of what nobody wants any more. Never refuses."""
    book = state.book(command.order_id)
    why = "its units were canceled"
    for appointment in book.rows(Appointment).values():
        if appointment.status in ("planned", "booked") and not book.line(appointment.line_id).allocated:
            yield released(state, appointment, is_open=False, why=why)
    for wait in book.rows(LicenseWait).values():
        left = min(wait.quantity, book.line(wait.line_id).allocated)
        if left == wait.quantity:
            continue
        if not left:
            yield LicenseWaitEnded(order_id=command.order_id, line_id=wait.line_id, sku=wait.sku, why=why)
        else:
            yield LicensePoolEmpty(
                order_id=command.order_id,
                fulfillment_id=wait.fulfillment_id,
                line_id=wait.line_id,
                sku=wait.sku,
                quantity=left,
                why=why,
            )
    for collection in book.rows(Collection).values():
        if collection.status != "waiting":
            continue
        if collection.parcel_id == command.parcel_id:  # other parcels may hold the same lines: units do not tell
            yield CollectWithdrawn(
                order_id=command.order_id, parcel_id=collection.parcel_id, why="the parcel was opened"
            )
        elif not still_in(book, collection.contents, "packed"):
            yield CollectWithdrawn(order_id=command.order_id, parcel_id=collection.parcel_id, why=why)
