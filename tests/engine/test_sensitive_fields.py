"""What people write is kept apart; words of ours stay where they are."""

from uuid import UUID

import pytest

from purveyor.core.ids import Ids, uuid7
from purveyor.core.messages import Call, Command
from purveyor.core.reason_texts import referred
from purveyor.engine.sensitive_fields import extract_sensitive
from purveyor.stages.picking.commands import RequestCount
from purveyor.stages.review.commands import CancelUnits
from tests.pure import NOON

ORDER = UUID(int=1)


def a_call() -> Call:
    return Call("k", "staff:anna", NOON, Ids(uuid7(0, 1)))


@pytest.mark.parametrize("reason", ["not_found", "damaged", "miscounted", "cycle"])
def test_a_choice_of_ours_stays_a_choice(reason: str) -> None:
    command: Command = RequestCount(sku="MUG", location="main", reason=reason)  # type: ignore[arg-type]

    assert extract_sensitive(command, a_call()) == (command, [])


def test_what_somebody_wrote_is_referred_to() -> None:
    command = CancelUnits(order_id=ORDER, units="all", reason="Ann from the second floor called")
    changed, (text,) = extract_sensitive(command, a_call())

    assert isinstance(changed, CancelUnits)
    assert referred(changed.reason) == text.id
    assert text.text == command.reason
