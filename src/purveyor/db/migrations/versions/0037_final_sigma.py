"""One spelling for both small sigmas."""

from purveyor.db.migrations import scripts

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    scripts.run_folder("0037_final_sigma")
