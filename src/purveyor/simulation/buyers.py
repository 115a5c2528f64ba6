"""Who orders what: carts, channels and ways to pay of a believable shop, drawn from the seed and the number."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from purveyor.core.money import Money
from purveyor.core.vocabulary import Channel
from purveyor.simulation.catalog import Offer
from purveyor.simulation.command_batches import Act
from purveyor.simulation.people import Person, person
from purveyor.simulation.seeded_random import SeededRandom, weighted
from purveyor.simulation.shop import COUNTER, FURTHER, NEAR, Regular, Shop
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender, TenderMethod, Terms

CHANNELS: Sequence[tuple[Channel, float]] = (
    ("web", 60),
    ("phone", 10),
    ("email", 6),
    ("in_person", 11),
    ("api", 7),
    ("file", 4),
    ("agent", 2),
)
# Who sits at the channel.
ACTORS = {"phone": "staff:sonja", "email": "staff:sonja", "in_person": "staff:counter"}
LINES = ((1, 36), (2, 28), (3, 18), (4, 9), (5, 5), (7, 3), (10, 1))
UNITS = ((1, 70), (2, 18), (3, 6), (4, 4), (6, 2))
MANY_UNITS = ((1, 10), (4, 20), (6, 30), (12, 25), (24, 15))
# How cards behave (see the fake gateway), in shares of all cards.
CARDS = (
    ("card-declined", 0.022),
    ("card-insufficient", 0.016),
    ("card-expired", 0.008),
    ("card-3ds", 0.070),
    ("card-timeout-after", 0.006),
    ("card-timeout-before", 0.004),
    ("card-capture-declined", 0.004),
    ("card-refund-declined", 0.010),
)
GOOD_CARD = "card-good"
ODD_MAIL = "mailinator.com"
NOWHERE = "00000"  # a postal code to which no carrier delivers


class Buyers:
    """Everybody who ever orders: the regulars of the shop and strangers."""

    def __init__(self, chance: SeededRandom, shop: Shop) -> None:
        self._chance = chance
        self._shop = shop
        self._offers = shop.offers
        self._kinds = {offer.product.sku: offer.product.kind for offer in shop.offers}
        self._shelf = [offer for offer in shop.offers if offer.product.kind == "goods"]
        self._counter = [offer for offer in self._shelf if shop.wanted_stock(offer, COUNTER) > 0]

    def order(self, number: int) -> Act:
        """The order of this number, as it comes in."""
        reference = f"P{self._chance.seed}-{number:06d}"
        random = self._chance.random("order", number)
        channel = weighted(random, CHANNELS)
        regular = self._regular(random, channel)
        who = regular.person if regular else person(random, 100_000 + number)
        lines = self._lines(random, channel, regular)
        terms = self._terms(random, channel, regular, who)
        if terms == "on_delivery" and any(self._kinds[line.sku] != "goods" for line in lines):
            terms = "prepaid"  # a courier takes cash for what he hands over, for nothing else
        command = PlaceOrder(
            channel=channel,
            lines=lines,
            contact=self._address(random, who, channel, reference),
            billing=self._billing(random, number, reference),
            currency="EUR",
            terms=terms,
            tenders=self._tenders(random, terms),
            method="collect" if channel == "in_person" or self._comes_by(random, channel, who) else "ship",
            collect_at=COUNTER,
            shipping_option=self._option(random, who.country),
            customer_id=regular.id if regular else None,
            reference=reference,
            language=who.language,
        )
        return Act(command, f"order:{number}", ACTORS.get(channel, f"channel:{channel}"))

    @staticmethod
    def _option(random: Random, country: str) -> str:
        """What the shop offers there."""
        wish = random.choices(("standard", "express", "relaxed"), (70, 18, 12))[0]
        if country in NEAR:
            return wish
        if country in FURTHER:
            return "europe-express" if wish == "express" else "europe"
        return "abroad"

    def _regular(self, random: Random, channel: Channel) -> Regular | None:
        if channel in {"api", "file", "email"}:
            return random.choice(self._shop.companies)
        return random.choice(self._shop.regulars) if random.random() < 0.6 else None  # noqa: PLR2004

    def _lines(self, random: Random, channel: Channel, regular: Regular | None) -> tuple[LineItem, ...]:
        offers = self._counter if channel == "in_person" else self._offers
        is_company = regular is not None and regular.credit_limit_minor > 0
        count = weighted(random, LINES)
        chosen: dict[str, Offer] = {}
        for offer in random.choices(offers, [offer.popularity for offer in offers], k=3 * count):
            if len(chosen) < count and (offer.product.price_minor < 300_000 or is_company):  # noqa: PLR2004
                chosen.setdefault(offer.product.sku, offer)
        wants_help = any(offer.product.category == "machines" for offer in chosen.values())
        if wants_help and channel != "in_person" and random.random() < 0.3:  # noqa: PLR2004
            fit = "FIT-CAFE" if "ESP-PRO" in chosen else "FIT-HOME"
            chosen[fit] = next(offer for offer in self._offers if offer.product.sku == fit)
        return tuple(self._line(random, offer, is_company=is_company) for offer in chosen.values())

    def _line(self, random: Random, offer: Offer, *, is_company: bool) -> LineItem:
        product = offer.product
        single = product.kind != "goods" or product.price_minor > 20_000  # noqa: PLR2004
        by_the_box = is_company and product.category in {"beans", "cups", "care", "pantry"}
        quantity = 1 if single else weighted(random, MANY_UNITS if by_the_box else UNITS)
        discount = None
        if random.random() < 0.05:  # noqa: PLR2004
            discount = Money(product.price_minor * quantity // 10, product.currency)
        return LineItem(sku=product.sku, quantity=quantity, discount=discount)

    def _address(self, random: Random, who: Person, channel: Channel, reference: str) -> Address:
        address = {name: getattr(who, name) for name in Address.__struct_fields__}
        if channel == "in_person" and random.random() < 0.5:  # noqa: PLR2004
            return Address(name=who.name, country="DE")
        if self._chance.happens(0.01, "odd mail", reference):
            address["email"] = f"{reference.lower()}@{ODD_MAIL}"
        if self._chance.happens(0.008, "nowhere", reference) and who.country == "DE":
            address["postal_code"] = NOWHERE
        return Address(**address)

    def _billing(self, random: Random, number: int, reference: str) -> Address | None:
        if not self._chance.happens(0.04, "billed elsewhere", reference):
            return None
        payer = person(random, 500_000 + number)
        return Address(**{name: getattr(payer, name) for name in Address.__struct_fields__})

    def _terms(self, random: Random, channel: Channel, regular: Regular | None, who: Person) -> Terms:
        if channel == "in_person":
            return "at_counter"
        if regular is not None and regular.credit_limit_minor:
            return "invoice" if random.random() < 0.85 else "prepaid"  # noqa: PLR2004
        on_delivery = who.country == "DE" and random.random() < 0.07  # noqa: PLR2004
        return "on_delivery" if on_delivery and channel in {"web", "phone"} else "prepaid"

    def _tenders(self, random: Random, terms: Terms) -> tuple[Tender, ...]:
        if terms == "prepaid":
            return (Tender(method="card", source=self._card(random)),)
        if terms == "at_counter":
            method: TenderMethod = "cash" if random.random() < 0.45 else "card_present"  # noqa: PLR2004
            return (Tender(method=method),)
        return ()

    def _card(self, random: Random) -> str:
        drawn = random.random()
        for card, share in CARDS:
            if drawn < share * self._chance.share:
                return card
            drawn -= share * self._chance.share
        return GOOD_CARD

    def _comes_by(self, random: Random, channel: Channel, who: Person) -> bool:
        return channel == "web" and who.country == "DE" and random.random() < 0.12  # noqa: PLR2004
