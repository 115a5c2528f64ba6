"""Notes of staff on orders, and tags of orders."""

from purveyor.db.migrations import scripts

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    scripts.run_folder("0019_annotations")
