"""Says of orders of which a bank holds a part only that it is a part."""

from purveyor.db.migrations import scripts

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    scripts.run_folder("0051_part_authorized")
