"""A section of the API: one stage or one kind of record, with what may be asked of it and read of it."""

from __future__ import annotations

import msgspec

from purveyor.core.messages import Command
from purveyor.web.api.command_endpoints import Endpoint
from purveyor.web.api.maintenance_endpoints import MaintenanceEndpoint
from purveyor.web.api.query_endpoints import QueryEndpoint


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """`internal` names the commands that only flow, jobs and sweeps give: they have no address."""

    name: str
    about: str
    endpoints: tuple[Endpoint, ...] = ()
    reads: tuple[QueryEndpoint, ...] = ()
    maintenance: tuple[MaintenanceEndpoint, ...] = ()
    internal: tuple[type[Command], ...] = ()
