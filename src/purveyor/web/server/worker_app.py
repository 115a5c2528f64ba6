"""The application of a server's worker process, with settings from its environment."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import msgspec
from litestar import Litestar

from purveyor.settings import Settings
from purveyor.web.http.app_context import House
from purveyor.web.server.app import create_app

# Named, not imported: the web looks down only. Whoever starts a server has put the house together above it.
OPEN_HOUSE = "purveyor.cli.startup:migrated_house_of"


def application() -> Litestar:
    return _application(Settings.from_environment(os.environ))


def demonstration() -> Litestar:
    """The same for `purveyor demo`: visitors may read its inbox and pay by test cards. No variable can ask for that."""
    return _application(msgspec.structs.replace(Settings.from_environment(os.environ), demo=True))


def _application(settings: Settings) -> Litestar:
    open_house: Callable[[Settings], AbstractAsyncContextManager[House]] = pkgutil.resolve_name(OPEN_HOUSE)
    return create_app(open_house(settings))
