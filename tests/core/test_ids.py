"""Ids say when they were made; ids of others say some time."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from purveyor.core.ids import made_at, uuid7


def test_an_id_says_when_it_was_made() -> None:
    at = datetime(2026, 11, 27, 12, 0, 0, 123_000, UTC)

    assert made_at(uuid7(int(at.timestamp() * 1_000), 5)) == at


@pytest.mark.parametrize("id", [UUID("e80ec719-190f-467d-9b97-cd0b0abe8b93"), UUID(int=2**128 - 1), UUID(int=0)])
def test_an_id_that_is_not_ours_breaks_nothing(id: UUID) -> None:  # noqa: A002 (the field's word)
    assert made_at(id).tzinfo is UTC
