# ruff: noqa: INP001 (a script of the documents, no part of a package)
"""Four lamps and three shirts, and everything goes wrong that can be put right."""

from __future__ import annotations

from uuid import UUID

from teller import Walk, a_house

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock, SetBackorderCap
from purveyor.stages.feedback.commands import AnswerSurvey
from purveyor.stages.packing.commands import PackParcel
from purveyor.stages.picking.commands import ConfirmPick, ConfirmPickList, RecordCount, ShortPick
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.stages.returns.commands import InspectReturn, ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.review.commands import ChooseWhenMissing, ReleaseHold
from purveyor.stages.support.commands import AddMessage, CloseCase, OpenClaim, ResolveClaim

LOCATIONS = [
    {
        "code": "main", "name": "Main warehouse", "country": "DE", "city": "Leipzig", "postal_code": "04109",
        "street": "Lagerweg 4", "priority": 1,
    },
    {
        "code": "north", "name": "Warehouse North", "country": "DE", "city": "Hamburg", "postal_code": "20457",
        "street": "Am Speicher 11", "priority": 2,
    },
]  # fmt: skip
RISK = {"hold_from": 50, "rules": [{"name": "large order", "test": "amount", "score": 60, "limit": 100_000}]}
RETURNS = {"name": "default", "restocking_fee_basis_points": 1_000}
BOB = Address(
    name="Bob Example",
    company="Example Studio",
    email="bob@example.com",
    street="Elbweg 7",
    city="Hamburg",
    postal_code="20457",
    country="DE",
)
HOLD = "SELECT id FROM hold WHERE type = $1 AND released_at IS NULL"
TRACKING = "SELECT tracking_number FROM shipment WHERE location = $1 AND status = 'labeled'"
CASE = "SELECT id FROM support_case WHERE status <> 'closed' ORDER BY opened_at DESC, id DESC LIMIT 1"
RMA = "SELECT id FROM rma"


async def awkward_order(dsn: str) -> str:
    """The page."""
    async with a_house(dsn) as (house, clock):
        walk = Walk(
            house,
            clock,
            "An awkward order",
            """Bob orders four lamps and three T-shirts. One shirt is not there, the sum looks suspicious, the bank
            does not answer, a lamp is not on its shelf, nobody is at home, another lamp arrives broken, a shirt
            comes back, and Bob is not amused. None of it needs a special case: units of one line are in several
            places, and money follows what is owed. Written by `docs/walkthrough/make.py`, like [the plain
            order](plain-order.md).""",
        )
        await _shop(walk)
        await _held(walk)
        await _in_doubt(walk)
        main, north = await _short_pick(walk)
        await _split(walk, main, north)
        await _backorder(walk)
        await _at_the_door(walk)
        await _claim(walk)
        await _return(walk)
        await _low_score(walk)
        return await walk.end(
            """After all of it, the journal makes the same rows as the tables have: every unit is somewhere, and both
            sides of every cent are there."""
        )


async def _shop(walk: Walk) -> None:
    lamp = ProductData(
        sku="LAMP", name="Desk lamp", price=Money(24_900, "EUR"), weight_g=2_100, length_mm=380, width_mm=180,
        height_mm=160, fragile=True,
    )  # fmt: skip
    tee = ProductData(
        sku="TEE", name="T-shirt", price=Money(2_500, "EUR"), weight_g=180, length_mm=300, width_mm=240, height_mm=20
    )
    items = (
        ReceivedItem(sku="LAMP", location="main", quantity=4),
        ReceivedItem(sku="LAMP", location="north", quantity=3),
        ReceivedItem(sku="TEE", location="main", quantity=2),
    )
    await walk.prepare(
        SetPolicy(name="locations", data=LOCATIONS),
        SetPolicy(name="risk", data=RISK),
        SetPolicy(name="returns", data=RETURNS),
        SaveProducts(products=(lamp, tee)),
        ReceiveStock(items=items),
        SetBackorderCap(sku="TEE", cap=10),
    )


async def _held(walk: Walk) -> None:
    command = PlaceOrder(
        channel="web",
        lines=(LineItem(sku="LAMP", quantity=4), LineItem(sku="TEE", quantity=3)),
        contact=BOB,
        currency="EUR",
        tenders=(Tender(method="card", source="card-timeout-after"),),
    )
    answer = await walk.ask("channel:web", command, "4 LAMP, 3 TEE, by card")
    assert answer.order_id is not None
    walk.order_id = answer.order_id
    await walk.step(
        "Partly backordered, and held",
        """Two of the three shirts are there; the third waits, as far as the cap for this product allows, and Bob is
        asked what he wants done about it. A rule finds the sum suspicious, so the order is held for a reviewer:
        nothing is charged, but the goods are promised to Bob meanwhile.""",
    )
    choice = ChooseWhenMissing(order_id=walk.order_id, choice="ship_available")
    await walk.ask("customer:order_page", choice, "send what is there")
    await walk.step(
        "The customer's choice",
        """By the link in the message, Bob says that what is there should go now. Without an answer the default would
        count.""",
    )


