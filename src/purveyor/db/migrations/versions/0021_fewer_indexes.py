"""Drops indexes that every order pays for and no question uses."""

from purveyor.db.migrations import scripts

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    scripts.run_folder("0021_fewer_indexes")
