"""Downloads and who waits for their files, found without reading all products and holds."""

from purveyor.db.migrations import scripts

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    scripts.build_indexes("0023_downloads")
