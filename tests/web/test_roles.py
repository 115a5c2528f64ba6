"""What roles may do: every door has somebody who may open it, and nobody opens more than his own."""

from __future__ import annotations

import pytest

from purveyor.core.refusals import Invalid
from purveyor.core.rows import ApiKey
from purveyor.core.vocabulary import ROLES
from purveyor.records.staff.commands import CreateApiKey
from purveyor.records.staff.scopes import all_scopes, allows, is_scope
from purveyor.web.api.routes import SECTIONS
from purveyor.web.auth.roles import ADMIN_ONLY, CONTACTS, SCOPES, scopes_of
from purveyor.web.server.page_routes import PAGES
from tests.pure import a_shop, do

USED = {
    door.scope
    for section in SECTIONS
    for doors in (section.endpoints, section.maintenance, section.reads)
    for door in doors
} | {page.scope for page in PAGES if page.scope}
USED |= {also.scope for section in SECTIONS for door in section.endpoints for also in door.also}
USED |= {CONTACTS}  # asked inside of doors that others may open too
OTHERS = [role for role in ROLES if role != "admin"]


def test_the_table_has_every_role_and_the_admin_everything() -> None:
    assert tuple(SCOPES) == ROLES
    assert SCOPES["admin"] == ("*",)
    assert all("*" not in scope for role in OTHERS for scope in SCOPES[role])


@pytest.mark.parametrize("scope", sorted(USED))
def test_every_scope_is_some_roles_work_or_an_admins_alone(scope: str) -> None:
    who = [role for role in OTHERS if allows(scopes_of([role]), scope)]

    assert bool(who) != (scope in ADMIN_ONLY), f"{scope}: {who}"
    assert allows(scopes_of(["admin"]), scope)


def test_the_table_names_no_scope_that_nothing_asks_for() -> None:
    named = {scope for role in OTHERS for scope in SCOPES[role]} | set(ADMIN_ONLY)
    assert named <= USED
    for role in OTHERS:
        assert len(set(SCOPES[role])) == len(SCOPES[role]), role


def test_whoever_writes_somewhere_reads_there_too() -> None:
    for role in OTHERS:
        for scope in SCOPES[role]:
            place, _, right = scope.partition(":")
            if right == "write" and f"{place}:read" in USED:
                assert f"{place}:read" in SCOPES[role], (role, scope)


@pytest.mark.parametrize(
    ("roles", "scope", "may"),
    [
        (["picker"], "picking:write", True),
        (["picker"], "packing:write", False),
        (["picker", "packer"], "packing:write", True),
        (["analyst"], "payment:read", True),
        (["analyst"], "payment:write", False),
        (["reviewer"], "policies:write", False),
        (["finance"], "payment:write", True),
        (["somebody"], "orders:read", False),
        ([], "orders:read", False),
        (["admin"], "policies:write", True),
        (["support"], "customers:terms", False),
        (["sales"], "customers:terms", False),
        (["finance"], "customers:terms", True),
        (["finance"], "customers:erase", False),
        (["support"], "customers:erase", False),
        (["support"], "receipt:price", False),
        (["sales"], "receipt:price", True),
        (["technician"], "support:resolve", False),
        (["returns"], "support:resolve", False),
        (["support"], "support:resolve", True),
    ],
)
def test_a_role_may_do_its_own_work(roles: list[str], scope: str, may: bool) -> None:
    assert allows(scopes_of(roles), scope) is may


def test_an_analyst_changes_nothing() -> None:
    assert [scope for scope in SCOPES["analyst"] if scope.endswith(":write")] == []


def test_keys_are_given_the_scopes_that_there_are_and_no_others() -> None:
    named = {scope for role in OTHERS for scope in SCOPES[role]} | set(ADMIN_ONLY)
    assert set(all_scopes()) == named
    assert all(map(is_scope, (*named, "*", "review:*")))


@pytest.mark.parametrize("scope", ["nope:read", "nope:*", "figures:write", "orders:terms", "orders:", ":read", ""])
def test_a_key_for_a_scope_that_there_is_not_is_refused_with_those_there_are(scope: str) -> None:
    shop = a_shop()
    with pytest.raises(Invalid, match="figures:read") as refusal:
        do(shop, CreateApiKey(name="shop", prefix="abc", hash="h", scopes=("orders:read", scope)))
    assert refusal.value.data["found"] == (scope or "nothing")
    assert shop.find(ApiKey, "prefix", "abc") == []
