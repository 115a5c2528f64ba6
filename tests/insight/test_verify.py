"""`verify` finds nothing where nothing is wrong, and names every place where somebody changed something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest

from purveyor.core.rows import OrderRow
from purveyor.db.embedded import EmbeddedServer
from purveyor.db.pool import connect_pool
from purveyor.db.reader import Reader
from purveyor.engine.change_feed import changes_since
from purveyor.engine.redaction import readable_stages
from purveyor.engine.tables import column_type, row_kinds, table_of
from purveyor.insight import journal_seals, verify as verify_module
from purveyor.insight.differences import Difference
from purveyor.insight.journal_seals import seal_journal
from purveyor.insight.verify import verify
from tests.conftest import run_as_admin
from tests.simulation.mirror import retell
from tests.simulation.random_actions import People, a_story, go_on_until
from tests.simulation.world import rows_of_book

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

STEPS, MOST_ROUNDS, MOST_SEEDS = 200, 50, 20
RARE = {"api_key", "policy", "risk_assessment", "missing_choice", "product_review", "promise"}
RARE |= {"staff", "staff_session"}  # tests/records/staff has them
RARE |= {"customer_note"}  # tests/web/console/test_management_records.py has it, and verifies
RARE |= {"asset_file"}  # tests/journeys/test_missing_files.py has it
RARE |= {"webhook"}  # tests/records/webhooks has it
RARE |= {"going_back"}  # tests/journeys/test_payment.py has it, and verifies
RARE |= {
    "staff_origin",
    "policy_request",
    "money_request",
}  # tests/web/test_money_limits.py has it, and verifies what it did
KINDS = {
    table: kind for table, kind in row_kinds().items() if not kind.personal and kind.__module__.startswith("purveyor.")
}


ANOTHER_FACT = """
    INSERT INTO journal_row (at, order_id, order_version, kind, kind_version, actor, key, data)
    SELECT at, order_id, order_version, kind, kind_version, actor, key, data FROM journal LIMIT 1
