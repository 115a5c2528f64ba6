"""What follows notices: they are sent."""

from __future__ import annotations

from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    tell,
)
from purveyor.flow.questions import (
    order_of,
)
from purveyor.stages.confirmation import commands as confirmation, facts as confirmation_facts


@after(confirmation_facts.NoticeQueued, confirmation_facts.NoticeRetried)
def write_to_the_customer(
    fact: confirmation_facts.NoticeQueued | confirmation_facts.NoticeRetried, _state: State
) -> Follow:
    yield confirmation.DeliverNotice(order_id=order_of(fact), message_id=fact.message_id)


@after(confirmation_facts.CustomerWrittenTo)
def send_what_was_written(fact: confirmation_facts.CustomerWrittenTo, _state: State) -> Follow:
    yield tell(order_of(fact), "message_from_us", words_text_id=str(fact.text_id))
