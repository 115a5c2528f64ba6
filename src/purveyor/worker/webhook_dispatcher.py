"""Tells other programs what happens here: reads the journal for them, and sends what stands in line.

A loop of its own beside the job runner, as the queue of jobs knows no order among them: here one change of an order is
told after the other. Any number of these work side by side; what one has taken, no other takes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic
from typing import Any, Final

import asyncpg
import structlog

from purveyor.core.reason_templates import ReasonTemplate
from purveyor.core.refusals import mark
from purveyor.db.outages import Outage, pause
from purveyor.db.reader import Reader
from purveyor.engine.change_feed import Change, changes_by_seq, settled_seq
from purveyor.engine.committer import Committer
from purveyor.ports.webhooks import KEPT_AS, Heard, Sender, payload, sign
from purveyor.records.webhooks import outbox
from purveyor.records.webhooks.commands import ChangeWebhook
from purveyor.records.webhooks.outbox import Answered, Taken
from purveyor.secret_key import SecretKey

log = structlog.get_logger()

PAUSES_S = (5.0, 30.0, 120.0, 600.0, 3_600.0, 3 * 3_600.0, 8 * 3_600.0)  # then it is given up
LOOK_EVERY_S = 0.5
FILLED_AT_ONCE = 2_000  # changes for each webhook
AT_ONCE = 16  # messages that are under way to one webhook, from one process
LEASE_S = 60.0  # longer than a message may take, so that what a process held when it died is told soon
TIDY_EVERY_S = 3_600.0
GONE = "The receiver has answered 410 Gone: it wants to be told nothing more."
UNREADABLE = mark("Not sent: the secret was sealed under another secret_key. Make a new one.")
ACTOR = "job:webhooks.deliver"
OUR_FAULT: Final = ReasonTemplate(
    "a fault of this shop kept it from being sent: {detail_name}",
    "A fault of this shop kept it from being sent ({detail_name})",
)


class WebhookDispatcher:
    """Fills the line and sends from it, for one process."""

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        committer: Committer,
        sender: Sender,
        open_seal: Callable[[], SecretKey],
        *,
        pauses_s: tuple[float, ...] = PAUSES_S,
    ) -> None:
        """`open_seal`: for when a secret is needed. `pauses_s`: from each failed try to the next."""
        self._pool = pool
        self._read = Reader(pool)
        self._committer = committer
        self._sender = sender
        self._open_seal = open_seal
        self._pauses_s = pauses_s
        self._under_way: dict[asyncio.Task[Answered], Taken] = {}
        self._answered: list[Answered] = []  # not written down yet
        self._tidied = -TIDY_EVERY_S

    async def run(self, stopping: asyncio.Event) -> None:
        """Until told to stop. What is under way is finished first."""
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._fill_until(stopping))
                loops.create_task(self._send_until(stopping))
        finally:
            for task in self._under_way:
                task.cancel()
            await self._sender.close()

    async def drain(self) -> int:
        """Tell all that is due now. Answers how many messages were sent."""
        await self.fill()
        sent = 0
        while taken := await self._take():
            sent += taken
            while self._under_way:
                await asyncio.wait(self._under_way)
                await self._bring_home()
        return sent

    async def fill(self) -> None:
        """Put in line whatever happened since the last time. Where nobody wants to be told, that is one small query."""
        active = [each for each in await outbox.receivers(self._read) if each.active]
        if not active:
            return
        settled = await settled_seq(self._read)
        behind = [each.id for each in active if settled is not None and each.seq is not None and each.seq < settled]
        while behind and settled is not None and await outbox.fill(self._pool, behind, settled, FILLED_AT_ONCE):
            pass

    # the two loops

    async def _fill_until(self, stopping: asyncio.Event) -> None:
        outage = Outage("webhooks.not_filled")
        while not stopping.is_set():
            try:
                await self.fill()
                if monotonic() - self._tidied >= TIDY_EVERY_S:
                    await outbox.tidy(self._pool)
                    self._tidied = monotonic()
            except Exception as error:  # noqa: BLE001 (whatever it is, this loop is the only one that tells)
                await pause(stopping, max(outage.begin(error), LOOK_EVERY_S))
                continue
            await pause(stopping, max(await outage.end_if_writable(self._pool), LOOK_EVERY_S))

    async def _send_until(self, stopping: asyncio.Event) -> None:
        outage = Outage("webhooks.not_sent")
        while self._under_way or self._answered or not stopping.is_set():
            taken = 0
            wait_s = LOOK_EVERY_S
            try:
                await self._bring_home()
                taken = 0 if stopping.is_set() else await self._take()
            except Exception as error:  # noqa: BLE001 (the same)
                wait_s = max(outage.begin(error), LOOK_EVERY_S)
                if stopping.is_set() and not self._under_way:
                    return  # what could not be written down is sent again when its lease is over
            else:
                wait_s = max(await outage.end_if_writable(self._pool), LOOK_EVERY_S)
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            elif not taken and not stopping.is_set():
                await pause(stopping, wait_s)

    # one message

    async def _take(self) -> int:
        """Send what is due, as far as there is room. Answers how many messages that are."""
        busy = Counter(taken.webhook_id for taken in self._under_way.values())
        active = [each.id for each in await outbox.receivers(self._read) if each.active]
        free = {webhook_id: AT_ONCE - busy[webhook_id] for webhook_id in active if busy[webhook_id] < AT_ONCE}
        if not free:
            return 0
        taken = await outbox.take(self._read, free, LEASE_S)
        if not taken:
            return 0
        changes = await changes_by_seq(self._read, sorted({each.seq for each in taken if each.seq is not None}))
        for each in taken:
            self._under_way[asyncio.create_task(self._send(each, changes))] = each
        return len(taken)

    async def _send(self, taken: Taken, changes: dict[int, Change]) -> Answered:
        body = body_of(taken, changes)
        secrets = self._opened(taken.secrets)
        if not secrets:
            return self._judged(taken, Heard(None, UNREADABLE, 0))
        message = sign(secrets, taken.message_id, body, datetime.now(UTC))
        heard = await self._sender.send(taken.url, message)
        return self._judged(taken, heard)

    def _opened(self, kept: tuple[str, ...]) -> list[str]:
        """Those that can be read: another `secret_key` may have been set since one was sealed."""
        opened = []
        for each in kept:
            with suppress(ValueError):
                opened.append(self._open_seal().opened(KEPT_AS, each))
        return opened

    def _judged(self, taken: Taken, heard: Heard) -> Answered:
        status, pause_s = "delivered", None
        if heard.status is None or not HTTPStatus(200) <= heard.status < HTTPStatus(300):
            pause_s = self._pauses_s[taken.failures] if taken.failures < len(self._pauses_s) else None
            status = "failed" if pause_s is not None else "given_up"
        if status == "given_up":
            log.error("webhook.needs_attention", webhook_id=str(taken.webhook_id), seq=taken.seq, answer=heard.text)
        return Answered(
            taken=taken,
            status=status,
            pause_s=pause_s,
            answer_status=heard.status,
            answer=heard.text,
            milliseconds=heard.milliseconds,
        )

    async def _bring_home(self) -> None:
        """Write down what has come of the messages that are done, in one go."""
        for task in [task for task in self._under_way if task.done()]:
            taken = self._under_way.pop(task)
            error = task.exception()
            if error is None:
                self._answered.append(task.result())
            else:
                log.error("webhook.bug", webhook_id=str(taken.webhook_id), seq=taken.seq, exc_info=error)
                self._answered.append(self._judged(taken, Heard(None, OUR_FAULT(detail_name=type(error).__name__), 0)))
        if not self._answered:
            return
        answered = list(self._answered)
        await outbox.note(self._pool, answered)
        self._answered = self._answered[len(answered) :]
        for each in {
            each.taken.webhook_id: each for each in answered if each.answer_status == HTTPStatus.GONE
        }.values():
            command = ChangeWebhook(webhook_id=each.taken.webhook_id, active=False, reason=GONE)
            key = f"webhook-gone:{each.taken.message_id}:{datetime.now(UTC).timestamp()}"
            await self._committer.submit(command, key=key, actor=ACTOR)


def body_of(taken: Taken, changes: dict[int, Change]) -> bytes:
    """What is told: the change as `/api/v1/changes` gives it."""
    if taken.seq is None:
        said: Any = {"webhook_id": taken.webhook_id, "text": "A test: nothing has happened."}
        return payload(outbox.TEST_TOPIC, said, taken.made_at)
    change = changes[taken.seq]
    return payload(change.kind, change, change.at)
