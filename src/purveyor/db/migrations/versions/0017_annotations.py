"""Notes of staff on orders, and tags of orders."""

from purveyor.db.migrations import scripts

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    scripts.run_folder("0017_annotations")
