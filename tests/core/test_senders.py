"""Who sends a parcel, as labels say it."""

from __future__ import annotations

import msgspec

from purveyor.core.policies import Location, Policies, SellerPolicy
from purveyor.core.senders import sender_of
from tests.pure import SHOP

AT = SellerPolicy(name="Example Ltd", street="High Street 1", postal_code="1010", city="Wien", country="AT")


def test_a_parcel_comes_from_the_address_of_its_location() -> None:
    sender = sender_of(msgspec.structs.replace(SHOP, seller=AT), "main")

    assert sender.lines == ("Example Ltd", "Invalidenstr. 1", "10115 Berlin")
    assert (sender.country, sender.has_address) == ("DE", True)


def test_it_comes_from_the_seller_where_the_location_has_no_address() -> None:
    policies = Policies(locations=(Location("main", "Main", "DE"),), seller=AT)

    for location in ("main", "gone"):
        assert sender_of(policies, location).lines == ("Example Ltd", "High Street 1", "1010 Wien")
        assert sender_of(policies, location).country == "AT"


def test_what_is_not_known_leaves_no_gap() -> None:
    sender = sender_of(Policies(locations=(Location("main", "Main", "DE"),)), "main")
    assert (sender.lines, sender.country, sender.has_address) == (("Purveyor",), "DE", False)

    city = sender_of(Policies(locations=(Location("main", "Main", "DE", city="Bonn"),)), "main")
    assert (city.lines, city.has_address) == (("Purveyor", "Bonn"), False)
