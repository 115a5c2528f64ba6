"""The server of `purveyor demo`, a process of its own: a shop in which visitors may play the providers' parts.

No verb of the command line and no variable starts it, so that nothing of the demo is ever open in a real shop.
"""

from __future__ import annotations

import os
import sys

import msgspec

from purveyor.settings import Settings
from purveyor.web.server.process import serve

if __name__ == "__main__":
    sys.exit(serve(msgspec.structs.replace(Settings.from_environment(os.environ), demo=True)))
