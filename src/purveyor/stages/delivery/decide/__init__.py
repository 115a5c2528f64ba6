"""The rules of delivery: when the customer has it, in each of the ways there are."""

from purveyor.stages.delivery.decide import access, counter, digital, installation, parcels, withdraw

__all__ = ["access", "counter", "digital", "installation", "parcels", "withdraw"]
