"""What every payment gateway must do. Add an adapter to `gateway` to hold it to the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.core.money import Money
from purveyor.ports.errors import KeyReused
from purveyor.ports.gateway import Gateway


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture(params=["memory", "file"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gateway]:
    fake = FakeGateway(":memory:" if request.param == "memory" else tmp_path / "gateway.sqlite")
    yield fake
    fake.close()


async def held(gateway: Gateway, minor: int) -> str:
    return (await gateway.authorize("held", eur(minor), "card", about="order-1")).reference


async def test_an_authorization_holds_the_amount_and_names_the_payment(gateway: Gateway) -> None:
    result = await gateway.authorize("a", eur(10_000), "card")

    assert (result.key, result.outcome, result.amount, result.reason) == ("a", "done", eur(10_000), "")
    assert result.reference


async def test_the_same_key_gets_the_first_result_again(gateway: Gateway) -> None:
    assert await gateway.authorize("a", eur(100), "card") == await gateway.authorize("a", eur(100), "card")


async def test_another_key_is_another_payment(gateway: Gateway) -> None:
    first = await gateway.authorize("a", eur(100), "card")
    second = await gateway.authorize("b", eur(100), "card")

    assert first.reference != second.reference


async def test_the_same_key_with_another_amount_currency_source_or_verb_is_an_error(gateway: Gateway) -> None:
    first = await gateway.authorize("a", eur(100), "card")

    with pytest.raises(KeyReused):
        await gateway.authorize("a", eur(101), "card")
    with pytest.raises(KeyReused):
        await gateway.authorize("a", Money(100, "USD"), "card")
    with pytest.raises(KeyReused):
        await gateway.authorize("a", eur(100), "other-card")
    with pytest.raises(KeyReused):
        await gateway.capture("a", first.reference, eur(100))
    with pytest.raises(KeyReused):
        await gateway.void("a", first.reference)
    assert await gateway.look_up("a") == first


async def test_a_decline_is_an_answer_and_stays_the_same(gateway: Gateway) -> None:
    first = await gateway.authorize("a", eur(100), "card-declined")

    assert (first.outcome, first.reference, first.reason) == ("declined", "", "card_declined")
    assert await gateway.authorize("a", eur(100), "card-declined") == first


async def test_captures_in_parts_up_to_the_authorization(gateway: Gateway) -> None:
    reference = await held(gateway, 10_000)

    assert (await gateway.capture("c1", reference, eur(4_000))).outcome == "done"
    over = await gateway.capture("c2", reference, eur(6_001))
    assert (over.outcome, over.reason) == ("declined", "capture_exceeds_authorization")
    assert (await gateway.capture("c3", reference, eur(6_000))).outcome == "done"
    assert (await gateway.capture("c4", reference, eur(1))).outcome == "declined"


async def test_a_capture_sent_twice_takes_once(gateway: Gateway) -> None:
    reference = await held(gateway, 10_000)

    assert await gateway.capture("c", reference, eur(6_000)) == await gateway.capture("c", reference, eur(6_000))
    assert (await gateway.capture("rest", reference, eur(4_000))).outcome == "done"


async def test_refunds_in_parts_up_to_what_was_captured(gateway: Gateway) -> None:
    reference = await held(gateway, 10_000)
    await gateway.capture("c", reference, eur(5_000))

    assert (await gateway.refund("r1", reference, eur(3_000))).outcome == "done"
    over = await gateway.refund("r2", reference, eur(2_001))
    assert (over.outcome, over.reason) == ("declined", "refund_exceeds_captured")
    assert (await gateway.refund("r3", reference, eur(2_000))).outcome == "done"
    assert (await gateway.refund("r4", reference, eur(1))).outcome == "declined"


async def test_a_refund_sent_twice_gives_back_once(gateway: Gateway) -> None:
    reference = await held(gateway, 1_000)
    await gateway.capture("c", reference, eur(1_000))

    assert await gateway.refund("r", reference, eur(600)) == await gateway.refund("r", reference, eur(600))
    assert (await gateway.refund("rest", reference, eur(400))).outcome == "done"


async def test_a_void_lets_go_of_what_is_not_captured(gateway: Gateway) -> None:
    reference = await held(gateway, 10_000)
    await gateway.capture("c", reference, eur(4_000))

    first = await gateway.void("v", reference)

    assert (first.outcome, first.amount) == ("done", eur(6_000))
    assert await gateway.void("v", reference) == first
    assert (await gateway.capture("c2", reference, eur(1))).outcome == "declined"
    assert (await gateway.refund("r", reference, eur(4_000))).outcome == "done"


async def test_there_is_nothing_to_void_after_the_whole_was_captured_or_let_go(gateway: Gateway) -> None:
    reference = await held(gateway, 100)
    await gateway.capture("c", reference, eur(100))
    other = (await gateway.authorize("other", eur(100), "card")).reference
    await gateway.void("v1", other)

    assert (await gateway.void("v2", reference)).reason == "nothing_to_void"
    assert (await gateway.void("v3", other)).reason == "nothing_to_void"


async def test_an_unknown_payment_is_declined(gateway: Gateway) -> None:
    for result in (
        await gateway.capture("c", "pay_nowhere", eur(1)),
        await gateway.refund("r", "pay_nowhere", eur(1)),
        await gateway.void("v", "pay_nowhere"),
    ):
        assert (result.outcome, result.reason) == ("declined", "no_such_payment")
    assert await gateway.void("v", "pay_nowhere") == await gateway.look_up("v")


@pytest.mark.parametrize("minor", [0, -1])
async def test_amounts_are_positive(gateway: Gateway, minor: int) -> None:
    reference = await held(gateway, 100)

    assert (await gateway.authorize("a", eur(minor), "card")).reason == "amount_not_positive"
    assert (await gateway.capture("c", reference, eur(minor))).reason == "amount_not_positive"
    assert (await gateway.refund("r", reference, eur(minor))).reason == "amount_not_positive"
    assert (await gateway.capture("all", reference, eur(100))).outcome == "done"


async def test_another_currency_than_the_authorization_is_declined(gateway: Gateway) -> None:
    reference = await held(gateway, 100)

    assert (await gateway.capture("c", reference, Money(100, "USD"))).reason == "currency_mismatch"


async def test_look_up_tells_what_became_of_every_request(gateway: Gateway) -> None:
    authorized = await gateway.authorize("a", eur(100), "card")
    captured = await gateway.capture("c", authorized.reference, eur(60))
    declined = await gateway.capture("d", authorized.reference, eur(60))
    voided = await gateway.void("v", authorized.reference)
    refunded = await gateway.refund("r", authorized.reference, eur(60))

    for result in (authorized, captured, declined, voided, refunded):
        assert await gateway.look_up(result.key) == result


async def test_look_up_of_a_request_that_never_arrived_is_none(gateway: Gateway) -> None:
    assert await gateway.look_up("never") is None
