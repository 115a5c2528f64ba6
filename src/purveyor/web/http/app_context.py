"""What the web needs of the running application. `wiring` builds it; the web only looks in."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import asyncpg

from purveyor.db.reader import Reader
from purveyor.engine.committer import Committer
from purveyor.engine.jobs import Ports

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class House(Protocol):
    """A part of `wiring.House`."""

    @property
    def pool(self) -> Pool: ...
    @property
    def read(self) -> Reader: ...
    @property
    def committer(self) -> Committer: ...
    @property
    def outside(self) -> Ports: ...
    @property
    def settings(self) -> Any: ...
