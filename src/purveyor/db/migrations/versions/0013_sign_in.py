"""Signing in: passwords that end, tickets that are used once, lock-outs that strangers cannot use."""

from purveyor.db.migrations import scripts

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    scripts.run_folder("0013_sign_in")
