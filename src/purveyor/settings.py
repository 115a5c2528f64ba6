"""What an installation can decide about itself, read from environment variables named `PURVEYOR_*`."""

import base64
import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import platformdirs
from msgspec import Meta

from purveyor.core.currencies import CURRENCIES
from purveyor.core.money import A_CURRENCY
from purveyor.core.networks import NetworkPolicy, networks_of

PREFIX = "PURVEYOR_"

#: Settings whose value may hold a password: error messages do not repeat it.
SECRET = frozenset({"database_url", "smtp_url", "secret_key", "gateway_webhook_secret", "carrier_webhook_secret"})
SHORTEST_SECRET = 32  # characters

#: Fields that no variable sets: only a verb of ours does.
NO_VARIABLE = frozenset({"demo"})
SIMULATED = "fake"  # the provider that plays a real one

#: What Kubernetes tells every container of each service of its namespace, here of those called `purveyor` or
#: `purveyor-...`: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
OF_A_SERVICE = re.compile(r"(\w+_)?(service_(host|port(_\w+)?)|port_\d+_(tcp|udp|sctp)(_(proto|port|addr))?)")
ADDRESS_OF_A_SERVICE = re.compile(r"(tcp|udp|sctp)://.+")

# Stands for "not set" where the default depends on another setting.
_INSIDE_DATA_DIR = Path()


