"""Taxes as they were decided: the area, the buyer's VAT id, why 0 %, and shipping rate by rate."""

from purveyor.db.migrations import scripts

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    scripts.run_folder("0005_taxes")
