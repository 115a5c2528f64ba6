#!/usr/bin/env bash
# eu-vat-rates-data 2026.9.29 puts rates of islands and overseas departments among the reduced rates of the mainland:
# Portugal "reduced" has 22 (the standard rate of Madeira) and 16 (that of the Azores), France has 8.5 (the standard rate
# of Guadeloupe, Martinique and Reunion, which are outside the VAT territory of the EU) and 13, 0.9 and 1.05 (Corsica).
# Ireland lacks its 4.8 % (livestock), and Poland's 8 % stands as "reduced" and as "super_reduced". Whoever takes the
# highest reduced rate of Portugal charges 22 % for books instead of 6 %.
# The law: CIVA art. 18 (Portugal), CGI art. 278 to 298 octies (France), VAT Consolidation Act 2010 sec. 46 (Ireland).
# Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eu-vat-rates-data==2026.9.29
said=$(venv/bin/python -c '
import eu_vat_rates_data as data
for country in ("PT", "FR", "IE", "PL"):
    rate = data.get_rate(country)
    print(country, rate["standard"], rate["reduced"], rate["super_reduced"], rate["parking"])
')
echo "$said"
test "$said" = "PT 23.0 [6.0, 13.0, 16.0, 22.0] 6.0 13.0
FR 20.0 [0.9, 1.05, 5.5, 8.5, 10.0, 13.0] 2.1 None
IE 23.0 [9.0, 13.5] None None
PL 23.0 [5.0, 8.0] 8.0 None"
