"""Messages keep what was sent; a serial number is sold once."""

from purveyor.db.migrations import scripts

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    scripts.run_folder("0011_texts")
