"""Whatever is put in can be looked at: by those whose work it is, and by nobody else."""

from __future__ import annotations

import base64
import io
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from purveyor.stages.review.commands import HoldOrder
from purveyor.web.reading.uploaded_images import kind_of, without_metadata
from tests.web.conftest import Api, key_for
from tests.web.console.staff import somebody


def a_picture(kind: str, *, side: int = 1) -> bytes:
    """A picture in which a camera has written where it was, and which side is up."""
    picture = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112] = side
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825)[1] = "N"
    into = io.BytesIO()
    picture.save(into, kind, exif=exif, **({"comment": b"Secret comment"} if kind == "JPEG" else {}))
    return into.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_loses_what_the_camera_wrote_and_nothing_else(kind: str) -> None:
    given = a_picture(kind)
    assert b"Secret" in given
    kept = without_metadata(given)

    assert b"Secret" not in kept
    assert kind_of(kept) == kind.lower()
    before, after = Image.open(io.BytesIO(given)), Image.open(io.BytesIO(kept))
    assert before.tobytes() == after.tobytes()
    assert not dict(after.getexif())
    assert without_metadata(kept) == kept


def test_a_picture_stays_the_right_way_up() -> None:
    kept = without_metadata(a_picture("JPEG", side=6))

    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {0x0112: 6}


