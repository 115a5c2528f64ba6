"""Structs and tables say the same: every kind of row has its table, column by column."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Any

import pytest

from purveyor.core.rows import OrderRow, Row
from purveyor.engine.tables import column_type, parts, row_kinds, table_of
from tests.engine.conftest import Pool

KINDS = {table: kind for table, kind in row_kinds().items() if kind.__module__.startswith("purveyor.")}

COLUMNS = """
    SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
  ORDER BY attnum
"""
KEY = """
    SELECT a.attname::text
      FROM pg_index i, unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, place)
           JOIN pg_attribute a ON a.attnum = k.attnum
     WHERE i.indrelid = to_regclass($1) AND i.indisprimary AND a.attrelid = i.indrelid
  ORDER BY k.place
"""
INDEXED = """
    SELECT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                    WHERE i.indrelid = to_regclass($1) AND a.attname = $2 AND i.indpred IS NULL)
"""
TYPES = {"timestamptz": "timestamp with time zone"}


def is_optional(kind: type[Row], column: str) -> bool:
    return "None" in str(kind.__annotations__[column])


async def test_tables_have_the_columns_of_their_structs_in_their_order(pool: Pool) -> None:
    for table, kind in KINDS.items():
        types = table_of(kind).types
        columns = [tuple(record) for record in await pool.fetch(COLUMNS, table)]
        assert columns == [
            (name, TYPES.get(types[name], types[name]), not is_optional(kind, name)) for name in kind.__struct_fields__
        ], table


async def test_the_primary_key_of_a_table_is_the_key_of_its_struct(pool: Pool) -> None:
    for table, kind in KINDS.items():
        assert [name for (name,) in await pool.fetch(KEY, table)] == list(kind.key), table


async def test_rows_of_an_order_are_found_by_an_index(pool: Pool) -> None:
    for table, kind in KINDS.items():
        if issubclass(kind, OrderRow):
            assert await pool.fetchval(INDEXED, table, "order_id"), table


async def test_the_free_rows_of_a_pool_are_found_by_an_index(pool: Pool) -> None:
    for table, kind in KINDS.items():
        if kind.pool is not None:
            column, free = kind.pool
            definitions = await pool.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = $1", table)
            assert any(f"({column}" in text and free in text for (text,) in definitions), table


async def test_every_table_belongs_to_a_row_or_is_known_to_stand_for_itself(pool: Pool) -> None:
    tables = await pool.fetch(
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'pgqueuer%'"
    )
    itself = {"alembic_version", "journal_row", "stock_move", "command_log"}
    itself |= {"signed_in_order"}  # whether an address was proved, which is no fact of the order
    itself |= {"webhook_cursor", "webhook_delivery", "webhook_try"}  # a queue and its log
    itself |= {"journal_seal"}  # about the journal itself
    itself |= {"api_key_use"}  # no fact: when a key came in last

    assert {table for (table,) in tables} - KINDS.keys() <= itself
    assert KINDS.keys() <= {table for (table,) in tables}


def test_no_two_kinds_of_rows_share_a_table_or_a_part() -> None:
    def all_kinds(of: type[Row]) -> list[type[Row]]:
        found = [kind for kind in of.__subclasses__() if kind.table]
        return found + [deeper for kind in of.__subclasses__() for deeper in all_kinds(kind)]

    tables = Tally(kind.table for kind in all_kinds(Row))
    assert [table for table, count in tables.items() if count > 1] == []
    assert set(parts().values()) == {kind for kind in row_kinds().values() if issubclass(kind, OrderRow)}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [(int, "bigint"), (str | None, "text"), (dict[str, str] | None, "jsonb"), (int | str, "jsonb"), (bytes, "bytea")],
)
def test_column_types_follow_from_annotations(annotation: Any, expected: str) -> None:
    assert column_type(annotation) == expected
