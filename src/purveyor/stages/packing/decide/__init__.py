"""The rules of packing."""

from purveyor.stages.packing.decide.bench import decide_bring
from purveyor.stages.packing.decide.contents import MoreThanPicked, NothingOnBench, NotInThisParcel, NotPicked
from purveyor.stages.packing.decide.parcels import (
    CartonTooSmall,
    NeedsSeveralCartons,
    ParcelNotHere,
    TooHeavy,
    TooManyParcels,
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
    "TooHeavy",
    "TooManyParcels",
    "WeightDiffers",
    "decide_bring",
]
