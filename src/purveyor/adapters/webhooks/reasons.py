"""What became of a message where the other side did not say it itself, as `core/reason_templates.py` has them.

The first three are what `Reach.why_not` says.
"""

from __future__ import annotations

from typing import Final

from purveyor.core.reason_templates import ReasonTemplate

NOWHERE: Final = ReasonTemplate(
    "{address_name} is where nobody may be sent to", "Nothing may be sent to the address {address_name}"
)
OURSELVES: Final = ReasonTemplate(
    "{address_name} port {port_name} is ourselves", "{address_name}, port {port_name}, is this shop itself"
)
NOT_PUBLIC: Final = ReasonTemplate(
    "{address_name} is not public, and not in PURVEYOR_WEBHOOK_NETWORKS",
    "{address_name} is not a public address, and the setting PURVEYOR_WEBHOOK_NETWORKS does not allow it",
)
NO_ANSWER: Final = ReasonTemplate("no answer within {seconds_name} seconds", "No answer within {seconds_name} seconds")
# What a library said stands behind each: it names what has to be looked at.
NO_SUCH_NAME: Final = ReasonTemplate(
    "the name of the address was not found: {detail_name}", "The name of the address was not found ({detail_name})"
)
REFUSED: Final = ReasonTemplate(
    "the connection was refused: {detail_name}", "The connection was refused ({detail_name})"
)
NO_WAY: Final = ReasonTemplate(
    "the address could not be reached: {detail_name}", "The address could not be reached ({detail_name})"
)
BROKEN_OFF: Final = ReasonTemplate(
    "the connection was broken off: {detail_name}", "The connection was broken off ({detail_name})"
)
NOT_SECURE: Final = ReasonTemplate(
    "no secure connection could be made: {detail_name}", "No secure connection (TLS) could be made ({detail_name})"
)
NOT_HTTP: Final = ReasonTemplate(
    "what came back is no answer in HTTP: {detail_name}", "What came back is no answer in HTTP ({detail_name})"
)
BY_PROXY: Final = ReasonTemplate(
    "the proxy did not let it through: {detail_name}", "The proxy did not let it through ({detail_name})"
)
NOT_SENT: Final = ReasonTemplate("it could not be sent: {detail_name}", "It could not be sent ({detail_name})")
PRIVATE_ANSWER: Final = ReasonTemplate(
    "an answer of {bytes_count} bytes from a private network",
    "An answer of {bytes_count} bytes from a private network: its text is not shown",
)
PACKED_ANSWER: Final = ReasonTemplate(
    "an answer that is packed as {way_name}", "An answer that is packed as {way_name}"
)
