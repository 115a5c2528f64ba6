"""The command line: every verb of an operator, with help that teaches."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from purveyor import __version__
from purveyor.cli.terminal import PlainConsole
from purveyor.settings import Settings, SettingsError

app = App(
    name="purveyor",
    version=__version__,
    help="""Order processing, from receipt to feedback: every order, unit and cent accounted for.

Start with `purveyor demo`. For a shop of your own: `purveyor migrate`, then `purveyor serve` and `purveyor work`, as
many of each as you like, on one database. Settings are environment variables, `PURVEYOR_...`; without any, a
PostgreSQL of our own keeps its data in your user's data folder.""",
)
imports = App(name="import", help="Bring orders, returns or a catalog in from a file (CSV, CSV.gz, CSV.xz, XLSX).")
jobs = App(name="jobs", help="Side effects that wait, or that failed so often that a person must look.")
keys = App(name="keys", help="Keys for the API.")
orders = App(name="orders", help="Look at orders.")
customers = App(name="customers", help="Look after customers' data.")
staff = App(name="staff", help="Who may sign in at the console.")
for part in (imports, jobs, keys, orders, customers, staff):
    app.command(part)

out = PlainConsole()
err = PlainConsole(stderr=True)
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print JSON, for scripts.")]


# Whatever a process of ours writes (data, logs, what simulated providers were sent) is for its user alone.
OURS_ALONE = 0o077


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command: that of the process, or this one.

    Exit status: 0 done, 1 done and something is wrong, 2 could not be done as it was asked.
    """
    os.umask(OURS_ALONE)
    try:
        app(sys.argv[1:] if arguments is None else arguments)
    except SettingsError as error:
        err.print(str(error), style="red")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def settings() -> Settings:
    return Settings.from_environment(os.environ)


def run(work: Coroutine[Any, Any, int | None]) -> int:
    """Run to the end on uvloop where there is one; the result is the exit status."""
    from purveyor.adapters.fake_state import StoreUnusable
    from purveyor.cli.startup import CannotDo
    from purveyor.db.outages import may_pass

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work) or 0
    except (CannotDo, StoreUnusable, SettingsError) as reason:
        err.print(str(reason), style="red", soft_wrap=True)
        return 2
    except Exception as error:
        if not may_pass(error):
            raise
        said = str(error) or type(error).__name__
        err.print(
            f"The database, or a system outside, did not answer ({said}). Nothing is half done: look at what is there, "
            "and give the command again for what is missing.",
            style="red",
            soft_wrap=True,
        )
        return 2


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


@app.command
def demo(*, seed: int = 1, port: int = 8420, orders: int = 0, keep: bool = False) -> int:
    """Show a shop at work on this machine, on a database of its own. Ctrl-C stops all of it.

    Parameters
    ----------
    seed
        The same seed makes the same shop and the same days.
    port
        Where the API listens.
    orders
        Stop after so many orders; 0 goes on until Ctrl-C.
    keep
        Go on with the data of the last demo instead of starting anew.
    """
    from purveyor.cli import demo as verb

    return run(verb.demo(settings(), seed=seed, port=port, orders=orders, keep=keep))


@app.command
def serve(*, host: str | None = None, port: int | None = None, server: str = "granian") -> int:
    """Answer the API. Several of these may run on one database.

    Parameters
    ----------
    host
        Address to listen on (PURVEYOR_HOST).
    port
        Port to listen on (PURVEYOR_PORT).
    server
        granian or uvicorn.
    """
    from purveyor.web.server.process import serve as listen

    given = settings()
    # In a process that ends: this one looks after the server, and need not hold what migrates for as long as it runs.
    check = multiprocessing.get_context("spawn").Process(target=_check_database, args=(given,))
    check.start()
    check.join()
    return check.exitcode or listen(given, host=host, port=port, server=server)


def _check_database(given: Settings) -> None:
    from purveyor.cli.startup import check_database

    sys.exit(run(check_database(given)))


@app.command
def work() -> int:
    """Perform jobs (payments, labels, messages) and find what is due. Several of these may run on one database."""
    from purveyor.cli import operations

    return run(operations.work(settings()))


@app.command
def migrate() -> int:
    """Bring the database to the tables of this version."""
    from purveyor.cli import operations

    return run(operations.migrate(settings()))


@app.command
def verify(*, json: Json = False) -> int:
    """Replay the journal, compare every table with it, add up units, stock and money. Status 1 if anything differs."""
    from purveyor.cli import operations

    return run(operations.verify(settings(), json=json))


@app.command
def seal() -> int:
    """Seal the journal as it is now: `verify` tells whatever is taken from it or changed in it afterwards."""
    from purveyor.cli import operations

    return run(operations.seal(settings()))


@app.command
def simulate(*, orders: int = 1_000, seed: int = 1, json: Json = False) -> int:
    """Run a believable shop in simulated time: orders through all stages, declines, short picks, returns and all.

    Parameters
    ----------
    orders
        How many orders are placed.
    seed
        The same seed on an empty database makes the same orders.
    """
    from purveyor.cli import simulate as verb

    return run(verb.simulate(settings(), orders=orders, seed=seed, json=json))


@app.command
def bench(*, only: str = "") -> int:
    """Measure against hand-written SQL (from a checkout: the benchmarks are not part of the package).

    Parameters
    ----------
    only
        Run just the figures whose name contains this.
    """
    from purveyor.cli import operations

    return operations.bench(only)


Source = Annotated[Path, Parameter(help="The file: .csv, .csv.gz, .csv.xz or .xlsx.")]
MappingName = Annotated[str, Parameter(help="How its columns are to be read: standard, online-retail.")]
RefusedPath = Annotated[Path | None, Parameter(help="Where refused rows go (default: beside the file's name, here).")]
Overwrite = Annotated[
    bool, Parameter(help="Replace a file of refused rows that is there; else it stays, and another name is taken.")
]


@imports.command(name="orders")
def import_orders(
    file: Source,
    *,
    mapping: MappingName = "standard",
    refused: RefusedPath = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> int:
    """Place the orders of a file. Run it again after a kill: nothing is placed twice.

    Columns of the mapping `standard`: order, placed_at, sku, quantity, unit_price, currency, country; and, where you
    have them, customer, name, company, email, phone, street, city, postal_code, region. One row a line.
    Rows that are refused come back as a file with line number and reason, to be corrected and imported again.
    """
    from purveyor.cli import imports as verb

    return run(verb.orders(settings(), file, mapping, verb.Refused(refused, overwrite), json=json))


@imports.command(name="returns")
def import_returns(
    file: Source,
    *,
    mapping: MappingName = "online-retail",
    refused: RefusedPath = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> int:
    """Book the returns of a file against the delivered orders that the same file placed."""
    from purveyor.cli import imports as verb

    return run(verb.returns(settings(), file, mapping, verb.Refused(refused, overwrite), json=json))


@imports.command(name="catalog")
def import_catalog(
    file: Source,
    *,
    mapping: MappingName = "standard",
    location: str = "main",
    replace: bool = False,
    refused: RefusedPath = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> int:
    """Make products, customers and enough stock for the orders of a file, before these are imported.

    Products that are there stay as they are.

    Parameters
    ----------
    location
        Where the stock is received.
    replace
        Give products that are there the name and price of the file.
    """
    from purveyor.cli import imports as verb

    back = verb.Refused(refused, overwrite)
    return run(verb.catalog(settings(), file, mapping, location, back, replace=replace, json=json))


@jobs.command(name="list")
def list_jobs(*, json: Json = False) -> int:
    """Jobs that need attention: they failed as often as they may."""
    from purveyor.cli import jobs as verb

    return run(verb.list_failed(settings(), json=json))


@jobs.command(name="show")
def show_job(job: int, *, json: Json = False) -> int:
    """One job: what it should do, and how it failed."""
    from purveyor.cli import jobs as verb

    return run(verb.show(settings(), job, json=json))


@jobs.command(name="retry")
def retry_jobs(*job: int, all: bool = False) -> int:  # noqa: A002 (the flag's name)
    """Let jobs try again, by number or all of them."""
    from purveyor.cli import jobs as verb

    return run(verb.retry(settings(), job, everything=all))


@keys.command(name="create")
def create_key(name: str, *, scopes: str, days: int = 365, json: Json = False) -> int:
    """Make a key for the API and show it, once.

    Parameters
    ----------
    name
        Whose key it is; what it does stands in the journal under the key.
    scopes
        What it may do, separated by commas, such as orders:read,receipt:write; * is everything.
    days
        For how many days it is good, up to 1096.
    """
    from purveyor.cli import api_keys as verb

    return run(verb.create(settings(), name, scopes, days, json=json))


@keys.command(name="list")
def list_keys(*, json: Json = False) -> int:
    """All keys, without their secrets."""
    from purveyor.cli import api_keys as verb

    return run(verb.list_all(settings(), json=json))


@keys.command(name="revoke")
def revoke_key(prefix: str) -> int:
    """Take a key back, by its prefix."""
    from purveyor.cli import api_keys as verb

    return run(verb.revoke(settings(), prefix))


@orders.command(name="list")
def list_orders(*, stage: str = "", hold: str = "", text: str = "", limit: int = 20, json: Json = False) -> int:
    """The newest orders.

    Parameters
    ----------
    stage
        receipt, review, confirmation, payment, picking, packing, shipping, delivery, support, returns or feedback.
    hold
        With a hold of this type, such as stock, address or fraud, or a type of the shop's own; or any.
    text
        Number, reference, tracking number, phone, part of an e-mail address, or any word of a name or company.
    limit
        How many at most, up to 200.
    """
    from purveyor.cli import orders as verb

    return run(verb.list_orders(settings(), stage=stage, hold=hold, text=text, limit=limit, json=json))


@orders.command(name="show")
def show_order(number: str, *, json: Json = False) -> int:
    """One order: units by position, money, and everything that happened, with who and why.

    Parameters
    ----------
    number
        The order's number, id or reference.
    """
    from purveyor.cli import orders as verb

    return run(verb.show_order(settings(), number, json=json))


Email = Annotated[str, Parameter(help="Instead of a customer: whoever has this address, guests too, on all orders.")]
OneOrder = Annotated[str, Parameter(help="Instead of a customer: whoever one order is for, by its number or id.")]


@customers.command(name="erase")
def erase_person(customer: str = "", *, reason: str, email: Email = "", order: OneOrder = "") -> int:
    """Empty the personal data of a customer (number or id), an e-mail address or an order, for ever. Books stay."""
    from purveyor.cli.operations import erase_person as erase

    return run(erase(settings(), customer=customer, email=email, order=order, reason=reason))


Roles = Annotated[str, Parameter(help="What the person does here, separated by commas, such as sales,support.")]


@staff.command(name="add")
def add_staff(login: str, *, name: str = "", roles: Roles = "admin") -> int:
    """Let a person in. The password is asked for, or read from standard input.

    Parameters
    ----------
    login
        A short name or an e-mail address.
    name
        As colleagues call the person.
    """
    from purveyor.cli import staff as verb

    return run(verb.add(settings(), login, name, roles))


@staff.command(name="list")
def list_staff(*, json: Json = False) -> int:
    """Everybody who works here."""
    from purveyor.cli import staff as verb

    return run(verb.list_all(settings(), json=json))


@staff.command(name="set-password")
def set_staff_password(login: str) -> int:
    """A new password, asked for or read from standard input. It ends all sessions of the login, and a lock-out."""
    from purveyor.cli import staff as verb

    return run(verb.set_password(settings(), login))


@staff.command(name="set-roles")
def set_staff_roles(login: str, *, roles: Roles) -> int:
    """Something else to do here."""
    from purveyor.cli import staff as verb

    return run(verb.set_roles(settings(), login, roles))


@staff.command(name="disable")
def disable_staff(login: str, *, reason: str) -> int:
    """Shut a person out, at once.

    Parameters
    ----------
    reason
        Why; it is recorded for good, so it should not be about the person.
    """
    from purveyor.cli import staff as verb

    return run(verb.disable(settings(), login, reason))


@staff.command(name="enable")
def enable_staff(login: str) -> int:
    """Let a person in again."""
    from purveyor.cli import staff as verb

    return run(verb.enable(settings(), login))


@staff.command(name="vouch")
def vouch(login: str) -> int:
    """Say that a login belongs to a person of its own, so that it is a second person for who made it."""
    from purveyor.cli import staff as verb

    return run(verb.vouch(settings(), login))


@staff.command(name="unlock")
def unlock(login: str) -> int:
    """End the lock-out after too many tries that failed."""
    from purveyor.cli import staff as verb

    return run(verb.unlock(settings(), login))


@staff.command(name="reset-second-factor")
def reset_second_factor(login: str, *, reason: str = "device lost") -> int:
    """Let somebody sign in with the password alone again, who has lost device and recovery codes.

    Parameters
    ----------
    reason
        Why; it is recorded.
    """
    from purveyor.cli import staff as verb

    return run(verb.reset_second_factor(settings(), login, reason))
