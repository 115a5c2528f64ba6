"""Categories of the shop by price."""

from purveyor.db.migrations import scripts

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    scripts.build_indexes("0016_category")
