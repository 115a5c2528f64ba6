#!/usr/bin/env bash
# Babel 2.19 knows three plural forms for Spanish and Portuguese (one, many, other), 2.18 knew two. A catalog without a
# header takes the number of its forms from Babel's own table, so the same .po file of two forms, read by 2.19, speaks
# English for every number but one (and a million): no error, no warning.
# Seen with babel 2.18.0 and 2.19.0 on Python 3.11. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
cat > es.po <<'PO'
msgid "%(num)s order"
msgid_plural "%(num)s orders"
msgstr[0] "%(num)s pedido"
msgstr[1] "%(num)s pedidos"
PO
cat > read.py <<'PY'
from io import BytesIO
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

binary = BytesIO()
write_mo(binary, read_po(open("es.po", "rb"), locale="es"))
binary.seek(0)
texts = Translations(binary)
print([texts.ngettext("%(num)s order", "%(num)s orders", number) for number in (1, 2, 5)])
PY
for version in 2.18.0 2.19.0; do
  python3 -m venv "venv-$version"
  "venv-$version/bin/pip" install --quiet --disable-pip-version-check "babel==$version"
done
old=$(venv-2.18.0/bin/python read.py)
new=$(venv-2.19.0/bin/python read.py)
echo "2.18.0: $old"
echo "2.19.0: $new"
test "$old" = "['%(num)s pedido', '%(num)s pedidos', '%(num)s pedidos']"
test "$new" = "['%(num)s pedido', '%(num)s orders', '%(num)s orders']"
