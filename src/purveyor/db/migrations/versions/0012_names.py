"""Names in the order in which people look for them."""

from purveyor.db.migrations import scripts

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    scripts.run_folder("0012_names")
