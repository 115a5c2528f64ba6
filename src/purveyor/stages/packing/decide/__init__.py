"""The rules of packing."""

from purveyor.stages.packing.decide.bench import StillInParcel
from purveyor.stages.packing.decide.contents import MoreThanPicked, NothingOnBench, NotInThisParcel, NotPicked
from purveyor.stages.packing.decide.parcels import (
    CartonTooSmall,
    NeedsSeveralCartons,
    ParcelNotHere,
    TooHeavy,
    WeightDiffers,
)

__all__ = [
    "CartonTooSmall",
    "MoreThanPicked",
    "NeedsSeveralCartons",
    "NotInThisParcel",
    "NotPicked",
    "NothingOnBench",
    "ParcelNotHere",
    "StillInParcel",
    "TooHeavy",
    "WeightDiffers",
]
