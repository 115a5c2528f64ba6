"""What screens and the API read of delivery, and what has come due."""

from purveyor.stages.delivery.queries import due
from purveyor.stages.delivery.queries.lists import (
    PoolView,
    SlotView,
    access_failed,
    appointments_by,
    at_counter,
    late_parcels,
    license_pool,
    open_slots,
    to_be_booked,
)
from purveyor.stages.delivery.queries.of_order import (
    access_of,
    appointments_of,
    collect_code,
    collections_of,
    downloads_of,
    events_of,
    licenses_of,
    parcels_of,
)
from purveyor.stages.delivery.queries.views import (
    AccessView,
    AppointmentView,
    CollectionView,
    DownloadView,
    LicenseView,
    TrackingEventView,
    TrackingView,
)

__all__ = [
    "AccessView",
    "AppointmentView",
    "CollectionView",
    "DownloadView",
    "LicenseView",
    "PoolView",
    "SlotView",
    "TrackingEventView",
    "TrackingView",
    "access_failed",
    "access_of",
    "appointments_by",
    "appointments_of",
    "at_counter",
    "collect_code",
    "collections_of",
    "downloads_of",
    "due",
    "events_of",
    "late_parcels",
    "license_pool",
    "licenses_of",
    "open_slots",
    "parcels_of",
    "to_be_booked",
]
