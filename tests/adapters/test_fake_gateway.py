"""How the simulated payment provider misbehaves, and that its books tell the truth all the while."""

import multiprocessing
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purveyor.adapters.clocks import SimulatedClock
from purveyor.adapters.fake_state import StoreUnusable
from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.gateways.fake_ledger import GatewayScript
from purveyor.core.money import Money
from purveyor.ports.errors import GatewayTimeout, GatewayUnavailable, KeyReused

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "provider" / "gateway.sqlite"


@pytest.fixture
def gateway(path: Path, clock: SimulatedClock) -> Iterator[FakeGateway]:
    fake = FakeGateway(path, clock)
    yield fake
    fake.close()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("card-declined", "card_declined"),
        ("card-insufficient", "insufficient_funds"),
        ("card-expired", "expired_card"),
    ],
)
async def test_sources_that_decline_hold_nothing(gateway: FakeGateway, source: str, reason: str) -> None:
    result = await gateway.authorize("a", eur(100), source)

    assert (result.outcome, result.reason) == ("declined", reason)
    assert gateway.charges() == []


async def test_sources_whose_captures_or_refunds_decline(gateway: FakeGateway) -> None:
    expired = (await gateway.authorize("a1", eur(100), "card-capture-declined")).reference
    closed = (await gateway.authorize("a2", eur(100), "card-refund-declined")).reference

    assert (await gateway.capture("c1", expired, eur(100))).reason == "authorization_expired"
    assert (await gateway.void("v1", expired)).reason == "nothing_to_void"
    assert (await gateway.capture("c2", closed, eur(100))).outcome == "done"
    assert (await gateway.refund("r2", closed, eur(100))).reason == "account_closed"
    assert [effect.key for effect in gateway.effects()] == ["a1", "a2", "c2"]


async def test_a_share_declines_the_same_keys_in_every_run(gateway: FakeGateway) -> None:
    script = GatewayScript(declines=0.3, seed="monday")
    gateway.tell(script)
    other = FakeGateway()
    other.tell(script)

    mine = [(await gateway.authorize(f"a{n}", eur(100), "card")).outcome for n in range(200)]
    others = [(await other.authorize(f"a{n}", eur(100), "card")).outcome for n in range(200)]
    other.close()

    assert mine == others
    assert 40 <= mine.count("declined") <= 80
    assert len(gateway.charges()) == mine.count("done")


async def test_shares_of_captures_and_refunds_decline(gateway: FakeGateway) -> None:
    reference = (await gateway.authorize("a", eur(100), "card")).reference
    gateway.tell(GatewayScript(capture_declines=1.0))
    assert (await gateway.capture("c1", reference, eur(100))).reason == "processing_error"
    gateway.tell(GatewayScript(refund_declines=1.0))
    assert (await gateway.capture("c2", reference, eur(100))).outcome == "done"
    assert (await gateway.refund("r", reference, eur(100))).reason == "processing_error"


async def test_a_challenge_that_is_passed_authorizes(gateway: FakeGateway) -> None:
    asked = await gateway.authorize("a", eur(100), "card-3ds")
    assert asked.outcome == "action_required"
    assert asked.action_url.endswith(asked.reference)
    assert (await gateway.capture("early", asked.reference, eur(100))).reason == "capture_exceeds_authorization"

    gateway.answer_challenge(asked.reference, passed=True)

    found = await gateway.look_up("a")
    assert found is not None
    assert (found.outcome, found.reference, found.action_url) == ("done", asked.reference, "")
    assert (await gateway.capture("c", asked.reference, eur(100))).outcome == "done"
    events, _ = await gateway.due_events()
    assert [(event.key, event.outcome) for event in events if event.key == "a"] == [
        ("a", "action_required"),
        ("a", "done"),
    ]


async def test_a_challenge_that_is_failed_declines(gateway: FakeGateway) -> None:
    asked = await gateway.authorize("a", eur(100), "card-3ds")

    assert gateway.answer_challenge(asked.reference, passed=False).reason == "authentication_failed"

    assert (await gateway.capture("c", asked.reference, eur(1))).outcome == "declined"
    with pytest.raises(LookupError):
        gateway.answer_challenge(asked.reference, passed=True)


async def test_a_void_ends_a_challenge(gateway: FakeGateway) -> None:
    asked = await gateway.authorize("a", eur(100), "card-3ds")

    assert (await gateway.void("v", asked.reference)).outcome == "done"

    with pytest.raises(LookupError):
        gateway.answer_challenge(asked.reference, passed=True)
    assert gateway.charges()[0].authorized == eur(0)


async def test_a_timeout_after_the_work_leaves_it_done(gateway: FakeGateway) -> None:
    with pytest.raises(GatewayTimeout):
        await gateway.authorize("a", eur(100), "card-timeout-after", about="order-1")

    found = await gateway.look_up("a")
    assert found is not None
    assert found.outcome == "done"
    assert await gateway.authorize("a", eur(100), "card-timeout-after", about="order-1") == found
    assert len(gateway.charges("order-1")) == 1


