"""Every time of every command has an earliest and a latest one: what was before, and what is to come, is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import pytest
from msgspec import inspect

from purveyor.core.messages import Command
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.registry import DECIDES
from purveyor.core.state import State
from purveyor.discovery import load_stages
from purveyor.records.staff.commands import CreateApiKey
from purveyor.stages.delivery.commands import AddSlots, DeclareLost, RecordTrackingEvent, SlotItem
from purveyor.stages.delivery.state import Tracking
from purveyor.stages.returns.commands import ImportReturn
from purveyor.stages.review.commands import HoldOrder
from purveyor.web.api.routes import SECTIONS
from tests.pure import BERLIN, NOON, a_call, a_shop, an_order_for, do, order_id, placed
from tests.stages.delivery.goods import expected, shipped
from tests.stages.returns.shop import delivered, first_line

load_stages()
MINUTES: Final = timedelta(minutes=4)
HOUR: Final = timedelta(hours=1)
YEAR: Final = timedelta(days=366)

#: Times that only we fill in, and what keeps each of them in its bounds.
SEEN = "a deadline that a sweep saw to be over: one to come counts as now, and it must be the row's own"
CLOCK = "the machine's clock, read where somebody proves who they are; that of a demo's shop is another one"
OURS: Final = {
    "TellOfDelay.promised_at": SEEN,
    "RetryAccess.asked_at": SEEN,
    "RemindToCollect.due_at": SEEN,
    "AskCarrier.due_at": SEEN,
    "DeclareLost.due_at": SEEN,
    "ChaseLink.pay_by": SEEN,
    "ReleaseCart.expired_by": SEEN,
    "ExpireReturn.expires_at": SEEN,
    "ApplyDefaultChoice.deadline_at": SEEN,
    "ApplyHoldDeadline.deadline_at": SEEN,
    "RetryLabel.asked_at": SEEN,
    "RetryVoid.asked_at": SEEN,
    "EscalateCase.alarm_at": SEEN,
    "UseSignInLink.until": CLOCK,
    "AddStaff.password_until": CLOCK,
    "SetPassword.until": CLOCK,
    "OpenSession.now": CLOCK,
    "OpenSession.ticket_at": CLOCK,
    "NoteFailedSignIn.now": CLOCK,
    "NoteDelivery.at": "the time of the delivery's own fact, which was held against its bounds",
    "RecordTrackingEvents.events[].at": "scans with a time that cannot be are left out, and asked for again",
    "RecordGatewayEvent.at": "noted, and decides nothing",
}

Ask = Callable[[datetime], object]
Shop = Callable[[], tuple[datetime, Ask]]  # what time it is, and the command with a time


def _order() -> tuple[datetime, Ask]:
    shop = a_shop()
    return NOON, lambda at: do(shop, an_order_for(("MUG", 1), placed_at=at))


def _return() -> tuple[datetime, Ask]:
    """Placed at noon, delivered two days later, and it is a week later now."""
    shop = a_shop(BERLIN)
    book = delivered(shop, ("MUG", 2), at=NOON + timedelta(days=2))
    now = NOON + timedelta(days=7)

    def ask(at: datetime) -> object:
        command = ImportReturn(order_id=order_id(book), items=(UnitsOf(first_line(book), 2),), at=at)
        return do(shop, command, a_call(now))

    return now, ask


def _slot() -> tuple[datetime, Ask]:
    shop = a_shop()
    return NOON, lambda at: do(shop, AddSlots(slots=(SlotItem(technician="tom", starts_at=at, minutes=60),)))


def _hold() -> tuple[datetime, Ask]:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    return NOON, lambda at: do(shop, HoldOrder(order_id=order_id(book), type="address", why="look", deadline_at=at))


def _key() -> tuple[datetime, Ask]:
    shop = a_shop()
    key = {"name": "web", "prefix": "pk_12345678", "hash": "0" * 64, "scopes": ("orders:read",)}
    return NOON, lambda at: do(shop, CreateApiKey(**key, expires_at=at))  # type: ignore[arg-type]


def _scan() -> tuple[datetime, Ask]:
    shop = a_shop()
    parcel = expected(shop, shipped(shop))
    now = NOON + timedelta(days=1)

    def ask(at: datetime) -> object:
        command = RecordTrackingEvent(
            order_id=parcel.order_id, shipment_id=parcel.shipment_id, event_id="1", status="in_transit", at=at
        )
        return do(shop, command, a_call(now))

    return now, ask


#: Times from outside: the shop, what it refuses, and what it takes, each told from what time it is there.
OUTSIDE: Final[dict[str, tuple[Shop, tuple[timedelta, ...], tuple[timedelta, ...]]]] = {
    "PlaceOrder.placed_at": (_order, (HOUR, YEAR, -127 * YEAR), (MINUTES, -HOUR, -20 * YEAR)),
    "ImportReturn.at": (
        _return,
        (HOUR, YEAR, -timedelta(days=5, hours=1), -timedelta(days=7, hours=1), -YEAR, -76 * YEAR),
        (MINUTES, -HOUR, -timedelta(days=5), -timedelta(days=5) - MINUTES, -timedelta(days=5, hours=13)),
    ),
    "AddSlots.slots[].starts_at": (_slot, (-HOUR, -76 * YEAR, 3 * YEAR), (-MINUTES, HOUR, YEAR)),
    "HoldOrder.deadline_at": (_hold, (timedelta(), -MINUTES, -YEAR, 11 * YEAR), (HOUR, YEAR)),
    "CreateApiKey.expires_at": (_key, (timedelta(), -HOUR, 11 * YEAR), (HOUR, timedelta(days=30))),
    "RecordTrackingEvent.at": (_scan, (HOUR, YEAR, -timedelta(days=1, hours=1), -YEAR), (MINUTES, -HOUR)),
}


def times_of(kind: inspect.Type, where: str) -> Iterator[str]:
    match kind:
        case inspect.DateTimeType() | inspect.DateType() | inspect.TimeType():
            yield where
        case inspect.Metadata():
            yield from times_of(kind.type, where)
        case inspect.StructType():
            for field in kind.fields:
                yield from times_of(field.type, f"{where}.{field.name}")
        case inspect.UnionType():
            for each in kind.types:
                yield from times_of(each, where)
        case inspect.VarTupleType() | inspect.ListType():
            yield from times_of(kind.item_type, f"{where}[]")
        case inspect.DictType():
            yield from times_of(kind.value_type, f"{where}{{}}")
        case _:
            pass


def times(command: type[Command]) -> list[str]:
    return list(times_of(inspect.type_info(command), command.__name__))


def test_every_time_of_a_command_has_its_bounds_listed() -> None:
    ours = [kind for kind in DECIDES if kind.__module__.startswith("purveyor.")]
    found = {each for kind in ours for each in times(kind)}

    assert found == OUTSIDE.keys() | OURS.keys()
    assert not OUTSIDE.keys() & OURS.keys()


def test_no_caller_gives_a_time_that_is_ours() -> None:
    taken = {
        f"{endpoint.command.__name__}{each}"
        for section in SECTIONS
        for endpoint in section.endpoints
        for each in times_of(inspect.type_info(endpoint.body), "")
    }

    assert taken & OURS.keys() == {"RecordTrackingEvents.events[].at"} & taken
    assert taken <= OUTSIDE.keys() | OURS.keys()


@pytest.mark.parametrize(
    ("field", "away"),
    [(field, away) for field, (_, refused, _) in OUTSIDE.items() for away in refused],
    ids=str,
)
def test_a_time_that_cannot_be_is_refused_with_its_field(field: str, away: timedelta) -> None:
    now, ask = OUTSIDE[field][0]()

    with pytest.raises(Invalid) as refusal:
        ask(now + away)

    assert refusal.value.data["field"].endswith(field.rpartition(".")[2])


@pytest.mark.parametrize(
    ("field", "away"),
    [(field, away) for field, (_, _, taken) in OUTSIDE.items() for away in taken],
    ids=str,
)
def test_a_time_that_can_be_is_taken(field: str, away: timedelta) -> None:
    now, ask = OUTSIDE[field][0]()

    assert ask(now + away)


def test_a_deadline_that_nobody_has_reached_is_not_over_for_being_told_so() -> None:
    shop: State = a_shop()
    parcel = expected(shop, shipped(shop))

    told = do(shop, DeclareLost(order_id=parcel.order_id, shipment_id=parcel.shipment_id, due_at=NOON + 9 * YEAR))

    assert told == []
    assert shop.books[parcel.order_id].row(Tracking, parcel.shipment_id).status != "lost"
