"""Delivery's own rows, and how its facts change them."""

from purveyor.stages.delivery.state import digital, installation, parcels
from purveyor.stages.delivery.state.rows import (
    AccessGrant,
    Appointment,
    Collection,
    DownloadGrant,
    LicenseKey,
    LicenseWait,
    Slot,
    Tracking,
    TrackingEvent,
)

__all__ = [
    "AccessGrant",
    "Appointment",
    "Collection",
    "DownloadGrant",
    "LicenseKey",
    "LicenseWait",
    "Slot",
    "Tracking",
    "TrackingEvent",
    "digital",
    "installation",
    "parcels",
]
