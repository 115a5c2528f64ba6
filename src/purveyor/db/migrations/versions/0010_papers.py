"""What papers are about, and what things of an order became worth."""

from purveyor.db.migrations import scripts

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    scripts.run_folder("0010_papers")
