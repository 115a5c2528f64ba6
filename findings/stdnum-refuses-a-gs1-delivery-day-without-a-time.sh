#!/usr/bin/env bash
# GS1 lets a label say "not before that day" without an hour: in (4324) and (4325), dates of delivery, the hour is then 9999
# (GS1 General Specifications, "Not before delivery date time"). python-stdnum 2.2 reads the four digits as a time of day,
# so the whole code is invalid, the SSCC in it too, and info() ends in a ValueError that is none of its own errors.
# biip 5.2.0 reads the same code as a day without a time. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-stdnum==2.2 biip==5.2.0
cat > read.py <<'PY'
import biip
from stdnum import gs1_128
from stdnum.exceptions import ValidationError

for hour in ("0930", "9999"):
    code = f"00340434161094042557" f"4324261128{hour}"
    elements = biip.parse(code).gs1_message.element_strings
    print(hour, "biip:", *(f"({each.ai.ai}) {each.datetime or each.date or each.value}" for each in elements))
    print(hour, "stdnum is_valid:", gs1_128.is_valid(code))
    try:
        gs1_128.info(code)
    except ValueError as error:
        print(hour, "stdnum info:", type(error).__name__, error, isinstance(error, ValidationError))
PY
said=$(venv/bin/python read.py)
echo "$said"
test "$said" = "0930 biip: (00) 340434161094042557 (4324) 2026-11-28 09:30:00
0930 stdnum is_valid: True
9999 biip: (00) 340434161094042557 (4324) 2026-11-28
9999 stdnum is_valid: False
9999 stdnum info: ValueError unconverted data remains: 99 False"
