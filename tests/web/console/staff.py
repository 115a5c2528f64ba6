"""Somebody of the staff with a browser, on the real application and database."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx

from purveyor.web.auth.accounts import Accounts
from purveyor.web.auth.sessions import Sessions
from tests.web.conftest import Api

PASSWORD = "correct horse battery staple"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TEMPLATE = re.compile(r"<template.*?</template>", re.DOTALL)
TOLD = re.compile(r'alert-description">([^<]*)<')


class Colleague:
    """A browser in which somebody is signed in, without scripts."""

    def __init__(self, api: Api, browser: httpx.AsyncClient) -> None:
        self.api = api
        self.browser = browser

    async def see(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers=headers)

    async def send(self, path: str, *, seen_at: str = "", key: str = "", **fields: Any) -> httpx.Response:
        """Send a form as it stands on a page: with the token of the page, and the key of the form or a given one."""
        page = await self.see(seen_at or path)
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        sent = {"csrf_token": hidden["csrf_token"], "key": key or hidden["key"]} | fields
        return await self.browser.post(path, data=sent)


def told(response: httpx.Response) -> list[str]:
    """What is told at the top of a page."""
    shown = TEMPLATE.sub("", response.text)  # what only a script will show is not told yet
    return [unescape(text) for text in TOLD.findall(shown)]


async def somebody(api: Api, *roles: str, login: str = "", name: str = "") -> Colleague:
    """Add somebody with these roles, and sign them in."""
    login = login or f"{'-'.join(roles)}@test"
    name = name or login.partition("@")[0].title()
    await Accounts(Sessions(api.house)).add("staff:test", login, name, roles, PASSWORD)
    return await signed_in(api, login)


async def signed_in(api: Api, login: str) -> Colleague:
    transport = api.client._transport  # the same application, without a second start
    browser = httpx.AsyncClient(transport=transport, base_url="http://purveyor")
    colleague = Colleague(api, browser)
    answer = await colleague.send("/console/sign-in", login=login, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    return colleague
