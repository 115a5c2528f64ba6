"""One request of a browser: who asks, in which language, and the ways to answer."""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from litestar.response.base import ASGIResponse
from markupsafe import Markup

from purveyor.core.calendars import local_day, start_of, zone_names
from purveyor.core.locales import locale_of
from purveyor.core.messages import Command
from purveyor.engine.answers import Answer, Preview, Refused
from purveyor.records.catalog.queries import names_by_sku
from purveyor.web.auth.roles import roles_with
from purveyor.web.auth.sessions import now_on_the_wall
from purveyor.web.handling import AnyRequest, WebContext
from purveyor.web.http import security_log
from purveyor.web.http.app_context import House
from purveyor.web.http.cookies import NewCookies, cookie_name, is_secure
from purveyor.web.http.rate_limits import address_of, network_of
from purveyor.web.pages import formats
from purveyor.web.pages.form_limits import check_size
from purveyor.web.pages.forms import Form
from purveyor.web.pages.labels.hold_reasons import NOBODY, Reader, reason_of
from purveyor.web.pages.labels.lookup import label
from purveyor.web.pages.refusal_texts import FieldError, refusal_text, skus_in
from purveyor.web.pages.rendering import environment
from purveyor.web.pages.translations import negotiate, translations
from purveyor.web.reading.contact_access import shown_of_contacts
from purveyor.web.reading.private_texts import REFERENCE, in_html, references_in, with_private_texts

SAID = "said"  # the cookie of what is told on the next page, once
TOO_SMALL = 1_000  # bytes that are not worth compressing
ZONE = "zone"  # the cookie of somebody's own zone
YEAR_S = 365 * 24 * 3600
CUSTOMER = "customer"  # the actor of whoever comes by a link or through the shop

STEP = re.compile(r"[^.\[\]]+(?=\[\d+\]|\.|$)")  # the names in the path of a field


class FlashMessage(msgspec.Struct, frozen=True):
    """Something to be told at the top of a page."""

    text: str
    tone: str = "success"  # success | info | warning | danger
    instead: tuple[str, ...] = ()


