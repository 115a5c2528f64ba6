#!/usr/bin/env bash
# mail-parser-reply 1.36 lists Spanish, but its pattern for the line above a quoted mail ("El ... escribió:") is preceded by
# a lookahead that forbids the very same line: it can match nothing. An answer from Gmail in Spanish comes out with the whole
# quoted mail in it; the same in English, German or French comes out alone. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mail-parser-reply==1.36
cat > read.py <<'PY'
from mailparser_reply import EmailReplyParser

answers = {
    "en": ("Large, please.", "On Sat, 28 Nov 2026 at 10:00, Shop <shop@example.com> wrote:"),
    "de": ("Groß, bitte.", "Am Sa., 28. Nov. 2026 um 10:00 Uhr schrieb Shop <shop@example.com>:"),
    "fr": ("Grand, merci.", "Le sam. 28 nov. 2026 à 10:00, Shop <shop@example.com> a écrit :"),
    "es": ("Grande, por favor.", "El sáb, 28 nov 2026 a las 10:00, Shop (<shop@example.com>) escribió:"),
}
for language, (answer, line) in answers.items():
    reply = EmailReplyParser(languages=[language]).parse_reply(text=f"{answer}\n\n{line}\n\n> 4711\n")
    print(language, reply == answer, "4711" in reply)
PY
said=$(venv/bin/python read.py)
echo "$said"
test "$said" = "en True False
de True False
fr True False
es False True"
