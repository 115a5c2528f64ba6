"""`purveyor keys ...`: who may come in by the API."""

from __future__ import annotations

from datetime import timedelta

from purveyor.cli.startup import CannotDo, ask, house_of, out, print_json
from purveyor.cli.tables import PlainTable
from purveyor.cli.times import DAY, written
from purveyor.db.shop_timezone import shop_zone
from purveyor.records.staff.commands import CreateApiKey, RevokeApiKey
from purveyor.records.staff.queries import all_api_keys, api_key_by_prefix
from purveyor.settings import Settings
from purveyor.web.auth.api_keys import make_key

MOST_DAYS = 1_096


async def create(settings: Settings, name: str, scopes: str, days: int, *, json: bool) -> int:
    """Only its hash is kept, so the key itself is shown this once."""
    if not 1 <= days <= MOST_DAYS:
        raise CannotDo(f"--days: found {days}, expected 1 to {MOST_DAYS}.")
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    key = make_key()
    async with house_of(settings, providers=False) as house:
        ends = house.outside.clock.now() + timedelta(days=days)
        zone = await shop_zone(house.read)
        await ask(house, CreateApiKey(name=name, prefix=key.prefix, hash=key.hash, scopes=wanted, expires_at=ends))
    if json:
        print_json({"key": key.secret, "prefix": key.prefix, "scopes": wanted, "expires_at": ends})
        return 0
    out.print(key.secret, soft_wrap=True)
    out.print(
        f"The key of {name}, for {', '.join(wanted)}, good until {written(ends, zone, DAY)}. It is not shown again.",
    )
    out.print("Send it with every request: Authorization: Bearer KEY. `purveyor keys revoke` takes it back, by")
    out.print(f"its prefix: {key.prefix}.")
    return 0


async def list_all(settings: Settings, *, json: bool) -> int:
    async with house_of(settings, providers=False) as house:
        found = await all_api_keys(house.read)
        zone = await shop_zone(house.read)
    if json:
        names = ("name", "prefix", "scopes", "created_at", "expires_at", "revoked_at", "made_by", "used_at")
        print_json([{name: getattr(key, name) for name in names} for key in found])
        return 0
    if not found:
        out.print(
            'There is no key yet. `purveyor keys create "web shop" --scopes receipt:write,orders:read` makes one.'
        )
        return 0
    table = PlainTable("prefix", "name", "may do", "since", "good until", "last used", "revoked")
    for key in found:
        revoked = written(key.revoked_at, zone)
        ends = written(key.expires_at, zone, DAY, otherwise="no end")
        used = written(key.used_at, zone, otherwise="never")
        since = written(key.created_at, zone)
        table.add_row(key.prefix, key.name, ", ".join(key.scopes), since, ends, used, revoked)
    out.print(table)
    return 0


async def revoke(settings: Settings, prefix: str) -> int:
    async with house_of(settings, providers=False) as house:
        key = await api_key_by_prefix(house.read, prefix)
        if key is None:
            raise CannotDo(f"There is no key with the prefix {prefix}. `purveyor keys list` shows them.")
        await ask(house, RevokeApiKey(key_id=key.id))
    out.print(f"The key {prefix} of {key.name} is revoked. A running server forgets it within seconds.")
    return 0
