"""Promises about people who ask to be forgotten: nothing of them is left in any column of any table."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from purveyor.core.policies import RiskPolicy, RiskRule
from purveyor.records.customers.commands import (
    CustomerAddress,
    EraseCustomer,
    EraseOrderPerson,
    RegisterCustomer,
)
from purveyor.records.customers.queries import Traces, traces_of_email
from purveyor.stages.confirmation.commands import WriteToCustomer
from purveyor.stages.feedback.commands import AnswerSurvey, WriteProductReview
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.stages.review.commands import (
    CancelUnits,
    ChangeAddress,
    EditOrder,
    HoldOrder,
    NewAddress,
    ReleaseHold,
    TagOrder,
)
from purveyor.stages.support.commands import OpenCase
from purveyor.web.reading.order_history import timeline
from tests.journeys.shop import Placed, Shop

GUEST = {
    "name": "Ottilie Querfurth",
    "company": "Querfurth Orgelbau",
    "email": "ottilie.querfurth@example.org",
    "phone": "+493055501234",
    "street": "Nachtigallenweg 93",
    "city": "Zwickmühl",
    "postal_code": "98761",
    "country": "DE",
}
MOVED = {**GUEST, "street": "Eulenstieg 41", "city": "Unterwiesbach", "postal_code": "98762"}
BILLED = {**GUEST, "name": "Theodora Querfurth", "email": "buch@querfurth.example", "street": "Rechnungsgasse 6"}
TOLD = "I am Querfurth, ring twice"
# Parts of it all, as they would stand anywhere: in a text, in JSON, in an answer that was kept. The towns are not
# among them, because carriers tell where a parcel was scanned, and that is kept with the parcel.
SPOKEN = (
    "querfurth", "ottilie", "theodora", "3055501234", "nachtigall", "98761", "eulenstieg", "98762", "rechnungsgasse",
    "ring twice",
)  # fmt: skip
COLUMNS = """
    SELECT c.table_schema, c.table_name, c.column_name
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
       AND c.data_type NOT IN ('uuid', 'bigint', 'integer', 'boolean', 'date', 'timestamp with time zone')
