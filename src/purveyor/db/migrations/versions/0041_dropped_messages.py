"""Messages that no longer hold are dropped."""

from purveyor.db.migrations import scripts

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    scripts.run_folder("0041_dropped_messages")
