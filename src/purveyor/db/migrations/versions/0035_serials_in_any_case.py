"""Builds the index by which a serial number is found as it was scanned and as it was typed."""

from purveyor.db.migrations import scripts

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    scripts.build_indexes("0035_serials_in_any_case")
