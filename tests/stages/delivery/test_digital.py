"""Downloads, license keys and access."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.delivery.commands import (
    AddLicenseKeys,
    Download,
    GrantDownloads,
    IssueLicenseKeys,
    RecordAccess,
    RenewDownloads,
    RetryAccess,
    RevokeAccess,
    SwitchAccessOn,
    WithdrawDeliveries,
)
from purveyor.stages.delivery.decide.access import AccessSettled
from purveyor.stages.delivery.decide.digital import (
    DownloadExpired,
    DownloadWithdrawn,
    LicenseKeyKnown,
    NoDownloadsLeft,
)
from purveyor.stages.delivery.facts import LicenseKeysIssued, LicensePoolEmpty, LicenseWaitEnded
from purveyor.stages.delivery.state import AccessGrant, DownloadGrant, LicenseKey, LicenseWait
from tests.pure import a_call, a_shop, do, later, order_id
from tests.stages.delivery.goods import all_of, allocated, with_keys

RELEASED = UUID(int=7)


def issue(book: Book, quantity: int | None = None) -> IssueLicenseKeys:
    return IssueLicenseKeys(order_id=order_id(book), fulfillment_id=RELEASED, units=all_of(book, quantity))


def keys_of(shop: State, book: Book) -> list[str]:
    mine = [key.id for key in shop.shared[LicenseKey].values() if key.order_id == order_id(book)]
    return sorted(shop.shared[PrivateText][key_id].text for key_id in mine)


def granted(shop: State, quantity: int = 1) -> tuple[Book, DownloadGrant]:
    book = allocated(shop, ("BOOK", quantity))
    do(shop, GrantDownloads(order_id=order_id(book), fulfillment_id=RELEASED, units=all_of(book)))
    return book, next(iter(book.rows(DownloadGrant).values()))


def test_a_download_counts_down_and_ends() -> None:
    shop = a_shop()
    book, grant = granted(shop)
    assert book.units("delivered") == 1
    download = Download(order_id=order_id(book), grant_id=grant.id)
    replies = [do(shop, download)[0].reply() for _ in range(5)]

    assert [reply["left"] for reply in replies] == [4, 3, 2, 1, 0]
    assert replies[0]["asset"] == "book.epub"
    with pytest.raises(NoDownloadsLeft):
        do(shop, download)
    assert grant.downloads_left == 0


def test_a_download_ends_after_thirty_days_to_the_second() -> None:
    shop = a_shop()
    book, grant = granted(shop)
    download = Download(order_id=order_id(book), grant_id=grant.id)
    do(shop, download, a_call(later(days=30, seconds=-1)))

    with pytest.raises(DownloadExpired):
        do(shop, download, a_call(later(days=30)))
    assert grant.downloads_left == 4
    do(shop, RenewDownloads(order_id=order_id(book), grant_id=grant.id), a_call(later(days=31)))
    do(shop, download, a_call(later(days=60)))
    assert grant.downloads_left == 4


def test_downloads_are_granted_once() -> None:
    shop = a_shop()
    book, _ = granted(shop, 2)

    assert do(shop, GrantDownloads(order_id=order_id(book), fulfillment_id=RELEASED, units=all_of(book))) == []
    assert [grant.downloads_left for grant in book.rows(DownloadGrant).values()] == [10]


def test_what_was_refunded_cannot_be_downloaded() -> None:
    shop = a_shop()
    book, grant = granted(shop, 2)
    do(shop, RevokeAccess(order_id=order_id(book), units=all_of(book, 1)))
    do(shop, Download(order_id=order_id(book), grant_id=grant.id))
    do(shop, RevokeAccess(order_id=order_id(book), units=all_of(book, 1)))

    for command in (Download, RenewDownloads):
        with pytest.raises(DownloadWithdrawn):
            do(shop, command(order_id=order_id(book), grant_id=grant.id))
    assert do(shop, RevokeAccess(order_id=order_id(book), units=all_of(book))) == []


def test_each_key_is_given_once() -> None:
    shop = a_shop()
    with_keys(shop, "AAA", "BBB", "CCC")
    first, second = allocated(shop, ("KEY", 2)), allocated(shop, ("KEY", 1))
    do(shop, issue(first))
    do(shop, issue(second))

    assert keys_of(shop, first) == ["AAA", "BBB"]
    assert keys_of(shop, second) == ["CCC"]
    assert first.units("delivered") == 2
    assert do(shop, issue(first)) == []


def test_two_lines_of_one_sku_share_no_key() -> None:
    shop = a_shop()
    with_keys(shop, "AAA", "BBB")
    book = allocated(shop, ("KEY", 1), ("KEY", 1))
    [fact] = do(shop, issue(book))

    assert isinstance(fact, LicenseKeysIssued)
    assert len({key.key_id for key in fact.keys}) == 2
    assert len({key.line_id for key in fact.keys}) == 2
    assert keys_of(shop, book) == ["AAA", "BBB"]


def test_an_empty_pool_gives_what_it_has_and_the_rest_waits_for_keys() -> None:
    shop = a_shop()
    with_keys(shop, "AAA")
    book = allocated(shop, ("KEY", 3))
    issued, short = do(shop, issue(book))

    assert isinstance(issued, LicenseKeysIssued)
    assert isinstance(short, LicensePoolEmpty)
    assert short.quantity == 2
    assert (book.units("delivered"), book.units("allocated")) == (1, 2)
    when_keys_come = IssueLicenseKeys(order_id=order_id(book), fulfillment_id=RELEASED, units=())
    assert do(shop, when_keys_come) == []

    with_keys(shop, "BBB")
    facts = do(shop, when_keys_come)
    assert [type(fact) for fact in facts] == [LicenseKeysIssued, LicensePoolEmpty]
    with_keys(shop, "CCC", "DDD")
    facts = do(shop, when_keys_come)

    assert [type(fact) for fact in facts] == [LicenseKeysIssued, LicenseWaitEnded]
    assert keys_of(shop, book) == ["AAA", "BBB", "CCC"]
    assert [wait.quantity for wait in book.rows(LicenseWait).values()] == [0]
    assert len({fact.delivery_id for fact in (issued, facts[0]) if isinstance(fact, LicenseKeysIssued)}) == 2


def test_what_was_canceled_while_it_waited_gets_no_key() -> None:
    shop = a_shop()
    book = allocated(shop, ("KEY", 2))
    do(shop, issue(book))
    line = next(iter(book.lines.values()))
    line.allocated, line.canceled = 1, 1
    [fact] = do(shop, WithdrawDeliveries(order_id=order_id(book)))
    assert isinstance(fact, LicensePoolEmpty)
    assert fact.quantity == 1
    line.allocated, line.canceled = 0, 2
    [fact] = do(shop, WithdrawDeliveries(order_id=order_id(book)))

    assert isinstance(fact, LicenseWaitEnded)
    with_keys(shop, "AAA")
    assert do(shop, IssueLicenseKeys(order_id=order_id(book), fulfillment_id=RELEASED, units=())) == []
    assert keys_of(shop, book) == []


def test_a_key_stands_outside_the_journal_and_is_never_in_the_pools_twice() -> None:
    shop = a_shop()
    [fact] = do(shop, AddLicenseKeys(sku="KEY", keys=("SECRET-1", " SECRET-2 ")))
    assert b"SECRET" not in msgspec.json.encode(fact)

    with pytest.raises(LicenseKeyKnown) as refusal:
        do(shop, AddLicenseKeys(sku="KEY", keys=("NEW", "SECRET-2", "NEW")))
    assert refusal.value.positions == [2, 3]
    assert len(shop.shared[LicenseKey]) == 2


@pytest.mark.parametrize("keys", [(), ("",), ("x" * 4_001,), ("a\0b",)])
def test_what_is_no_key_is_refused(keys: tuple[str, ...]) -> None:
    shop = a_shop()

    with pytest.raises(Invalid):
        do(shop, AddLicenseKeys(sku="KEY", keys=keys))
    with pytest.raises(Invalid, match="you sent goods"):
        do(shop, AddLicenseKeys(sku="MUG", keys=("AAA",)))
    with pytest.raises(NotFound):
        do(shop, AddLicenseKeys(sku="NONE", keys=("AAA",)))
    assert not shop.shared[LicenseKey]


def asked(shop: State) -> tuple[Book, AccessGrant]:
    book = allocated(shop, ("SITE", 1))
    switch = SwitchAccessOn(order_id=order_id(book), fulfillment_id=RELEASED, units=all_of(book))
    do(shop, switch)
    assert do(shop, switch) == []
    return book, next(iter(book.rows(AccessGrant).values()))


def answer(grant: AccessGrant, turn: int, refused: str = "") -> RecordAccess:
    return RecordAccess(order_id=grant.order_id, grant_id=grant.id, turn=turn, refused=refused)


def test_access_counts_as_delivered_when_the_system_says_so() -> None:
    shop = a_shop()
    book, grant = asked(shop)
    assert (grant.system, grant.status, book.units("allocated")) == ("members", "on_requested", 1)
    do(shop, answer(grant, 1))

    assert (grant.status, book.units("delivered")) == ("on", 1)
    assert do(shop, answer(grant, 1)) == []


def test_access_is_switched_off_on_refund() -> None:
    shop = a_shop()
    book, grant = asked(shop)
    do(shop, answer(grant, 1))
    do(shop, RevokeAccess(order_id=order_id(book), units=all_of(book)))
    assert (grant.status, grant.turn) == ("off_requested", 2)
    assert do(shop, answer(grant, 1)) == []
    do(shop, answer(grant, 2))

    assert (grant.status, grant.quantity) == ("off", 0)
    with pytest.raises(AccessSettled):
        do(shop, RetryAccess(order_id=order_id(book), grant_id=grant.id))


def test_access_taken_back_while_it_is_asked_for_goes_off_after_the_answer() -> None:
    shop = a_shop()
    book, grant = asked(shop)
    do(shop, RevokeAccess(order_id=order_id(book), units=all_of(book)))
    assert grant.status == "on_requested"
    facts = do(shop, answer(grant, 1))

    assert [fact.kind() for fact in facts] == ["delivery.access_switched_on", "delivery.access_off_requested"]
    assert (grant.status, book.units("delivered")) == ("off_requested", 0)


def test_access_of_canceled_units_goes_off_after_the_answer() -> None:
    shop = a_shop()
    book, grant = asked(shop)
    line = next(iter(book.lines.values()))
    line.allocated, line.canceled = 0, 1
    do(shop, answer(grant, 1))

    assert (grant.status, grant.quantity) == ("off_requested", 0)


def test_a_refused_access_waits_for_people_who_ask_again_under_a_new_key() -> None:
    shop = a_shop()
    book, grant = asked(shop)
    do(shop, answer(grant, 1, "no such plan"))
    assert (grant.status, grant.why, book.units("allocated")) == ("failed", "no such plan", 1)
    do(shop, RetryAccess(order_id=order_id(book), grant_id=grant.id))

    assert (grant.status, grant.turn) == ("on_requested", 2)


def test_an_unanswered_request_is_sent_again_under_its_key_once() -> None:
    shop = a_shop()
    book, grant = asked(shop)
    again = RetryAccess(order_id=order_id(book), grant_id=grant.id, asked_at=grant.asked_at)
    do(shop, again, a_call(later(hours=1)))

    assert (grant.turn, grant.asked_at) == (1, later(hours=1))
    assert do(shop, again, a_call(later(hours=2))) == []