async def _in_doubt(walk: Walk) -> None:
    await walk.wait(hours=1)
    (hold_id,) = await walk.house.read.values(HOLD, "fraud")
    release = ReleaseHold(order_id=walk.order_id, hold_id=hold_id, why="known by phone")
    await walk.ask("staff:rita", release, "the fraud hold, known by phone")
    await walk.step(
        "Released, and in doubt",
        """Rita releases the hold; with the last one the order is approved and the bank is asked. It does not answer
        in time. It may have reserved the money or not: the payment is in doubt, and nobody asks for the money a
        second time.""",
    )
    await walk.wait(minutes=5)
    await walk.step(
        "The bank remembers",
        """A sweep finds the request without an answer and asks the gateway what became of it, by the key of the
        request. It had reserved the money after all: once. The money is secured, and the work is released.""",
    )


async def _short_pick(walk: Walk) -> tuple[UUID, UUID]:
    main = await walk.pick_up("main", "staff:milo")
    lamp, tee = await walk.line("LAMP"), await walk.line("TEE")
    for line_id, sku, quantity in ((lamp, "LAMP", 3), (tee, "TEE", 2)):
        pick = ConfirmPick(order_id=walk.order_id, fulfillment_id=main, line_id=line_id, quantity=quantity, scanned=sku)
        await walk.ask("staff:milo", pick, f"{quantity} {sku}, scanned {sku}")
    short = ShortPick(order_id=walk.order_id, fulfillment_id=main, line_id=lamp, missing=1, reason="not_found")
    await walk.ask("staff:milo", short, "1 LAMP is not on the shelf")
    await walk.step(
        "Short pick",
        """Milo finds three lamps where four should be. The missing one is taken off the stock with its reason, the
        shelf is to be counted, and the same transaction finds another lamp in the north, where work is released
        at once.""",
    )
    await walk.ask(
        "staff:milo", RecordCount(sku="LAMP", location="main", counted=0, aside=3), "no LAMP on the shelf, 3 in totes"
    )
    north = await walk.pick_up("north", "staff:ines")
    await walk.ask("staff:ines", ConfirmPickList(order_id=walk.order_id, fulfillment_id=north), "all of the list")
    await walk.step(
        "The other shelf",
        "The count confirms it. Ines picks the fourth lamp in the north.",
    )
    return main, north


async def _split(walk: Walk, main: UUID, north: UUID) -> None:
    for fulfillment_id, location, packer in ((main, "main", "staff:noor"), (north, "north", "staff:tom")):
        pack = PackParcel(order_id=walk.order_id, fulfillment_id=fulfillment_id, location=location)
        await walk.ask(packer, pack, f"everything on the bench at {location}")
    await walk.step(
        "Two benches",
        "What was picked in two places is packed in two places. Lamps are fragile, and the parcels say so.",
    )
    carrier = walk.house.outside.carrier
    assert isinstance(carrier, FakeCarrier)
    (number,) = await walk.house.read.values(TRACKING, "north")
    carrier.meet(number, "failed_attempt")  # what only the carrier will know
    await walk.wait(hours=3)
    for location in ("main", "north"):
        await walk.hand_to_courier(location)
    await walk.step(
        "Split shipment",
        """Each shipment captures what its units cost, to the cent, from the one authorization, and gets an invoice
        of its own. The third shirt still waits, and its money is only reserved.""",
    )


async def _backorder(walk: Walk) -> None:
    receive = ReceiveStock(items=(ReceivedItem(sku="TEE", location="main", quantity=5),), reference="delivery note 77")
    await walk.ask("staff:dock", receive, "5 TEE at main")
    await walk.wait(minutes=10)
    fulfillment_id = await walk.pick_up("main", "staff:pia")
    work = ConfirmPickList(order_id=walk.order_id, fulfillment_id=fulfillment_id)
    await walk.ask("staff:pia", work, "all of the list")
    pack = PackParcel(order_id=walk.order_id, fulfillment_id=fulfillment_id, location="main")
    await walk.ask("staff:noor", pack, "everything on the bench")
    await walk.hand_to_courier("main")
    await walk.step(
        "The backorder is served",
        """Shirts come in. A sweep gives them to those who wait, in the order in which they came, and the third shirt
        goes the way of the others. With it the last of the money is captured.""",
    )


