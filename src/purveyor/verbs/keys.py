"""`purveyor keys ...`: who may come in by the API."""

from __future__ import annotations

from rich.table import Table

from purveyor.records.staff.commands import CreateApiKey, RevokeApiKey
from purveyor.records.staff.queries import all_api_keys, api_key_by_prefix
from purveyor.settings import Settings
from purveyor.verbs.house import CannotDo, ask, house_of, out, print_json
from purveyor.web.keys import make_key


async def create(settings: Settings, name: str, scopes: str, *, json: bool) -> int:
    """Only its hash is kept, so the key itself is shown this once."""
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    key = make_key()
    async with house_of(settings) as house:
        await ask(house, CreateApiKey(name=name, prefix=key.prefix, hash=key.hash, scopes=wanted))
    if json:
        print_json({"key": key.secret, "prefix": key.prefix, "scopes": wanted})
        return 0
    out.print(key.secret, markup=False, soft_wrap=True)
    out.print(f"The key of {name}, for {', '.join(wanted)}. It is not shown again.", markup=False)
    out.print("Send it with every request: Authorization: Bearer KEY. `purveyor keys revoke` takes it back, by")
    out.print(f"its prefix: {key.prefix}.", markup=False)
    return 0


async def list_all(settings: Settings, *, json: bool) -> int:
    async with house_of(settings) as house:
        found = await all_api_keys(house.read)
    if json:
        names = ("name", "prefix", "scopes", "created_at", "revoked_at")
        print_json([{name: getattr(key, name) for name in names} for key in found])
        return 0
    if not found:
        out.print('There is no key yet. `purveyor keys create "web shop"` makes one.')
        return 0
    table = Table("prefix", "name", "may do", "since", "revoked")
    for key in found:
        revoked = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
        table.add_row(key.prefix, key.name, ", ".join(key.scopes), f"{key.created_at:%Y-%m-%d %H:%M}", revoked)
    out.print(table)
    return 0


async def revoke(settings: Settings, prefix: str) -> int:
    async with house_of(settings) as house:
        key = await api_key_by_prefix(house.read, prefix)
        if key is None:
            raise CannotDo(f"There is no key with the prefix {prefix}. `purveyor keys list` shows them.")
        await ask(house, RevokeApiKey(key_id=key.id))
    out.print(f"The key {prefix} of {key.name} is revoked. A running server forgets it within seconds.", markup=False)
    return 0
