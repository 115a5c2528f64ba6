"""Keeps a customer's account in one currency, and what is owed in others beside it."""

from purveyor.db.migrations import scripts

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    scripts.run_folder("0043_account_currency")
