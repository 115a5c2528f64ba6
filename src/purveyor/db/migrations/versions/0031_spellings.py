"""One spelling for all apostrophes and hyphens."""

from purveyor.db.migrations import scripts

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    scripts.run_folder("0031_spellings")
