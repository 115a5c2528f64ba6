"""What buyers say of products, and whether others see it."""

from __future__ import annotations

from uuid import UUID

import pytest

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.feedback.commands import ModerateProductReview, WriteProductReview
from purveyor.stages.feedback.decide import AlreadyReviewed, NotBought
from purveyor.stages.feedback.state import ProductReview
from tests.pure import a_shop, do, placed, walk


def delivered(shop: State) -> Book:
    book = placed(shop, ("MUG", 1))
    walk(book, shop, "allocated", "picked", "packed", "shipped", "delivered")
    return book


def write(shop: State, book: Book, stars: int = 5, text: str = "A fine mug.") -> ProductReview:
    line_id = next(iter(book.lines))
    do(shop, WriteProductReview(order_id=book.order.id, line_id=line_id, stars=stars, text=text))
    return next(iter(book.rows(ProductReview).values()))


def moderate(shop: State, book: Book, review_id: UUID, *, is_approved: bool) -> int:
    command = ModerateProductReview(order_id=book.order.id, review_id=review_id, is_approved=is_approved)
    return len(do(shop, command))


def test_only_who_has_a_product_may_review_it() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))

    with pytest.raises(NotBought):
        write(shop, book)
    with pytest.raises(NotFound):
        do(shop, WriteProductReview(order_id=book.order.id, line_id=book.order.id, stars=5))
    assert not book.rows(ProductReview)


def test_a_review_waits_until_somebody_has_read_it() -> None:
    shop = a_shop()
    book = delivered(shop)

    review = write(shop, book)

    assert (review.status, review.sku, review.stars) == ("pending", "MUG", 5)
    assert shop.shared[PrivateText][review.text_id].text == "A fine mug."
    assert moderate(shop, book, review.id, is_approved=True) == 1
    assert review.status == "approved"
    assert moderate(shop, book, review.id, is_approved=True) == 0
    assert moderate(shop, book, review.id, is_approved=False) == 1


def test_one_review_a_line_unless_it_was_turned_down() -> None:
    shop = a_shop()
    book = delivered(shop)
    review = write(shop, book, 1, "Rude words.")

    with pytest.raises(AlreadyReviewed):
        write(shop, book)
    moderate(shop, book, review.id, is_approved=False)
    again = write(shop, book, 2, "Polite words.")

    assert again.id == review.id
    assert (again.status, again.stars, again.moderated_at) == ("pending", 2, None)
    assert len(book.rows(ProductReview)) == 1


@pytest.mark.parametrize("stars", [0, 6])
def test_stars_are_one_to_five(stars: int) -> None:
    shop = a_shop()
    book = delivered(shop)

    with pytest.raises(Invalid, match="stars"):
        write(shop, book, stars)
    assert not book.rows(ProductReview)
