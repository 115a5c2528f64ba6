"""What is wanted of the customer, and what they may ask for: each decided by its rule on the order as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf
from purveyor.core.rows import Line
from purveyor.stages.confirmation.decide import channels_of
from purveyor.stages.delivery.state import Appointment
from purveyor.stages.feedback.commands import AnswerSurvey, WriteProductReview
from purveyor.stages.feedback.state import Survey
from purveyor.stages.payment.amounts import hoped_for
from purveyor.stages.payment.commands import PayAgain
from purveyor.stages.payment.rows import Payment
from purveyor.stages.returns.commands import RequestReturn, ReturnItem
from purveyor.stages.returns.decide.returnable_units import policy_of
from purveyor.stages.review.commands import CancelUnits, ChangeAddress, ChooseWhenMissing, EditOrder, NewAddress
from purveyor.stages.review.state import MissingChoice
from purveyor.stages.support.commands import OpenClaim
from purveyor.stages.support.state import Case
from purveyor.web.order_page.loading import CustomerOrder
from purveyor.web.pages import formats

ANY_SOURCE = "card"  # a source, for the trial whether paying is possible at all
ADDRESS = ("name", "company", "email", "phone", "street", "city", "postal_code", "region", "country")


class Todo(msgspec.Struct, frozen=True):
    """Something that waits for the customer."""

    title: str
    text: str
    href: str
    action: str
    icon: str
    tone: str = "warning"
    until: datetime | None = None


class PossibleAction(msgspec.Struct, frozen=True):
    """Something that the customer may do."""

    text: str
    more: str
    href: str
    icon: str


async def todos_of(opened: CustomerOrder) -> list[Todo]:
    """What waits for the customer, the most pressing first."""
    return [
        *[each async for each in _payments(opened)],
        *[each async for each in _choice(opened)],
        *_appointments(opened),
        *_answers(opened),
        *[each async for each in _survey(opened)],
    ]


async def _payments(opened: CustomerOrder) -> AsyncIterator[Todo]:
    _ = opened.ctx._
    for payment in opened.book.rows(Payment).values():
        minor = hoped_for(opened.book, payment)
        amount = formats.money(minor, opened.order.currency, opened.ctx.locale)
        if payment.status == "planned" or minor <= 0 or not await opened.may(pay_again(opened, payment.id)):
            continue
        if payment.status == "action_required":
            yield Todo(
                _("Confirm your payment"),
                _("Your bank wants to be sure that it is you who pays %(amount)s.", amount=amount),
                f"{opened.path}/bank/{payment.id}",
                _("Confirm at the bank"),
                "shield-check",
            )
        elif payment.status in {"declined", "failed"}:
            yield Todo(
                _("Pay again"),
                _("The payment of %(amount)s did not work. Nothing was charged.", amount=amount),
                f"{opened.path}/pay/{payment.id}",
                _("Pay %(amount)s", amount=amount),
                "credit-card",
                "danger",
            )
        else:
            yield Todo(
                _("Pay your order"),
                _("We get everything ready as soon as %(amount)s is paid.", amount=amount),
                f"{opened.path}/pay/{payment.id}",
                _("Pay %(amount)s", amount=amount),
                "credit-card",
            )


def pay_again(opened: CustomerOrder, payment_id: UUID) -> PayAgain:
    return PayAgain(order_id=opened.order.id, payment_id=payment_id, source=ANY_SOURCE)


async def _choice(opened: CustomerOrder) -> AsyncIterator[Todo]:
    _ = opened.ctx._
    row = opened.book.rows(MissingChoice).get(opened.order.id)
    if row is None or row.deadline_at is None or not await opened.may(choose(opened)):
        return
    yield Todo(
        _("Something is missing"),
        _("Not all of your order is in stock. Please tell us how to go on."),
        f"{opened.path}/choose",
        _("Choose"),
        "help",
        until=row.deadline_at,
    )


def choose(opened: CustomerOrder) -> ChooseWhenMissing:
    return ChooseWhenMissing(order_id=opened.order.id, choice="ship_available")


def _appointments(opened: CustomerOrder) -> Iterator[Todo]:
    _ = opened.ctx._
    for row in opened.book.rows(Appointment).values():
        if row.status == "planned":
            yield Todo(
                _("Choose a time for the installation"),
                _("%(what)s takes about %(minutes)s minutes.", what=_name(opened, row), minutes=row.minutes),
                f"{opened.path}/appointment/{row.id}",
                _("See free times"),
                "calendar-event",
            )


def _name(opened: CustomerOrder, row: Appointment) -> str:
    return opened.book.line(row.line_id).name


def _answers(opened: CustomerOrder) -> Iterator[Todo]:
    _ = opened.ctx._
    for case in opened.book.rows(Case).values():
        if case.status == "waiting":
            yield Todo(
                _("We asked you something"),
                _("We need your answer to go on."),
                f"{opened.path}/help#case-{case.id}",
                _("Answer"),
                "message-circle",
            )


async def _survey(opened: CustomerOrder) -> AsyncIterator[Todo]:
    _ = opened.ctx._
    survey = opened.book.rows(Survey).get(opened.order.id)
    if survey is None or survey.status != "invited" or not await opened.may(answer_survey(opened)):
        return
    yield Todo(
        _("How was it?"),
        _("Two questions, half a minute."),
        f"{opened.path}/feedback",
        _("Tell us"),
        "star",
        "azure",
        survey.expires_at,
    )


def answer_survey(opened: CustomerOrder) -> AnswerSurvey:
    return AnswerSurvey(order_id=opened.order.id, csat=5)


# what may be asked for


async def possible_actions(opened: CustomerOrder) -> list[PossibleAction]:
    """What the customer may ask for now. A question may always be asked."""
    _ = opened.ctx._
    path = opened.path
    ways: list[PossibleAction] = []
    if await opened.may_any(returns(opened)):
        ways.append(
            PossibleAction(_("Return something"), _("See first what it comes to"), f"{path}/return", "arrow-back-up")
        )
    if await opened.may_any(claims(opened)):
        text = _("Something is damaged, missing or wrong")
        ways.append(PossibleAction(text, _("We put it right"), f"{path}/problem", "alert-circle"))
    if await may_change_address(opened):
        ways.append(
            PossibleAction(_("Change the address"), _("As long as nothing is packed"), f"{path}/address", "map-pin")
        )
    if await opened.may_any(cancellations(opened)):
        text = _("Cancel the order, or a part of it")
        ways.append(PossibleAction(text, _("As long as it has not left us"), f"{path}/cancel", "x"))
    row = opened.book.rows(MissingChoice).get(opened.order.id)
    if row is not None and row.deadline_at is None and await opened.may(choose(opened)):
        ways.append(PossibleAction(_("Change your choice"), _("About what is missing"), f"{path}/choose", "help"))
    if await opened.may_any(reviews(opened)) or await opened.may(answer_survey(opened)):
        ways.append(
            PossibleAction(_("Tell us how it was"), _("Rate the order, or a product"), f"{path}/feedback", "star")
        )
    ways.append(PossibleAction(_("Ask a question"), _answered_by(opened), f"{path}/help", "message-circle"))
    return ways


def _answered_by(opened: CustomerOrder) -> str:
    """How an answer reaches the customer: as every message does."""
    _ = opened.ctx._
    channels = channels_of(opened.state, opened.book, opened.contact)
    if "email" in channels:
        return _("We answer here and by mail")
    return _("We answer here and by text message") if channels else _("We answer here")


def returns(opened: CustomerOrder) -> Iterator[Command]:
    """One unit of each line, for a whim and for a fault: one may be possible without the other."""
    policy = policy_of(opened.state, opened.book)
    reasons = {policy.reasons[0], *policy.our_fault[:1]} if policy.reasons else set()
    for line in opened.lines:
        for reason in sorted(reasons):
            yield RequestReturn(
                order_id=opened.order.id, items=(ReturnItem(line_id=line.id, quantity=1, reason=reason),)
            )


def claims(opened: CustomerOrder) -> Iterator[Command]:
    for line in opened.lines:
        for kind in ("damaged", "lost"):
            yield OpenClaim(
                order_id=opened.order.id,
                claim="damaged" if kind == "damaged" else "lost",
                contents=(UnitsOf(line.id, 1),),
                channel="order_page",
            )


def cancellations(opened: CustomerOrder) -> Iterator[Command]:
    for line in opened.lines:
        yield CancelUnits(order_id=opened.order.id, units=(UnitsOf(line.id, 1),), reason="customer")


def reviews(opened: CustomerOrder) -> Iterator[WriteProductReview]:
    for line in opened.lines:
        yield WriteProductReview(order_id=opened.order.id, line_id=line.id, stars=5)


async def may_change_address(opened: CustomerOrder) -> bool:
    """Whether another address is still possible. That the present one is wrong is no reason against it."""
    if opened.contact.erased:
        return False
    values = {name: getattr(opened.contact, name) for name in ADDRESS}
    change = ChangeAddress(contact=NewAddress(**values))
    refusal = await opened.refusal_of(EditOrder(order_id=opened.order.id, changes=(change,)))
    return refusal is None or refusal.code == "invalid"


async def reviewable(opened: CustomerOrder) -> list[Line]:
    """Lines about which the customer may write now."""
    return [opened.book.line(each.line_id) for each in reviews(opened) if await opened.may(each)]
