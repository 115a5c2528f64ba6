"""Signing in: passwords that end, tickets that are used once, lock-outs that strangers cannot use."""

from purveyor.db.migrations import scripts

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    scripts.run_folder("0011_sign_in")
