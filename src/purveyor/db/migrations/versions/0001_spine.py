"""The spine: ledgers, journal, command log, the rows of every stage, and the job queue."""

from pgqueuer.adapters.persistence.schema_ddl import render_install
from pgqueuer.domain.settings import DBSettings

from purveyor.db.migrations import scripts

revision = "0001"
down_revision = None


def upgrade() -> None:
    scripts.run_folder("0001_spine")
    scripts.run(render_install(DBSettings()))
