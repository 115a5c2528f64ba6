"""Claims: what can be claimed, and what puts it right. The units need not come back."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import msgspec

from purveyor.core import approval_limits
from purveyor.core.messages import Call
from purveyor.core.money import Money
from purveyor.core.order_value import GOODWILL, WithTax, sums
from purveyor.core.positions import Adjustment, Posting, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.support import sla as clocks
from purveyor.stages.support.commands import OpenClaim, ResolveApprovedClaim, ResolveClaim
from purveyor.stages.support.decide.cases import check_text, private
from purveyor.stages.support.decide.claim_amounts import (
    claimable,
    cost_of,
    goodwill_left,
    part_of,
    refund_adjustments,
    refund_postings,
    shipping_back,
)
from purveyor.stages.support.facts import ClaimOpened, ClaimResolved, Remedied, RemedyAsked
from purveyor.stages.support.refusals import (
    CaseIsClosed,
    CaseIsMerged,
    ClaimExceedsUnits,
    GoodwillExceedsOrder,
    MoreThanClaimed,
    NotAClaim,
)
from purveyor.stages.support.sla import level_of
from purveyor.stages.support.state import Case, going_on

LONGEST_PHOTO = 8_000_000  # characters of a data URI: some 6 MB of picture


@decides(OpenClaim)
def decide_open_claim(state: State, command: OpenClaim, call: Call) -> Decision:
    """Open a claim for units that have left us; refuses with `ClaimExceedsUnits`, `NotFound` (line) and `Invalid`.

    With `only_unclaimed` it is cut down to what nobody claimed before, and may come to nothing.
    """
    book = state.book(command.order_id)
    check_text("text", command.text, may_be_empty=True)
    if command.photo and not command.photo.startswith("data:image/"):
        raise Invalid(field="photo", found="something else", expected="a picture as a data URI")
    if len(command.photo) > LONGEST_PHOTO:
        raise Invalid(
            field="photo", found=f"{len(command.photo)} characters", expected=f"at most {LONGEST_PHOTO} characters"
        )
    contents = _claimed(book, command)
    if not contents:
        return
    text_id = photo_id = None
    for row in private(book, "case_message", command.text, call):
        text_id = row.id
        yield row
    for row in private(book, "claim_photo", command.photo, call):
        photo_id = row.id
        yield row
    yield ClaimOpened(
        order_id=book.order.id,
        case_id=call.ids.new(),
        claim=command.claim,
        contents=contents,
        channel=command.channel,
        message_id=call.ids.new() if text_id or photo_id else None,
        text_id=text_id,
        photo_id=photo_id,
        clock=clocks.started(call.at, level_of(state.policies), is_claim=True),
    )


def _claimed(book: Book, command: OpenClaim) -> tuple[UnitsOf, ...]:
    wanted = _counted("contents", command.contents)
    if not wanted:
        raise Invalid(field="contents", found="none", expected="at least one unit")
    contents: list[UnitsOf] = []
    for line_id, quantity in wanted.items():
        line = book.line(line_id)
        most = claimable(book, line, command.claim)
        if quantity > most and not command.only_unclaimed:
            raise ClaimExceedsUnits(line_id=line_id, sku=line.sku, wanted=quantity, claimable=most)
        if most > 0:
            contents.append(UnitsOf(line_id, min(quantity, most)))
    return tuple(contents)


def _counted(field: str, units: tuple[UnitsOf, ...]) -> Counter[UUID]:
    counts: Counter[UUID] = Counter()
    for number, each in enumerate(units, 1):
        if each.quantity < 1:
            raise Invalid(field=f"{field}[{number}].quantity", found=each.quantity, expected="a whole number from 1")
        counts[each.line_id] += each.quantity
    return counts


@decides(ResolveClaim)
def decide_resolve(state: State, command: ResolveClaim, call: Call) -> Decision:
    """Put a claim right, for all of its units or some; what lowers a debt by more than one person gives waits.

    Refuses with `CaseIsClosed`, `CaseIsMerged`, `NotAClaim`, `MoreThanClaimed`, `AlreadyPaidBack`, `RefundExceedsCost`,
    `GoodwillExceedsOrder` and `Invalid` (amount).
    """
    fact = _resolved(state, command)
    book = state.book(command.order_id)
    debt = min(fact.amount_minor, max(0, book.order.receivable_minor))  # the rest goes back, and counts as a refund
    if debt <= 0 or not approval_limits.is_person_or_key(call.actor):
        yield fact
        return
    asked = (book.order.id, book.currency, call.actor, call.at)
    if approval_limits.needs_second_person(state, *asked, fact.amount_minor):
        yield RemedyAsked(
            order_id=book.order.id,
            case_id=fact.case_id,
            remedy=fact.remedy,  # type: ignore[arg-type]
            units=tuple(UnitsOf(each.line_id, each.quantity) for each in fact.units),
            amount_minor=fact.amount_minor,
            is_part=command.amount is not None,
        )
        return
    yield msgspec.structs.replace(fact, counts=approval_limits.count_given(*asked, debt))


@decides(ResolveApprovedClaim)
def decide_resolve_approved(state: State, command: ResolveApprovedClaim, _call: Call) -> Decision:
    """Refuses as `ResolveClaim` does: much may have happened since it was asked for."""
    yield msgspec.structs.replace(_resolved(state, command), is_approved=True, approval_id=command.approval_id)


def _resolved(state: State, command: ResolveClaim | ResolveApprovedClaim) -> ClaimResolved:
    book = state.book(command.order_id)
    case = _case(book, command)
    units = _to_put_right(case, command)
    if not units and command.remedy != "goodwill":
        raise NotAClaim(case_id=case.id)
    amount = _checked_amount(book, command)
    shipping: tuple[Adjustment, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    postings: tuple[Posting, ...] = ()
    remedied = tuple(Remedied(line_id, book.line(line_id).sku, count, 0, 0) for line_id, count in units.items())
    match command.remedy:
        case "refund":
            remedied = cost_of(book, units)
            if amount is None:
                shipping = shipping_back(book, units)
            else:
                remedied = part_of(remedied, amount, book.currency)
            goods = refund_adjustments(book, remedied)
            adjustments = (*goods, *shipping)
            postings = refund_postings(WithTax() - sums(goods), WithTax() - sums(shipping))
            amount = -sums(adjustments).minor
        case "goodwill":
            assert amount is not None
            _check_goodwill(book, amount)
            # A gift, and no lower price of anything: it has no tax (Directive 2006/112/EC, Art. 73 and 90).
            postings = (Posting("fees", amount), Posting("receivable", -amount))
            adjustments = (Adjustment(GOODWILL, 0, -amount, 0),)
        case _:
            amount = 0
    left = sum(each.quantity for each in case.contents) - units.total()
    return ClaimResolved(
        order_id=book.order.id,
        case_id=case.id,
        claim=case.claim,
        remedy=command.remedy,
        units=remedied,
        amount_minor=amount,
        shipping_minor=-sums(shipping).minor,
        currency=book.currency,
        is_settled=bool(case.claim) and left == 0,
        postings=postings,
        adjustments=adjustments,
    )


def _case(book: Book, command: ResolveClaim | ResolveApprovedClaim) -> Case:
    """The case that is not closed. What was agreed to for a case that was merged since counts where it goes on."""
    case = book.row(Case, command.case_id)
    if case.merged_into is not None and isinstance(command, ResolveClaim):
        raise CaseIsMerged(case_id=case.id, into_case_id=case.merged_into)
    case = going_on(book, command.case_id)
    if case.status == "closed":
        raise CaseIsClosed(case_id=case.id)
    return case


def _to_put_right(case: Case, command: ResolveClaim | ResolveApprovedClaim) -> Counter[UUID]:
    """The units named, or all that wait.

    Goodwill may be for none: in a case that is no claim, or was none when it was agreed to and is merged into a claim.
    """
    waiting = _counted("contents", case.contents)
    units = _counted("contents", command.contents)
    if not units and case.id == command.case_id:
        units = waiting
    for line_id, quantity in units.items():
        if quantity > waiting[line_id]:
            raise MoreThanClaimed(line_id=line_id, wanted=quantity, waiting=waiting[line_id])
    return units


def _checked_amount(book: Book, command: ResolveClaim | ResolveApprovedClaim) -> int | None:
    amount: Money | None = command.amount
    if amount is None:
        if command.remedy == "goodwill":
            raise Invalid(field="amount", found="none", expected="an amount of goodwill")
        return None
    if command.remedy not in {"goodwill", "refund"}:
        raise Invalid(field="amount", found=str(amount), expected="none: only refunds and goodwill have one")
    if amount.currency != book.currency or amount.minor < 1:
        raise Invalid(field="amount", found=str(amount), expected=f"a positive amount in {book.currency}")
    return amount.minor


def _check_goodwill(book: Book, amount_minor: int) -> None:
    """Goodwill of an order is never more than what has left us was worth, and was not given back yet."""
    left = goodwill_left(book)
    if amount_minor > left:
        raise GoodwillExceedsOrder(wanted=amount_minor, left=left, currency=book.currency)
