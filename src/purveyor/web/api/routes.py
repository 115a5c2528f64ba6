"""All chapters: reading orders, the eleven stages in their order, the records, the jobs."""

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
    receipt.CHAPTER,
    review.CHAPTER,
    confirmation.CHAPTER,
    payment.CHAPTER,
    picking.CHAPTER,
    packing.CHAPTER,
    shipping.CHAPTER,
    delivery.CHAPTER,
    support.CHAPTER,
    returns.CHAPTER,
    feedback.CHAPTER,
)
TRIED: tuple[tuple[str, Endpoint], ...] = tuple(
    (chapter.name, endpoint) for chapter in STAGES for endpoint in chapter.endpoints if endpoint.tried is not None
)
SECTIONS: tuple[Section, ...] = (
    orders_section(lambda: TRIED),
    *STAGES,
    records.CATALOG,
    records.STOCK,
    records.CUSTOMERS,
    records.POLICIES,
    records.STAFF,
    webhooks.CHAPTER,
    jobs.CHAPTER,
)
