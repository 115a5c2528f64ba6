from __future__ import annotations

import asyncpg
import pytest

from tests.cli.conftest import Desk, unreachable

VERBS = (
    "bench", "customers erase", "demo", "import catalog", "import orders", "import returns", "jobs list", "jobs retry",
    "jobs show", "keys create", "keys list", "keys revoke", "migrate", "orders list", "orders show", "serve",
    "simulate", "verify", "work",
)  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "Unknown command"),
        (["migrate", "--bogus"], "Unknown option"),
        (["orders", "show"], "requires an argument"),
        (["orders", "list", "--limit", "many"], "unable to convert"),
        (["orders", "list", "--stage", "lunch"], "'lunch' - at `$.stage`. Stages are receipt, review"),
        (["orders", "show", "4711"], "There is no order 4711."),
        (["jobs", "show", "4711"], "There is no job 4711 in the queue"),
        (["jobs", "retry"], "Give their numbers, or --all"),
        (["customers", "erase", "C9", "--reason", "asked"], "There is no customer C9."),
        (["customers", "erase", "--order", "4711", "--reason", "asked"], "There is no order 4711."),
        (["customers", "erase", "--email", "x@y.example", "--reason", "asked"], "Nobody is known by x@y.example"),
        (["customers", "erase", "--reason", "asked"], "Say who it is in one way"),
        (["customers", "erase", "C9", "--order", "4711", "--reason", "asked"], "Say who it is in one way"),
        (["import", "orders", "nowhere.csv"], "there is no such file"),
        (["import", "orders", "nowhere.csv", "--mapping", "odd"], "expected one of standard, online-retail"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
async def test_what_cannot_be_done_is_said_in_a_sentence_with_status_2(
    desk: Desk, arguments: list[str], said: str
) -> None:
    done = await desk.run(*arguments, status=2)

    assert said in done.text
    assert "Traceback" not in done.err


async def test_a_database_that_is_not_there_is_named_without_its_password(desk: Desk) -> None:
    desk.variables["PURVEYOR_DATABASE_URL"] = unreachable()

    done = await desk.run("orders", "list", status=2)

    assert "The database cannot be used: postgresql://127.0.0.1:1/purveyor" in done.text
    assert "secret" not in done.text
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("channel_binding=require", "channel_binding=require, which Purveyor cannot do"),
        ("no_such_parameter=1", "unrecognized configuration parameter"),
        ("target_session_attrs=standby", "The database cannot be used"),
        ("sslmode=nonsense", "The database cannot be used"),
    ],
)
async def test_what_a_database_url_cannot_say_is_told_in_a_sentence(desk: Desk, words: str, said: str) -> None:
    desk.variables["PURVEYOR_DATABASE_URL"] = f"{desk.database}&{words}"

    done = await desk.run("keys", "list", status=2)

    assert said in done.text
    assert "Traceback" not in done.err


async def test_a_database_url_as_providers_print_it_works(desk: Desk) -> None:
    words = "connect_timeout=5&keepalives_idle=30&channel_binding=prefer&application_name=mine"
    desk.variables["PURVEYOR_DATABASE_URL"] = f"{desk.database}&{words}"

    await desk.run("keys", "list")


@pytest.mark.parametrize("verb", ["serve", "work"])
async def test_nothing_starts_on_a_replica(desk: Desk, verb: str) -> None:
    admin = await asyncpg.connect(desk.database)
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await admin.close()
    desk.variables["PURVEYOR_DATABASE_WAIT_S"] = "0"
    process = await desk.start(verb)
    output, errors = await process.communicate()

    assert process.returncode == 2, output + errors
    assert b"only reads: it is a replica" in output + errors
    assert b"Traceback" not in output + errors


@pytest.mark.parametrize("verb", ["serve", "work", "migrate"])
async def test_nothing_starts_without_a_database(desk: Desk, verb: str) -> None:
    desk.variables["PURVEYOR_DATABASE_URL"] = unreachable()
    desk.variables["PURVEYOR_DATABASE_WAIT_S"] = "0"
    process = await desk.start(verb)
    output, errors = await process.communicate()

    assert process.returncode == 2, output + errors
    assert b"The database cannot be used: postgresql://127.0.0.1:1/purveyor" in output + errors
    assert b"Traceback" not in output + errors


@pytest.mark.parametrize("verb", ["serve", "work"])
async def test_nothing_starts_on_a_broken_file_of_a_simulated_provider(desk: Desk, verb: str) -> None:
    file = desk.folder / "fakes" / "carrier.sqlite"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all " * 500)
    process = await desk.start(verb)
    output, errors = await process.communicate()

    assert process.returncode == 2, output + errors
    said = (output + errors).decode()
    assert f"The file of the simulated carrier cannot be used: {file}: file is not a database" in said
    assert "Move it away, with carrier.sqlite-wal and -shm beside it" in said
    assert "Traceback" not in said


async def test_commands_that_perform_nothing_need_no_provider(desk: Desk) -> None:
    for name in ("gateway", "carrier", "notifier", "access"):
        file = desk.folder / "fakes" / f"{name}.sqlite"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"no database at all " * 500)

    assert "No job needs attention" in (await desk.run("jobs", "list")).text
    assert (await desk.run("orders", "list", "--json")).json == []
    await desk.run("verify")


@pytest.mark.parametrize("verb", ["serve", "work"])
async def test_nothing_starts_where_our_own_server_cannot(desk: Desk, verb: str) -> None:
    (desk.folder / "file").touch()
    del desk.variables["PURVEYOR_DATABASE_URL"]
    desk.variables["PURVEYOR_DATA_DIR"] = str(desk.folder / "file" / "data")
    process = await desk.start(verb)
    output, errors = await process.communicate()

    assert process.returncode == 2, output + errors
    assert b"The database cannot be used: our own PostgreSQL:" in output + errors
    assert b"Traceback" not in output + errors


@pytest.mark.parametrize("verb", ["serve", "work"])
async def test_nothing_starts_on_tables_of_a_later_version(desk: Desk, verb: str) -> None:
    connection = await asyncpg.connect(desk.database)
    await connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    await connection.close()
    process = await desk.start(verb)
    output, errors = await process.communicate()

    assert process.returncode == 2, output + errors
    assert b"are not those of this version" in output + errors
    assert b"Traceback" not in output + errors


async def test_a_setting_that_cannot_be_is_said_in_a_sentence(desk: Desk) -> None:
    desk.variables["PURVEYOR_POOL_SIZE"] = "many"

    assert "PURVEYOR_POOL_SIZE is 'many'" in (await desk.run("migrate", status=2)).text


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    from purveyor.cli.app import app

    app([*verb.split(), "--help"], exit_on_error=False, result_action="return_value")

    help_text = capsys.readouterr().out
    assert f"Usage: purveyor {verb}" in help_text
    assert len(help_text.splitlines()) > 3


async def test_a_process_ends_with_the_status_of_its_command(desk: Desk) -> None:
    process = await desk.start("orders", "show", "4711")

    output, errors = await process.communicate()

    assert process.returncode == 2, output + errors
    assert output == b""
    assert errors.startswith(b"There is no order 4711.")


async def test_migrate_makes_the_tables_and_leaves_them_alone_the_second_time(bare_desk: Desk) -> None:
    await bare_desk.run("migrate")
    await bare_desk.run("migrate")

    assert (await bare_desk.run("orders", "list", "--json")).json == []
