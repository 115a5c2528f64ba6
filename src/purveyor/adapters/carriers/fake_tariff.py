"""What the simulated carrier charges: three services by weight and zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from purveyor.core.money import Money
from purveyor.ports.carrier import Destination, ParcelSpec, Rate

CARRIER = "fakepost"
WEIGHT_MAX_G = 31_500
GIRTH_MAX_MM = 3_600  # longest side + 2 * the two others
VOLUME_MM3_PER_G = 5_000  # volumetric weight, as air carriers have it: 5000 cm3 to the kilogram
G_PER_KG = 1_000

Zone = Literal["domestic", "neighbor", "world"]
EUROPE = (
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"}
    | {"LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
    | {"CH", "GB", "IS", "LI", "NO"}
)
NORTH_AMERICA = {"CA", "MX", "US"}


class Tariff(NamedTuple):
    """A price per parcel and per started kilogram, in minor units, and the days it takes at the most."""

    parcel_minor: int
    kg_minor: int
    transit_days: int


TARIFFS: dict[Zone, dict[str, Tariff]] = {
    "domestic": {
        "economy": Tariff(390, 40, 4),
        "standard": Tariff(490, 60, 2),
        "express": Tariff(990, 110, 1),
    },
    "neighbor": {
        "economy": Tariff(890, 110, 7),
        "standard": Tariff(1190, 160, 4),
        "express": Tariff(2490, 320, 2),
    },
    "world": {
        "economy": Tariff(1690, 450, 15),
        "standard": Tariff(2690, 690, 8),
        "express": Tariff(4990, 990, 3),
    },
}


def zone(origin: str, to: str) -> Zone:
    """Give the zone of two ISO 3166-1 countries."""
    if origin == to:
        return "domestic"
    pair = {origin, to}
    return "neighbor" if pair <= EUROPE or pair <= NORTH_AMERICA else "world"


def rates(parcels: Sequence[ParcelSpec], origin: Destination, to: Destination, currency: str) -> list[Rate]:
    """Give the offers, cheapest first; none when there is no parcel, or one too heavy or too big."""
    if not parcels or not all(map(_is_carried, parcels)):
        return []
    kilograms = sum(map(_billable_kg, parcels))
    return [
        Rate(CARRIER, service, Money(parcel_minor * len(parcels) + kg_minor * kilograms, currency), transit_days)
        for service, (parcel_minor, kg_minor, transit_days) in TARIFFS[zone(origin.country, to.country)].items()
    ]


def _is_carried(parcel: ParcelSpec) -> bool:
    sides = sorted((parcel.length_mm, parcel.width_mm, parcel.height_mm))
    is_real = sides[0] > 0 and parcel.weight_g > 0
    return is_real and parcel.weight_g <= WEIGHT_MAX_G and sides[2] + 2 * (sides[0] + sides[1]) <= GIRTH_MAX_MM


def _billable_kg(parcel: ParcelSpec) -> int:
    volume_g = parcel.length_mm * parcel.width_mm * parcel.height_mm // VOLUME_MM3_PER_G
    return -(-max(parcel.weight_g, volume_g) // G_PER_KG)
