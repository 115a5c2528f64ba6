"""Who works here, how they prove it, and who is in: the rules, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from purveyor.core.messages import Fact
from purveyor.core.policies import Policies, SignInPolicy
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import Counter
from purveyor.core.state import State
from purveyor.core.vocabulary import ROLES
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.staff.commands import (
    AddStaff,
    ConfirmSecondFactor,
    DisableStaff,
    EnableStaff,
    EndAllSessions,
    EndSession,
    EnrollSecondFactor,
    EraseStaff,
    NoteFailedSignIn,
    OpenSession,
    RehashPassword,
    RemoveSecondFactor,
    RenameStaff,
    SetPassword,
    SetRoles,
)
from purveyor.records.staff.decide import (
    CodeUsed,
    LastAdmin,
    LockedOut,
    LoginTaken,
    NotEnrolled,
    PasswordChanged,
    SecondFactorMissing,
    SessionOver,
    StaffErasedBefore,
    StaffShutOut,
)
from purveyor.records.staff.decide.people import StillLetIn
from purveyor.records.staff.state import ADMINS, Staff, StaffDevice, StaffPerson, StaffSecret, StaffSession
from tests.pure import NOON, do

HASH = "$argon2id$v=19$m=65536,t=3,p=4$salt$hash"
HASHES = tuple(f"hash{n}" for n in range(10))


@pytest.fixture
def shop() -> State:
    """Ada is the admin, with a password."""
    state = State(Policies(), complete=True)
    hire(state, "ada", "admin")
    return state


def hire(state: State, login: str, *roles: str) -> Staff:
    do(state, AddStaff(login=login, name=login.title(), roles=roles, password_hash=HASH))
    return named(state, login)


def named(state: State, login: str) -> Staff:
    (person,) = state.find(StaffPerson, "login", login)
    found: Staff = next(staff for staff in state.shared[Staff].values() if staff.person_id == person.id)
    return found


def let_in(state: State, staff: Staff, now: datetime = NOON, **proof: Any) -> StaffSession:
    values = {"password_id": staff.password_id, "token_hash": uuid4().hex, "address": "192.0.2.7", "agent": "Firefox"}
    facts = do(state, OpenSession(staff_id=staff.id, now=now, **(values | proof)))
    session: StaffSession = state.row(StaffSession, facts[0].session_id)  # type: ignore[attr-defined]
    return session


def enrolled(state: State, staff: Staff, step: int = 100) -> None:
    do(state, EnrollSecondFactor(staff_id=staff.id, secret="BASE32"))
    assert staff.pending_factor_id is not None
    command = ConfirmSecondFactor(
        staff_id=staff.id, factor_id=staff.pending_factor_id, step=step, recovery_hashes=HASHES
    )
    do(state, command)


def test_no_fact_holds_what_can_be_erased(shop: State) -> None:
    facts = do(shop, AddStaff(login="Bo@Shop.example", name=" Bo  Berg ", roles=("sales",), password_hash=HASH))
    bo = named(shop, "bo@shop.example")
    facts += do(shop, EnrollSecondFactor(staff_id=bo.id, secret="BASE32"))
    text = msgspec.json.encode(facts).decode()

    assert shop.row(StaffPerson, bo.person_id).name == "Bo Berg"
    assert shop.row(StaffSecret, bo.password_id).value == HASH
    assert len(facts) == 3
    for private in ("Bo", "bo@", "Berg", "argon2", "BASE32"):
        assert private not in text


@pytest.mark.parametrize("login", ["", "two words", "a@b@c", "@shop", "bo@", "x" * 255, "nul\0"])
def test_a_login_that_cannot_be_is_refused_and_not_repeated(shop: State, login: str) -> None:
    with pytest.raises(Invalid) as refusal:
        hire(shop, login, "sales")

    assert refusal.value.data["field"] == "login"
    assert refusal.value.data["found"] == "something else"
    assert len(shop.shared[Staff]) == 1


@pytest.mark.parametrize(("roles", "found"), [((), "none"), (("boss",), "boss"), (("sales", "boss"), "boss")])
def test_roles_are_those_that_there_are(shop: State, roles: tuple[str, ...], found: str) -> None:
    with pytest.raises(Invalid, match=f"must be .*admin, sales, reviewer.*; you sent {found}"):
        hire(shop, "bo", *roles)
    assert len(shop.shared[Staff]) == 1


def test_a_login_belongs_to_one_person_and_is_free_again_when_given_up(shop: State) -> None:
    bo = hire(shop, "bo", "sales")
    with pytest.raises(LoginTaken):
        hire(shop, "BO", "sales")
    with pytest.raises(LoginTaken):
        do(shop, RenameStaff(staff_id=bo.id, login="ada", name="Bo"))
    before = bo.person_id
    do(shop, RenameStaff(staff_id=bo.id, login="bob", name="Bob"))

    assert bo.person_id != before
    assert shop.row(StaffPerson, before).login == shop.row(StaffPerson, before).name == ""
    assert do(shop, RenameStaff(staff_id=bo.id, login="Bob ", name="Bob")) == []
    assert hire(shop, "bo", "picker").id != bo.id


def test_one_admin_who_can_come_in_always_stays(shop: State) -> None:
    ada = named(shop, "ada")
    for command in (SetRoles(staff_id=ada.id, roles=("sales",)), DisableStaff(staff_id=ada.id, reason="left")):
        with pytest.raises(LastAdmin):
            do(shop, command)
    assert (ada.roles, ada.disabled_at) == (["admin"], None)

    bo = hire(shop, "bo", "sales", "admin")
    assert bo.roles == ["admin", "sales"]
    do(shop, DisableStaff(staff_id=ada.id, reason="left"))
    assert ada.disabled_at == NOON
    with pytest.raises(LastAdmin):
        do(shop, SetRoles(staff_id=bo.id, roles=("sales",)))
    do(shop, EnableStaff(staff_id=ada.id))
    do(shop, SetRoles(staff_id=bo.id, roles=("sales",)))
    assert shop.row(Counter, ADMINS).value == 1
    assert do(shop, SetRoles(staff_id=bo.id, roles=("sales",))) == []


def test_who_is_shut_out_is_out_at_once_and_can_be_forgotten(shop: State) -> None:
    bo = hire(shop, "bo", "sales")
    session = let_in(shop, bo)
    enrolled(shop, bo)
    secrets = [bo.password_id, bo.factor_id, bo.recovery_id]
    with pytest.raises(StillLetIn):
        do(shop, EraseStaff(staff_id=bo.id, reason="left"))
    do(shop, DisableStaff(staff_id=bo.id, reason="left"))

    assert session.generation != bo.generation
    with pytest.raises(StaffShutOut):
        let_in(shop, bo)
    with pytest.raises(StaffShutOut):
        do(shop, EnrollSecondFactor(staff_id=bo.id, secret="X"))
    do(shop, EraseStaff(staff_id=bo.id, reason="left"))
    assert [shop.row(StaffSecret, each).value for each in secrets] == ["", "", ""]
    assert shop.row(StaffPerson, bo.person_id).name == ""
    for command in (EnableStaff(staff_id=bo.id), SetPassword(staff_id=bo.id, password_hash=HASH)):
        with pytest.raises(StaffErasedBefore):
            do(shop, command)


def test_the_fifth_failure_in_a_row_locks_the_login_for_a_quarter_of_an_hour(shop: State) -> None:
    ada = named(shop, "ada")
    for _ in range(4):
        do(shop, NoteFailedSignIn(staff_id=ada.id, now=NOON))
    let_in(shop, ada)
    assert ada.failures == 0, "whoever gets in starts anew"
    for _ in range(5):
        do(shop, NoteFailedSignIn(staff_id=ada.id, now=NOON))

    until = NOON + timedelta(minutes=15)
    assert ada.locked_until == until
    with pytest.raises(LockedOut, match="until 2026-03-02 12:15 UTC"):
        let_in(shop, ada, until - timedelta(seconds=1))
    assert do(shop, NoteFailedSignIn(staff_id=ada.id, now=until - timedelta(seconds=1))) == []
    let_in(shop, ada, until)
    assert ada.locked_until is None


def test_a_new_password_ends_a_lock_and_every_other_session(shop: State) -> None:
    ada = named(shop, "ada")
    here, there = let_in(shop, ada), let_in(shop, ada)
    before = ada.password_id
    for _ in range(5):
        do(shop, NoteFailedSignIn(staff_id=ada.id, now=NOON))
    do(shop, SetPassword(staff_id=ada.id, password_hash=HASH, keep_session_id=here.id))

    assert (ada.locked_until, ada.failures) == (None, 0)
    assert here.generation == ada.generation != there.generation
    assert shop.row(StaffSecret, before).value == ""
    with pytest.raises(PasswordChanged):
        let_in(shop, ada, password_id=before)


def test_a_password_is_kept_as_argon2id_only(shop: State) -> None:
    ada = named(shop, "ada")
    before = ada.password_id
    with pytest.raises(Invalid, match="argon2id"):
        do(shop, SetPassword(staff_id=ada.id, password_hash="open sesame"))
    assert ada.password_id == before


def test_a_newer_hash_of_the_same_password_ends_nothing(shop: State) -> None:
    ada = named(shop, "ada")
    session, before = let_in(shop, ada), ada.password_id
    assert before is not None
    do(shop, RehashPassword(staff_id=ada.id, password_id=before, password_hash=HASH))

    assert ada.password_id != before
    assert session.generation == ada.generation
    assert do(shop, RehashPassword(staff_id=ada.id, password_id=before, password_hash=HASH)) == []


def test_a_second_factor_counts_once_it_is_confirmed_and_each_code_once(shop: State) -> None:
    ada = named(shop, "ada")
    with pytest.raises(NotEnrolled):
        do(shop, ConfirmSecondFactor(staff_id=ada.id, factor_id=UUID(int=1), step=100, recovery_hashes=HASHES))
    do(shop, EnrollSecondFactor(staff_id=ada.id, secret="OLD"))
    let_in(shop, ada)
    enrolled(shop, ada, step=100)

    with pytest.raises(SecondFactorMissing):
        let_in(shop, ada)
    with pytest.raises(CodeUsed):
        let_in(shop, ada, step=100)
    let_in(shop, ada, step=101)
    with pytest.raises(CodeUsed):
        let_in(shop, ada, step=101)
    let_in(shop, ada, recovery=3)
    with pytest.raises(CodeUsed):
        let_in(shop, ada, recovery=3)
    let_in(shop, ada, recovery=4)
    assert ada.recovery_used == [3, 4]
    assert ada.last_step == 101


def test_without_a_second_factor_the_password_is_enough_again(shop: State) -> None:
    ada = named(shop, "ada")
    enrolled(shop, ada)
    secrets = [ada.factor_id, ada.recovery_id]
    do(shop, RemoveSecondFactor(staff_id=ada.id, reason="device lost"))

    let_in(shop, ada)
    assert [shop.row(StaffSecret, each).value for each in secrets] == ["", ""]
    assert do(shop, RemoveSecondFactor(staff_id=ada.id, reason="device lost")) == []


def test_a_session_ends_once_and_its_browser_is_forgotten(shop: State) -> None:
    ada = named(shop, "ada")
    session = let_in(shop, ada)
    device = shop.row(StaffDevice, session.device_id)
    assert (device.address, device.ends_at) == ("192.0.2.7", NOON + timedelta(hours=24))
    do(shop, EndSession(session_id=session.id))

    assert session.ended_at == NOON
    assert (device.token_hash, device.address, device.agent, device.erased) == ("", "", "", True)
    with pytest.raises(SessionOver):
        do(shop, EndSession(session_id=session.id))


def test_a_session_of_somebody_else_cannot_be_kept(shop: State) -> None:
    ada, bo = named(shop, "ada"), hire(shop, "bo", "sales")
    session = let_in(shop, bo)
    for command in (
        EndAllSessions(staff_id=ada.id, keep_session_id=session.id),
        SetPassword(staff_id=ada.id, password_hash=HASH, keep_session_id=session.id),
    ):
        with pytest.raises(NotFound):
            do(shop, command)
    do(shop, EndAllSessions(staff_id=bo.id))
    assert session.generation != bo.generation


def test_the_limits_are_a_policy(shop: State) -> None:
    do(shop, SetPolicy(name="sign_in", data={"failures": 2, "locked_minutes": 60}))
    with pytest.raises(Invalid, match="failures"):
        do(shop, SetPolicy(name="sign_in", data={"failures": 0}))
    strict = State(Policies(sign_in=SignInPolicy(failures=2, locked_minutes=60)), complete=True)
    ada = hire(strict, "ada", "admin")
    facts: list[Fact] = []
    for _ in range(2):
        facts += do(strict, NoteFailedSignIn(staff_id=ada.id, now=NOON))

    assert ada.locked_until == NOON + timedelta(minutes=60)
    assert len(facts) == 2


def test_there_are_eleven_roles() -> None:
    assert len(set(ROLES)) == 11
