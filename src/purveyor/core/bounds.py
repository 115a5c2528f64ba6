"""What a value from outside may be: one named type for each kind of text, number and time that messages carry.

The types are the bounds: bodies, forms, files and webhooks are checked against them, and OpenAPI tells them to callers.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

LARGEST_AMOUNT = 10**15  # minor units; a million times it still fits into a bigint

# ---------------------------------------------------------------------------------------------------------------- texts

#: A short text that stands in an index: a code, a kind, a name of ours.
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=500)]  # one line of an address or of a document
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", max_length=2)]  # ISO 3166-1 alpha-2
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", max_length=3)]  # ISO 4217

# -------------------------------------------------------------------------------------------------------------- numbers

Minor = Annotated[int, Meta(ge=0, le=LARGEST_AMOUNT)]  # an amount that is not negative, in minor units
BasisPoints = Annotated[int, Meta(ge=0, le=10_000)]  # 1900 is 19 %
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Days = Annotated[int, Meta(ge=0, le=3_650)]
Hours = Annotated[int, Meta(ge=0, le=87_600)]
