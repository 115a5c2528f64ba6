"""What a customer does on the page: previews first, refusals in words, and nothing twice."""

from __future__ import annotations

import re

from purveyor.core.reason_texts import referred
from purveyor.stages.payment.commands import RecordAnswer
from tests.pure import eur
from tests.web.order_page.conftest import Counter

ON_ACCOUNT = {"terms": "invoice", "tenders": [{"method": "invoice"}]}
CASH = {"terms": "at_counter", "tenders": [{"method": "cash"}]}


async def test_a_form_without_its_token_does_nothing(shop: Counter) -> None:
    customer = await shop.order()
    happened = await shop.api.happened()
    response = await customer.browser.post(f"{customer.path}/help", data={"text": "hello", "topic": "question"})

    assert response.status_code == 403
    assert await shop.api.happened() == happened


async def test_a_question_that_is_sent_twice_is_asked_once(shop: Counter) -> None:
    customer = await shop.order()
    hidden = await customer.hidden("/help")
    for _ in range(2):
        answer = await customer.browser.post(f"{customer.path}/help", data={**hidden, "text": "Where?"})
        assert answer.status_code == 303
    assert await shop.count("support_case") == 1


async def test_an_empty_question_is_refused_where_it_stands(shop: Counter) -> None:
    response = await (await shop.order()).send("/help", topic="question", text="  ")
    assert response.status_code == 422
    assert 'role="alert"' in response.text


