#!/usr/bin/env bash
# A number of the Universal Postal Union (S10: two letters, nine digits, the country that sent it) says by its last two letters
# whose it is. tracking-url 0.0.5 guesses Chronopost of France for all of them, from Germany, Britain and Japan alike, and
# USPS for the twenty digits of a DHL parcel in Germany (00 and an SSCC of GS1 Germany): each with an address to send on to
# the customer, that knows nothing of the parcel. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tracking-url==0.0.5
cat > ask.py <<'PY'
import tracking_url

for number in ("RR123456785DE", "RB123456785GB", "CP123456785JP", "00340434161094042557", "1Z999AA10123456784"):
    print(number, tracking_url.guess_carrier(number).carrier)
PY
said=$(venv/bin/python ask.py)
echo "$said"
test "$said" = "RR123456785DE chronopost
RB123456785GB chronopost
CP123456785JP chronopost
00340434161094042557 usps
1Z999AA10123456784 ups"
