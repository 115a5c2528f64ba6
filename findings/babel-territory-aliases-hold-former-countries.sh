#!/usr/bin/env bash
# Babel tells countries by their three-letter codes too (`territory_aliases`, from CLDR): DEU is DE. One would expect one
# such code a country. Ten have two or three, because codes of former countries lead to those of today, and where they
# are turned around, the former one comes first: Germany is DDR, Serbia SCG, Myanmar BUR. And a
# former code may lead to several countries: SCG to RS and ME, SUN to fifteen. So addresses and customs papers that get
# their three letters from this table name countries that are gone; whoever reads three letters by it takes DDR for DE.
# Seen with Babel 2.19.0 on Python 3.11. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check babel==2.19.0
cat > ask.py <<'PY'
from babel.core import get_global

of_today: dict[str, list[str]] = {}
several = {}
for code, countries in sorted(get_global("territory_aliases").items()):
    if len(code) == 3 and code.isalpha():
        of_today.setdefault(countries[0], []).append(code)
        if len(countries) > 1:
            several[code] = len(countries)
print({country: codes for country, codes in sorted(of_today.items()) if len(codes) > 1})
print(several)
PY
seen=$(venv/bin/python ask.py)
echo "$seen"
test "$seen" = "{'CD': ['COD', 'ZAR'], 'CW': ['ANT', 'CUW'], 'DE': ['DDR', 'DEU'], 'FR': ['FRA', 'FXX'], 'MM': ['BUR', 'MMR'], \
'RS': ['SCG', 'SRB', 'YUG'], 'RU': ['RUS', 'SUN'], 'SA': ['NTZ', 'SAU'], 'TL': ['TLS', 'TMP'], 'YE': ['YEM', 'YMD']}
{'ANT': 3, 'NTZ': 2, 'SCG': 2, 'SUN': 15, 'YUG': 2}"