async def test_the_outcome_of_a_return_is_shown_before_anything_happens(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    wanted = {f"quantity.{line}": "1", f"reason.{line}": "changed_mind", "want": "refund"}
    happened = await shop.api.happened()
    preview = await customer.send("/return", step="preview", **wanted)

    assert preview.status_code == 200
    assert "€11.90" in preview.text  # the mug
    assert "€7.00" in preview.text  # less the label, which the customer pays
    assert await shop.api.happened() == happened

    done = await customer.send("/return", step="do", **wanted)
    assert done.status_code == 303, done.text
    assert await shop.count("rma") == 1
    assert "Your return" in (await customer.see()).text


async def test_we_pay_the_label_for_what_is_our_fault(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    fields = {f"quantity.{line}": "1", f"reason.{line}": "damaged", "want": "refund"}
    preview = await customer.send("/return", step="preview", **fields)
    assert "we pay it" in preview.text


async def test_what_was_collected_can_be_brought_back_without_a_label(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    asked = await customer.see("/return")
    assert 'type="radio" name="bring_to" value="shop" checked' in asked.text
    assert "I bring it myself: Shop" in asked.text
    assert "As a parcel: the label costs €4.90, unless the fault is ours" in asked.text

    fields = {f"quantity.{line}": "1", f"reason.{line}": "changed_mind", "want": "refund", "bring_to": "shop"}
    preview = await customer.send("/return", step="preview", **fields)
    assert "Label for the parcel" not in preview.text
    assert "Your parcel must be with us" not in preview.text
    assert "Hand it in here: Shop." in preview.text
    assert "the way you paid. You get it when you have handed it in" in preview.text
    assert '<input type="hidden" name="bring_to" value="shop">' in preview.text

    await customer.send("/return", step="do", **fields)
    page = (await customer.see()).text
    assert "Please bring it to us: Shop." in page
    assert "stick the label on it" not in page
    assert "Label to print" not in page
    assert await shop.api.house.read.values("SELECT label_minor FROM rma") == [0]
    await shop.api.house.job_runner.drain()
    (text,) = await shop.api.house.read.values(
        "SELECT t.text FROM message m JOIN private_text t ON t.id = m.text_id WHERE m.notice = 'return_to_counter'"
    )
    assert "Please bring it to Shop" in text


async def test_who_announced_a_parcel_reads_that_it_may_be_brought_as_well(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    fields = {f"quantity.{line}": "1", f"reason.{line}": "changed_mind", "want": "refund", "bring_to": ""}

    await customer.send("/return", step="do", **fields)

    page = (await customer.see()).text
    assert "Put everything into a parcel" in page
    assert "Or bring it to us: Shop. Then you need no label, and pay for none." in page


async def test_a_return_is_announced_until_somebody_has_seen_it(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    fields = {f"quantity.{line}": "2", f"reason.{line}": "damaged", "want": "refund"}
    await customer.send("/return", step="do", **fields)

    page = (await customer.see()).text
    assert "return announced" in page
    assert "on its way back" not in page
    assert "Your return is announced." in page

    (rma,) = await shop.api.house.read.values("SELECT id FROM rma")
    path = f"/orders/{await shop.order_id()}/returns/{rma}/receive"
    assert (await shop.api.post(path, {"counted": [{"line_id": line, "quantity": 1}]})).status_code == 200
    page = (await customer.see()).text
    assert "A part of your return has arrived." in page
    assert "on its way back" not in page


async def test_more_than_one_has_cannot_be_returned_and_what_was_typed_stays(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    fields = {f"quantity.{line}": "9", f"reason.{line}": "too_small", "want": "refund"}
    response = await customer.send("/return", step="do", **fields)

    assert response.status_code == 409
    assert "can be" in response.text
    assert 'value="9"' in response.text
    assert await shop.count("rma") == 0


async def test_a_return_can_be_called_off(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    fields = {f"quantity.{line}": "1", f"reason.{line}": "damaged", "want": "refund"}
    await customer.send("/return", step="do", **fields)
    (rma,) = await shop.api.house.read.values("SELECT id FROM rma")
    label = await customer.see(f"/returns/{rma}")
    done = await customer.send(f"/returns/{rma}/cancel", seen_at="")

    assert "1 × <bdi>Mug</bdi>" in label.text
    assert done.status_code == 303
    assert await shop.api.house.read.values("SELECT status FROM rma") == ["canceled"]


async def test_canceling_is_seen_before_it_is_done(shop: Counter) -> None:
    customer = await shop.order(("MUG", 3), **ON_ACCOUNT)
    line = await shop.line_id()
    happened = await shop.api.happened()
    preview = await customer.send("/cancel", step="preview", reason="too_late", **{f"quantity.{line}": "1"})
    assert "€11.90" in preview.text
    assert await shop.api.happened() == happened

    done = await customer.send("/cancel", step="do", reason="too_late", **{f"quantity.{line}": "1"})
    assert done.status_code == 303
    assert await shop.api.house.read.values("SELECT canceled FROM line") == [1]


async def test_what_has_left_cannot_be_canceled(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    assert "Nothing can be canceled any more" in (await customer.see("/cancel")).text
    refused = await customer.send("/cancel", step="do", seen_at="/help", **{f"quantity.{line}": "1"})
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text


async def test_the_address_changes_and_mistakes_stand_beside_their_field(shop: Counter) -> None:
    customer = await shop.order()
    address = {"name": "Ann Example", "street": "Neue Str. 2", "postal_code": "10117", "city": "Berlin"}
    wrong = await customer.send("/address", email="no mail", phone="", **address)
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert "Neue Str. 2" in wrong.text

    done = await customer.send("/address", email="ann@example.com", phone="", **address)
    assert done.status_code == 303, done.text
    assert "Neue Str. 2" in (await customer.see()).text


async def test_a_download_is_counted_once_a_form_and_ends(shop: Counter) -> None:
    customer = await shop.order(("BOOK", 1), **CASH)
    ((grant, left),) = await shop.api.house.pool.fetch("SELECT id, downloads_left FROM download_grant")
    hidden = await customer.hidden("")
    for _ in range(2):
        file = await customer.browser.post(f"{customer.path}/downloads/{grant}", data=hidden)
        assert file.status_code == 200
        assert "book.epub" in file.headers["content-disposition"]
        assert "stands in for book.epub" in file.text
    assert await shop.api.house.read.values("SELECT downloads_left FROM download_grant") == [left - 1]

    for _ in range(left - 1):
        assert (await customer.send(f"/downloads/{grant}", seen_at="/help")).status_code == 200
    over = await customer.send(f"/downloads/{grant}", seen_at="/help")
    assert over.status_code == 409
    assert "All downloads were taken." in over.text


async def test_a_file_that_is_there_is_sent_as_it_is(shop: Counter) -> None:
    folder = shop.api.house.settings.data_dir / "assets"
    folder.mkdir(parents=True)
    (folder / "book.epub").write_bytes(b"\0once upon a time" * 30_000)
    customer = await shop.order(("BOOK", 1), **CASH)
    (grant,) = await shop.api.house.read.values("SELECT id FROM download_grant")
    file = await customer.send(f"/downloads/{grant}", seen_at="")
    assert file.content == b"\0once upon a time" * 30_000


async def test_a_problem_is_claimed_with_a_picture(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    hidden = await customer.hidden("/problem")
    fields = {**hidden, "problem": "damaged", f"quantity.{line}": "1", "text": "The handle is off"}
    for content, status in ((b"<html>", 422), (b"\x89PNG" + b"\0" * 50, 303)):
        answer = await customer.browser.post(
            f"{customer.path}/problem", data=fields, files={"photo": ("a.png", content, "image/png")}
        )
        assert answer.status_code == status, answer.text
    assert await shop.api.house.read.values("SELECT claim FROM support_case") == ["damaged"]
    assert "The handle is off" in (await customer.see("/help")).text


async def test_only_who_has_a_product_reviews_it(shop: Counter) -> None:
    customer = await shop.collected()
    line = await shop.line_id()
    done = await customer.send(f"/reviews/{line}", seen_at="/feedback", stars="5", text="Holds coffee")
    again = await customer.send(f"/reviews/{line}", seen_at="/help", stars="1", text="")

    assert done.status_code == 303
    assert again.status_code == 409
    assert await shop.api.house.read.values("SELECT stars FROM product_review") == [5]


async def test_an_invoice_adds_up_to_the_cent(shop: Counter) -> None:
    customer = await shop.collected()
    (number,) = await shop.api.house.read.values("SELECT number FROM invoice")
    page = (await customer.see(f"/documents/invoice-{number}")).text

    assert f"Invoice {number}" in page
    assert "€23.80" in page
    assert "€20.00" in page  # net
    assert "€3.80" in page  # 19 % of it
    assert (await customer.see("/documents/invoice-999")).status_code == 404
    assert (await customer.see("/documents/nonsense")).status_code == 404


async def test_a_credit_note_names_the_goods_and_the_tax_of_each_rate(shop: Counter) -> None:
    customer = await shop.collected()
    order_id = await shop.order_id()
    body = {"amount": {"minor": 1_190, "currency": "EUR"}, "reason": "late"}
    assert (await shop.api.post(f"/orders/{order_id}/credit", body)).status_code == 200
    ((number, invoice),) = await shop.api.house.pool.fetch("SELECT c.number, i.number FROM credit_note c, invoice i")

    page = (await customer.see(f"/documents/credit-note-{number}")).text

    told = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert f"It corrects Invoice {invoice}" in told
    assert "Mug MUG · price reduced 19% €11.90" in told
    assert "19% €10.00 €1.90" in told
    assert "Total €10.00 €1.90" in told


async def test_a_card_is_checked_beside_its_field_and_pays_once(shop: Counter) -> None:
    customer = await shop.order()
    (payment,) = await shop.api.house.read.values("SELECT id FROM payment")
    page = f"/pay/{payment}"
    assert page in (await customer.see()).text
    card = {"card_number": "4242 4242 4242 4242", "card_expiry": "12 / 99", "card_code": "123"}

    for field, value in (("card_number", "4111 1111 1111 1111"), ("card_expiry", "13 / 30"), ("card_code", "x")):
        wrong = await customer.send(page, **{**card, field: value})
        assert wrong.status_code == 422
        assert f'id="f-{field}-hint"' in wrong.text
        assert "4111" not in wrong.text  # a number of a card is never shown again

    paid = await customer.send(page, **card)
    again = await customer.send(page, seen_at="/help", **card)
    assert paid.status_code == 303
    assert again.status_code == 409
    assert await shop.api.house.read.values("SELECT status FROM payment") == ["authorizing"]


async def test_the_question_of_the_bank_is_answered_on_its_page(shop: Counter) -> None:
    customer = await shop.order()
    (payment_id,) = await shop.api.house.read.values("SELECT id FROM payment")
    card = {"card_number": "4000 0025 0000 3155", "card_expiry": "12 / 99", "card_code": "123"}
    await customer.send(f"/pay/{payment_id}", **card)
    ((key, minor, source),) = await shop.api.house.pool.fetch(
        "SELECT request_key, request_minor, source FROM payment WHERE id = $1", payment_id
    )
    gateway = shop.api.house.outside.gateway
    (token,) = await shop.api.house.read.values("SELECT text FROM private_text WHERE id = $1", referred(source))
    asked = await gateway.authorize(key, eur(minor), token)
    command = RecordAnswer(
        order_id=await shop.order_id(),
        payment_id=payment_id,
        key=key,
        outcome=asked.outcome,
        reference=asked.reference,
        action_url=asked.action_url,
    )
    await shop.api.house.committer.submit(command, key="answer 1", actor="job:test")
    assert "Your bank wants you to confirm the payment." in (await customer.see()).text

    page = f"/bank/{payment_id}"
    done = await customer.send(page, answer="yes")
    again = await customer.send(page, seen_at="/help", answer="no")
    found = await gateway.look_up(key)

    assert done.status_code == again.status_code == 303
    assert found is not None
    assert found.outcome == "done"  # the first answer counts
