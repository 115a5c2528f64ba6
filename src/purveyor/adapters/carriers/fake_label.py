"""The paper on the parcel of the simulated carrier: plain text, one page a parcel."""

from __future__ import annotations

from collections.abc import Sequence

from purveyor.adapters.carriers.fake_journey import Journey
from purveyor.ports.carrier import Destination, Label, ParcelSpec, Rate

RULE = "-" * 40


def print_label(journey: Journey, parcels: Sequence[ParcelSpec], rate: Rate) -> Label:
    """Print the label of a booking, with a page break (form feed) between parcels."""
    number = journey.tracking_number
    addresses = f"From {_lines(journey.origin)}\n{RULE}\nTo   {_lines(journey.to)}"
    pages = [
        f"{rate.carrier.upper()} {rate.service.upper()}\n{number}\n"
        f"Parcel {count} of {len(parcels)}, {parcel.weight_g} g\n{RULE}\n{addresses}\n"
        for count, parcel in enumerate(parcels, 1)
    ]
    document = "\f".join(pages).encode()
    return Label(number, rate.carrier, rate.service, rate.cost, document, "text/plain; charset=utf-8")


def _lines(address: Destination) -> str:
    town = f"{address.postal_code} {address.city}"
    country = f"{address.region} {address.country}".strip()
    return f"{address.name}\n     {address.street}\n     {town}\n     {country}"
