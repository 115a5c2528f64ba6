"""Who works here is told what others did to their account; admins, when what protects money is changed."""

from __future__ import annotations

from uuid import UUID

import msgspec

from purveyor.core.emails import is_email
from purveyor.core.mail_html import blocks_of, mail_html
from purveyor.engine.work import Outside, performs
from purveyor.ports.notifier import Message
from purveyor.records.staff.commands import TellStaff

# Logins that are mail addresses; nobody else can be told.
LOGINS = """
    SELECT s.id, p.login
      FROM staff s JOIN staff_person p ON p.id = s.person_id
     WHERE s.disabled_at IS NULL AND p.login LIKE '%@%'
       AND (s.id = $1 OR ($1::uuid IS NULL AND s.roles ? 'admin'))
  ORDER BY s.id
     LIMIT 100
"""
TEXTS = {
    "password_reset": (
        "Your password was reset",
        "Somebody else has set a new password for your login. If nobody told you of it, speak to an admin at once.",
    ),
    "second_factor_off": (
        "Your second factor is off",
        "Somebody else has taken the second factor off your login. If you did not ask for it, speak to an admin.",
    ),
    "roles_set": (
        "Your roles were changed",
        "Somebody has changed what you may do here. You see it at your next page.",
    ),
    "locked": (
        "Somebody tried to sign in with your login",
        (
            "Too many tries to sign in with your login have failed. For a while nobody can sign in from there. "
            "If it was not you, you need not do anything: your password was not found."
        ),
    ),
    "staff_added": (
        "Somebody may sign in now",
        "Somebody was let in at the console. The page What admins did says who it is, and by whom.",
    ),
    "policy_asked": (
        "A policy is to allow more: {policy}",
        (
            "Somebody wants the policy {policy} to allow more than before. Nothing has changed yet: another admin says "
            "yes or no on the page of the policy. Where there is no other admin, it comes into force by itself after a "
            "day, unless somebody declines it."
        ),
    ),
    "policy_set": (
        "A policy was changed: {policy}",
        (
            "The policy {policy} was changed. It says, among other things, who may give away how much. "
            "The page What admins did says who changed it."
        ),
    ),
}


class _Login(msgspec.Struct, frozen=True):
    id: UUID
    login: str


@performs(TellStaff)
async def tell(job: TellStaff, key: str, outside: Outside) -> None:
    """Hand the mails over. A repetition carries the same key for each person."""
    subject, text = (part.format(policy=job.policy) for part in TEXTS[job.what])
    html = mail_html(subject, "en", "", blocks_of(text))
    for found in await outside.read.rows(_Login, LOGINS, job.staff_id):
        if is_email(found.login):
            message = Message(
                channel="email",
                to=found.login,
                subject=subject,
                text=text,
                html=html,
                about="staff",
            )
            await outside.notifier.send(f"{key}:{found.id}", message)
