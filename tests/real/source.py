"""Where the year of real orders lies."""

import os
from pathlib import Path

VARIABLE = "TEST_YEAR"


def the_file() -> Path:
    """The UCI data set "Online Retail" as CSV: named by the variable, or beside the checkout."""
    checkout = Path(__file__).resolve().parents[2]
    beside = checkout.parent / "shared" / "data" / "online-retail" / "online_retail.csv.xz"
    return Path(os.environ.get(VARIABLE) or beside)