async def test_a_timeout_before_the_work_leaves_nothing(gateway: FakeGateway) -> None:
    with pytest.raises(GatewayTimeout):
        await gateway.authorize("a", eur(100), "card-timeout-before")

    assert await gateway.look_up("a") is None
    assert gateway.charges() == []
    assert (await gateway.authorize("a", eur(100), "card-timeout-before")).outcome == "done"


async def test_a_source_that_finds_the_gateway_unavailable_at_first(gateway: FakeGateway) -> None:
    with pytest.raises(GatewayUnavailable):
        await gateway.authorize("a", eur(100), "card-unavailable")

    assert await gateway.look_up("a") is None
    assert (await gateway.authorize("a", eur(100), "card-unavailable")).outcome == "done"


async def test_shares_of_timeouts_are_resolved_by_asking_again_without_doubling(gateway: FakeGateway) -> None:
    gateway.tell(GatewayScript(timeouts_before=0.3, timeouts_after=0.3))
    timeouts = Counter[bool]()

    for n in range(100):
        for _ in range(50):
            try:
                await gateway.authorize(f"a{n}", eur(100), "card", about=f"order-{n}")
            except GatewayTimeout:
                timeouts[await gateway.look_up(f"a{n}") is not None] += 1
            else:
                break

    assert timeouts[True] > 10
    assert timeouts[False] > 10
    assert Counter(charge.about for charge in gateway.charges()) == {f"order-{n}": 1 for n in range(100)}


async def test_it_fails_for_the_next_calls_only(gateway: FakeGateway) -> None:
    gateway.tell(GatewayScript(unavailable_calls=2))

    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            await gateway.authorize("a", eur(100), "card")
    assert (await gateway.authorize("a", eur(100), "card")).outcome == "done"
    assert gateway.script() == GatewayScript()


async def test_the_next_calls_time_out_before_or_after(gateway: FakeGateway) -> None:
    gateway.tell(GatewayScript(timeout_before_calls=1, timeout_after_calls=1))

    with pytest.raises(GatewayTimeout):
        await gateway.authorize("a", eur(100), "card")
    assert gateway.charges() == []
    with pytest.raises(GatewayTimeout):
        await gateway.authorize("a", eur(100), "card")
    assert len(gateway.charges()) == 1


async def test_an_outage_stops_everything_until_it_is_lifted_by_another_process(
    gateway: FakeGateway, path: Path
) -> None:
    reference = (await gateway.authorize("a", eur(100), "card")).reference
    control = FakeGateway(path)
    control.tell(GatewayScript(unavailable=True))
    for call in (
        gateway.authorize("b", eur(100), "card"),
        gateway.capture("c", reference, eur(100)),
        gateway.void("v", reference),
        gateway.refund("r", reference, eur(100)),
        gateway.look_up("a"),
    ):
        with pytest.raises(GatewayUnavailable):
            await call
    assert [effect.key for effect in control.effects()] == ["a"]

    control.tell(GatewayScript())

    assert (await gateway.capture("c", reference, eur(100))).outcome == "done"
    control.close()


