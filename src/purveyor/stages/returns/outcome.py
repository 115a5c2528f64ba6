"""What a return comes to, to the cent, from the frozen amounts of the order. Pure; minor units of one currency.

How much of a line its units give back stands in `core/credits.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from purveyor.core.calendars import local_day, start_of, working_day_from
from purveyor.core.credits import credited_share, cut_used
from purveyor.core.money import BASIS_POINTS, ratio, spread
from purveyor.core.policies import Policies, ReturnPolicy
from purveyor.core.positions import Adjustment, Posting
from purveyor.core.tax_areas import STATES

STATUTORY_DAYS: Final = 14  # Directive 2011/83/EU, Art. 9(1)
# Åland and the French departments and Saint-Martin, which have country codes of their own (TFEU, Art. 355(1) and (4)).
# The treaties do not hold in overseas countries and territories, such as New Caledonia and Greenland, and the Faroes.
EU: Final = STATES | {"AX", "GF", "GP", "MF", "MQ", "RE", "YT"}


def last_day(delivered_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the last day in the shop's zone: the day of delivery is not counted."""
    return start_of(local_day(delivered_at, zone) + timedelta(days=days + 1), zone)


def withdrawal_ends_at(
    country: str, delivered_at: datetime, policies: Policies, *, is_consumer: bool
) -> datetime | None:
    """Until when a consumer in the EU may withdraw, from the last goods of the order; None where the law is silent.

    Directive 2011/83/EU, Art. 9(2)(b): of several goods delivered separately, the last one counts. The day of delivery
    is not counted (Regulation 1182/71, Art. 3(1)), and a last day on which the consumer or the shop has a Saturday,
    Sunday or public holiday gives way to the next working day (Art. 3(4)).
    """
    if not is_consumer or country not in EU:
        return None
    day = local_day(delivered_at, policies.zone) + timedelta(days=STATUTORY_DAYS)
    places = {(country, ""), policies.place}
    return start_of(working_day_from(day, places) + timedelta(days=1), policies.zone)


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Units that go back: of a line of `of` units, `credited` of which were paid back before.

    `cut_minor` was taken off the price of the `out` units that have left and were not paid back.
    `item_minor` is what the same item of the return was credited with before, for the fee; `deduct_minor` what is
    kept back for lost value.
    """

    line_id: UUID
    quantity: int
    of: int
    credited: int
    total_minor: int
    tax_minor: int
    fee_basis_points: int = 0
    item_minor: int = 0
    deduct_minor: int = 0
    out: int = 0
    cut_minor: int = 0
    basis_points: int = 0
    left_minor: int | None = None  # what the line is still worth, and the tax in it; None: not known
    left_tax_minor: int = 0


class PieceOutcome(msgspec.Struct, frozen=True, gc=False):
    """What one piece comes to: the amount with its tax, what is kept back of it, and what is credited.

    `tax_minor` is within what is credited: what is kept back makes the goods cheaper by less, at their own rate.
    """

    line_id: UUID
    quantity: int
    amount_minor: int
    tax_minor: int
    fee_minor: int
    deducted_minor: int
    label_minor: int = 0
    basis_points: int = 0

    @property
    def credit_minor(self) -> int:
        return self.amount_minor - self.fee_minor - self.deducted_minor - self.label_minor


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What a return comes to. `credit_minor` is the goods and shipping, less fees, deductions and label."""

    pieces: tuple[PieceOutcome, ...]
    goods_minor: int
    shipping_minor: int
    tax_minor: int  # within what is credited
    fee_minor: int
    deducted_minor: int
    label_minor: int
    credit_minor: int
    refund_minor: int  # of the credit, what goes back; the rest lowers what is still owed


