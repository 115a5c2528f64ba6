"""Makes room in the journal once, though two workers ask for it at the same moment."""

from purveyor.db.migrations import scripts

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    scripts.run_folder("0049_one_partition")
