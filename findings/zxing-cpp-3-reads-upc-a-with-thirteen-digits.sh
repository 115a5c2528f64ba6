#!/usr/bin/env bash
# The same picture of a UPC-A (012345678905, twelve digits, as it stands below the bars) is read by zxing-cpp 2.3.0 as UPC-A
# 012345678905 and by 3.1.1 as EAN-13 0012345678905; a UPC-E of eight digits becomes thirteen digits of EAN, and is still
# called UPC-E. So after the upgrade articles that are kept under what is printed are not found any more, without an error.
# EAN-13 and EAN-8 stay as they are. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
for version in 2.3.0 3.1.1; do
  python3 -m venv "venv-$version"
  "venv-$version/bin/pip" install --quiet --disable-pip-version-check "zxing-cpp==$version" pillow==13.0.0 numpy==2.3.5
done
cat > draw.py <<'PY'
import numpy
import zxingcpp
from PIL import Image

kinds = zxingcpp.BarcodeFormat
for name, text, kind in (
    ("upc-a", "012345678905", kinds.UPCA),
    ("upc-e", "04252614", kinds.UPCE),
    ("ean-13", "4006381333931", kinds.EAN13),
    ("ean-8", "96385074", kinds.EAN8),
):
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=4)
    Image.fromarray(numpy.array(drawn)).save(f"{name}.png")
PY
cat > read.py <<'PY'
import zxingcpp
from PIL import Image

for name in ("upc-a", "upc-e", "ean-13", "ean-8"):
    (found,) = zxingcpp.read_barcodes(Image.open(f"{name}.png"))
    print(name, found.text)
PY
venv-3.1.1/bin/python draw.py
old=$(venv-2.3.0/bin/python read.py)
new=$(venv-3.1.1/bin/python read.py)
printf '2.3.0\n%s\n3.1.1\n%s\n' "$old" "$new"
test "$old" = "upc-a 012345678905
upc-e 04252614
ean-13 4006381333931
ean-8 96385074"
test "$new" = "upc-a 0012345678905
upc-e 0042100005264
ean-13 4006381333931
ean-8 96385074"
