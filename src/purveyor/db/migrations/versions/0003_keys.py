"""Keys of the API have an end and an owner, and it is seen when they were used."""

from purveyor.db.migrations import scripts

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    scripts.run_folder("0003_keys")
