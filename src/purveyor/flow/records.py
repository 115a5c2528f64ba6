"""What follows changes of products, stock, staff and policies."""

from __future__ import annotations

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    take_back,
)
from purveyor.records.catalog import commands as catalog, facts as catalog_facts
from purveyor.records.policies import facts as policy_facts
from purveyor.records.staff import commands as staff, facts as staff_facts
from purveyor.records.staff.state import Staff
from purveyor.records.stock import facts as stock_facts


@after(stock_facts.StockCounted)
def take_back_what_was_not_counted(fact: stock_facts.StockCounted, _state: State) -> Follow:
    if fact.short:
        yield from take_back(fact.sku, fact.location, fact.counted)


@after(catalog_facts.ProductsSaved)
def look_whether_the_files_are_there(fact: catalog_facts.ProductsSaved, _state: State) -> Follow:
    if assets := sorted({each.asset for each in fact.products if each.kind == "download"}):
        yield catalog.LookForFiles(assets=tuple(assets))


@after(staff_facts.PasswordSet)
def say_that_the_password_is_another(fact: staff_facts.PasswordSet, state: State) -> Follow:
    """Whoever changes it for themselves keeps the session, and knows."""
    if fact.kept_session_id is None and state.row(Staff, fact.staff_id).signed_in_at is not None:
        yield staff.TellStaff(what="password_reset", staff_id=fact.staff_id)


@after(staff_facts.StaffAdded)
def say_that_somebody_was_added(fact: staff_facts.StaffAdded, _state: State) -> Follow:
    """Whoever makes himself a second login does not do so unseen."""
    if fact.added_by and fact.added_by != OPERATOR:
        yield staff.TellStaff(what="staff_added")


@after(staff_facts.SecondFactorRemoved)
def say_that_the_second_factor_is_off(fact: staff_facts.SecondFactorRemoved, _state: State) -> Follow:
    if fact.why != staff.BY_ITS_OWNER:
        yield staff.TellStaff(what="second_factor_off", staff_id=fact.staff_id)


@after(staff_facts.RolesSet)
def say_that_the_roles_are_others(fact: staff_facts.RolesSet, _state: State) -> Follow:
    yield staff.TellStaff(what="roles_set", staff_id=fact.staff_id)


@after(staff_facts.SignInFailed)
def say_that_somebody_tries(fact: staff_facts.SignInFailed, _state: State) -> Follow:
    if fact.locked_until is not None:
        yield staff.TellStaff(what="locked", staff_id=fact.staff_id)


@after(policy_facts.PolicySet)
def say_that_the_limits_are_others(fact: policy_facts.PolicySet, _state: State) -> Follow:
    """Whoever raises a limit for himself does not do so unseen."""
    if fact.name in ("payment", "holds", "currency"):
        yield staff.TellStaff(what="policy_set", policy=fact.name)


@after(policy_facts.PolicyAsked)
def ask_the_admins(fact: policy_facts.PolicyAsked, _state: State) -> Follow:
    yield staff.TellStaff(what="policy_asked", policy=fact.name)
