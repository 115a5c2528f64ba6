"""Which migration is the newest: told by the names of their files, without the library that runs them."""

from functools import cache
from pathlib import Path

TABLES_ARE = "SELECT version_num FROM alembic_version"
VERSIONS = Path(__file__).parent / "migrations" / "versions"


@cache
def newest_version() -> str:
    """The revision `NNNN` of the last `NNNN_name.py`: they are numbered in a row, and nothing branches."""
    return max(path.name for path in VERSIONS.glob("[0-9]*.py")).partition("_")[0]
