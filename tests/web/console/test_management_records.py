"""Stock, products and customers, managed in the console: what is done, refused, escaped, and who may."""

from __future__ import annotations

from uuid import UUID

import pytest

from purveyor.insight.verify import verify
from purveyor.records.catalog.commands import NoteFiles, SeenAsset
from purveyor.records.stock.queries import shelves_of
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told

MUG = "/console/stock/item?sku=MUG"


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def on_hand(api: Api, sku: str, location: str) -> int:
    return next((row.on_hand for row in await shelves_of(api.house.read, sku) if row.location == location), 0)


async def test_goods_come_in_once_however_often_the_form_is_sent(api: Api, admin: Colleague) -> None:
    fields = {"sku": "MUG", "location": "shop", "quantity": "7", "reference": "PO 17"}
    for _ in range(2):
        answer = await admin.send("/console/stock/receive", seen_at=MUG, key="once", **fields)
        assert answer.status_code == 303

    assert await on_hand(api, "MUG", "shop") == 7
    assert "PO 17" in (await admin.see(f"{MUG}&location=shop")).text


async def test_a_count_below_what_is_promised_is_written_down(api: Api, admin: Colleague) -> None:
    await api.place(("MUG", 40))
    answer = await admin.send(
        "/console/stock/count", seen_at=MUG, sku="MUG", location="main", counted="39", reason="lost"
    )

    assert answer.status_code == 303, answer.text
    assert await on_hand(api, "MUG", "main") == 39


async def test_a_quantity_that_is_none_is_told_beside_its_field(api: Api, admin: Colleague) -> None:
    happened = await api.happened()
    answer = await admin.send("/console/stock/receive", seen_at=MUG, sku="MUG", location="main", quantity="-3")

    assert answer.status_code == 422
    assert 'invalid-feedback" id="f-receive-quantity-hint"' in answer.text
    assert await api.happened() == happened


async def test_what_runs_out_first_is_first_in_the_list(api: Api, admin: Colleague) -> None:
    await api.place(("TEE", 99))
    low = (await admin.see("/console/stock?order=low")).text
    by_sku = (await admin.see("/console/stock")).text

    assert low.index("sku=TEE") < low.index("sku=MUG")
    assert by_sku.index("sku=MUG") < by_sku.index("sku=TEE")


async def test_a_part_of_the_list_is_only_the_list(admin: Colleague) -> None:
    part = await admin.see("/console/stock?text=t-shirt", **{"HX-Request": "true"})

    assert "sku=TEE" in part.text
    assert "sku=MUG" not in part.text
    assert "<html" not in part.text


async def test_a_picker_corrects_stock_but_neither_sees_staff_nor_writes_products(api: Api) -> None:
    picker = await somebody(api, "picker")
    done = await picker.send(
        "/console/stock/count", seen_at=MUG, sku="MUG", location="main", counted="90", reason="count"
    )
    product = await picker.send("/console/products/save", seen_at=MUG, sku="MUG", before="MUG", name="X", price="1")

    assert done.status_code == 303
    assert product.status_code == 403
    for path in ("/console/staff", "/console/keys", "/console/customers", "/console/policies", "/console/jobs"):
        assert (await picker.see(path)).status_code == 403, path
    assert await on_hand(api, "MUG", "main") == 90


async def test_a_new_product_is_for_sale_at_the_price_that_was_typed(api: Api, admin: Colleague) -> None:
    answer = await admin.send(
        "/console/products/save",
        seen_at="/console/products/new",
        sku="A/B 1",
        name="<script>alert(1)</script>",
        kind="goods",
        price="12,34",
        tax_class="standard",
        active="1",
    )

    assert answer.status_code == 303
    page = (await admin.see(answer.headers["location"])).text
    assert 'value="12.34"' in page
    assert "<script>alert" not in page
    products = (await api.get("/products")).json()["items"]
    assert next(each["price_minor"] for each in products if each["sku"] == "A/B 1") == 1_234


