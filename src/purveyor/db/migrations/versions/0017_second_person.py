"""Who let a person in, claims that wait for a second person, and limits that wait for a second admin."""

from purveyor.db.migrations import scripts

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    scripts.run_folder("0017_second_person")
