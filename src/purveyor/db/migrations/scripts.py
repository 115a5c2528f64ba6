"""Runs whole SQL scripts: in the transaction of a migration, or, what only builds indexes, beside those who write."""

import re
from collections.abc import Iterator
from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only

SQL = Path(__file__).parent / "sql"

_COMMENT = re.compile(r"--.*")
_BUILDS = re.compile(r"CREATE( UNIQUE)? INDEX CONCURRENTLY IF NOT EXISTS (\w+)\s+ON (\w+)\s+(.+)", re.DOTALL)
_DROPS = re.compile(r"DROP INDEX CONCURRENTLY IF EXISTS \w+")

# What a build that was cut off has left behind: nobody reads it, everybody goes on writing to it.
_HALF_BUILT = "SELECT true FROM pg_index WHERE indexrelid = to_regclass('{index}') AND NOT indisvalid"
_IS_BUILT = "SELECT true FROM pg_index WHERE indexrelid = to_regclass('{index}') AND indisvalid"
_IS_PARTITIONED = "SELECT true FROM pg_partitioned_table WHERE partrelid = '{table}'::regclass"
_PARTITIONS_WITHOUT = """
    SELECT inhrelid::regclass::text FROM pg_inherits AS of_table
     WHERE inhparent = '{table}'::regclass
       AND NOT EXISTS (SELECT FROM pg_inherits AS of_index JOIN pg_index ON indexrelid = of_index.inhrelid
                        WHERE of_index.inhparent = '{index}'::regclass AND indrelid = of_table.inhrelid)
  ORDER BY inhseqno
"""


def run_folder(name: str) -> None:
    """Run `sql/<name>/*.sql` in the order of their names."""
    for script in _scripts(name):
        run(script)


def run(script: str) -> None:
    """Run any number of statements at once, in the words they are written in.

    `op.execute` would take one statement, and a colon in it for a parameter.
    """
    # SQLAlchemy begins a transaction with its first statement; only then may we go past it. A migration that waits for
    # a lock makes everybody else wait behind it, so it gives up soon and can be run again.
    op.get_bind().exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    _execute(script)


def build_indexes(name: str) -> None:
    """Build and drop the indexes of `sql/<name>/*.sql`, one after the other, while others go on writing.

    No transaction can do this, so such a migration does nothing else: when it is cut off, what was built stays, and
    running it again builds the rest.
    """
    with op.get_context().autocommit_block():
        for script in _scripts(name):
            for statement in filter(None, map(str.strip, _COMMENT.sub("", script).split(";"))):
                if _DROPS.fullmatch(statement):
                    _execute(statement)
                    continue
                found = _BUILDS.fullmatch(statement)
                assert found, f"sql/{name} builds or drops indexes concurrently and does nothing else: {statement}"
                _build(*found.groups(""))


def _build(unique: str, index: str, table: str, rest: str) -> None:
    if not _found(_IS_PARTITIONED.format(table=table)):
        if _found(_HALF_BUILT.format(index=index)):
            _execute(f"DROP INDEX CONCURRENTLY {index}")
        _execute(f"CREATE{unique} INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} {rest}")
    elif not _found(_IS_BUILT.format(index=index)):
        # PostgreSQL builds none concurrently over partitions, but over each of them. Partitions that others make from
        # here on get it as they are made.
        _execute(f"CREATE{unique} INDEX IF NOT EXISTS {index} ON ONLY {table} {rest}")
        for partition in _found(_PARTITIONS_WITHOUT.format(table=table, index=index)):
            _build(unique, f"{index}_of_{partition}", partition, rest)
            _execute(f"ALTER INDEX {index} ATTACH PARTITION {index}_of_{partition}")


def _scripts(name: str) -> Iterator[str]:
    scripts = sorted((SQL / name).glob("*.sql"))
    assert scripts, f"sql/{name} is empty"
    for script in scripts:
        yield script.read_text(encoding="utf-8")


def _found(question: str) -> list[str]:
    return [row[0] for row in op.get_bind().exec_driver_sql(question)]


def _execute(script: str) -> None:
    driver_connection = op.get_bind().connection.driver_connection
    assert driver_connection is not None, "a migration runs on an open connection"
    await_only(driver_connection.execute(script))
