"""Returns say how they come back."""

from purveyor.db.migrations import scripts

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    scripts.run_folder("0034_returns_at_the_counter")
