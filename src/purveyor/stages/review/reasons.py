"""Reasons of this stage that have parts, as `core/reason_templates.py` has them."""

from __future__ import annotations

from typing import Final

from purveyor.core.reason_templates import ReasonTemplate

# from which shelf
ONLY_LOCATION: Final = ReasonTemplate("{places}: the only location")
BY_PRIORITY: Final = ReasonTemplate("{places}: by priority")
HAS_ALL: Final = ReasonTemplate("{places}: has all of it")
FEWEST_PARCELS: Final = ReasonTemplate("{places}: fewest parcels")
# why an order is held or turned down
RISK: Final = ReasonTemplate("risk {score_count}: {words}", "Risk score {score_count}: {words}")
UNSERVED: Final = ReasonTemplate(
    "{unit_count} units are neither in stock nor may they wait",
    "Units that are neither in stock nor may wait: {unit_count}",
)
NO_FILE: Final = ReasonTemplate("no file yet for {skus_name}", "No file yet for {skus_name}")
NOT_SETTLED: Final = ReasonTemplate("{hold_code} was not settled in time", "{hold_code}: not settled in time")
# what the customer chose
REPLACED_BY: Final = ReasonTemplate("replaced by {sku_name}", "Replaced by {sku_name}")
IN_PLACE_OF: Final = ReasonTemplate("in place of {unit_count} {sku_name}", "In place of {unit_count} of {sku_name}")
