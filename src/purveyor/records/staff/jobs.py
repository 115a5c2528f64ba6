"""Who works here is told what others did to their account; admins, when what protects money is changed."""

from __future__ import annotations

from uuid import UUID

import msgspec

from purveyor.core.emails import is_email
from purveyor.core.mail_html import blocks_of, mail_html
from purveyor.engine.jobs import Ports, job_handler
from purveyor.ports.notifier import Message
from purveyor.records.staff.commands import TellStaff
from purveyor.records.staff.told_texts import OTHERWISE, TOLD

# Logins that are mail addresses; nobody else can be told.
LOGINS = """
    SELECT s.id, p.login
      FROM staff s JOIN staff_person p ON p.id = s.person_id
     WHERE s.disabled_at IS NULL AND p.login LIKE '%@%'
       AND (s.id = $1 OR ($1::uuid IS NULL AND s.roles ? 'admin'))
  ORDER BY s.id
     LIMIT 100
"""


class _Login(msgspec.Struct, frozen=True):
    id: UUID
    login: str


@job_handler(TellStaff)
async def tell(job: TellStaff, key: str, outside: Ports) -> None:
    """Hand the mails over, in the shop's language: people choose their own for each browser alone.

    A repetition carries the same key for each person.
    """
    language = outside.language if outside.language in TOLD else OTHERWISE
    subject, text = (part.format(policy=job.policy) for part in TOLD[language][job.what])
    html = mail_html(subject, language, "", blocks_of(text))
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
