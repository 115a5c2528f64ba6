"""The sheet of a walk that is over says what was picked, and is called by what people know of it."""

from __future__ import annotations

import re
from uuid import UUID

from purveyor.stages.picking.commands import FulfillmentRef, PlanWave
from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.console.test_next_step import to_collect


async def test_a_finished_wave_shows_and_prints_what_was_picked(api: Api) -> None:
    admin = await somebody(api, "admin")
    placed = await to_collect(api, 2)
    rows = await api.house.pool.fetch("SELECT id, order_id, location FROM fulfillment")
    ref = FulfillmentRef(order_id=rows[0]["order_id"], fulfillment_id=rows[0]["id"])
    given = await api.house.committer.submit(
        PlanWave(location=rows[0]["location"], fulfillments=(ref,)), key="wave", actor="staff:test"
    )
    wave_id = UUID(str(given.answer.reply["wave_id"]))
    path = f"/console/picking/{wave_id}"
    before = (await admin.see(path)).text
    await admin.send(f"{path}/start", seen_at=path)
    stop = re.search(r'name="stop" value="([^"]+)"', before)
    assert stop is not None
    await admin.send(f"{path}/pick", seen_at=path, stop=stop[1], scanned="MUG", tote="T-1", all="1")
    after = (await admin.see(path)).text

    assert "Everything of this wave is picked" in after
    sheet = re.search(r'<section class="print-only".*?</section>', after, re.DOTALL)
    assert sheet is not None
    assert str(placed["number"]) in sheet[0]
    assert "T-1" in sheet[0]
    assert "<strong>2</strong>" in sheet[0]
    assert "data-print" in after
    for page in (before, after):
        head = re.search(r"sheet-running.*?</div>", page, re.DOTALL)
        assert head is not None
        assert str(wave_id)[:8] not in head[0]
        assert "planned" in head[0]


async def test_a_wave_of_which_nothing_was_picked_has_nothing_to_print(api: Api) -> None:
    admin = await somebody(api, "admin")
    page = (await admin.see("/console/picking/00000000-0000-7000-8000-000000000001")).text

    assert "data-print" not in page