class SettingsError(ValueError):
    """A variable holds what it may not hold. The message says which, what was found, and what would be right."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One field a variable: `pool_size` is `PURVEYOR_POOL_SIZE`. Every field has a default that works."""

    database_url: Annotated[
        str | None,
        Meta(
            description="The PostgreSQL 15 or later to use. Not set: a server of our own, with its data in `data_dir`.",
            examples=["postgresql://purveyor@db.example/purveyor"],
        ),
    ] = None
    data_dir: Annotated[
        Path, Meta(description="Folder of everything that is kept on this machine.", examples=["/var/lib/purveyor"])
    ] = msgspec.field(default_factory=lambda: platformdirs.user_data_path("purveyor", appauthor=False))
    host: Annotated[str, Meta(description="Address that `purveyor serve` listens on.", examples=["127.0.0.1"])] = (
        "127.0.0.1"
    )
    port: Annotated[int, Meta(description="Port that `purveyor serve` listens on.", ge=1, le=65_535)] = 8420
    public_url: Annotated[
        str | None,
        Meta(
            description="Address at which customers reach the shop, for links in messages. Not set: host and port.",
            examples=["https://shop.example"],
        ),
    ] = None
    pool_size: Annotated[int, Meta(description="Database connections of one process.", ge=2, le=1_000)] = 8
    database_wait_s: Annotated[
        int,
        Meta(
            description="Seconds that `serve` and `work` wait at their start for a database that starts as well.",
            ge=0,
            le=86_400,
        ),
    ] = 30
    batch_commands: Annotated[int, Meta(description="Commands that one commit takes at most.", ge=1, le=10_000)] = 256
    batch_rows: Annotated[
        int, Meta(description="Rows that one commit touches at most; one larger order still goes through.", ge=100)
    ] = 20_000
    max_waiting: Annotated[
        int, Meta(description="Commands that may wait; past it, callers are told to come back later (503).", ge=1)
    ] = 10_000
    kept_rows: Annotated[
        int, Meta(description="Rows of orders that one process keeps in memory for the next command about them.", ge=0)
    ] = 20_000
    runners: Annotated[int, Meta(description="Batches that one process commits at the same time.", ge=1, le=64)] = 2
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least important thing that is logged.")
    ] = "info"
    log_format: Annotated[
        Literal["auto", "text", "json"],
        Meta(description="Logs for people or for programs; `auto` is text on a terminal and JSON elsewhere."),
    ] = "auto"
    gateway: Annotated[str, Meta(description="The payment gateway.", examples=["fake"])] = "fake"
    carrier: Annotated[str, Meta(description="The carrier.", examples=["fake"])] = "fake"
    notifier: Annotated[str, Meta(description="What sends messages to customers.", examples=["fake"])] = "fake"
    clock: Annotated[
        str,
        Meta(
            description=(
                "What time it is: `system`, or a simulated time as START*SPEED@SINCE (it was START at the Unix time"
                " SINCE, and runs SPEED times as fast as ours), or file:PATH (what another process says there)."
            ),
            pattern=r"^(system|file:.+|[^*@]+\*\d+(\.\d+)?@\d+(\.\d+)?)$",
            examples=["system", "2026-03-02T08:00:00Z*1440@1767225600"],
        ),
    ] = "system"
    fake_dir: Annotated[
        Path,
        Meta(
            description="What the simulated providers remember. Not set: `fakes` in `data_dir`.",
            examples=["/srv/fakes"],
        ),
    ] = _INSIDE_DATA_DIR
    smtp_url: Annotated[
        str | None,
        Meta(
            description="The mail server, for the notifier `smtp`: `smtps://` speaks TLS from the start, "
            "`smtp://` must be offered STARTTLS, and `smtp+plain://` sends in clear, for a server on this machine.",
            examples=["smtps://user:password@mail.example"],
        ),
    ] = None
    mail_from: Annotated[
        str, Meta(description="Sender of mails, for the notifier `smtp`.", examples=["Shop <orders@shop.example>"])
    ] = "Purveyor <orders@localhost>"
    currency: Annotated[
        str, Meta(description="Currency of a new shop, ISO 4217.", pattern="^[A-Z]{3}$", examples=["EUR"])
    ] = "EUR"
    language: Annotated[
        str, Meta(description="Language of a new shop, BCP 47.", pattern="^[a-z]{2,3}(-[A-Z]{2})?$", examples=["en"])
    ] = "en"

    timezone: Annotated[
        str,
        Meta(
            description="Zone of days and hours until the policy `calendar` names one, from the IANA database.",
            examples=["Europe/Berlin"],
        ),
    ] = "UTC"
    secret_key: Annotated[
        str | None,
        Meta(
            description=(
                "At least 32 characters, chosen by chance, that sign cookies and links; the same for all processes. Not"
                " set: a key of our own, in the file `secret_key` in `data_dir`."
            )
        ),
    ] = None
    gateway_webhook_secret: Annotated[
        str | None,
        Meta(
            description=(
                "Signs what the payment gateway tells at `/webhooks/gateway` (Standard Webhooks): `whsec_` and base64."
                " Not set: nothing is taken there."
            )
        ),
    ] = None
    carrier_webhook_secret: Annotated[
        str | None,
        Meta(description="The same for the carriers, at `/webhooks/carrier`."),
    ] = None
    proxies: Annotated[
        int,
        Meta(
            description="Proxies of yours that stand before `purveyor serve` and add to `X-Forwarded-For`.", ge=0, le=9
        ),
    ] = 0

    inside_networks: Annotated[
        str,
        Meta(
            description=(
                "Networks from which `/ready`, `/metrics` and `/api/docs` may be read, as CIDRs with commas between:"
                " this machine, and those of your load balancer or monitoring."
            ),
            examples=["127.0.0.0/8, ::1/128, 10.20.0.0/16"],
        ),
    ] = "127.0.0.0/8, ::1/128"
    webhook_networks: Annotated[
        str,
        Meta(
            description=(
                "Private networks in which other programs may be told what happens, as CIDRs with commas between. Not"
                " set: public addresses only."
            ),
            examples=["10.20.0.0/16, fd12:3456::/32"],
        ),
    ] = ""
    allow_simulated: Annotated[
        bool,
        Meta(
            description=(
                "Let `serve` start with simulated providers at an address that others can reach: a trial, in which no"
                " money moves and nothing is sent."
            )
        ),
    ] = False
    demo: Annotated[
        bool, Meta(description="Whether this is `purveyor demo`: with an inbox, test cards and stand-in downloads.")
    ] = False

    @property
    def simulated(self) -> tuple[str, ...]:
        """Which providers are simulated: `gateway`, `carrier`, `notifier`."""
        return tuple(name for name in ("gateway", "carrier", "notifier") if getattr(self, name) == SIMULATED)

    @property
    def plays(self) -> frozenset[str]:
        """The simulated providers whose part visitors may play: only in a demo."""
        return frozenset(self.simulated) if self.demo else frozenset()

    @property
    def webhook_reach(self) -> NetworkPolicy:
        """Which addresses webhooks may have."""
        return NetworkPolicy(networks_of(self.webhook_networks), self.port)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever starts a server or a worker should know, a line each."""
        about = {"gateway": "no money moves", "carrier": "labels are no real ones", "notifier": "no message is sent"}
        lines = [f"Simulated {name}: {about[name]} (PURVEYOR_{name.upper()})." for name in self.simulated]
        if self.notifier == "smtp":
            lines.append("Nothing here sends SMS: customers with a phone number only are not told of their orders.")
        return tuple(lines)

    @property
    def is_public(self) -> bool:
        """Whether the shop is meant to be reached from other machines."""
        return any(not _is_loopback(name) for name in (_host_of(self.public_url), self.host) if name)

    def __post_init__(self) -> None:
        if self.fake_dir == _INSIDE_DATA_DIR:
            msgspec.structs.force_setattr(self, "fake_dir", self.data_dir / "fakes")
        self._check_names()
        for name in ("inside_networks", "webhook_networks"):
            try:
                networks_of(getattr(self, name))
            except ValueError:
                right = "networks such as 10.20.0.0/16, with commas between"
                raise SettingsError(_complaint(name, getattr(self, name), right)) from None
        if self.secret_key is not None and len(self.secret_key) < SHORTEST_SECRET:
            right = f"a text of at least {SHORTEST_SECRET} characters, chosen by chance"
            raise SettingsError(_complaint("secret_key", self.secret_key, right))
        for name in ("gateway_webhook_secret", "carrier_webhook_secret"):
            secret: str | None = getattr(self, name)
            if secret is not None and not _is_webhook_secret(secret):
                raise SettingsError(_complaint(name, secret, "whsec_ and 24 to 64 bytes in base64"))
        for name, schemes in (
            ("database_url", ("postgresql", "postgres")),
            ("smtp_url", ("smtps", "smtp", "smtp+plain")),
            ("public_url", ("https", "http")),
        ):
            url: str | None = getattr(self, name)
            if url is not None and not url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
                raise SettingsError(_complaint(name, url, f"a URL that starts with {schemes[0]}://"))

    def _check_names(self) -> None:
        """A zone and a currency that exist."""
        if not _is_zone(self.timezone):
            raise SettingsError(_complaint("timezone", self.timezone, "a zone such as Europe/Berlin"))
        if self.currency not in CURRENCIES:
            raise SettingsError(_complaint("currency", self.currency, A_CURRENCY))

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Read every variable that is set and not empty.

        Raises `SettingsError` for a value that cannot be, and for a name that no setting has.
        """
        fields = {field.name: field.type for field in msgspec.structs.fields(cls)}
        found: dict[str, Any] = {}
        for variable, text in env.items():
            if not variable.startswith(PREFIX) or not text.strip():
                continue
            name = variable.removeprefix(PREFIX).lower()
            if _is_of_a_service(name, text):
                continue
            if name in NO_VARIABLE:
                raise SettingsError(f"{variable} is not a setting: only `purveyor {name}` runs a {name}.")
            if name not in fields:
                raise SettingsError(f"{variable} is not a setting. {_nearest(name, [*fields])}")
            found[name] = _read(name, text.strip(), fields[name])
        return cls(**found)


