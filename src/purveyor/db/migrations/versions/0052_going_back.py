"""Parts of the money that is being taken and will go back, and attempts that the gateway has done."""

from purveyor.db.migrations import scripts

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    scripts.run_folder("0052_going_back")
