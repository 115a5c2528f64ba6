"""Which programs may be told, of what, and by which secret: the rules, without a database."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from purveyor.core.messages import Fact
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.state import State
from purveyor.ports.webhooks import secret_of
from purveyor.records.webhooks.commands import (
    AddWebhook,
    ChangeWebhook,
    ForgetOldSecret,
    RemoveWebhook,
    RotateWebhookSecret,
)
from purveyor.records.webhooks.decide import OldSecretInForce, RemovedBefore
from purveyor.records.webhooks.state import Webhook, WebhookPlace, WebhookSecret
from tests.pure import NOON, a_call, do

SECRET, OTHER = secret_of(b"a" * 32), secret_of(b"b" * 32)
URL = "https://erp.example.com/purveyor?token=abc"


@pytest.fixture
def state() -> State:
    return State(complete=True)


def added(state: State, url: str = URL, **changes: object) -> Webhook:
    do(state, msgspec.structs.replace(AddWebhook(url=url, secret=SECRET, description="ERP"), **changes))
    return list(state.shared[Webhook].values())[-1]  # type: ignore[no-any-return]


def journal_of(facts: list[Fact]) -> str:
    return msgspec.json.encode(facts).decode()


def test_neither_address_nor_secret_stands_in_the_journal(state: State) -> None:
    facts = do(state, AddWebhook(url=URL, secret=SECRET, description="ERP"))
    (webhook,) = state.shared[Webhook].values()
    facts += do(state, RotateWebhookSecret(webhook_id=webhook.id, secret=OTHER))
    facts += do(state, ChangeWebhook(webhook_id=webhook.id, url="https://new.example.com/"))

    for word in (SECRET, OTHER, "example.com", "token", "ERP"):
        assert word not in journal_of(facts)
    assert state.row(WebhookPlace, webhook.place_id).url == "https://new.example.com/"


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example.com/hook",
        "https://erp.example.com:8443",
        "http://localhost:9000/hook",
        "http://127.0.0.1/hook",
        "http://[::1]:9000/",
        "http://10.1.2.3/hook",
        "http://192.168.0.7/",
        "http://[fd00::1]/",
    ],
)
def test_an_address_that_may_be_told(state: State, url: str) -> None:
    assert state.row(WebhookPlace, added(state, url).place_id).url == url


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("", "0 characters"),
        ("erp.example.com/hook", "no https://"),
        ("ftp://erp.example.com/", "ftp:"),
        ("https://", "no host"),
        ("https://erp.example.com/a b", "blanks"),
        ("https://erp.example.com:99999/", "no address"),
        ("https://ada:secret@erp.example.com/", "a name or a password"),
        ("https://erp.example.com/#part", "after #"),
        ("http://erp.example.com/hook", "http://erp.example.com"),
        ("http://8.8.8.8/", "http://8.8.8.8"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("http://[::ffff:169.254.169.254]/", "::ffff:"),
        ("https://0.0.0.0/", "0.0.0.0"),
        ("https://erp.example.com/" + "a" * 2_000, "characters"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_words(state: State, url: str, found: str) -> None:
    with pytest.raises(Invalid) as refusal:
        added(state, url)

    assert refusal.value.data["field"] == "url"
    assert found in str(refusal.value)
    assert "secret" not in str(refusal.value)  # what stood in the address is not repeated
    assert not state.shared[Webhook]


@pytest.mark.parametrize(
    "topics", [(), ("payment.captivated",), ("moon.*",), ("staff.added",), ("webhooks.*",), ("pay*",)]
)
def test_a_topic_that_nothing_has_is_refused(state: State, topics: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        added(state, topics=topics)

    assert refusal.value.data["field"] == "topics"
    assert not state.shared[Webhook]


def test_topics_are_kinds_whole_rooms_or_everything(state: State) -> None:
    assert added(state, topics=("payment.captured", "delivery.*")).topics == ["delivery.*", "payment.captured"]
    assert added(state, topics=("payment.captured", "*")).topics == ["*"]


def test_a_secret_that_is_none_is_refused_and_not_repeated(state: State) -> None:
    with pytest.raises(Invalid) as refusal:
        added(state, secret="whsec_c2hvcnQ=")

    assert "whsec_c2hvcnQ" not in str(refusal.value)


def test_the_old_secret_counts_for_a_day_beside_the_new_one(state: State) -> None:
    webhook = added(state)
    old = webhook.secret_id
    do(state, RotateWebhookSecret(webhook_id=webhook.id, secret=OTHER))

    kept = webhook.old_secret_id
    assert kept == old
    assert webhook.old_secret_until == NOON + timedelta(hours=24)
    with pytest.raises(OldSecretInForce):
        do(state, ForgetOldSecret(webhook_id=webhook.id), a_call(NOON + timedelta(hours=24, seconds=-1)))
    assert state.row(WebhookSecret, old).value == SECRET

    do(state, ForgetOldSecret(webhook_id=webhook.id), a_call(NOON + timedelta(hours=24)))

    assert state.row(WebhookSecret, old).value == ""
    assert webhook.old_secret_id is None
    assert state.row(WebhookSecret, webhook.secret_id).value == OTHER


def test_a_secret_that_others_know_counts_no_more_at_once(state: State) -> None:
    webhook = added(state)
    old = webhook.secret_id
    do(state, RotateWebhookSecret(webhook_id=webhook.id, secret=OTHER, at_once=True))

    assert state.row(WebhookSecret, old).value == ""
    assert webhook.old_secret_id is None


def test_what_is_so_already_stays_so(state: State) -> None:
    webhook = added(state)

    assert do(state, ChangeWebhook(webhook_id=webhook.id, url=URL, active=True, topics=("*",))) == []


def test_a_pause_says_why_and_ends(state: State) -> None:
    webhook = added(state)
    do(state, ChangeWebhook(webhook_id=webhook.id, active=False, reason="410"))
    paused = (webhook.active, webhook.paused_why)
    do(state, ChangeWebhook(webhook_id=webhook.id, active=True))

    assert paused == (False, "410")
    assert (webhook.active, webhook.paused_why) == (True, "")


def test_what_is_removed_is_emptied_and_stays_removed(state: State) -> None:
    webhook = added(state)
    do(state, RotateWebhookSecret(webhook_id=webhook.id, secret=OTHER))
    do(state, RemoveWebhook(webhook_id=webhook.id))

    assert state.row(WebhookPlace, webhook.place_id).url == ""
    assert {secret.value for secret in state.shared[WebhookSecret].values()} == {""}
    for command in (RemoveWebhook(webhook_id=webhook.id), ChangeWebhook(webhook_id=webhook.id, active=True)):
        with pytest.raises(RemovedBefore):
            do(state, command)
    with pytest.raises(NotFound):
        do(state, RemoveWebhook(webhook_id=webhook.place_id))