def _is_of_a_service(name: str, text: str) -> bool:
    """Whether a variable speaks of a service of the network: then nobody has set it for us."""
    if OF_A_SERVICE.fullmatch(name):
        return True
    return name.endswith("port") and ADDRESS_OF_A_SERVICE.fullmatch(text) is not None


def _host_of(url: str | None) -> str:
    return (urlsplit(url).hostname or "") if url else ""


def _is_loopback(host: str) -> bool:
    """Of this machine alone. A name other than localhost is looked up by others too, so it is none."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_webhook_secret(text: str) -> bool:
    """As Standard Webhooks has them."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64  # noqa: PLR2004 (the sentence has the numbers too)


def _nearest(name: str, names: list[str]) -> str:
    """Which setting may be meant by a name."""
    names = [each for each in names if each not in NO_VARIABLE]
    if near := get_close_matches(name, names, n=1):
        return f"Is {_variable(near[0])} meant?"
    nearest = get_close_matches(name, names, n=1, cutoff=0.0)[0]
    return f"The nearest is {_variable(nearest)}; docs/operating.md has them all."


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _read(name: str, text: str, annotated: Any) -> Any:
    try:
        return msgspec.convert(text, annotated, strict=False, dec_hook=lambda _, path: Path(path).expanduser())
    except msgspec.ValidationError:
        raise SettingsError(_complaint(name, text, _what_is_right(annotated))) from None


def _complaint(name: str, text: str, right: str) -> str:
    shown = "set to something else" if name in SECRET else repr(text)
    return f"{_variable(name)} is {shown}, but must be {right}."


def _what_is_right(annotated: Any) -> str:
    kind, meta = get_args(annotated)[:2]
    if kind is int:
        return f"a whole number from {meta.ge} to {meta.le}" if meta.le else f"a whole number of at least {meta.ge}"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(get_args(kind))
    return f"something like {meta.examples[0]}"
