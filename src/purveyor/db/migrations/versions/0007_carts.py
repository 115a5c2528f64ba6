"""Carts have a bound for each visitor."""

from purveyor.db.migrations import scripts

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    scripts.run_folder("0007_carts")