async def test_a_late_answer_is_late_and_right(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        assert len(gateway.charges()) == len(naps), "the work is done before the wait"

    monkeypatch.setattr("purveyor.adapters.fake_state.asyncio.sleep", nap)
    gateway.tell(GatewayScript(late_s=2.5))
    assert (await gateway.authorize("a", eur(100), "card")).outcome == "done"
    gateway.tell(GatewayScript(late_s=2.5, late=0.0))
    assert (await gateway.authorize("b", eur(100), "card")).outcome == "done"

    assert naps == [2.5]


async def test_every_answer_is_sent_as_an_event_once(gateway: FakeGateway) -> None:
    reference = (await gateway.authorize("a", eur(100), "card")).reference
    await gateway.authorize("d", eur(100), "card-declined")
    first, cursor = await gateway.due_events()
    await gateway.capture("c", reference, eur(100))
    await gateway.capture("c", reference, eur(100))
    second, end = await gateway.due_events(cursor)

    assert [(event.key, event.outcome, event.reason) for event in first] == [
        ("a", "done", ""),
        ("d", "declined", "card_declined"),
    ]
    assert [(event.key, event.reference, event.at) for event in second] == [("c", reference, START)]
    assert await gateway.due_events(end) == ([], end)


async def test_events_are_read_in_pieces_and_again(gateway: FakeGateway) -> None:
    for n in range(5):
        await gateway.authorize(f"a{n}", eur(100), "card")

    two, cursor = await gateway.due_events(limit=2)
    rest, _ = await gateway.due_events(cursor)
    everything, _ = await gateway.due_events()

    assert [event.key for event in two] == ["a0", "a1"]
    assert two + rest == everything


async def test_events_come_twice(gateway: FakeGateway, clock: SimulatedClock) -> None:
    gateway.tell(GatewayScript(events_twice=1.0, event_lag_s=10))
    await gateway.authorize("a", eur(100), "card")
    first, cursor = await gateway.due_events()

    clock.advance(timedelta(seconds=9))
    assert (await gateway.due_events(cursor)).events == []
    clock.advance(timedelta(seconds=1))
    assert (await gateway.due_events(cursor)).events == first
    assert len(first) == 1


async def test_events_come_out_of_order(gateway: FakeGateway, clock: SimulatedClock) -> None:
    gateway.tell(GatewayScript(events_out_of_order=1.0))
    reference = (await gateway.authorize("a", eur(100), "card")).reference
    gateway.tell(GatewayScript())
    await gateway.capture("c", reference, eur(100))
    clock.advance(timedelta(minutes=1))

    assert [event.key for event in (await gateway.due_events()).events] == ["c", "a"]


async def test_the_books_show_a_charge_doubled_by_the_caller(gateway: FakeGateway) -> None:
    reference = (await gateway.authorize("a", eur(100), "card", about="order-1")).reference
    await gateway.authorize("b", eur(100), "card", about="order-1")
    await gateway.capture("c1", reference, eur(50))
    await gateway.capture("c2", reference, eur(50))
    await gateway.refund("r", reference, eur(30))

    assert len(gateway.charges("order-1")) == 2
    assert gateway.charges("order-2") == []
    charge = next(charge for charge in gateway.charges() if charge.reference == reference)
    assert (charge.captures, charge.refunds, charge.voids) == (2, 1, 0)
    assert (charge.authorized, charge.captured, charge.refunded) == (eur(100), eur(100), eur(30))
    assert {(effect.verb, effect.about) for effect in gateway.effects()} == {
        ("authorize", "order-1"),
        ("capture", "order-1"),
        ("refund", "order-1"),
    }


async def test_a_reused_key_takes_nothing_and_uses_up_nothing(gateway: FakeGateway) -> None:
    await gateway.authorize("a", eur(100), "card")
    gateway.tell(GatewayScript(timeout_after_calls=1))

    with pytest.raises(KeyReused):
        await gateway.authorize("a", eur(999), "card")

    assert gateway.script().timeout_after_calls == 1
    assert gateway.charges()[0].authorized == eur(100)


async def test_a_fault_in_the_middle_leaves_nothing_half_done(gateway: FakeGateway) -> None:
    gateway._store.db.execute("DROP TABLE gateway_feed")

    with pytest.raises(sqlite3.OperationalError, match="gateway_feed"):
        await gateway.authorize("a", eur(100), "card")

    assert gateway.charges() == []
    assert await gateway.look_up("a") is None


def _charge_until_killed(path: Path, worker: int) -> None:
    fake = FakeGateway(path)
    number = 0
    while True:
        # Driven by hand: a fake that does not wait never yields to the loop.
        call = fake.authorize(f"{worker}-{number}", eur(100), "card", about=f"{worker}-{number}")
        try:
            call.send(None)
        except StopIteration:
            number += 1


async def test_what_was_done_survives_the_killing_of_processes_that_share_it(path: Path, gateway: FakeGateway) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_charge_until_killed, args=(path, number)) for number in range(2)]
    for worker in workers:
        worker.start()
    while len({charge.about.split("-")[0] for charge in gateway.charges()}) < 2:
        assert all(worker.is_alive() for worker in workers)
    for worker in workers:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        worker.close()

    charges = gateway.charges()
    numbers: dict[str, list[int]] = {"0": [], "1": []}
    for charge in charges:
        worker_name, number = charge.about.split("-")
        numbers[worker_name].append(int(number))
    for done in numbers.values():
        assert sorted(done) == list(range(len(done)))
    for charge in charges[:50]:
        assert (await gateway.look_up(charge.key)) is not None
    gateway_again = FakeGateway(path)
    assert gateway_again.charges() == charges
    gateway_again.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no database at all " * 500, "file is not a database"),
        (b"SQLite format 3\0" + b"\0" * 4_080, "malformed|not a"),
    ],
)
def test_a_file_that_is_no_database_is_named_with_what_helps(
    path: Path, clock: SimulatedClock, content: bytes, said: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(StoreUnusable, match=said) as error:
        FakeGateway(path, clock)

    assert str(path) in str(error.value)
    assert "Move it away, with gateway.sqlite-wal and -shm beside it" in str(error.value)


def test_a_database_of_something_else_is_named_too(path: Path, clock: SimulatedClock) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE script (other TEXT)")
    db.close()

    with pytest.raises(StoreUnusable, match="Move it away"):
        FakeGateway(path, clock)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, clock: SimulatedClock) -> None:
    (tmp_path / "provider").write_text("in the way")

    with pytest.raises(StoreUnusable, match="See that it can be read and written"):
        FakeGateway(tmp_path / "provider" / "gateway.sqlite", clock)