async def _at_the_door(walk: Walk) -> None:
    await walk.wait(days=2)
    await walk.wait(days=2)
    await walk.step(
        "A failed attempt",
        """The parcels from Leipzig arrive. For the one from the north nobody was at home: that is told, and the
        units stay shipped.""",
    )
    await walk.wait(days=1)
    await walk.step("The second attempt", "A day later the last lamp is there, and a survey is planned.")


async def _claim(walk: Walk) -> None:
    lamp = await walk.line("LAMP")
    claim = OpenClaim(
        order_id=walk.order_id,
        claim="damaged",
        contents=(UnitsOf(lamp, 1),),
        text="The shade is broken.",
        channel="order_page",
    )
    await walk.ask("customer:order_page", claim, "1 LAMP is damaged")
    (case_id,) = await walk.house.read.values(CASE)
    resolve = ResolveClaim(order_id=walk.order_id, case_id=case_id, remedy="resend")
    await walk.ask("staff:sam", resolve, "resend")
    await walk.step(
        "A claim, and a lamp again",
        """One lamp arrived broken. Sam sends another: a line of its own at no price, which is allocated and released
        like any other.""",
    )
    fulfillment_id = await walk.pick_up("north", "staff:ines")
    work = ConfirmPickList(order_id=walk.order_id, fulfillment_id=fulfillment_id)
    await walk.ask("staff:ines", work, "all of the list")
    pack = PackParcel(order_id=walk.order_id, fulfillment_id=fulfillment_id, location="north")
    await walk.ask("staff:tom", pack, "everything on the bench")
    await walk.hand_to_courier("north")
    await walk.wait(days=2)
    await walk.wait(days=2)
    await walk.step("The replacement arrives", "Picked, packed, shipped and delivered; nothing is charged for it.")


async def _return(walk: Walk) -> None:
    tee = await walk.line("TEE")

    def request(quantity: int) -> RequestReturn:
        item = ReturnItem(line_id=tee, quantity=quantity, reason="changed_mind")
        return RequestReturn(order_id=walk.order_id, items=(item,))

    await walk.refused("customer:order_page", request(4), "4 TEE")
    await walk.preview("customer:order_page", request(1), "1 TEE, changed his mind")
    await walk.ask("customer:order_page", request(1), "1 TEE, changed his mind")
    await walk.step(
        "A return",
        """More than he has cannot come back, and the refusal says how many can. Bob sees what one shirt would bring
        before he sends anything, and then sends it.""",
    )
    await walk.wait(days=3)
    (rma_id,) = await walk.house.read.values(RMA)
    received = ReceiveReturn(order_id=walk.order_id, rma_id=rma_id, counted=(UnitsOf(tee, 1),))
    await walk.ask("staff:ruben", received, "1 TEE counted")
    inspected = InspectReturn(
        order_id=walk.order_id, rma_id=rma_id, line_id=tee, quantity=1, condition="new", disposition="restock"
    )
    await walk.ask("staff:ruben", inspected, "1 TEE, new, back to the shelf")
    await walk.step(
        "Received, inspected, credited",
        """Three acts: what came is counted, looked at, and credited. The shirt is on the shelf again; the policy
        of the day of purchase keeps 10 % of its price and the label (Bob bought for his studio: a consumer
        could still withdraw by law, without the fee); the rest goes back to the card.""",
    )


async def _low_score(walk: Walk) -> None:
    answer = AnswerSurvey(order_id=walk.order_id, csat=2, nps=3, text="It took three attempts to get my lamps.")
    await walk.ask("customer:order_page", answer, "2 of 5, would recommend: 3")
    await walk.step(
        "A low score",
        """Bob gives two points of five. The score carries its causes (both locations, the carrier, the promise), and
        because it is low, a case is opened by itself.""",
    )
    (case_id,) = await walk.house.read.values(CASE)
    message = AddMessage(order_id=walk.order_id, case_id=case_id, author="staff", text="We are sorry, and have ...")
    await walk.ask("staff:sam", message, "an answer")
    await walk.ask("staff:sam", CloseCase(order_id=walk.order_id, case_id=case_id, why="settled"), "settled")
    await walk.step(
        "The end",
        "Sam answers and closes the case. Nothing is open and nothing is owed: the book is closed.",
    )