def test_what_is_no_picture_is_none() -> None:
    assert kind_of(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>") == ""
    for broken in (b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\xff", b"\x89PNG\r\n\x1a\n\0", b"RIFF\0\0\0\0WEBPVP8X"):
        assert kind_of(without_metadata(broken)) == kind_of(broken)


async def text_of(api: Api, order: dict[str, Any], text_id: str, *scopes: str) -> Any:
    headers = {"Authorization": await key_for(api.house, *scopes, name=f"key {scopes}")} if scopes else api.headers
    return await api.client.get(f"/api/v1/orders/{order['number']}/texts/{text_id}", headers=headers)


async def put(api: Api, order: dict[str, Any], what: str, text: str) -> str:
    """A text as a stage keeps it."""
    columns, values = "(id, order_id, what, text, erased)", "(gen_random_uuid(), $1, $2, $3, false)"
    statement = f"INSERT INTO private_text {columns} VALUES {values} RETURNING id"
    async with api.house.pool.acquire() as db:
        return str(await db.fetchval(statement, UUID(order["order_id"]), what, text))


async def test_the_picture_of_a_claim_is_seen_by_support_and_by_its_customer(api: Api) -> None:
    order = await api.place()
    sent = f"data:image/jpeg;base64,{base64.b64encode(a_picture('JPEG')).decode()}"
    photo = await put(api, order, "claim_photo", sent)
    support, picker = await somebody(api, "support"), await somebody(api, "picker")
    path = f"/console/orders/{order['order_id']}/texts/{photo}"

    seen = await support.see(f"{path}/picture")
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in seen.headers["cache-control"]
    assert kind_of(seen.content) == "jpeg"
    assert b"Secret" not in seen.content
    assert f'src="{path}/picture"' in (await support.see(path)).text
    assert (await picker.see(f"{path}/picture")).status_code == 403
    assert (await text_of(api, order, photo, "orders:read", "support:read")).json()["what"] == "claim_photo"
    assert (await text_of(api, order, photo, "orders:read")).status_code == 403
    page = api.house.outside.order_url(UUID(order["order_id"]), 0)
    own = page[page.index("/o/") :]
    assert (await api.client.get(f"{own}/photos/{photo}")).headers["content-type"] == "image/jpeg"
    other = await api.place()
    assert (await text_of(api, other, photo)).status_code == 404


async def test_a_picture_that_is_none_is_not_handed_to_browsers(api: Api) -> None:
    order = await api.place()
    script = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>").decode()
    photo = await put(api, order, "claim_photo", f"data:image/svg+xml;base64,{script}")
    support = await somebody(api, "support")

    assert (await support.see(f"/console/orders/{order['order_id']}/texts/{photo}/picture")).status_code == 404


async def test_the_document_of_an_order_is_read_by_whoever_may_know_its_customer(api: Api) -> None:
    order = await api.place(source="Dear shop, two mugs please. <b>Ann</b>")
    source = (await api.get(f"/orders/{order['number']}")).json()["order"]["source_id"]
    sales, picker = await somebody(api, "sales"), await somebody(api, "picker")
    path = f"/console/orders/{order['order_id']}/texts/{source}"

    assert "two mugs please. &lt;b&gt;Ann&lt;/b&gt;" in (await sales.see(path)).text
    assert f'href="{path}"' in (await sales.see(f"/console/orders/{order['number']}")).text
    assert (await picker.see(path)).status_code == 403
    assert (await text_of(api, order, source)).json()["text"].startswith("Dear shop")


async def test_the_token_of_a_card_is_no_document_and_read_by_nobody(api: Api) -> None:
    order = await api.place(tenders=[{"method": "card", "source": "tok_secret"}], source="Dear shop, a mug please.")
    read = api.house.read
    (token,) = await read.values("SELECT id FROM private_text WHERE text = 'tok_secret'")
    old = await put(api, order, "source", "tok_from_before")
    technician = await somebody(api, "technician")

    assert await read.values("SELECT what FROM private_text WHERE id = $1", token) == ["payment_source"]
    for text_id in (str(token), old):
        path = f"/console/orders/{order['order_id']}/texts/{text_id}"
        assert (await technician.see(path)).status_code == 404
        assert (await text_of(api, order, text_id)).status_code == 404
    source = (await api.get(f"/orders/{order['number']}")).json()["order"]["source_id"]
    assert (await text_of(api, order, source)).json()["text"] == "Dear shop, a mug please."


async def test_a_reason_that_names_another_kind_of_text_is_refused(api: Api) -> None:
    order = await api.place()
    secret = await put(api, order, "collect_code", "K9-SECRET")
    kept = await api.post(f"/orders/{order['order_id']}/hold", {"type": "manual", "why": f"text:{secret}"})
    assert (kept.status_code, kept.json()["data"]["field"]) == (422, "why")


async def test_a_reason_that_a_job_has_kept_shows_a_reason_and_no_other_kind_of_text(api: Api) -> None:
    order = await api.place()
    secret = await put(api, order, "collect_code", "K9-SECRET")
    reason = await put(api, order, "why", "Waits for Ann")
    for hold, text_id in (("manual", secret), ("address", reason)):
        handed_on = HoldOrder(order_id=UUID(order["order_id"]), type=hold, why=f"text:{text_id}")
        given = await api.house.committer.submit(handed_on, key=text_id, actor="job:told")
        assert given.accepted, given

    admin = await somebody(api, "admin")
    path = f"/orders/{order['number']}"
    for seen in (await api.get(path), await api.get(f"{path}/timeline"), await admin.see(f"/console{path}")):
        assert seen.status_code == 200, seen.url
        assert "Waits for Ann" in seen.text, seen.url
        assert f"text:{secret}" in seen.text.lower(), seen.url
        assert "K9-SECRET" not in seen.text, seen.url


async def test_the_record_of_an_installation_is_read_with_its_signer(api: Api) -> None:
    order = await api.place()
    record = await put(api, order, "installation_record", '{"record": "Works", "signed_by": "Ann Example"}')
    technician = await somebody(api, "technician")
    page = (await technician.see(f"/console/orders/{order['order_id']}/texts/{record}")).text

    assert "Works" in page
    assert "Ann Example" in page


async def test_what_was_sent_is_kept_without_what_only_the_customer_may_read(api: Api) -> None:
    order = await api.place()
    await api.house.job_runner.drain()
    shown = (await api.get(f"/orders/{order['number']}")).json()
    message = next(each for each in shown["parts"]["message"] if each["notice"] == "order_received")
    text = (await text_of(api, order, message["text_id"])).json()["text"]

    assert text.startswith(f"We have your order {order['number']}\n\n")
    assert "Ann Example" in text
    assert "/o/" not in text, "the link is the customer's alone"
    assert (await text_of(api, order, message["text_id"], "orders:read", "confirmation:read")).status_code == 403
    erased = await api.post(f"/orders/{order['order_id']}/erase-person", {"reason": "asked"})
    assert erased.status_code == 200, erased.text
    assert (await text_of(api, order, message["text_id"])).json() | {"id": ""} == {
        "id": "",
        "what": "message",
        "text": "",
        "erased": True,
    }


async def test_codes_keys_and_labels_are_shown_nowhere_here(api: Api) -> None:
    order = await api.place()
    for what in ("label", "license_key", "collect_code", "anything"):
        assert (await text_of(api, order, await put(api, order, what, "1234"))).status_code == 404
