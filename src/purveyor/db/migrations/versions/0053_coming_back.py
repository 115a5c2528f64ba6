"""Says of a parcel that comes back which units come in it."""

from purveyor.db.migrations import scripts

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    scripts.run_folder("0053_coming_back")
