"""The rules of picking."""

from purveyor.stages.picking.decide.bins import decide_record_count
from purveyor.stages.picking.decide.picks import (
    FulfillmentNotOpen,
    MoreThanAsked,
    NotOnBench,
    WrongItemScanned,
    WrongTote,
)
from purveyor.stages.picking.decide.release import decide_release
from purveyor.stages.picking.decide.waves import FulfillmentsNotReleased, NotInWave, WaveOver
from purveyor.stages.picking.decide.withdraw import decide_withdraw

__all__ = [
    "FulfillmentNotOpen",
    "FulfillmentsNotReleased",
    "MoreThanAsked",
    "NotInWave",
    "NotOnBench",
    "WaveOver",
    "WrongItemScanned",
    "WrongTote",
    "decide_record_count",
    "decide_release",
    "decide_withdraw",
]