class CommandRefused(Exception):  # noqa: N818 (an answer, not an error)
    """A command was refused, and that has been told: the page is shown again."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class AccessDenied(Exception):  # noqa: N818 (an answer, not an error)
    """Whoever asks may not come in, or must go elsewhere first."""

    def __init__(self, response: ASGIResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


class RequestContext:
    """What a page is given. A page reads, asks by commands, and answers; it holds no rule."""

    def __init__(self, request: AnyRequest, desk: WebContext) -> None:
        self.request = request
        self.desk = desk
        self.house: House = desk.house
        self.staff: Any = None  # who is signed in, on pages of the console
        self.csrf = ""
        self._has_focus = False  # a field of the page
        self.takes_files = False  # whether the form of this page has a file in it
        self.status = 200  # of the page, where nothing else is said
        self.told: list[FlashMessage] = []
        self.errors: dict[str, str] = {}  # what is wrong with a field, by its name
        self._new_cookies = NewCookies(secure=is_secure(self.house.settings))
        self._form: Form | None = None
        self._draft: tuple[bytes, int, str] | None = None  # a page that refers to texts that stand apart

    # who and when

    @cached_property
    def now(self) -> datetime:
        return self.house.outside.clock.now()

    def shop_time(self, on_the_wall: datetime) -> datetime:
        """A moment of the clock on the wall: as long ago as it is, by the shop's clock, which may be simulated."""
        return self.now - (now_on_the_wall() - on_the_wall)

    @cached_property
    def language(self) -> str:
        headers = self.request.headers
        default: str = self.house.settings.language
        return negotiate(self.cookie("language") or None, headers.get("accept-language"), default)

    @cached_property
    def locale(self) -> Locale:
        return locale_of(self.language)

    @cached_property
    def translations(self) -> Any:
        return translations(self.language)

    @property
    def zone(self) -> ZoneInfo:
        """In which hours are read and written: the shop's, or the one that somebody of the staff has chosen."""
        return self.own_zone or self.shop_zone

    @property
    def shop_zone(self) -> ZoneInfo:
        """In which days are counted, for everybody alike: those that were promised, and those of figures."""
        return self.desk.zone.now

    @cached_property
    def own_zone(self) -> ZoneInfo | None:
        """What was chosen in My account, on pages of the console alone. No zone's name has a dot in it."""
        name = self.cookie(ZONE).replace(".", "/") if self.staff is not None else ""
        return ZoneInfo(name) if name in zone_names() else None

    @property
    def today(self) -> datetime:
        """When today began in the shop: a date that was promised is late from the next day on."""
        return start_of(local_day(self.now, self.shop_zone), self.shop_zone)

    @property
    def zone_name(self) -> str:
        """As pages name it: Europe/Berlin (UTC+01:00)."""
        offset = self.now.astimezone(self.zone).strftime("%z")
        name = self.zone.key.replace("_", " ")
        return name if name == "UTC" else f"{name} (UTC{offset[:3]}:{offset[3:5]})"

    @property
    def simulated(self) -> list[str]:
        """Which providers of this shop are simulated, in words; nothing where all are real."""
        words = {"gateway": self._("payments"), "carrier": self._("carriers"), "notifier": self._("messages")}
        return [words[name] for name in self.house.settings.simulated]

    @property
    def demo_day(self) -> date | None:
        """What day it is in a demo, where time goes much quicker than a clock on the wall."""
        return local_day(self.now, self.zone) if self.house.settings.demo else None

    @property
    def takes_cards(self) -> bool:
        """Whether a card can be paid with here: with a real provider, or in a demo."""
        settings = self.house.settings
        return "gateway" not in settings.simulated or "gateway" in settings.plays

    @property
    def theme(self) -> str:
        """`light` or `dark` where it was chosen; "" leaves it to the system."""
        chosen = self.request.cookies.get("theme", "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def actor(self) -> str:
        """As the journal has it: no name, because the journal is never erased."""
        return f"staff:{self.staff.id}" if self.staff is not None else CUSTOMER

    @property
    def address(self) -> str:
        """Where the request came from, for limits: of IPv6 the network, because a household has all its addresses."""
        return network_of(address_of(self.request, self.house.settings.proxies))

    @property
    def path(self) -> str:
        return self.request.scope["path"]

    @property
    def is_in_console(self) -> bool:
        """Whether this is an address of the console, also where nobody is signed in or no route leads."""
        return self.staff is not None or self.path == "/console" or self.path.startswith("/console/")

    @property
    def is_part(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return "hx-request" in self.request.headers and "hx-boosted" not in self.request.headers

    def given(self, name: str, default: str = "") -> str:
        """A query parameter."""
        value = self.request.query_params.get(name, default)
        return str(value).replace("\0", "").strip()

    def in_path(self, name: str) -> Any:
        return self.request.path_params[name]

    async def look_again(self) -> None:
        """Who is signed in, as that is after what a form has done: for a page that answers it directly."""
        if self.staff is None or self.request.method != "POST":
            return
        sessions = self.desk.sessions
        sessions.forget(staff_id=self.staff.id)
        self.staff = await sessions.signed_in(self.request) or self.staff

    def may(self, scope: str) -> bool:
        return self.staff is not None and self.staff.may(scope)

    @property
    def knows_addresses(self) -> bool:
        """Whether names, and papers that say where a parcel goes, are for whoever looks."""
        return self.staff is not None and shown_of_contacts(self.staff.scopes) != "nothing"

    def check_scope(self, *scopes: str) -> None:
        """Raises `AccessDenied` for whoever has none of the scopes; in words: whose work it is. "" is for everybody."""
        if not any(scope == "" or self.may(scope) for scope in scopes):
            security_log.note("scope.refused", actor=self.actor, needs=" or ".join(scopes), path=self.path)
            roles = ", ".join(self.label(role) for role in roles_with(*scopes))
            raise AccessDenied(self.page("error.html", status=403, problem=None, needs=roles))

    async def form(self) -> Form:
        """What was sent. Read once."""
        if self._form is None:
            await check_size(self.request, is_staff=self.staff is not None, takes_files=self.takes_files)
            self._form = Form(await self.request.form(), self.locale)
        return self._form

    def _(self, text: str, **values: Any) -> str:
        translated = str(self.translations.gettext(text))
        return translated % values if values else translated

    def label(self, word: str) -> str:
        """A word of the system in the reader's language."""
        return str(self.translations.gettext(label(word)))

    def reason(self, why: str, actors: Mapping[str, str] = NOBODY) -> str:
        """In the reader's language. `actors`: the names of those who may stand in it; of oneself it is known."""
        own = {self.actor: self.staff.name} if self.staff is not None else NOBODY
        return reason_of(why, Reader(self.translations, self.locale, {**self.desk.zone.locations, **own, **actors}))

    def short_day(self, day: date) -> str:
        """A day without its year, for charts: Mar 2."""
        return formats.short_day(day, self.locale)

    # asking

    @property
    def new_key(self) -> str:
        """For a form: whatever is sent twice with it is done once."""
        return secrets.token_hex(12)

    async def ask(self, command: Command, *, key: str = "", actor: str = "") -> Answer:
        """Submit a command under the key of the form that was sent. What is refused is told at the top of the page."""
        key = key or (await self.form()).text("key") or self.new_key
        actor = actor or self.actor
        given = await self.desk.guesses.submit(command, key=f"page:{actor}:{key}"[:240], actor=actor)
        answer = given.answer
        if answer.refusal is not None:
            await self.tell_refusal(answer.refusal)
        return answer

    async def do(self, command: Command, *, key: str = "", actor: str = "") -> Answer:
        """As `ask`, for what cannot go on when it is refused: raises `CommandRefused`, and the page is shown again."""
        answer = await self.ask(command, key=key, actor=actor)
        if answer.refusal is not None:
            raise CommandRefused(answer.refusal.status)
        return answer

    async def preview(self, command: Command) -> Preview:
        preview = await self.house.committer.preview(command, actor=self.actor)
        if preview.refusal is not None:
            await self.tell_refusal(preview.refusal)
        return preview

    def tell(self, text: str, tone: str = "success", instead: tuple[str, ...] = ()) -> None:
        """On the page that is answered now."""
        self.told.append(FlashMessage(text, tone, instead))

    async def sentence_of(self, code: str, data: dict[str, Any], otherwise: str) -> str:
        """A refusal in the reader's language. Products by name; to staff, who read SKUs on shelves, with the SKU."""
        names = await names_by_sku(self.house.read, skus_in(code, data))
        return refusal_text(
            code,
            data,
            self.language,
            otherwise,
            names,
            with_sku=self.is_in_console,
            zone=self.zone,
            places=self.desk.zone.locations,
        )

    async def tell_refusal(self, refused: Refused) -> None:
        """In words, with what is possible instead; beside its field where it is about one."""
        sentence = await self.sentence_of(refused.code, refused.data, refused.sentence)
        field = refused.data.get("field")
        if refused.code == "invalid" and isinstance(field, str):
            self._tell_beside(field, FieldError(sentence, refused.data, self.language, self.zone))
        self.tell(sentence, "danger", tuple(self._(each) for each in refused.instead))

    def takes_focus(self) -> bool:
        """Whether a field that is wrong is the first one of its page: there one goes on typing."""
        is_first = not self._has_focus
        self._has_focus = True
        return is_first

    def error(self, name: str, label: str) -> str:
        """What is wrong with a field of a form, by the label that it has there."""
        error = self.errors.get(name, "")
        return error.about(name, label) if isinstance(error, FieldError) else error

    def _tell_beside(self, field: str, error: FieldError) -> None:
        """By the whole path, and by each of its names: a form may have the last part alone, or the list it is in."""
        self.errors[field] = error
        self.errors[field.rpartition(".")[2]] = error
        for name in STEP.findall(field):
            self.errors.setdefault(name, error)

    # answering

    def page(self, template: str, status: int = 0, **values: Any) -> ASGIResponse:
        """A rendered template. What was said on the page before is told here."""
        said = self._take_said()
        text = environment().get_template(template).render(ctx=self, told=[*said, *self.told], **values)
        return self._answer(text.encode(), status or self.status)

    def document(self, template: str, language: str, **values: Any) -> Markup:
        """A part of a page in the language of somebody else, such as the customer who will hold it in hands."""
        reader = RequestContext(self.request, self.desk)
        reader.language = negotiate(language, None, self.language)
        return Markup(environment().get_template(template).render(ctx=reader, **values))  # noqa: S704 (rendered with escaping)

    def text(self, body: str, media_type: str = "text/plain") -> ASGIResponse:
        return self._answer(body.encode(), self.status, media_type)

    def picture(self, content: bytes, kind: str) -> ASGIResponse:
        """A picture of somebody: kept by no cache. `kind`: jpeg, png, webp or gif."""
        return self._answer(content, self.status, f"image/{kind}")

    def see_other(self, to: str, said: str = "", tone: str = "success") -> ASGIResponse:
        """After something was done: go there, and tell what was done."""
        if said:
            text = msgspec.json.encode(FlashMessage(said, tone)).decode()
            self._new_cookies.keep(SAID, self.desk.sessions.seal.seal(SAID, text), max_age_s=60)
        response = ASGIResponse(status_code=303, headers={"Location": to})
        return self._new_cookies.given_to(response)

    def bring(self, cookie: str) -> None:
        """A whole `Set-Cookie` value, such as that of a session."""
        self._new_cookies.bring(cookie)

    def cookie(self, name: str) -> str:
        """A cookie that `remember` has given, or "". Over HTTPS its name binds it to this very host."""
        value: str = self.request.cookies.get(cookie_name(name, secure=is_secure(self.house.settings)), "")
        return value

    def remember(self, name: str, value: str, *, max_age: int = YEAR_S) -> None:
        """A cookie of this browser, not readable by scripts."""
        self._new_cookies.keep(name, value, max_age_s=max_age)

    def _take_said(self) -> list[FlashMessage]:
        found = self.cookie(SAID)
        if not found or self.is_part:
            return []
        self._new_cookies.keep(SAID, "", max_age_s=0)
        text = self.desk.sessions.seal.unseal(SAID, found)  # what others have planted is not told
        try:
            return [msgspec.json.decode(text, type=FlashMessage)] if text is not None else []
        except msgspec.MsgspecError:
            return []

    def _answer(self, body: bytes, status: int, media_type: str = "text/html") -> ASGIResponse:
        self._draft = (body, status, media_type) if REFERENCE.search(body) else None
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
        if len(body) > TOO_SMALL and "gzip" in self.request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 4)
            headers["Content-Encoding"] = "gzip"
        response = ASGIResponse(body=body, status_code=status, media_type=media_type, headers=headers, encoding="utf-8")
        return self._new_cookies.given_to(response)

    async def finished(self, response: ASGIResponse) -> ASGIResponse:
        """The answer with the reasons that people have written, where a page refers to them."""
        if self._draft is None:
            return response
        body, status, media_type = self._draft
        sent = [self.path, *self.request.query_params.values(), *(self._form.typed() if self._form else ())]
        typed = references_in(str(each).encode(errors="replace") for each in sent)
        return self._answer(await with_private_texts(self.house.read, body, in_html, typed), status, media_type)


def id_of(text: str) -> UUID | None:
    """An id from a form or an address, or None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
