"""When an order is closed: after the last fact that kept it open, whichever stage it is of."""

from __future__ import annotations

from purveyor.core.messages import Fact
from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.questions import (
    book_of,
    has_been_asked,
    nothing_is_open,
)
from purveyor.stages.delivery import facts as delivery_facts
from purveyor.stages.feedback import facts as feedback_facts
from purveyor.stages.payment import facts as payment_facts
from purveyor.stages.returns import facts as returns_facts
from purveyor.stages.review import commands as review
from purveyor.stages.support import facts as support_facts


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
def close_the_order(fact: Fact, state: State) -> Follow:
    book = book_of(fact, state)
    opens_a_case = isinstance(fact, feedback_facts.SurveyAnswered) and fact.is_low
    if has_been_asked(book) and nothing_is_open(book) and not opens_a_case:
        yield review.CloseOrder(order_id=book.order.id)
