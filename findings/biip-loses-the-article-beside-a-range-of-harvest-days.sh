#!/usr/bin/env bash
# GS1's (7007) holds the day of a harvest or the first and the last day of it: N4+N6..12 (GS1 General Specifications,
# "Harvest date"). biip 5.2.0 has the format in its own table, reads one day, and takes two for one time that it cannot
# read: of the whole label nothing is left, neither the article nor the lot. python-stdnum 2.2 reads both days.
# Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check biip==5.2.0 python-stdnum==2.2
cat > read.py <<'PY'
import biip
from stdnum import gs1_128

for days in ("261126", "261126261128"):
    code = f"0104006381333931" f"7007{days}\x1d" "10LOT7"
    result = biip.parse(code)
    print("biip:", result.gtin and result.gtin.value, result.gs1_message_error)
    print("stdnum:", {ai: str(value) for ai, value in gs1_128.info(code, separator="\x1d").items()}["01"])
PY
said=$(venv/bin/python read.py)
echo "$said"
test "$said" = "biip: 04006381333931 None
stdnum: 04006381333931
biip: None Failed to parse GS1 AI (7007) date/time from '261126261128'.
stdnum: 04006381333931"