def outcome_of(
    pieces: Iterable[Piece],
    *,
    shipping_minor: int = 0,
    shipping_tax_minor: int = 0,
    label_minor: int = 0,
    receivable_minor: int = 0,
) -> Outcome:
    """Add the pieces up. Nothing that is kept back is ever more than what it is kept back from.

    The label is kept back from all pieces, by what they come to. Each piece takes the tax that is in what is credited
    of it; the last units of a line take what is left of its tax.
    """
    counted: defaultdict[UUID, int] = defaultdict(int)
    used: defaultdict[UUID, int] = defaultdict(int)
    costs: list[tuple[Piece, int, int]] = []  # with the cost and the tax in it
    made: list[PieceOutcome] = []
    for piece in pieces:
        before = piece.credited + counted[piece.line_id]
        cost = credited_share(piece.total_minor, before, piece.quantity, piece.of)
        out, cut = piece.out - counted[piece.line_id], piece.cut_minor - used[piece.line_id]
        borne = cut_used(piece.total_minor, piece.of, before, out, piece.quantity, cut)
        counted[piece.line_id] += piece.quantity
        used[piece.line_id] += borne
        amount = cost - borne
        points = piece.fee_basis_points
        fee = ratio(piece.item_minor + amount, points, BASIS_POINTS) - ratio(piece.item_minor, points, BASIS_POINTS)
        fee = min(fee, amount)
        deducted = min(piece.deduct_minor, amount - fee)
        costs.append((piece, cost, credited_share(piece.tax_minor, before, piece.quantity, piece.of)))
        made.append(PieceOutcome(piece.line_id, piece.quantity, amount, 0, fee, deducted, 0, piece.basis_points))
    label = min(label_minor, sum(each.credit_minor for each in made))
    outcomes = _with_tax(costs, _with_label(made, label))
    goods = sum(each.amount_minor for each in outcomes)
    credit = sum(each.credit_minor for each in outcomes) + shipping_minor
    return Outcome(
        pieces=tuple(outcomes),
        goods_minor=goods,
        shipping_minor=shipping_minor,
        tax_minor=sum(each.tax_minor for each in outcomes) + shipping_tax_minor,
        fee_minor=sum(each.fee_minor for each in outcomes),
        deducted_minor=sum(each.deducted_minor for each in outcomes),
        label_minor=label,
        credit_minor=credit,
        refund_minor=max(0, credit - max(0, receivable_minor)),
    )


def _with_label(pieces: list[PieceOutcome], label_minor: int) -> list[PieceOutcome]:
    if not label_minor:
        return pieces
    shares = spread(label_minor, [each.credit_minor for each in pieces])
    return [msgspec.structs.replace(each, label_minor=share) for each, share in zip(pieces, shares, strict=True)]


def _with_tax(costs: list[tuple[Piece, int, int]], pieces: list[PieceOutcome]) -> list[PieceOutcome]:
    gone: defaultdict[UUID, int] = defaultdict(int)
    gone_tax: defaultdict[UUID, int] = defaultdict(int)
    taxed: list[PieceOutcome] = []
    for (piece, cost, cost_tax), each in zip(costs, pieces, strict=True):
        credit = each.credit_minor
        tax = ratio(cost_tax, credit, cost) if cost else 0
        if piece.left_minor is not None:
            left_tax = piece.left_tax_minor - gone_tax[piece.line_id]
            is_all = credit > 0 and credit == piece.left_minor - gone[piece.line_id]
            tax = left_tax if is_all else min(tax, left_tax)
        gone[piece.line_id] += credit
        gone_tax[piece.line_id] += tax
        taxed.append(msgspec.structs.replace(each, tax_minor=tax))
    return taxed


def credit_postings(outcome: Outcome, shipping_tax_minor: int = 0) -> tuple[Posting, ...]:
    """Revenue, tax and shipping become less by what is credited, and so does what the customer owes."""
    goods = outcome.credit_minor - outcome.shipping_minor
    goods_tax = outcome.tax_minor - shipping_tax_minor
    postings = (
        Posting("revenue", goods - goods_tax),
        Posting("tax", outcome.tax_minor),
        Posting("shipping", outcome.shipping_minor - shipping_tax_minor),
        Posting("receivable", -outcome.credit_minor),
    )
    return tuple(posting for posting in postings if posting.minor)


def credit_adjustments(outcome: Outcome) -> tuple[Adjustment, ...]:
    """What each piece makes its line cheaper by; with the units that are paid back, if only for that."""
    return tuple(
        Adjustment(str(each.line_id), each.basis_points, -each.credit_minor, -each.tax_minor, each.quantity)
        for each in outcome.pieces
    )


def fee_points(policy: ReturnPolicy, reason: str, *, may_withdraw: bool) -> int:
    """The restocking fee of a reason. Whoever may withdraw by law only answers for lost value (2011/83/EU, Art. 14)."""
    return 0 if may_withdraw or reason in policy.our_fault else policy.restocking_fee_basis_points


def label_charge(policy: ReturnPolicy, reasons: Iterable[str], currency: str) -> int:
    """What the customer is charged for the label: nothing as soon as one of the reasons is our fault.

    Nothing either in a currency that the policy says no amount in.
    """
    is_ours = any(reason in policy.our_fault for reason in reasons)
    amounts = policy.amounts_in(currency)
    return amounts.label_minor if amounts and policy.customer_pays_label and not is_ours else 0
