"""Refusals in the language of who reads them, with states in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.taxes import NoTaxRate
from purveyor.stages.confirmation.decide import CannotBeReached
from purveyor.stages.delivery.decide.counter import HandoverStopped
from purveyor.stages.packing.decide.contents import NotInThisParcel
from purveyor.stages.picking.decide.picks import WrongItemScanned
from purveyor.stages.picking.decide.waves import ELSEWHERE, HELD, FulfillmentsNotReleased
from purveyor.stages.receipt.decide import ChannelClosed
from purveyor.stages.returns.reasons import KINDS_TAKEN_BACK
from purveyor.stages.returns.refusals import NotDelivered, NotReturnable, ReturnWindowClosed
from purveyor.stages.review.decide.shortages import CountedBelowPicked
from purveyor.stages.review.refusals import CountryCannotChange, HeldAlready
from purveyor.stages.shipping.refusals import DispatchStopped
from purveyor.web.pages.labels.lookup import label
from purveyor.web.pages.refusal_texts import refusal_kinds, refusal_text, skus_in
from purveyor.web.pages.translations import translations

PAYMENT = {"payment_status": "in_doubt"}
SENTENCE = "This payment is in_doubt: nothing of it can be captured."


def test_a_state_is_said_in_words() -> None:
    assert refusal_text("payment_not_capturable", PAYMENT, "en", SENTENCE) == (
        "This payment is in doubt: nothing of it can be captured."
    )


def test_the_state_is_translated_with_the_sentence() -> None:
    said = refusal_text("payment_not_capturable", PAYMENT, "de", SENTENCE)

    assert said.startswith("Diese Zahlung hat den Status ")
    assert "in_doubt" not in said
    assert "payment_status" not in said


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "December 9, 2026"), ("de", "9. Dezember 2026"), ("pt", "9 de dezembro de 2026")],
)
def test_a_day_is_said_as_people_write_it(language: str, day: str) -> None:
    no = ReturnWindowClosed(
        line_id=uuid4(), closed_at=datetime(2026, 12, 10, tzinfo=UTC), days=14, last_day=date(2026, 12, 9)
    )

    assert day in refusal_text(no.code, no.data, language, str(no))
    assert day in refusal_text(no.code, msgspec.to_builtins(no.data), language, str(no))


NOON = datetime(2026, 3, 2, 12, 5, 30, tzinfo=UTC)
TOLD_MOMENTS = [
    (kind, name)
    for kind in refusal_kinds()
    for name, type_ in kind.__annotations__.items()
    if "datetime" in type_ and f"{{{name}}}" in kind.sentence
]


@pytest.mark.parametrize(("kind", "name"), TOLD_MOMENTS, ids=lambda each: getattr(each, "__name__", each))
def test_a_moment_in_a_refusal_is_said_as_people_write_it(kind: type[Refusal], name: str) -> None:
    no = kind(**{field: NOON if field == name else "7" for field in kind.__annotations__})
    berlin = ZoneInfo("Europe/Berlin")

    assert "2026-03-02 12:05 UTC" in str(no)
    for data in (no.data, msgspec.to_builtins(no.data)):
        assert "02.03.2026, 13:05" in refusal_text(no.code, data, "de", str(no), zone=berlin)
        assert "Mar 2, 2026, 1:05" in refusal_text(no.code, data, "en", str(no), zone=berlin)


def test_moments_are_found_in_many_refusals() -> None:
    assert len(TOLD_MOMENTS) > 6
    assert [kind for kind in refusal_kinds() if ":%" in kind.sentence] == []


def test_a_moment_that_cannot_be_is_said_as_people_write_it_and_so_is_what_would_be_right() -> None:
    expected = "a time since the order was placed (2026-03-02 12:05 UTC)"
    no = Invalid(field="at", found=NOON.replace(year=2025), expected=expected)
    berlin = ZoneInfo("Europe/Berlin")

    assert str(no) == f"at must be {expected}; you sent 2025-03-02 12:05 UTC."
    for data in (no.data, msgspec.to_builtins(no.data)):
        said = refusal_text(no.code, data, "de", str(no), zone=berlin)
        assert "02.03.2026, 13:05" in said
        assert "02.03.2025, 13:05" in said
        assert "UTC" not in said


@pytest.mark.parametrize("sent", ["2026-13-02T12:00Z", "Ann Miller", "2026-03-02", "9999-12-31T23:59:59-12:00"])
def test_what_is_no_moment_is_repeated(sent: str) -> None:
    no = Invalid(field="at", found=sent, expected="a time with its zone")

    assert sent[:4] in refusal_text(no.code, no.data, "de", str(no), zone=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 2, 12, 5), "2026-03-02 12:05"),  # noqa: DTZ001 (what was sent has no zone)
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), "9999-12-31 23:59-01:00"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01 00:00 UTC"),
    ],
)
def test_every_moment_can_be_put_into_a_sentence(at: datetime, said: str) -> None:
    assert said in str(Invalid(field="at", found=at, expected="a time"))
    assert "0" in refusal_text("invalid", {"field": "at", "found": at, "expected": "a time"}, "de", "")


def test_what_is_no_refusal_of_ours_is_shown_as_it_is() -> None:
    assert refusal_text("elsewhere", {}, "de", "No.") == "No."


def test_data_that_do_not_fit_leave_the_sentence_of_the_rule() -> None:
    assert refusal_text("payment_not_capturable", {}, "de", SENTENCE) == SENTENCE


class Several(Refusal):
    names: list[str]
    sentence = "Not these: {names}."


def test_what_is_still_to_be_packed_is_said_in_words_in_every_language() -> None:
    no = NotInThisParcel(found="TEE", expected={"MOK-6": 1, "GRD-40": 2})

    assert str(no) == "TEE does not belong into this parcel. Still to be packed: 1 × MOK-6, 2 × GRD-40."
    for language in ("de", "es", "pt"):
        said = refusal_text(no.code, no.data, language, str(no))
        assert "1 × MOK-6, 2 × GRD-40" in said
        assert "{" not in said


def test_people_read_the_names_of_products_beside_their_skus() -> None:
    no = NotInThisParcel(found="TEE", expected={"MOK-6": 1, "GRD-40": 2})
    assert skus_in(no.code, no.data) == {"TEE", "MOK-6", "GRD-40"}

    said = refusal_text(no.code, no.data, "en", str(no), {"TEE": "T-shirt", "MOK-6": "Moka pot", "GRD-40": "GRD-40"})

    assert said == (
        "T-shirt (TEE) does not belong into this parcel. Still to be packed: 1 × Moka pot (MOK-6), 2 × GRD-40."
    )
    for language in ("de", "es", "pt"):
        assert "1 × Moka pot (MOK-6)" in refusal_text(no.code, no.data, language, str(no), {"MOK-6": "Moka pot"})


def test_a_customer_reads_the_name_alone() -> None:
    no = NotDelivered(line_id=uuid4(), sku="MOK-6", wanted=2, returnable=1)

    said = refusal_text(no.code, no.data, "en", str(no), {"MOK-6": "Moka pot"}, with_sku=False)

    assert said == "2 of Moka pot to be returned, 1 can be."


def test_what_was_scanned_and_is_no_product_is_said_as_it_was_scanned() -> None:
    no = WrongItemScanned(expected="MOK-6", scanned="4006381333931")

    said = refusal_text(no.code, no.data, "en", str(no), {"MOK-6": "Moka pot"})

    assert said == "Scanned 4006381333931, but Moka pot (MOK-6) is to be picked."


@pytest.mark.parametrize("kind", [kind for kind in refusal_kinds() if {"sku", "skus"} & set(kind.__annotations__)])
def test_every_refusal_that_speaks_of_a_sku_can_say_its_name(kind: type[Refusal]) -> None:
    for name in {"sku", "skus"} & set(kind.__annotations__):
        assert name in kind.sku_fields


def test_a_list_in_a_sentence_has_commas() -> None:
    assert str(Several(names=["A", "B"])) == "Not these: A, B."


CODED = [
    (HandoverStopped(parcel_id=uuid4(), holds="balance fraud"), "de", "Restbetrag, Risiko"),
    (DispatchStopped(order_id=uuid4(), holds="fraud weigh_again", number=7), "en", "(Risk, Weigh again)"),
    (HeldAlready(number=7, type="address"), "es", "Dirección"),
    (ChannelClosed(channel="in_person"), "de", "Persönlich"),
    (CannotBeReached(channel="email"), "de", "E-Mail"),
    (CountryCannotChange(found="AT", expected="DE"), "de", "Deutschland besteuert, nicht nach Österreich"),
    (NoTaxRate(country="CH", tax_class="standard"), "pt", "Suíça"),
    (CountedBelowPicked(sku="MUG", location="main", counted=1, missing=2), "en", "counted at Main warehouse"),
    (FulfillmentsNotReleased(fulfillments={}, orders={"7": ELSEWHERE(places="main")}), "de", "Main warehouse"),
    (FulfillmentsNotReleased(fulfillments={}, orders={"7": HELD(words=["fraud"])}), "en", "held (Risk)"),
]


@pytest.mark.parametrize(("no", "language", "said"), CODED, ids=lambda each: getattr(each, "code", str(each)))
def test_a_code_in_a_refusal_is_said_as_pages_call_it(no: Refusal, language: str, said: str) -> None:
    for data in (no.data, msgspec.json.decode(msgspec.json.encode(no.data))):
        sentence = refusal_text(no.code, data, language, str(no), places={"main": "Main warehouse"})
        assert said in sentence


@pytest.mark.parametrize("language", ["de", "es", "pt"])
def test_what_a_policy_takes_back_is_said_in_the_language_of_the_sentence(language: str) -> None:
    kinds = ("goods", "download", "license")
    no = NotReturnable(line_id=uuid4(), sku="SUPPORT", why=KINDS_TAKEN_BACK(kinds_words=kinds))

    assert str(no) == "SUPPORT cannot be returned: the policy takes back goods, download, license."
    said = refusal_text(no.code, no.data, language, str(no))
    assert ", ".join(translations(language).gettext(label(kind)) for kind in kinds) in said


PART = re.compile(r"\{(\w+)\}")
#: Words of the system by the names under which refusals have them.
CODES = {"channel", "holds", "type", "country", "location"}


def test_every_code_in_a_sentence_is_declared_as_one() -> None:
    raw = [
        f"{kind.__name__}.{name}"
        for kind in refusal_kinds()
        for name in PART.findall(kind.sentence)
        if name in CODES and name not in {*kind.code_fields, *kind.country_fields, *kind.place_fields}
    ]

    assert raw == []
