"""Who sends a parcel, as it stands on labels."""

from __future__ import annotations

import msgspec

from purveyor.core.policies import Policies


class Sender(msgspec.Struct, frozen=True):
    """A name and an address. Only what is known is printed: no comma stands for what is not."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str

    @property
    def has_address(self) -> bool:
        """Whether a carrier could bring something back to it."""
        return bool(self.street and self.city)

    @property
    def lines(self) -> tuple[str, ...]:
        """Without the country, which readers have in their own language."""
        return tuple(filter(None, (self.name, *self.address)))

    @property
    def address(self) -> tuple[str, ...]:
        """Street and place."""
        return tuple(filter(None, (self.street, " ".join(filter(None, (self.postal_code, self.city))))))


def sender_of(policies: Policies, location: str) -> Sender:
    """The address of the location; the seller's own where that has none."""
    seller, place = policies.seller, policies.location(location)
    if place is not None and (place.street or not seller.street):
        return Sender(seller.name, place.street, place.postal_code, place.city, place.country)
    return Sender(seller.name, seller.street, seller.postal_code, seller.city, seller.country)
