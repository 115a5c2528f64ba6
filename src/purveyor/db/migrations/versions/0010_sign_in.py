"""Signing in: passwords that end, tickets that are used once, lock-outs that strangers cannot use."""

from purveyor.db.migrations import scripts

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    scripts.run_folder("0010_sign_in")
