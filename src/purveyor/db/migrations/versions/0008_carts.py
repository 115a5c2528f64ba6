"""Carts have a bound for each visitor."""

from purveyor.db.migrations import scripts

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    scripts.run_folder("0008_carts")
