"""Says of refunds whether they count toward what one person gives."""

from purveyor.db.migrations import scripts

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    scripts.run_folder("0039_counted_refunds")