async def test_a_product_keeps_what_its_form_does_not_show_as_text(api: Api, admin: Colleague) -> None:
    await admin.send(
        "/console/products/save",
        seen_at="/console/products/edit?sku=MUG",
        sku="MUG",
        before="MUG",
        name="Mug",
        kind="goods",
        price="-1",
    )
    products = (await api.get("/products")).json()["items"]

    assert next(each["price_minor"] for each in products if each["sku"] == "MUG") == 1_190


async def test_a_new_product_does_not_take_the_place_of_another(api: Api, admin: Colleague) -> None:
    happened = await api.happened()
    fields = {"sku": "MUG", "name": "Other", "kind": "goods", "price": "1.00"}
    answer = await admin.send("/console/products/save", seen_at="/console/products/new", **fields)

    assert answer.status_code == 422
    assert 'value="Other"' in answer.text
    assert await api.happened() == happened


async def test_license_keys_fill_the_pool_and_a_known_one_is_refused(api: Api, admin: Colleague) -> None:
    product = {"sku": "KEY", "name": "Key", "kind": "license", "price": {"minor": 100, "currency": "EUR"}}
    assert (await api.post("/products", {"products": [product]})).status_code == 200
    page = "/console/products/edit?sku=KEY"
    first = await admin.send("/console/products/keys", seen_at=page, sku="KEY", keys="AAA-1\r\n\r\nAAA-2")
    again = await admin.send("/console/products/keys", seen_at=page, sku="KEY", keys="AAA-2\nAAA-3")

    assert first.status_code == 303
    assert again.status_code == 409
    pool = (await api.get("/license-keys", sku="KEY")).json()
    assert pool["free"] == 2


CUSTOMER = {"name": "Ann Quist", "email": "ann@quist.example", "phone": "+4930123456", "country": "de"}


async def registered(admin: Colleague, number: str = "K-1", **changes: str) -> str:
    fields = CUSTOMER | {"number": number} | changes
    answer = await admin.send("/console/customers", seen_at="/console/customers/new", **fields)
    assert answer.status_code == 303, told(answer)
    return answer.headers["location"]


@pytest.mark.parametrize("text", ["K-1", "ANN@quist.example", "+4930123456", "ann q"])
async def test_a_customer_is_found_by_number_mail_phone_and_name(admin: Colleague, text: str) -> None:
    place = await registered(admin)
    other = await registered(admin, "K-2", name="Bo", email="bo@x.example", phone="")
    found = await admin.browser.get("/console/customers", params={"text": text})

    assert place in found.text
    assert other not in found.text


async def test_a_changed_customer_is_reached_at_the_new_address(api: Api, admin: Colleague) -> None:
    place = await registered(admin)
    wrong = await admin.send(f"{place}/change", seen_at=place, **CUSTOMER | {"email": "nowhere"}, street="Elsewhere 2")
    right = await admin.send(f"{place}/change", seen_at=place, **CUSTOMER, street="Elsewhere 1", notices="sms")

    assert wrong.status_code == 422
    assert 'id="f-email-hint"' in wrong.text
    assert "Elsewhere 2" in wrong.text
    assert right.status_code == 303
    assert "Elsewhere 1" in (await admin.see(place)).text
    (notices,) = await api.house.read.values("SELECT notices FROM customer WHERE number = 'K-1'")
    assert notices == "sms"


async def test_erasing_needs_the_number_and_leaves_no_name(api: Api, admin: Colleague) -> None:
    place = await registered(admin)
    customer_id = UUID(place.rpartition("/")[2])
    refused = await admin.send(f"{place}/erase", seen_at=place, confirm="k-1", reason="asked")
    assert refused.status_code == 422
    assert "Ann Quist" in (await admin.see(place)).text

    done = await admin.send(f"{place}/erase", seen_at=place, confirm="K-1", reason="asked")
    assert done.status_code == 303
    names = await api.house.read.values("SELECT name FROM contact WHERE customer_id = $1", customer_id)
    assert names == [""]
    assert "Ann Quist" not in (await admin.see(place)).text


async def test_a_blocked_customer_is_let_go_again(api: Api, admin: Colleague) -> None:
    place = await registered(admin)
    for blocked, reason in (("1", "fraud"), ("0", "")):
        await admin.send(f"{place}/block", seen_at=place, blocked=blocked, reason=reason)
        (now,) = await api.house.read.values("SELECT blocked FROM customer WHERE number = 'K-1'")
        assert now == (blocked == "1")


