"""Leaves room for the rows that change most."""

from purveyor.db.migrations import scripts

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    scripts.run_folder("0027_room_for_updates")
