"""Whether the files are there that downloads hand out."""

from purveyor.db.migrations import scripts

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    scripts.run_folder("0022_asset_files")
