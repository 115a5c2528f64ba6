"""How much of the money that is being taken will go back as store credit."""

from purveyor.db.migrations import scripts

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    scripts.run_folder("0048_credit_under_way")
