"""What staff write on an order, and its tags."""

from __future__ import annotations

import pytest

from purveyor.core.refusals import Invalid
from purveyor.core.rows import PrivateText
from purveyor.stages.review.commands import TagOrder, WriteNote
from purveyor.stages.review.decide.notes_and_tags import MOST_TAGS
from purveyor.stages.review.facts import NoteWritten
from purveyor.stages.review.state import OrderNote, OrderTags
from tests.pure import a_shop, do, order_id, placed


def test_a_note_stands_outside_the_journal_and_belongs_to_the_order() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    (fact,) = do(shop, WriteNote(order_id=order_id(book), text=" Ring twice, says Ann. "))

    assert isinstance(fact, NoteWritten)
    kept = shop.row(PrivateText, fact.text_id)
    assert (kept.text, kept.what, kept.order_id) == ("Ring twice, says Ann.", "staff_note", order_id(book))
    (note,) = book.rows(OrderNote).values()
    assert (note.text_id, note.written_by) == (kept.id, "staff:test")


def test_a_note_without_words_is_refused() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    with pytest.raises(Invalid):
        do(shop, WriteNote(order_id=order_id(book), text=" \n "))

    assert not book.rows(OrderNote)


def test_tags_are_one_spelling_and_come_and_go() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    do(shop, TagOrder(order_id=order_id(book), add=("Gift ", "gift", "very  Important")))
    assert book.row(OrderTags, order_id(book)).tags == ["gift", "very important"]
    assert do(shop, TagOrder(order_id=order_id(book), add=("GIFT",), remove=("nothing",))) == []

    do(shop, TagOrder(order_id=order_id(book), add=("later",), remove=("Gift",)))
    assert book.row(OrderTags, order_id(book)).tags == ["very important", "later"]


def test_no_tag_at_all_is_refused() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    with pytest.raises(Invalid, match="at least one tag"):
        do(shop, TagOrder(order_id=order_id(book)))


@pytest.mark.parametrize("text", [" ", "one,two"])
def test_what_is_no_tag_is_refused(text: str) -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    with pytest.raises(Invalid):
        do(shop, TagOrder(order_id=order_id(book), add=(text,)))

    assert not book.rows(OrderTags)


def test_an_order_takes_so_many_tags_and_no_more() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    do(shop, TagOrder(order_id=order_id(book), add=tuple(f"tag {number}" for number in range(MOST_TAGS))))
    with pytest.raises(Invalid):
        do(shop, TagOrder(order_id=order_id(book), add=("one more",)))

    do(shop, TagOrder(order_id=order_id(book), add=("one more",), remove=("tag 0",)))
    assert len(book.row(OrderTags, order_id(book)).tags) == MOST_TAGS
