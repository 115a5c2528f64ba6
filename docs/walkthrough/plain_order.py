# ruff: noqa: INP001 (a script of the documents, no part of a package)
"""Two mugs and an e-book, ordered on the web, paid by card, and nothing goes wrong."""

from __future__ import annotations

from teller import Walk, a_house

from purveyor.core.money import Money
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.stages.delivery.commands import Download
from purveyor.stages.feedback.commands import AnswerSurvey
from purveyor.stages.packing.commands import PackParcel
from purveyor.stages.picking.commands import ConfirmPick
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.wiring import FILES

LOCATION = {
    "code": "main", "name": "Main warehouse", "country": "DE", "city": "Leipzig", "postal_code": "04109",
    "street": "Lagerweg 4",
}  # fmt: skip
ANN = Address(
    name="Ann Example", email="ann@example.com", street="Teststr. 1", city="Berlin", postal_code="10115", country="DE"
)
GRANT = "SELECT id FROM download_grant"


async def plain_order(dsn: str) -> str:
    """The page."""
    async with a_house(dsn) as (house, clock):
        walk = Walk(
            house,
            clock,
            "A plain order",
            """Ann orders two mugs and an e-book on the web shop and pays by card. This page is written by
            `docs/walkthrough/make.py` from a real run, and a test compares it with a fresh one. Each step shows
            who asked for what, the facts that followed (all of them in one transaction), what was done outside
            because of them, and the ledgers afterwards.""",
        )
        await _shop(walk)
        await _order(walk)
        await _parcel(walk)
        await _at_home(walk)
        return await walk.end(
            """The journal is replayed through the same functions, and every table says the same. Units, stock and
            money add up."""
        )


async def _shop(walk: Walk) -> None:
    mug = ProductData(
        sku="MUG", name="Mug", price=Money(1_190, "EUR"), weight_g=350, length_mm=120, width_mm=90, height_mm=100
    )
    book = ProductData(sku="BOOK", name="E-book", kind="download", price=Money(990, "EUR"), asset="book.epub")
    files = walk.house.settings.data_dir / FILES
    files.mkdir(parents=True, exist_ok=True)
    (files / "book.epub").write_text("Once upon a time")
    await walk.prepare(
        SetPolicy(name="locations", data=[LOCATION]),
        SaveProducts(products=(mug, book)),
        ReceiveStock(items=(ReceivedItem(sku="MUG", location="main", quantity=10),)),
    )
    await walk.house.job_runner.drain()  # the file is found


async def _order(walk: Walk) -> None:
    command = PlaceOrder(
        channel="web",
        lines=(LineItem(sku="MUG", quantity=2), LineItem(sku="BOOK", quantity=1)),
        contact=ANN,
        currency="EUR",
        tenders=(Tender(method="card", source="card-good"),),
        reference="cart-4711",
    )
    answer = await walk.ask("channel:web", command, "2 MUG, 1 BOOK, by card")
    assert answer.order_id is not None
    walk.order_id = answer.order_id
    await walk.step(
        "Receipt, review, confirmation, payment",
        """One command places the order: prices and taxes are frozen, the customer owes the total. What follows runs
        in the same transaction: the payment is planned, review finds a shelf for the mugs and no reason to hold,
        the order is approved, the confirmation is queued and the bank is asked. Then the jobs run: the mail goes
        out, the bank holds the money, and because the money is secured the work is released. An e-book needs no
        shelf: it is delivered at once, and its price is captured and invoiced. The shipping charge
        goes with the first goods.""",
    )


async def _parcel(walk: Walk) -> None:
    fulfillment_id = await walk.pick_up("main", "staff:pia")
    pick = ConfirmPick(
        order_id=walk.order_id,
        fulfillment_id=fulfillment_id,
        line_id=await walk.line("MUG"),
        quantity=2,
        scanned="MUG",
    )
    await walk.ask("staff:pia", pick, "2 MUG, scanned MUG")
    await walk.step(
        "Picking",
        """Pia takes the list and scans two mugs off the shelf. They are in her tote: still ours, still on hand, and
        nobody else can be promised them.""",
    )
    pack = PackParcel(order_id=walk.order_id, fulfillment_id=fulfillment_id, location="main")
    await walk.ask("staff:noor", pack, "everything on the bench")
    await walk.step(
        "Packing",
        """Noor packs. The smallest carton that holds both mugs is chosen, with its reason, and the carrier is asked
        for a label: the cheapest service that keeps the promise.""",
    )
    await walk.wait(hours=3)
    await walk.hand_to_courier("main")
    await walk.step(
        "Shipping",
        """The courier takes the parcel. Now the units leave the stock, the rest of the money is captured, the
        invoice is issued, and the customer gets the tracking number.""",
    )


async def _at_home(walk: Walk) -> None:
    (grant_id,) = await walk.house.read.values(GRANT)
    await walk.ask("channel:web", Download(order_id=walk.order_id, grant_id=grant_id), "the e-book, for the first time")
    await walk.wait(days=2)
    await walk.wait(days=2)
    await walk.step(
        "Delivery",
        """Ann downloads her book meanwhile. A parcel that has not been heard of is asked for; what the carrier
        scanned is kept apart from what we say. With the last scan the mugs are delivered, the window for returns
        opens, and a survey is planned.""",
    )
    await walk.wait(days=3)
    answer = AnswerSurvey(order_id=walk.order_id, csat=5, nps=9, text="Arrived early, well packed.")
    await walk.ask("customer:order_page", answer, "5 of 5, would recommend: 9")
    await walk.step(
        "Feedback",
        """Three days later Ann is asked how it was, and answers. The score is put down to its causes: the location,
        the carrier, whether the promise was kept. Nothing is open and nothing is owed, so the book is closed.""",
    )