"""
VELOCITY = RiskPolicy(rules=(RiskRule("often", "velocity", 10, 50),))


async def places_that_know(shop: Shop, parts: tuple[str, ...]) -> set[str]:
    """`table.column` of every column, of whatever type, in which one of the parts stands."""
    pool = shop.house.pool
    places = set()
    columns = await pool.fetch(COLUMNS)
    assert len(columns) > 100
    for schema, table, column in columns:
        rows = await pool.fetch(f'SELECT "{column}"::text FROM "{schema}"."{table}" WHERE "{column}" IS NOT NULL')
        for (value,) in rows:
            is_binary = value.startswith("\\x")
            plain = bytes.fromhex(value[2:]).decode(errors="replace") if is_binary else value
            if any(part in plain.lower() for part in parts):
                places.add(f"{table}.{column}")
    return places


def a_guests_order(**changes: object) -> PlaceOrder:
    order = PlaceOrder(
        channel="web",
        lines=(LineItem(sku="MUG", quantity=1),),
        contact=Address(**GUEST),
        billing=Address(**BILLED),
        currency="EUR",
        tenders=(Tender(method="card", source="card-good"),),
        shipping_option="standard",
        source=f"From: {GUEST['email']}\n{TOLD}",
    )
    return msgspec.structs.replace(order, **changes)


async def a_life_of_a_guest(shop: Shop, order: PlaceOrder) -> Placed:
    """Moved before it was sent, delivered, asked, answered and reviewed."""
    await shop.set_policy("risk", msgspec.to_builtins(VELOCITY))
    await shop.receive("MUG", 10)
    placed = await shop.place(order)
    move = ChangeAddress(contact=NewAddress(**MOVED))
    await shop.ask(EditOrder(order_id=placed.id, changes=(move,)))
    await shop.deliver()
    await shop.ask(WriteToCustomer(order_id=placed.id, text=f"Dear Ottilie: {TOLD}"))
    await shop.deliver()
    await shop.ask(OpenCase(order_id=placed.id, topic="question", text=TOLD, channel="email"))
    await shop.ask(WriteProductReview(order_id=placed.id, line_id=placed.lines["MUG"], stars=4, text=TOLD))
    await shop.ask(AnswerSurvey(order_id=placed.id, csat=4, text=TOLD))
    return placed


async def test_nothing_of_a_guest_is_left_in_any_column_of_any_table(shop: Shop) -> None:
    placed = await a_life_of_a_guest(shop, a_guests_order())
    assert await places_that_know(shop, SPOKEN) >= {
        "contact.name", "contact.street", "contact.billing", "private_text.text",
    }  # fmt: skip
    assert await shop.house.pool.fetchval("SELECT count(*) FROM order_trace WHERE who <> ''")

    answer = await shop.ask(EraseOrderPerson(order_id=placed.id, reason="asked"))

    assert answer.reply["emptied"] >= 6
    assert await places_that_know(shop, SPOKEN) == set()
    assert await shop.house.pool.fetchval("SELECT count(*) FROM order_trace WHERE who <> ''") == 0
    assert (await shop.row(placed))["total_minor"] > 0, "the books stay as they are"
    refusal = await shop.refusal(EraseOrderPerson(order_id=placed.id, reason="asked"))
    assert refusal.code == "nothing_to_erase"


async def test_nothing_of_a_customer_is_left_in_any_column_of_any_table(shop: Shop) -> None:
    answer = await shop.ask(RegisterCustomer(number="K1", address=CustomerAddress(**GUEST)))
    customer_id = UUID(answer.reply["customer_id"])
    await a_life_of_a_guest(shop, a_guests_order(customer_id=customer_id))

    await shop.ask(EraseCustomer(customer_id=customer_id, reason="asked"))

    assert await places_that_know(shop, SPOKEN) == set()
    assert await shop.house.pool.fetchval("SELECT count(*) FROM order_trace WHERE who <> ''") == 0


async def test_somebody_else_is_not_forgotten_with_them(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    placed = await shop.place(a_guests_order())
    other = await shop.order(MUG=1)

    await shop.ask(EraseOrderPerson(order_id=placed.id, reason="asked"))

    assert "contact.name" in await places_that_know(shop, ("ann example",))
    assert (await traces_of_email(shop.house.read, "ann@example.com")).orders == [other.id]


async def test_an_address_is_found_as_it_is_was_and_as_the_invoice_has_it(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    placed = await shop.place(a_guests_order())
    elsewhere = {**MOVED, "email": "new@querfurth.example"}
    await shop.ask(EditOrder(order_id=placed.id, changes=(ChangeAddress(contact=NewAddress(**elsewhere)),)))

    for email in (GUEST["email"].upper(), elsewhere["email"], BILLED["email"]):
        assert await traces_of_email(shop.house.read, email) == Traces([], [placed.id])
    assert await traces_of_email(shop.house.read, "nobody@example.org") == Traces([], [])


async def test_what_people_wrote_as_a_reason_is_erased_with_the_order(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    placed = await shop.place(a_guests_order())
    why = f"Frau {GUEST['name']} rings from {GUEST['phone']}"
    await shop.ask(HoldOrder(order_id=placed.id, type="customer", why=why))
    (hold,) = [row for row in await shop.house.pool.fetch("SELECT id, why FROM hold") if row["why"].startswith("text:")]
    await shop.ask(ReleaseHold(order_id=placed.id, hold_id=hold["id"], why=f"told {GUEST['email']}"))
    await shop.ask(CancelUnits(order_id=placed.id, units="all", reason=f"{GUEST['name']} moved to Nachtigallenweg"))
    events = await timeline(shop.house.read, placed.id)
    assert why in [event.why for event in events]
    assert "private_text.text" in await places_that_know(shop, SPOKEN)

    await shop.ask(EraseOrderPerson(order_id=placed.id, reason=f"{GUEST['name']} asked"))

    assert await places_that_know(shop, SPOKEN) == set()
    assert why not in [event.why for event in await timeline(shop.house.read, placed.id)]


async def test_a_refusal_that_is_kept_does_not_repeat_who_asked(shop: Shop) -> None:
    wrong = Address(**{**GUEST, "email": "ottilie.querfurth@", "phone": "+49305550123querfurth"})
    for contact in (wrong, msgspec.structs.replace(wrong, email="")):
        refusal = await shop.refusal(a_guests_order(contact=contact, billing=None, source=""))
        assert refusal.code == "invalid"
        assert "characters" in refusal.sentence
    refusal = await shop.refusal(a_guests_order(vat_id="DEQuerfurth", source=""))
    assert "11 characters" in refusal.sentence
    await shop.receive("MUG", 1)
    placed = await shop.place(a_guests_order())
    refusal = await shop.refusal(TagOrder(order_id=placed.id, add=("Querfurth, Ottilie",)))
    assert "18 characters" in refusal.sentence
    await shop.ask(EraseOrderPerson(order_id=placed.id, reason="asked"))

    assert await places_that_know(shop, SPOKEN) == set()


async def test_the_token_of_a_card_is_erased_with_the_order(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    tenders = (Tender(method="card", source="card-good"),)
    placed = await shop.place(a_guests_order(tenders=tenders))
    await shop.wait(minutes=1)
    known = await places_that_know(shop, ("card-good",))
    assert known <= {"private_text.text"}
    assert (await shop.row(placed))["authorized_minor"] > 0

    await shop.ask(EraseOrderPerson(order_id=placed.id, reason="asked"))

    assert await places_that_know(shop, ("card-good",)) == set()


async def test_refusals_are_forgotten_after_a_month_and_what_was_done_is_not(shop: Shop) -> None:
    await shop.refusal(EraseOrderPerson(order_id=UUID(int=1), reason="asked"))
    count = "SELECT count(*) FROM command_log WHERE accepted = $1"
    done = await shop.house.pool.fetchval(count, True)
    assert await shop.house.pool.fetchval(count, False) == 1
    shop.clock.advance(timedelta(days=29))
    await shop.house.sweeper.sweep_due()
    assert await shop.house.pool.fetchval(count, False) == 1

    shop.clock.advance(timedelta(days=2))
    await shop.house.sweeper.sweep_due()

    assert await shop.house.pool.fetchval(count, False) == 0
    assert await shop.house.pool.fetchval(count, True) >= done
