"""What follows a placed order."""

from __future__ import annotations

from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.questions import (
    order_of,
)
from purveyor.stages.payment import commands as payment
from purveyor.stages.receipt import facts as receipt_facts
from purveyor.stages.review import commands as review


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
