"""The command line. Each command's module is imported when it is given, so that every command starts fast."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command: that of the process, or this one. The entry point `purveyor` of the installation."""
    from purveyor.cli import app

    app.main(arguments)
