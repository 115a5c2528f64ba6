"""The rules of staff: keys for the API, people and their roles, passwords and second factors, sessions."""

from purveyor.records.staff.decide import exports  # noqa: F401 (its rule is known once it is imported)
from purveyor.records.staff.decide.credentials import NotEnrolled
from purveyor.records.staff.decide.keys import KeyIsRevoked, PrefixTaken
from purveyor.records.staff.decide.people import LastAdmin, LoginTaken, StaffErasedBefore, StaffShutOut
from purveyor.records.staff.decide.sessions import (
    CodeUsed,
    LockedOut,
    PasswordChanged,
    SecondFactorMissing,
    SessionOver,
)

__all__ = [
    "CodeUsed",
    "KeyIsRevoked",
    "LastAdmin",
    "LockedOut",
    "LoginTaken",
    "NotEnrolled",
    "PasswordChanged",
    "PrefixTaken",
    "SecondFactorMissing",
    "SessionOver",
    "StaffErasedBefore",
    "StaffShutOut",
]
