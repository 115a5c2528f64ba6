#!/usr/bin/env bash
# "From:" and "To:" are also the first words of who asks what a parcel costs. email-reply-parser 0.5.12 and talon 1.4.4 take
# two such lines for the head of a quoted mail, so of a new mail that answers nothing, nothing is left: an empty text, and no
# error. mail-parser-reply 1.36 keeps it. Fails when that changes.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check email-reply-parser==0.5.12 mail-parser-reply==1.36 talon==1.4.4
cat > read.py <<'PY'
import talon
from email_reply_parser import EmailReplyParser
from mailparser_reply import EmailReplyParser as MailReplyParser
from talon import quotations

talon.init()
mail = "From: Porto\nTo: Lisbon\nHow much is a parcel of 5 kg, and when is it there?\n"
print("email-reply-parser", repr(EmailReplyParser.parse_reply(mail)))
print("talon", repr(quotations.extract_from_plain(mail)))
print("mail-parser-reply", MailReplyParser(languages=["en"]).parse_reply(text=mail) == mail.strip())
PY
said=$(venv/bin/python -W ignore read.py)
echo "$said"
test "$said" = "email-reply-parser ''
talon ''
mail-parser-reply True"
