"""What the outside tells is told again, later and under other names: everything adds up, papers and ledger too."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from purveyor.core.messages import Command
from purveyor.stages.confirmation.commands import RecordNotice, RecordNoticeEvent
from purveyor.stages.delivery.commands import RecordAccess, RecordTrackingEvent, RecordTrackingEvents
from purveyor.stages.payment.commands import (
    RecordAnswer,
    RecordBankTransfer,
    RecordChargeback,
    RecordGatewayEvent,
    ResolveDispute,
    RetryCapture,
    RetryRefund,
)
from purveyor.stages.returns.commands import ImportReturn
from purveyor.stages.shipping.commands import RecordLabel, RecordLabelFailure, RecordVoid
from tests.simulation.random_actions import People, step

FROM_OUTSIDE = (
    RecordAnswer,
    RecordGatewayEvent,
    RecordBankTransfer,
    RecordChargeback,
    ResolveDispute,
    RetryCapture,
    RetryRefund,
    RecordTrackingEvent,
    RecordTrackingEvents,
    RecordAccess,
    RecordLabel,
    RecordLabelFailure,
    RecordVoid,
    RecordNotice,
    RecordNoticeEvent,
    ImportReturn,
)


def told_otherwise(command: Command, chance: Random) -> Command:
    """The same news as another source would tell it."""
    match command:
        case RecordTrackingEvents():
            scans = tuple(msgspec.structs.replace(scan, event_id=f"{scan.event_id}-again") for scan in command.events)
            return msgspec.structs.replace(command, events=scans)
        case RecordTrackingEvent():
            return msgspec.structs.replace(command, event_id=f"{command.event_id}-again")
        case RecordAnswer():
            return msgspec.structs.replace(command, outcome=chance.choice(("done", "declined")), reference="again")
        case _:
            return command


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_told_again_everything_adds_up(seed: int) -> None:
    chance = Random(seed)
    people = People()
    people.open()
    told: list[Command] = []
    taken = 0
    for _ in range(100):
        seen = len(people.story)
        step(people, chance)
        told += [
            each.command for each in people.story[seen:] if each.accepted and isinstance(each.command, FROM_OUTSIDE)
        ]
        if told and chance.random() < 0.6:
            again = chance.choice(told)
            people.do(told_otherwise(again, chance) if chance.random() < 0.5 else again)
            taken += people.story[-1].accepted
    assert taken > 40
    people.world.check_replay()
