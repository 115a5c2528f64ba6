"""One spelling for all apostrophes and hyphens."""

from purveyor.db.migrations import scripts

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    scripts.run_folder("0030_spellings")
