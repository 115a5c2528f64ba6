"""Confirmation: what customers are told."""

from __future__ import annotations

from purveyor.stages.confirmation.commands import (
    AcknowledgeOrder,
    NotePageSeen,
    RecordNotice,
    RecordNoticeEvent,
    ResendNotice,
    RetryNotice,
    RevokeLinks,
    SendNotice,
    TellOfDelay,
    WriteToCustomer,
)
from purveyor.stages.confirmation.queries import MessageSeen, PromiseSeen, promises_of_order, undelivered_messages
from purveyor.stages.confirmation.state import Message
from purveyor.web.api.command_endpoints import Endpoint, each, once
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import of_order, worklist

WRITE = "confirmation:write"
READ = "confirmation:read"
SECTION = Section(
    name="confirmation",
    about="Customers are told what happens to their order, and when it will be there.",
    endpoints=(
        Endpoint(
            path="/orders/{order_id:uuid}/messages",
            command=WriteToCustomer,
            scope=WRITE,
            summary="Write to the customer",
            status=201,
            tried=once(lambda order_id: WriteToCustomer(order_id=order_id, text="tried")),
        ),
        Endpoint(
            path="/orders/{order_id:uuid}/messages/{message_id:uuid}/resend",
            command=ResendNotice,
            scope=WRITE,
            summary="Send a message once more",
            tried=each(Message, lambda row: ResendNotice(order_id=row.order_id, message_id=row.id)),
            otherwise="The customer was told nothing yet.",
        ),
        Endpoint(
            path="/orders/{order_id:uuid}/links/revoke",
            command=RevokeLinks,
            scope=WRITE,
            summary="Revoke every link to the order's page",
            tried=once(lambda order_id: RevokeLinks(order_id=order_id)),
        ),
    ),
    reads=(
        worklist(
            "/messages/undelivered",
            "Messages that failed or came back",
            READ,
            MessageSeen,
            undelivered_messages,
            lambda row: (row.queued_at, row.id),
        ),
        of_order(
            "/promises", "Dates that were told, and what became of them", READ, list[PromiseSeen], promises_of_order
        ),
    ),
    internal=(SendNotice, RecordNotice, RecordNoticeEvent, RetryNotice, AcknowledgeOrder, TellOfDelay, NotePageSeen),
)
