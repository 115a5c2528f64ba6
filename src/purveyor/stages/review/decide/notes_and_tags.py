"""What staff write on an order for one another, and the words they sort orders by."""

from __future__ import annotations

from typing import Final

from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import PrivateText
from purveyor.core.state import State
from purveyor.stages.review.commands import TagOrder, WriteNote
from purveyor.stages.review.facts import NoteWritten, OrderTagged
from purveyor.stages.review.state import OrderTags

NOTE: Final = "staff_note"  # the kind of private text
MOST_TAGS: Final = 20  # of one order


@decides(WriteNote)
def decide_write_note(state: State, command: WriteNote, call: Call) -> Decision:
    """Keep a text that only staff read; it is erased with the customer. Refuses with `NotFound` and `Invalid`."""
    order = state.book(command.order_id).order
    text = command.text.strip()
    if not text:
        raise Invalid(field="text", found="nothing", expected="some words")
    kept = PrivateText(call.ids.new(), order.customer_id, order.id, NOTE, text)
    yield kept
    yield NoteWritten(order_id=order.id, note_id=call.ids.new(), text_id=kept.id)


@decides(TagOrder)
def decide_tag(state: State, command: TagOrder, _call: Call) -> Decision:
    """Add and take away tags; what is so already stays so. Refuses with `NotFound` and `Invalid`."""
    book = state.book(command.order_id)
    if not command.add and not command.remove:
        raise Invalid(field="add", found="none", expected="at least one tag to add or to remove")
    row = book.rows(OrderTags).get(book.order.id)
    before = list(row.tags) if row is not None else []
    unwanted = {_tag("remove", each) for each in command.remove}
    left = [tag for tag in before if tag not in unwanted]
    after = list(dict.fromkeys([*left, *(_tag("add", each) for each in command.add)]))
    if len(after) > MOST_TAGS:
        raise Invalid(field="add", found=f"{len(after)} tags", expected=f"at most {MOST_TAGS} on an order")
    added = tuple(tag for tag in after if tag not in before)
    removed = tuple(tag for tag in before if tag not in after)
    if added or removed:
        yield OrderTagged(order_id=book.order.id, added=added, removed=removed)


def _tag(field: str, text: str) -> str:
    """As it is kept: one spelling for all, so that `Gift` and `gift` are one."""
    tag = " ".join(text.split()).lower()
    if not tag or "," in tag:
        raise Invalid(
            field=field,
            found=f"{len(text)} characters" if text else "nothing",
            expected="a word or a few, without commas",
        )
    return tag
