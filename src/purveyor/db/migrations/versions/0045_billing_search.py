"""Says what is looked for in billing addresses."""

from purveyor.db.migrations import scripts

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    scripts.run_folder("0045_billing_search")
