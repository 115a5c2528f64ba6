"""Gives a customer's number once, in whatever case it is written."""

from purveyor.db.migrations import scripts

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    scripts.run_folder("0040_one_number")
