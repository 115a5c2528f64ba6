"""Cases that go on in another one."""

from purveyor.db.migrations import scripts

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    scripts.run_folder("0025_merged_cases")
