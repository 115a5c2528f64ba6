#!/usr/bin/env bash
# The line that Gmail writes above a quoted mail in American English is "On Sat, Nov 28, 2026 at 10:00 AM Name <address> wrote:",
# with no comma before the name. quotequail 0.5.4 parts date and sender at the last comma: the date has no year, and the
# sender is "2026 at 10:00 AM Name <address>". The British line ("On Sat, 28 Nov 2026 at 10:00, Name ...") is right.
# Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check quotequail==0.5.4
cat > read.py <<'PY'
import quotequail

for line in (
    "On Sat, 28 Nov 2026 at 10:00, Shop <shop@example.com> wrote:",
    "On Sat, Nov 28, 2026 at 10:00 AM Shop <shop@example.com> wrote:",
):
    found = quotequail.unwrap(f"Large, please.\n\n{line}\n> Which size?\n")
    print(found["date"], "|", found["from"])
PY
said=$(venv/bin/python read.py)
echo "$said"
test "$said" = "Sat, 28 Nov 2026 at 10:00 | Shop <shop@example.com>
Sat, Nov 28 | 2026 at 10:00 AM Shop <shop@example.com>"
