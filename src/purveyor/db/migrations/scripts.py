"""Runs whole SQL scripts in the transaction of a migration."""

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only

SQL = Path(__file__).parent / "sql"


def run_folder(name: str) -> None:
    """Run `sql/<name>/*.sql` in the order of their names."""
    scripts = sorted((SQL / name).glob("*.sql"))
    assert scripts, f"sql/{name} is empty"
    for script in scripts:
        run(script.read_text(encoding="utf-8"))


def run(script: str) -> None:
    """Run any number of statements at once, in the words they are written in.

    `op.execute` would take one statement, and a colon in it for a parameter.
    """
    bind = op.get_bind()
    # SQLAlchemy begins a transaction with its first statement; only then may we go past it. A migration that waits for
    # a lock makes everybody else wait behind it, so it gives up soon and can be run again.
    bind.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    driver_connection = bind.connection.driver_connection
    assert driver_connection is not None, "a migration runs on an open connection"
    await_only(driver_connection.execute(script))
