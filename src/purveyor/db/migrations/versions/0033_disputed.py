"""Says of orders whose payment is disputed that it is."""

from purveyor.db.migrations import scripts

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    scripts.run_folder("0033_disputed")
