"""All sections: reading orders, the eleven stages in their order, the records, the jobs."""

from __future__ import annotations

from purveyor.web.api import jobs, records, webhooks
from purveyor.web.api.command_endpoints import Endpoint
from purveyor.web.api.orders import orders_section
from purveyor.web.api.sections import Section
from purveyor.web.api.stages import (
    confirmation,
    delivery,
    feedback,
    packing,
    payment,
    picking,
    receipt,
    returns,
    review,
    shipping,
    support,
)

STAGES: tuple[Section, ...] = (
    receipt.SECTION,
    review.SECTION,
    confirmation.SECTION,
    payment.SECTION,
    picking.SECTION,
    packing.SECTION,
    shipping.SECTION,
    delivery.SECTION,
    support.SECTION,
    returns.SECTION,
    feedback.SECTION,
)
TRIED: tuple[tuple[str, Endpoint], ...] = tuple(
    (section.name, endpoint) for section in STAGES for endpoint in section.endpoints if endpoint.tried is not None
)
SECTIONS: tuple[Section, ...] = (
    orders_section(lambda: TRIED),
    *STAGES,
    records.CATALOG,
    records.STOCK,
    records.CUSTOMERS,
    records.POLICIES,
    records.STAFF,
    webhooks.SECTION,
    jobs.SECTION,
)
