"""What every access system must do, and how the simulated one misbehaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from purveyor.adapters.access.fake import AccessRight, FakeAccessSystem
from purveyor.adapters.fake_state import Script
from purveyor.ports.access import AccessSystem
from purveyor.ports.errors import AccessUnavailable, KeyReused


@pytest.fixture(params=["memory", "file"])
def fake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FakeAccessSystem]:
    system = FakeAccessSystem(":memory:" if request.param == "memory" else tmp_path / "access.sqlite")
    yield system
    system.close()


@pytest.fixture
def system(fake: FakeAccessSystem) -> AccessSystem:
    return fake


async def test_access_is_switched_on_and_off(system: AccessSystem) -> None:
    assert not await system.active("ada", "course")

    assert (await system.grant("g", "ada", "course")).active
    assert await system.active("ada", "course")
    assert not await system.active("ada", "other")
    assert not await system.active("bob", "course")

    assert not (await system.revoke("r", "ada", "course")).active
    assert not await system.active("ada", "course")


async def test_a_grant_that_comes_again_after_the_revocation_changes_nothing(system: AccessSystem) -> None:
    first = await system.grant("g", "ada", "course")
    await system.revoke("r", "ada", "course")

    assert await system.grant("g", "ada", "course") == first
    assert not await system.active("ada", "course")


async def test_granting_twice_and_revoking_what_is_not_granted_is_no_error(system: AccessSystem) -> None:
    await system.revoke("r1", "ada", "course")
    await system.grant("g1", "ada", "course")
    await system.grant("g2", "ada", "course")

    assert await system.active("ada", "course")


async def test_the_same_key_with_another_body_is_an_error(system: AccessSystem) -> None:
    await system.grant("g", "ada", "course")

    with pytest.raises(KeyReused):
        await system.revoke("g", "ada", "course")
    with pytest.raises(KeyReused):
        await system.grant("g", "bob", "course")
    assert await system.active("ada", "course")
    assert not await system.active("bob", "course")


async def test_it_counts_the_requests_that_had_an_effect(fake: FakeAccessSystem) -> None:
    fake.tell(Script(timeout_after_calls=1))
    with pytest.raises(AccessUnavailable):
        await fake.grant("g", "ada", "course")
    await fake.grant("g", "ada", "course")
    await fake.revoke("r", "ada", "course")

    assert fake.rights() == [AccessRight("ada", "course", active=False, granted=1, revoked=1)]
    assert fake.script() == Script()


async def test_an_outage_changes_nothing(fake: FakeAccessSystem) -> None:
    fake.tell(Script(unavailable=True))

    with pytest.raises(AccessUnavailable):
        await fake.grant("g", "ada", "course")
    with pytest.raises(AccessUnavailable):
        await fake.active("ada", "course")

    assert fake.rights() == []