"""
# As the journal was before facts of one command shared a row.
ONE_TO_A_ROW = (
    """CREATE TEMPORARY TABLE one ON COMMIT DROP AS
       SELECT seq, recorded_at, at, order_id, order_version, kind, kind_version, actor, key, data FROM journal""",
    "DELETE FROM journal_row WHERE facts IS NOT NULL",
    """INSERT INTO journal_row (seq, recorded_at, at, order_id, order_version, kind, kind_version, actor, key, data)
       SELECT * FROM one WHERE order_id IS NOT NULL""",
    "SELECT setval('journal_seq', (SELECT max(seq) FROM journal_row))",
)


def is_part(kind: type[object]) -> bool:
    return issubclass(kind, OrderRow)


@pytest.fixture(scope="module")
def people() -> People:
    """A story that has reached every table: it goes on until then, whatever commands there are by now."""
    missing: object = None
    for seed in range(MOST_SEEDS):
        try:
            people = a_story(seed, STEPS)
            go_on_until(people, Random(seed), lambda told: not missing_tables(told), MOST_ROUNDS)
        except AssertionError as error:  # whether every story adds up is what test_life.py is for
            missing = error
            continue
        missing = missing_tables(people)
        if not missing:
            return people
    message = f"no story reaches every table: {missing}. Can `staff.next_steps` or an argument be of help?"
    raise AssertionError(message)


def missing_tables(people: People) -> set[str]:
    return KINDS.keys() - tables_of(people) - RARE


def tables_of(people: People) -> set[str]:
    state = people.world.state
    tables = {table for book in state.books.values() for table, rows in rows_of_book(book).items() if rows}
    return tables | {kind.table for kind, rows in state.shared.items() if rows} | {"stock"}


@pytest.fixture(scope="module")
def told(server: EmbeddedServer, template: str, people: People) -> str:
    """Name of a database after many orders, never touched by hand."""

    async def tell() -> None:
        await run_as_admin(server, f"CREATE DATABASE told TEMPLATE {template}")
        pool = await connect_pool(server.dsn("told"), 2)
        with pytest.MonkeyPatch.context() as patch:
            await retell(pool, people, patch)
        await pool.close()

    asyncio.run(tell())
    return "told"


@pytest.fixture
async def shop(server: EmbeddedServer, told: str) -> AsyncIterator[Pool]:
    """A copy of it, to be touched."""
    await run_as_admin(server, f"CREATE DATABASE touched TEMPLATE {told} STRATEGY file_copy")
    pool = await connect_pool(server.dsn("touched"), 4)
    yield pool
    await pool.close()
    await run_as_admin(server, "DROP DATABASE touched WITH (FORCE)")


async def without_constraints(pool: Pool) -> None:
    """Let every value in."""
    checks = await pool.fetch(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype IN ('c', 'u') AND conislocal AND connamespace = 'public'::regnamespace"
        " AND conrelid::regclass::text !~ 'pgqueuer'"
    )
    for table, name in checks:
        await pool.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    unique = await pool.fetch(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique AND NOT indisprimary"
        " AND indrelid::regclass::text !~ 'pgqueuer|pg_|alembic'"
    )
    for (index,) in unique:
        await pool.execute(f"DROP INDEX {index}")
    await pool.execute("DROP TRIGGER customer_number_once ON customer")
    for trigger in ("serial_once_added", "serial_once_picked"):
        await pool.execute(f"DROP TRIGGER {trigger} ON fulfillment_item")


async def differences(pool: Pool) -> list[Difference]:
    return (await verify(pool, chunk=100)).differences


async def test_an_untouched_database_is_clean_whatever_the_chunk(shop: Pool, people: People) -> None:
    seen: list[tuple[int, int]] = []
    for chunk in (1, 7, 2_000):
        report = await verify(shop, chunk=chunk, progress=lambda done, total: seen.append((done, total)))
        assert report.differences == []
        assert report.is_clean
        assert report.facts == len(people.world.journal) == seen[-1][0] == seen[-1][1]
        assert report.orders == len(people.world.state.books)
        assert report.rows > report.orders


async def test_orders_that_do_not_fit_in_memory_come_back_from_the_file_as_they_were(
    shop: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(verify_module, "ORDERS_IN_MEMORY", 1)
    assert (await verify(shop, chunk=3)).differences == []


async def test_an_empty_database_is_clean(pool: Pool) -> None:
    report = await verify(pool)
    assert (report.is_clean, report.facts, report.orders) == (True, 0, 0)


async def test_every_row_that_may_be_erased_is_one_that_facts_refer_to(shop: Pool) -> None:
    """Otherwise `verify` could not miss it: the list of the fields that refer to such rows would have a hole."""
    journal = await shop.fetchval("SELECT string_agg(data::text, ' ') FROM journal")
    for table in ("contact", "private_text"):
        ids = [str(key) for (key,) in await shop.fetch(f"SELECT id FROM {table}")]
        assert ids
        assert [key for key in ids if key not in journal] == []
        await shop.execute(f"DELETE FROM {table}")
        found = await differences(shop)
        assert {each.key for each in found if each.table == table} == set(ids)


def another(kind: str, value: Any) -> str | None:
    """SQL for a value that is not the one that is there."""
    column = "{column}"
    match kind:
        case "bigint":
            return f"{column} + 1"
        case "text":
            return f"{column} || 'x'"
        case "boolean":
            return f"NOT {column}"
        case "uuid":
            return "gen_random_uuid()"
        case "timestamptz":
            return f"coalesce({column}, now()) + interval '1 second'"
        case _:
            return None if value is None else f"{column}"


async def test_every_column_of_every_table_that_somebody_changed_is_found_and_named(shop: Pool) -> None:
    await without_constraints(shop)
    untouched: list[str] = []
    for table, kind in KINDS.items():
        types = table_of(kind).types
        changes: dict[str, tuple[Any, str]] = {}
        async with shop.acquire() as db:
            row = await db.fetchrow(f"SELECT * FROM {table} ORDER BY {table_of(kind).key} LIMIT 1")
            if row is None:
                untouched.append(table)
                continue
            for column in kind.__struct_fields__:
                if column in kind.key or types[column] == "jsonb" or column == "order_id":
                    continue
                expression = another(types[column], row[column])
                assert expression is not None
                quoted = f'"{column}"'
                changes[column] = (row[column], expression.format(column=quoted))
            if not changes:  # nothing but a document, such as the tags of an order
                continue
            sets = ", ".join(f'"{column}" = {sql}' for column, (_, sql) in changes.items())
            keys = " AND ".join(f'"{name}" = ${n}' for n, name in enumerate(kind.key, 1))
            await db.execute(f"UPDATE {table} SET {sets} WHERE {keys}", *(row[name] for name in kind.key))
        found = await differences(shop)
        here = {each.column: each for each in found if each.table == table}
        expected = {column for column, (value, _) in changes.items() if value is not None or types[column] in NULLABLE}
        assert expected <= here.keys(), (table, expected - here.keys())
        for column in expected:
            assert here[column].journal == changes[column][0], (table, column)
        undo = ", ".join(f'"{column}" = ${n}' for n, column in enumerate(changes, len(kind.key) + 1))
        await shop.execute(
            f"UPDATE {table} SET {undo} WHERE {keys}",
            *(row[name] for name in kind.key),
            *(value for value, _ in changes.values()),
        )
    assert await differences(shop) == []
    assert set(untouched) <= RARE


NULLABLE = {"uuid", "timestamptz"}  # what was NULL is not NULL any more
NEW = {"uuid": "gen_random_uuid()", "text": "'new'", "timestamptz": "now()", "bigint": "987654321"}


async def test_every_row_that_somebody_deleted_is_missed(shop: Pool) -> None:
    for table, kind in KINDS.items():
        row = await shop.fetchrow(f"SELECT * FROM {table} LIMIT 1")
        if row is None:
            continue
        keys = " AND ".join(f'"{name}" = ${n}' for n, name in enumerate(kind.key, 1))
        await shop.execute(f"CREATE TABLE kept AS SELECT * FROM {table} WHERE {keys}", *(row[n] for n in kind.key))
        await shop.execute(f"DELETE FROM {table} WHERE {keys}", *(row[name] for name in kind.key))
        found = await differences(shop)
        key = " ".join(str(row[name]) for name in kind.key)
        assert Difference(table, key, "", "a row", "no row") in found, table
        await shop.execute(f"INSERT INTO {table} SELECT * FROM kept")
        await shop.execute("DROP TABLE kept")
    assert await differences(shop) == []


async def test_every_row_that_nobody_decided_is_found(shop: Pool) -> None:
    """Of an order that is there, and of one that never was."""
    await without_constraints(shop)
    for table, kind in KINDS.items():
        if await shop.fetchval(f"SELECT count(*) FROM {table}") == 0:
            continue
        types = table_of(kind).types
        for stray in (False, True) if issubclass(kind, OrderRow) else (False,):
            new = {name: NEW[types[name]] for name in kind.key}
            if stray:
                new["order_id"] = "gen_random_uuid()"
            columns = ", ".join(new.get(column, f'"{column}"') for column in kind.__struct_fields__)
            names = ", ".join(f'"{name}"' for name in kind.key)
            key = await shop.fetchrow(f"INSERT INTO {table} SELECT {columns} FROM {table} LIMIT 1 RETURNING {names}")
            assert key is not None
            found = await differences(shop)
            assert Difference(table, " ".join(map(str, key)), "", "no row", "a row") in found, (table, stray)
            keys = " AND ".join(f'"{name}" = ${n}' for n, name in enumerate(kind.key, 1))
            await shop.execute(f"DELETE FROM {table} WHERE {keys}", *key)
    assert await differences(shop) == []


@pytest.mark.parametrize(
    ("statement", "table", "column"),
    [
        ("UPDATE stock_move SET on_hand = on_hand + 1 WHERE reason = 'stock.received'", "stock_move", "sum of on_hand"),
        ("DELETE FROM stock_move WHERE allocated <> 0", "stock_move", "sum of allocated"),
        ("UPDATE stock SET on_hand = on_hand + 1", "stock", "on_hand"),
        ("UPDATE stock SET on_hand = on_hand + 9, allocated = allocated + 9", "stock", "allocated"),
        ("UPDATE orders SET stage = 'nowhere'", "orders", "stage"),
        ("UPDATE orders SET version = version + 1", "orders", "version"),
        ("UPDATE orders SET stage_since = stage_since - interval '1 day'", "orders", "stage_since"),
        ("DELETE FROM command_log WHERE accepted", "command_log", ""),
        ("UPDATE invoice SET lines = '[1]'", "invoice", "lines"),
        ("UPDATE invoice SET lines = '{\"a\": null}'", "invoice", "lines"),
        ("UPDATE invoice SET lines = '\"text\"'", "invoice", "lines"),
        ("UPDATE stock_move SET on_hand = 9223372036854775807", "stock_move", "sum of on_hand"),
        ("UPDATE orders SET placed_at = 'infinity'", "orders", "placed_at"),
        ("UPDATE orders SET placed_at = '-infinity'", "orders", "placed_at"),
        ("SELECT setval('journal_seq', 1)", "journal_seq", "last_value"),
        ("SELECT setval('order_number', 1)", "order_number", "last_value"),
    ],
)
async def test_ledgers_and_summaries_are_held_against_the_journal(
    shop: Pool, statement: str, table: str, column: str
) -> None:
    await shop.execute(statement)
    found = await differences(shop)
    assert any(each.table == table and each.column == column for each in found), found[:5]


async def tamper(pool: Pool, *statements: str) -> None:
    """As only somebody can who may switch off triggers."""
    async with pool.acquire() as db, db.transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            await db.execute(statement)


async def test_a_fact_that_was_taken_out_of_the_journal_leaves_a_gap(shop: Pool) -> None:
    await tamper(shop, "DELETE FROM journal_row WHERE seq = (SELECT min(seq) FROM journal_row WHERE order_version > 1)")
    found = await differences(shop)
    assert any(each.table == "journal" and each.column == "order_version" for each in found)


async def test_an_order_without_its_first_fact_cannot_be_replayed(shop: Pool) -> None:
    order_id: UUID = await shop.fetchval("SELECT id FROM orders LIMIT 1")
    await tamper(shop, f"DELETE FROM journal_row WHERE order_id = '{order_id}' AND order_version = 1")
    found = await differences(shop)
    assert any(each.table == "journal" and each.journal == "cannot be replayed" for each in found)
    assert Difference("orders", str(order_id), "", "no row", "a row") in found


async def sealed(pool: Pool) -> None:
    while await seal_journal(pool, lag=timedelta(0)):
        pass


def of_the_journal(found: list[Difference]) -> list[Difference]:
    return [each for each in found if each.table == "journal" and not each.column]


async def test_an_order_that_was_taken_out_of_every_table_is_missed(shop: Pool) -> None:
    await sealed(shop)
    assert await differences(shop) == []
    without_goods = "SELECT order_id FROM line GROUP BY order_id HAVING bool_and(kind <> 'goods') ORDER BY order_id"
    order_id: UUID = await shop.fetchval(without_goods)
    assert order_id != await shop.fetchval("SELECT id FROM orders ORDER BY number DESC LIMIT 1")
    facts = await shop.fetch("SELECT seq FROM journal_row WHERE order_id = $1 ORDER BY seq", order_id)
    await tamper(
        shop,
        f"DELETE FROM command_log WHERE key IN (SELECT key FROM journal_row WHERE order_id = '{order_id}')",
        f"DELETE FROM orders WHERE id = '{order_id}'",
        *(
            f"DELETE FROM {table} WHERE order_id = '{order_id}'"
            for table in (
                "journal_row",
                "stock_move",
                *(kind.table for kind in KINDS.values() if is_part(kind)),
            )
        ),
    )

    gone = of_the_journal(await differences(shop))
    assert gone == [Difference("journal", str(seq), "", "a fact, when it was sealed", "none") for (seq,) in facts]


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'staff:nobody'",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "at = at + interval '1 second'",
        "key = key || '1'",
        "facts = convert_to(replace(convert_from(facts, 'UTF8'), 'channel', 'chanel'), 'UTF8')",
        "order_version = order_version + 1",
    ],
)
async def test_who_did_a_thing_and_when_and_why_is_sealed(shop: Pool, change: str) -> None:
    await sealed(shop)
    seq = await shop.fetchval(
        "SELECT seq FROM journal_row WHERE 'receipt.order_placed' = ANY(kinds) ORDER BY seq LIMIT 1"
    )
    await tamper(shop, f"UPDATE journal_row SET {change} WHERE seq = {seq}")

    assert of_the_journal(await differences(shop)) == [
        Difference("journal", str(seq), "", "what was sealed", "something else")
    ]


async def test_seals_follow_one_another_and_cannot_be_left_out(shop: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_seals, "ROWS_OF_SEAL", 50)
    await sealed(shop)
    count = await shop.fetchval("SELECT count(*) FROM journal_seal")
    assert count > 3
    assert await shop.fetchval("SELECT max(upto_seq) FROM journal_seal") == await shop.fetchval(
        "SELECT max(seq) FROM journal_row"
    )
    await tamper(shop, "UPDATE journal_seal SET hash = sha256('') WHERE number = 2")
    broken = [each for each in await differences(shop) if each.table == "journal_seal"]
    assert [each.key for each in broken] == ["2", "3"]  # the third holds the second
    await tamper(shop, "DELETE FROM journal_seal WHERE number = 2")
    broken = [each for each in await differences(shop) if each.table == "journal_seal"]
    assert [each.key for each in broken] == ["", "3"]


async def test_a_seal_waits_for_whoever_is_still_writing(shop: Pool) -> None:
    await sealed(shop)
    before = await shop.fetchval("SELECT max(upto_seq) FROM journal_seal")
    async with shop.acquire() as db, db.transaction():
        await db.execute("SELECT pg_current_xact_id()")  # whose facts nobody can see yet
        await shop.execute(ANOTHER_FACT)
        assert await seal_journal(shop, lag=timedelta(0)) == 0
    assert await seal_journal(shop) == 0  # it is not a minute old
    assert await seal_journal(shop, lag=timedelta(0)) == 1
    assert await shop.fetchval("SELECT max(upto_seq) FROM journal_seal") > before


async def test_a_fact_that_was_made_up_does_not_fit(shop: Pool) -> None:
    await tamper(
        shop,
        "INSERT INTO journal_row (at, order_id, order_version, kind, kind_version, actor, key, data)"
        " SELECT at, order_id, order_version + 1, kind, kind_version, actor, key, data FROM journal"
        " WHERE kind = 'receipt.order_placed' LIMIT 1",
    )
    assert len(await differences(shop)) > 0


async def test_a_quantity_that_was_changed_in_the_journal_is_found_in_the_tables(shop: Pool) -> None:
    await tamper(
        shop,
        "UPDATE journal_row SET data = jsonb_set(data, '{stock,0,2}', '6') WHERE kind = 'stock.received'",
    )
    found = await differences(shop)
    assert {"on_hand", "sum of on_hand"} <= {each.column for each in found}


async def test_a_command_whose_facts_are_gone_from_the_journal_is_missed(shop: Pool) -> None:
    key = await shop.fetchval("SELECT key FROM journal WHERE kind = 'receipt.order_placed' LIMIT 1")
    await tamper(shop, f"DELETE FROM journal_row WHERE key = '{key}'")
    found = await differences(shop)
    assert Difference("command_log", key, "receipt.place_order", "no fact", "accepted, with facts") in found


@pytest.mark.parametrize(
    "facts",
    ["[[1, []]]", '[[1, {"kind": 7}]]', "[[1, null]]", '[[1, "text"]]', "no JSON", "{}", "[]", "[[1]]", "\\377"],
)
async def test_facts_of_another_shape_are_told_and_the_rest_is_verified(shop: Pool, facts: str) -> None:
    await tamper(
        shop,
        f"UPDATE journal_row SET kinds = kinds[:1], facts = '{facts}'"
        " WHERE seq = (SELECT max(seq) FROM journal_row WHERE facts IS NOT NULL)",
    )
    found = await differences(shop)
    assert [each.journal for each in found if each.table == "journal"][:1] == ["cannot be replayed"]


async def test_a_kind_of_fact_that_nobody_knows_is_told(shop: Pool) -> None:
    await tamper(
        shop, "UPDATE journal_row SET kinds[1] = 'receipt.forgotten' WHERE seq = (SELECT max(seq) FROM journal_row)"
    )
    found = await differences(shop)
    assert any(each.table == "journal" and each.column == "receipt.forgotten" for each in found)


async def test_a_journal_with_one_fact_to_a_row_says_the_same(shop: Pool) -> None:
    read = Reader(shop)
    before = await changes_since(read, 0, 5_000, stages=readable_stages())
    facts = await shop.fetch("SELECT * FROM journal ORDER BY seq")
    await tamper(shop, *ONE_TO_A_ROW)

    assert await shop.fetchval("SELECT count(*) FROM journal_row WHERE facts IS NOT NULL") == 0
    report = await verify(shop)
    assert (report.differences, report.facts) == ([], len(facts))
    after = await changes_since(read, 0, 5_000, stages=readable_stages())
    assert [change.seq for change in after[0]] == [change.seq for change in before[0]]
    assert after == before
    assert [tuple(fact)[:-1] for fact in await shop.fetch("SELECT * FROM journal ORDER BY seq")] == [
        tuple(fact)[:-1] for fact in facts
    ]


async def test_verify_changes_nothing_and_others_may_go_on(shop: Pool) -> None:
    before = await shop.fetchval("SELECT pg_current_xact_id_if_assigned() IS NULL")
    await verify(shop)
    assert before
    assert (
        await shop.fetchval("SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation IS NOT NULL") == 0
    )


def test_a_difference_is_one_line() -> None:
    assert (
        str(Difference("stock", "MUG main", "on_hand", 3, 4)) == "stock MUG main on_hand: journal says 3, table says 4"
    )
    assert column_type(int) == "bigint"
