"""The manual of those who run Purveyor says what the program says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from purveyor.db.pool import REFUSED_BY_PGBOUNCER, SERVER_SETTINGS
from purveyor.settings import NO_VARIABLE, PREFIX, Settings
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "operating.md"
# Where the default depends on the machine or on another setting.
IN_WORDS = {
    "data_dir": "the user's data folder",
    "fake_dir": "`fakes` in the data folder",
}


def settings_table() -> str:
    """The table as the page should have it."""
    rows = ["| variable | default | |", "| --- | --- | --- |"]
    for field in msgspec.structs.fields(Settings):
        if field.name in NO_VARIABLE:
            continue
        meta: Any = next(each for each in field.type.__metadata__ if isinstance(each, msgspec.Meta))
        default = IN_WORDS.get(field.name) or ("" if field.default is None else f"`{field.default}`")
        about = str(meta.description)
        if meta.examples and meta.examples[0] not in (field.default, str(field.default)):
            about += f" Such as `{meta.examples[-1]}`."
        rows.append(f"| `{PREFIX}{field.name.upper()}` | {default} | {about} |".replace("|  |", "| |"))
    return "\n".join(rows)


def test_the_table_of_settings_is_that_of_the_program() -> None:
    found = re.search(r"<!-- settings[^>]*-->\n(.*?)\n<!-- /settings -->", PAGE.read_text(), re.DOTALL)

    assert found is not None
    assert found[1] == settings_table()


def test_the_figures_of_the_page_are_those_of_the_program() -> None:
    from purveyor.web.http.metrics import Metrics

    class Line:
        batches, commands, waiting = 1, 2, 3

    metrics = Metrics()
    metrics.watch(Line())  # type: ignore[arg-type]
    told = {family.name for family in text_string_to_metric_families(metrics.text.decode())}
    named = set(re.findall(r"`(purveyor_[a-z_]+)`", PAGE.read_text()))

    assert {name.removesuffix("_total") for name in named} == told


def test_open_doors_and_log_lines_that_the_page_names_exist() -> None:
    page = PAGE.read_text()
    source = "\n".join(path.read_text() for path in Path(ROOT / "src").rglob("*.py"))

    for path in ("/health", "/ready", "/metrics", "/api/docs"):
        assert path in page
        assert f'"{path}"' in source
    for line in ("job.needs_attention", "bug"):
        assert f"`{line}`" in page
        assert f'log.error("{line}"' in source
    for code in ("database_unreachable", "not_migrated"):
        assert f"`{code}`" in page
        assert f'"{code}"' in source


if __name__ == "__main__":
    print(settings_table())  # noqa: T201 (to be put into the page)


def test_pgbouncer_is_told_of_every_setting_that_it_does_not_know() -> None:
    """It tracks time zone and application name by itself; what it ignores, the role has to set."""
    text = PAGE.read_text()
    unknown = sorted(SERVER_SETTINGS.keys() - {"timezone", "application_name"})

    assert sorted(REFUSED_BY_PGBOUNCER) == unknown
    assert f"ignore_startup_parameters = {', '.join(unknown)}" in text
    for name in unknown:
        assert f"ALTER ROLE purveyor SET {name} = {SERVER_SETTINGS[name]};" in text
