"""Opens the simulated shop: rules, goods, stock, keys, technicians' time and customers. Done twice, it is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.ids import uuid7
from purveyor.core.money import Money
from purveyor.core.policies import (
    Location,
    PackingPolicy,
    RiskPolicy,
    RiskRule,
    RoutingPolicy,
    SellerPolicy,
    ShippingOption,
    ShippingPolicy,
    SurveyPolicy,
)
from purveyor.core.rows import Product
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer, SetTerms
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock, SetBackorderCap
from purveyor.simulation.catalog import Offer, offers
from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.people import Person, person
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.stages.delivery.commands import AddLicenseKeys, AddSlots, SlotItem
from purveyor.stages.packing.sscc import EXAMPLE_PREFIX
from purveyor.stages.picking.commands import AssignBin
from purveyor.wiring import FILES, House

UTC: Final = ZoneInfo("UTC")
OWNER = "staff:owner"
MAIN, NORTH, COUNTER = "main", "north", "shop"
LOCATIONS = (
    Location("main", "Main warehouse", "DE", "Leipzig", "04109", "Lagerweg 4", priority=1),
    Location("north", "Warehouse North", "DE", "Hamburg", "20457", "Am Speicher 11", priority=2),
    Location("shop", "The shop", "DE", "Berlin", "10119", "Torgasse 7", priority=3, ships=False, collects=True),
)
# Where parcels go, and so for how long: next door, into the rest of the Union, and to neighbors of it.
NEAR = ("DE", "AT", "BE", "CZ", "DK", "FR", "LU", "NL", "PL")
FURTHER = (
    "BG", "CY", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IT", "LT", "LV", "MT", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
ABROAD = ("CH", "GB", "NO")
# Nobody's: the IBAN and the telephone number are kept for examples.
SELLER = SellerPolicy(
    street="Torgasse 7",
    postal_code="10119",
    city="Berlin",
    country="DE",
    tax_id="DE999999999",
    register="Amtsgericht Charlottenburg, HRB 0000 B",
    email="hello@purveyor.example",
    phone="+49 30 23125 000",
    iban="DE02 1203 0000 0000 2020 51",
    terms="This shop is a demo. Nothing is sold here, nothing is sent, and no money moves.",
    privacy="This shop is a demo. What you type stays on the machine that it runs on, until the demo ends.",
    withdrawal="You may send goods back within 30 days, and get your money back. As this is a demo, none ever come.",
)
# Share of what popular goods have at each location.
SPREAD = {MAIN: 5.0, NORTH: 2.0, COUNTER: 1.0}
#: By the codes under which they act. Their time is free under their names, as the console has them.
TECHNICIANS = {"tara": "Tara Weiss", "tariq": "Tariq Haddad", "svenja": "Svenja Holm"}
SLOT_HOURS = (8, 12, 16)
SLOT_MINUTES = 240
KEYS_AT_FIRST = 60
# Goods of a small maker, who delivers when it suits: they run out.
SCARCE = frozenset({"BEAN-GEI-100", "GRD-EL-64", "CHX-6", "TEE-M", "KET-GSN-900", "APR-LIN"})


class Regular(msgspec.Struct, frozen=True):
    """A customer the shop knows. Some buy on account."""

    id: UUID
    number: str
    person: Person
    credit_limit_minor: int
    notices: str


class Shop:
    """The simulated shop before it opens. `people`: how many customers it knows; `zone`: by whose clock it works."""

    def __init__(self, chance: SeededRandom, *, people: int = 240, zone: ZoneInfo = UTC) -> None:
        self.chance = chance
        self._zone = zone
        self._people = people

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        return offers()

    @cached_property
    def regulars(self) -> tuple[Regular, ...]:
        return tuple(self._regular(number) for number in range(1, self._people + 1))

    @cached_property
    def companies(self) -> tuple[Regular, ...]:
        """Those who buy on account."""
        return tuple(each for each in self.regulars if each.credit_limit_minor)

    async def open(self, desk: CommandBatcher) -> None:
        """Everything that must be there before the first order, by commands alone."""
        await self._write_files(desk.house)
        await desk.hand_in(self._policies())
        await desk.hand_in([Act(SaveProducts(products=tuple(map(_data, self.offers))), "shop:products", OWNER)])
        await desk.hand_in(self._stock())
        await desk.hand_in(self._bins())
        await desk.hand_in(self._pools(desk.now))
        await desk.hand_in(self._customers())
        await desk.hand_in(self._terms())  # of customers who are known by then

    async def _write_files(self, house: House) -> None:
        """A text for each download that has no file."""
        assets = sorted({each.product.asset for each in self.offers if each.product.kind == "download"})
        missing = await house.outside.files.missing(assets)
        await asyncio.to_thread(write_stand_ins, house.settings.data_dir / FILES, missing)

    def wanted_stock(self, offer: Offer, location: str) -> int:
        """How many of a product a location likes to have."""
        if offer.product.sku in SCARCE:
            return {MAIN: 4, NORTH: 0, COUNTER: 2}[location]
        return max(2, round(offer.popularity * SPREAD[location]))

    def slots(self, day: datetime) -> tuple[SlotItem, ...]:
        """The technicians' time on one day; none on Sundays."""
        if day.weekday() == 6:  # noqa: PLR2004 (Sunday)
            return ()
        return tuple(
            SlotItem(
                technician=name,
                starts_at=datetime.combine(day.date(), time(hour), self._zone).astimezone(UTC),
                minutes=SLOT_MINUTES,
            )
            for name in TECHNICIANS.values()
            for hour in SLOT_HOURS
        )

    def keys(self, sku: str, batch: int, count: int) -> tuple[str, ...]:
        """License keys, no two alike."""
        return tuple(_license_key(self.chance, sku, batch, number) for number in range(count))

    def _policies(self) -> Iterator[Act]:
        policies: dict[str, Any] = {
            "seller": SELLER,
            "locations": LOCATIONS,
            "routing": RoutingPolicy("fewest_parcels", backorder_cap=0),
            "shipping": ShippingPolicy(
                options=(
                    ShippingOption("standard", "Standard", 490, 5, 6_000, NEAR),
                    ShippingOption("express", "Express", 1_290, 2, None, NEAR),
                    ShippingOption("relaxed", "Relaxed", 290, 9, 6_000, NEAR),
                    ShippingOption("europe", "Standard", 890, 8, 9_000, FURTHER),
                    ShippingOption("europe-express", "Express", 1_990, 4, None, FURTHER),
                    ShippingOption("abroad", "Standard", 1_490, 11, None, ABROAD),
                )
            ),
            "risk": RiskPolicy(
                rules=(
                    RiskRule("large order", "amount", 30, 150_000),
                    RiskRule("many of one", "quantity", 30, 60),
                    RiskRule("billed elsewhere", "mismatch", 25),
                    RiskRule("throw-away mail", "email_domain", 60, values=("mailinator.com", "trashmail.com")),
                    RiskRule("first order, large", "first_order", 30, 60_000),
                    RiskRule("many in a day", "velocity", 30, 4),
                )
            ),
            "packing": PackingPolicy(company_prefix=EXAMPLE_PREFIX),
            "survey": SurveyPolicy(),
        }
        for name, policy in policies.items():
            yield Act(SetPolicy(name=name, data=msgspec.to_builtins(policy)), f"shop:policy:{name}", OPERATOR)

    def _stock(self) -> Iterator[Act]:
        goods = [offer for offer in self.offers if offer.product.kind == "goods"]
        for location in SPREAD:
            items = tuple(
                ReceivedItem(sku=offer.product.sku, location=location, quantity=quantity)
                for offer in goods
                if (quantity := self.wanted_stock(offer, location))
            )
            yield Act(ReceiveStock(items=items, reference="opening"), f"shop:stock:{location}", OWNER)
        for offer in goods:
            sku = offer.product.sku
            yield Act(SetBackorderCap(sku=sku, cap=25 if sku in SCARCE else 10_000), f"shop:cap:{sku}", OWNER)

    def _bins(self) -> Iterator[Act]:
        """Shelves in the order of the walk: what is asked for most stands nearest to the door."""
        goods = sorted(
            (offer for offer in self.offers if offer.product.kind == "goods"),
            key=lambda offer: (-offer.popularity, offer.product.sku),
        )
        for location in SPREAD:
            for number, offer in enumerate(goods):
                sku = offer.product.sku
                code = f"{'ABCDEFGH'[number // 16]}{number // 4 % 4 + 1}-{number % 4 + 1}"
                command = AssignBin(sku=sku, location=location, bin=code, sequence=number)
                yield Act(command, f"shop:bin:{location}:{sku}", OWNER)

    def _pools(self, now: datetime) -> Iterator[Act]:
        for offer in self.offers:
            if offer.product.kind == "license":
                sku = offer.product.sku
                keys = self.keys(sku, 0, KEYS_AT_FIRST)
                yield Act(AddLicenseKeys(sku=sku, keys=keys), f"shop:keys:{sku}", OWNER)
        slots = tuple(slot for days in range(1, 28) for slot in self.slots(now + timedelta(days=days)))
        yield Act(AddSlots(slots=slots), "shop:slots", OWNER)

    def _customers(self) -> Iterator[Act]:
        for each in self.regulars:
            address = CustomerAddress(
                **{name: getattr(each.person, name) for name in CustomerAddress.__struct_fields__}
            )
            yield Act(
                RegisterCustomer(
                    number=each.number,
                    address=address,
                    customer_id=each.id,
                    group="business" if each.credit_limit_minor else "retail",
                    language=each.person.language,
                    notices=each.notices,
                ),
                f"shop:customer:{each.number}",
                OWNER,
            )

    def _terms(self) -> Iterator[Act]:
        for each in self.companies:
            terms = SetTerms(customer_id=each.id, credit_limit_minor=each.credit_limit_minor, terms_days=14)
            yield Act(terms, f"shop:terms:{each.number}", OWNER)

    def _regular(self, number: int) -> Regular:
        random = self.chance.random("regular", number)
        is_company = number % 8 == 0
        who = person(random, number, is_company=is_company)
        notices = random.choices(("email", "email sms", "sms"), (80, 17, 3))[0]
        limit = random.choice((50_000, 150_000, 400_000)) if is_company else 0
        # Long before any order, so that ids keep sorting by time.
        return Regular(uuid7(1_700_000_000_000 + number, random.getrandbits(74)), f"C{number:05d}", who, limit, notices)


def _data(offer: Offer) -> ProductData:
    product: Product = offer.product
    values = {name: getattr(product, name) for name in ProductData.__struct_fields__ if name != "price"}
    return ProductData(**values, price=Money(product.price_minor, product.currency))


def _license_key(chance: SeededRandom, sku: str, batch: int, number: int) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    random = chance.random("license", sku, batch, number)
    return f"{sku[4:]}-" + "-".join("".join(random.choices(letters, k=5)) for _ in range(4))


def write_stand_ins(folder: Path, names: Iterable[str]) -> None:
    """A text under each name, for a file that a real shop would sell."""
    for name in names:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("This file stands in for what a real shop would sell.\n")