async def test_a_credit_limit_is_typed_as_money(api: Api, admin: Colleague) -> None:
    place = await registered(admin)
    await admin.send(f"{place}/terms", seen_at=place, limit="1 250,50", days="30")
    refused = await admin.send(f"{place}/terms", seen_at=place, limit="1", days="400")

    (limit,) = await api.house.read.values("SELECT credit_limit_minor FROM customer WHERE number = 'K-1'")
    assert limit == 125_050
    assert refused.status_code == 422


async def test_the_page_of_a_download_says_when_its_file_is_missing(api: Api, admin: Colleague) -> None:
    before = (await admin.see("/console/products/edit?sku=BOOK")).text
    note = NoteFiles(seen=(SeenAsset("book.epub", missing=True),))
    await api.house.committer.submit(note, key="files", actor="system:files")
    after = (await admin.see("/console/products/edit?sku=BOOK")).text

    assert "is missing in the folder" not in before
    assert "The file “book.epub” is missing in the folder of downloads." in after


async def test_an_order_that_waits_for_a_file_says_so(api: Api, admin: Colleague) -> None:
    note = NoteFiles(seen=(SeenAsset("book.epub", missing=True),))
    await api.house.committer.submit(note, key="files", actor="system:files")
    order = await api.place(("BOOK", 1))
    listed = (await admin.see("/console/review?type=file")).text

    assert f"{order['number']}" in listed
    assert "No file yet for BOOK" in listed


async def test_a_note_on_a_customer_is_there_for_colleagues_and_goes_with_the_person(
    api: Api, admin: Colleague
) -> None:
    place = await registered(admin)
    picker, support = await somebody(api, "picker"), await somebody(api, "support")
    kept = await support.send(f"{place}/notes", seen_at=place, note="Calls on <Fridays>\nonly")
    empty = await support.send(f"{place}/notes", seen_at=place, note="  ")
    seen = (await admin.see(place)).text

    assert kept.status_code == 303, kept.text
    assert empty.status_code == 422
    assert "Calls on &lt;Fridays&gt;\nonly" in seen
    assert "Support" in seen
    assert (await picker.see(place)).status_code == 403
    told = await api.house.read.values("SELECT data::text FROM journal WHERE kind = 'customers.note_written'")
    assert len(told) == 1
    assert "Fridays" not in told[0]

    await admin.send(f"{place}/erase", seen_at=place, confirm="K-1", reason="asked")
    page = (await admin.see(place)).text
    assert "Fridays" not in page
    assert "(erased)" in page
    assert "New note" not in page
    customer = place.rpartition("/")[2]
    refused = await api.post(f"/customers/{customer}/notes", {"text": "Calls on Fridays"})
    assert refused.json()["code"] == "already_erased"
    report = await verify(api.house.pool)
    assert report.is_clean, report.differences[:5]


async def test_a_region_is_chosen_where_the_country_has_a_complete_list(api: Api, admin: Colleague) -> None:
    place = await registered(admin)
    german = (await admin.see(place)).text
    us = {"country": "US", "region": "California", "city": "Los Angeles", "postal_code": "90001"}
    fields = {"name": "Ann", "street": "1 Main St", "group": "retail", "language": "en", "notices": "email"}
    changed = await admin.send(f"{place}/change", seen_at=place, **fields, email="ann@example.com", **us)
    american = (await admin.see(place)).text

    assert '<input class="form-control" id="f-region"' in german
    assert changed.status_code == 303, changed.text
    assert '<option value="CA" selected>California</option>' in american
    assert '<option value="NY">New York</option>' in american


async def test_the_list_of_products_says_how_many_can_be_promised(api: Api) -> None:
    available = "SELECT sum(on_hand - allocated - held) FROM stock WHERE sku = 'MUG' AND location <> 'backorder'"
    (before,) = await api.house.read.values(available)
    await api.place(("MUG", 2))
    await api.house.job_runner.drain()
    page = (await (await somebody(api, "admin")).see("/console/products?text=MUG")).text

    assert f'<a href="/console/stock/item?sku=MUG">{before - 2}<' in page
