"""The books and the papers: disputes, and what takes back a refund."""

from purveyor.db.migrations import scripts

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    scripts.run_folder("0002_books")
