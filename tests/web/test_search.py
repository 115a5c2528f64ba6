"""People find what they mean, however they type it: orders, customers, products."""

from __future__ import annotations

import itertools
import json
from typing import Any
from urllib.parse import quote

import pytest

from purveyor.db.search import Values, has_text, words_of
from purveyor.records.customers.search import contacts_meant, meant, numbered, phones_of
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.records.stock.queries import SHELVES
from purveyor.web.reading.order_lists import OrderFilter, orders_statement
from tests.plans import steps_of
from tests.web.conftest import Api
from tests.web.console.staff import somebody

JOERG = {
    "name": "Jörg Zqmüller",
    "company": "Weiß & Söhne GmbH",
    "email": "joerg.zq@example.com",
    "phone": "+493055512345",
    "street": "Teststr. 1",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}
LI = JOERG | {"name": "Li Østergård", "company": "", "email": "li@example.dk", "phone": "+12125550123"}
BO = JOERG | {"name": "Bo Lindqvist", "company": "", "email": "bo_b%o@example.org", "phone": "+390655512345"}
WAYS = (
    "Jörg Zqmüller",
    "zqmüller",
    "ZQMÜLLER",
    "Zqmuller",
    "Zqmueller",
    "qmüll",
    "müller jörg",
    "Jorg",
    "Joerg",
    "JÖRG",
    "Söhne",
    "weiss",
    "Weiß",
    "joerg.zq",
    "joerg.zq@example.com",
    "Joerg.ZQ@Example.com",
    "zq@exam",
    "oerg.zq",
    "030 55512345",
    "030/55512345",
    "(030) 555-123-45",
    "030 555",
    "0049 30 55512345",
    "+49 30 55512345",
    "+49 (0)30 55512345",
    "+49 030 55512345",
    "30 55512345",
    "4930 55512345",
    "Zqmüller 030 55512345",
    "WEB-Zq",
    "web-zq",
    "web-z",
    "#web-zq",
)


async def numbers(api: Api, text: str) -> list[int]:
    response = await api.get("/orders", text=text)
    assert response.status_code == 200, response.text
    return [order["number"] for order in response.json()["items"]]


async def test_an_order_is_found_by_whatever_its_customer_says(api: Api) -> None:
    number = (await api.place(contact=JOERG, reference="WEB-Zq"))["number"]
    await api.place(contact=LI)
    await api.place(contact=BO)

    for text in (*WAYS, str(number), f"#{number}", f"# {number}", f"Nr. {number}", f" {number} "):
        assert await numbers(api, text) == [number], text


async def test_whoever_is_not_meant_is_not_found(api: Api) -> None:
    await api.place(contact=JOERG, reference="WEB-Zq")

    for text in (
        "Zqmeier",
        "Jörg Zqmeier",
        "%",
        "_",
        "%%",
        "\\",
        "&",
        "#",
        "eb-zq",
        "030 55512346",
        "rg.zq@other",
        "o",
    ):
        assert await numbers(api, text) == [], text


async def test_short_words_are_beginnings(api: Api) -> None:
    number = (await api.place(contact=LI))["number"]
    other = (await api.place(contact=BO))["number"]

    assert await numbers(api, "li") == [other, number]  # Li, and Lindqvist
    assert await numbers(api, "li os") == [number]
    assert await numbers(api, "bo") == [other]
    assert await numbers(api, "Østergård") == await numbers(api, "ostergard") == [number]
    assert await numbers(api, "bo_b%O") == [other]


@pytest.mark.parametrize(
    ("company", "asked"),
    [
        ("4711 Duftwasser", "4711"),
        ("TSV 1860 e. V.", "1860"),
        ("Studio 54", "54"),
        ("24/7 Kiosk", "24/7"),
        ("Agentur 08/15", "08/15"),
        ("1-2-3 Mode", "1-2-3"),
        ("Depot 030555", "030555"),
    ],
)
async def test_digits_are_a_word_of_a_company_too(api: Api, company: str, asked: str) -> None:
    number = (await api.place(contact=LI | {"company": company}))["number"]
    await api.place(contact=BO)

    assert await numbers(api, asked) == [number]


@pytest.mark.parametrize(
    "before",
    [
        "#",
        "No. ",
        "Nr ",
        "order ",
        "Order #",
        "Bestellung Nr. ",
        "pedido n.º ",
        "Auftrag: ",
        "Your order ",
        "Re: Ihre Bestellung ",
    ],
)
async def test_the_number_of_an_order_is_found_as_letters_write_it(api: Api, before: str) -> None:
    number = (await api.place())["number"]
    await api.place()

    assert await numbers(api, f"{before}{number}") == [number]


async def test_phones_are_found_whatever_the_country(api: Api) -> None:
    american = (await api.place(contact=LI))["number"]
    italian = (await api.place(contact=BO))["number"]

    for text in ("(212) 555-0123", "212.555.0123", "1 212 555 0123", "+1 212-555-0123"):
        assert await numbers(api, text) == [american], text
    for text in ("06 55512345", "+39 06 55512345", "0039 06 55512345"):
        assert await numbers(api, text) == [italian], text


async def test_a_parcel_is_found_by_the_beginning_of_its_number_in_any_case(api: Api) -> None:
    order = await api.place()
    async with api.house.pool.acquire() as db:
        await _ship(db, order["order_id"], "JJD0009Xy")

    for text in ("JJD0009Xy", "jjd0009xy", "JJD00"):
        assert await numbers(api, text) == [order["number"]], text


async def _ship(db: Any, order_id: str, tracking_number: str) -> None:
    """A row as short as it can be: shipping is tested elsewhere."""
    columns = await db.fetch(
        "SELECT column_name AS name, data_type AS kind FROM information_schema.columns"
        " WHERE table_name = 'shipment' AND is_nullable = 'NO'"
    )
    given = {"order_id": f"'{order_id}'", "tracking_number": f"'{tracking_number}'", "status": "'failed'"}
    empty = {"uuid": "gen_random_uuid()", "text": "''", "bigint": "1", "boolean": "false", "jsonb": "'[]'"}
    values = [given.get(row["name"], empty.get(row["kind"], "now()")) for row in columns]
    names = ", ".join(row["name"] for row in columns)
    await db.execute(f"INSERT INTO shipment ({names}) VALUES ({', '.join(values)})")


async def test_customers_are_found_the_same_way_everywhere(api: Api) -> None:
    for number, address in (("C-1", JOERG), ("C-2", LI)):
        given = await api.post("/customers", {"number": number, "address": address})
        assert given.status_code == 201, given.text
    staff = await somebody(api, "sales")

    for text in (*WAYS[:29], "C-1", "#C-1"):
        found = (await api.get("/customers", text=text)).json()["items"]
        assert [each["number"] for each in found] == ["C-1"], text
        for page in ("/console/customers?text=", "/console/find?q=", "/console/new-order/people?q="):
            shown = (await staff.see(page + quote(text))).text
            assert ("Zqmüller" in shown, "Østergård" in shown) == (True, False), (page, text)


async def test_products_are_found_by_any_part_of_their_words(api: Api) -> None:
    await api.post("/products", {"products": [{"sku": "TEA-900", "name": "Grüne Teekanne", "price": _eur(1)}]})
    staff = await somebody(api, "admin")

    for text in ("kanne", "teekanne grune", "GRÜNE", "gruene", "tea-9", "900"):
        found = (await api.get("/products", text=text)).json()["items"]
        assert [each["sku"] for each in found] == ["TEA-900"], text
        for page in ("/console/products?text=", "/console/find?q="):
            shown = (await staff.see(page + quote(text))).text
            assert "TEA-900" in shown, (page, text)
    assert (await api.get("/products", text="%")).json()["items"] == []


def _eur(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "EUR"}


@pytest.mark.parametrize("written", ["Ann O'Hara-Ruiz", "Ann O\u2019Hara\u2010Ruiz", "Ann O\u02bcHara\u2011Ruiz"])
async def test_apostrophes_and_hyphens_are_found_in_any_spelling(api: Api, written: str) -> None:
    contact = JOERG | {"name": written, "email": "o'hara-ruiz@example.com"}
    number = (await api.place(contact=contact))["number"]

    for mark in ("'", "", "`", "\u00b4", "\u2018", "\u2019", "\u201b", "\u2032", "\u02bb", "\u02bc", "\uff07"):
        assert await numbers(api, f"o{mark}hara") == [number], ascii(mark)
        assert await numbers(api, f"O{mark}Har") == [number], ascii(mark)
    for hyphen in "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d":
        assert await numbers(api, f"hara{hyphen}ruiz") == [number], ascii(hyphen)
    for text in ("o'hara-ruiz@example.com", "O\u2019Hara\u2011Ruiz@example.com", "hara"):
        assert await numbers(api, text) == [number], ascii(text)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Νίκος Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("Νίκος Παπαδόπουλος", "παπαδοπουλος νικοσ"),
        ("Νίκος Παπαδόπουλος", "Παπαδόπουλος"),
        ("ΝΙΚΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ", "Παπαδόπουλος"),
        ("ΝΙΚΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ", "νίκος"),
    ],
)
async def test_greek_names_are_found_with_either_sigma(api: Api, written: str, asked: str) -> None:
    number = (await api.place(contact=JOERG | {"name": written, "company": ""}))["number"]

    assert await numbers(api, asked) == [number]


async def test_greek_products_are_found_in_capitals(api: Api) -> None:
    await api.post("/products", {"products": [{"sku": "GR-77", "name": "Καφές ελληνικός", "price": _eur(1)}]})

    for text in ("ΚΑΦΕΣ", "ελληνικός", "ΕΛΛΗΝΙΚΟΣ καφές"):
        assert [each["sku"] for each in (await api.get("/products", text=text)).json()["items"]] == ["GR-77"], text


async def test_references_and_parcels_are_found_with_the_hyphens_of_other_programs(api: Api) -> None:
    number = (await api.place(reference="WEB-Zq-7"))["number"]
    other = (await api.place(reference="WEB\u2011Zq\u201188"))["number"]

    assert await numbers(api, "web\u2011zq\u20137") == [number]
    assert await numbers(api, "web\u2011zq\u201188") == [other]


async def test_products_are_found_with_any_apostrophe(api: Api) -> None:
    await api.post("/products", {"products": [{"sku": "TEA-77", "name": "Men\u2019s cup", "price": _eur(1)}]})

    for text in ("men's", "mens", "Men\u2019s", "men\u02bcs cup", "tea\u201177"):
        found = (await api.get("/products", text=text)).json()["items"]
        assert [each["sku"] for each in found] == ["TEA-77"], ascii(text)
        assert "TEA-77" in (await api.client.get(f"/search?q={quote(text)}")).text, ascii(text)


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("Grüne Teekanne", ("kanne", "teekanne grune", "GRÜNE", "gruene", "tea\u2011900", "900 kanne")),
        ("Men\u2019s cup", ("men's", "mens", "Men\u2019s", "men\u02bcs CUP")),
        ("Καφές ελληνικός", ("ΚΑΦΕΣ", "ελληνικός", "ΕΛΛΗΝΙΚΟΣ καφές")),
    ],
)
async def test_stock_is_found_as_its_products_are(api: Api, name: str, ways: tuple[str, ...]) -> None:
    await api.post("/products", {"products": [{"sku": "TEA-900", "name": name, "price": _eur(1)}]})
    received = ReceiveStock(items=(ReceivedItem(sku="TEA-900", location="main", quantity=1),), reference="r")
    await api.house.committer.submit(received, key="r", actor="test")
    staff = await somebody(api, "admin")

    for text in ways:
        for order in ("", "&order=low"):
            page = (await staff.see(f"/console/stock?text={quote(text)}{order}")).text
            assert "sku=TEA-900" in page, ascii(text)
            assert "sku=MUG" not in page, ascii(text)
    nothing = (await staff.see("/console/stock?text=%25")).text
    assert "sku=TEA-900" not in nothing
    assert "sku=MUG" not in nothing


async def test_a_rare_word_of_stock_is_looked_up_in_an_index(api: Api) -> None:
    values = Values("", "", "", 100)
    statement = SHELVES.format(found=has_text("product_folded(p.sku, p.name)", "zqmüller", values.put))
    async with api.house.pool.acquire() as db:
        for table, where in (("product", "sku = 'MUG'"), ("stock", "sku = 'MUG' AND location = 'main'")):
            await db.execute(f"""
                INSERT INTO {table}
                SELECT (jsonb_populate_record(known, jsonb_build_object('sku', 'N-' || n, 'name', md5(n::text)))).*
                  FROM {table} AS known, generate_series(1, 5000) AS n
                 WHERE {where}
            """)
        await db.execute("ANALYZE product, stock")
        plan = json.loads(await db.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values.all))

    names = {step.get("Index Name") for step in steps_of(plan[0]["Plan"])}
    assert "product_search_folded" in names


async def test_a_customers_number_is_found_in_any_case(api: Api) -> None:
    staff = await somebody(api, "admin")
    await api.post("/customers", {"number": "KD-77", "address": JOERG})

    for text in ("KD-77", "kd-77", "#Kd-77", " kD\u201177 "):
        (found,) = (await api.get("/customers", text=text)).json()["items"]
        assert found["number"] == "KD-77", ascii(text)
        assert "KD-77" in (await staff.see(f"/console/customers?text={quote(text)}")).text, ascii(text)
        assert "KD-77" in (await staff.see(f"/console/find?q={quote(text)}")).text, ascii(text)
    assert (await api.get("/customers/kd-77")).json()["number"] == "KD-77"


async def test_a_second_number_that_differs_in_case_alone_is_refused(api: Api) -> None:
    given = [await api.post("/customers", {"number": number, "address": JOERG}) for number in ("Kä-77", "kÄ-77", "K")]

    assert [each.status_code for each in given] == [201, 409, 201]
    assert given[1].json()["code"] == "number_taken"
    assert "Kä-77" in given[1].json()["detail"]


async def test_two_numbers_from_before_that_differ_in_case_alone_are_each_found_as_they_are_written(api: Api) -> None:
    for number in ("KD-77", "other"):
        await api.post("/customers", {"number": number, "address": JOERG})
    await api.house.pool.execute("UPDATE customer SET number = 'kd-77' WHERE number = 'other'")

    for number in ("KD-77", "kd-77"):
        assert (await api.get(f"/customers/{number}")).json()["number"] == number
    assert (await api.get("/customers/Kd-77")).status_code == 404  # either may be meant
    found = (await api.get("/customers", text="Kd-77")).json()["items"]
    assert [each["number"] for each in found] == ["KD-77", "kd-77"]


async def test_a_customers_number_is_looked_up_in_an_index(api: Api) -> None:
    await api.house.pool.execute(
        """
        INSERT INTO customer SELECT gen_random_uuid(), 'KD-' || n, gen_random_uuid(), '', 'en', 0, 'EUR', 0, '', false
          FROM generate_series(1, 5000) AS n
        """
    )
    values = Values()
    query = f"EXPLAIN SELECT id FROM customer WHERE {numbered('#kd-77', values.put)}"
    assert "customer_number_any_case" in str(await api.house.pool.fetch(query, *values.all))


def test_a_number_is_looked_for_as_the_country_writes_it() -> None:
    assert phones_of("+49 (0)30 55512345") == ["+493055512345"]
    assert phones_of("0049 30") == ["+4930"]
    assert "+493055512345" in phones_of("030 55512345")
    assert phones_of("030") == []
    assert "+390612345678" in phones_of("+39 (0)6 12345678")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("Tel: 06 12345678", "+390612345678"),
        ("tel:+390612345678", "+390612345678"),
        ("Telefon 030/55512345", "+493055512345"),
        ("Mobil.: +49 170 5551234", "+491705551234"),
        ("Fax +39 (0)6 12345678", "+390612345678"),
        ("+1 212-555-0188 ext 12", "+12125550188"),
        ("+1 212-555-0188 x12", "+12125550188"),
        ("Phone: (212) 555-0188, ext. 7", "+12125550188"),
    ],
)
def test_what_stands_around_a_number_is_no_part_of_it(written: str, number: str) -> None:
    who = meant(written)

    assert (who.words, who.email) == ([], "")
    assert number in who.phones


def test_a_name_beside_a_number_stays_a_name() -> None:
    assert meant("Rossi, Tel. 06 12345678").words == ["Rossi"]
    assert meant("Tel Aviv").words == ["Tel", "Aviv"]
    assert meant("Max 12345").words == ["Max", "12345"]


async def test_a_part_of_a_mail_that_looks_like_a_whole_one_finds_it(api: Api) -> None:
    keller = JOERG | {"email": "petra.keller@lieferung.example"}
    number = (await api.place(contact=keller))["number"]
    for part in ("keller@lieferung.example", "petra.keller@lieferung.example", "a.keller@lieferung.exam"):
        assert await numbers(api, part) == [number], part


async def test_who_pays_is_found_as_who_receives_is(api: Api) -> None:
    pays = JOERG | {
        "name": "Wilma Rechnungsfrau",
        "company": "Zahlstelle Wüst KG",
        "email": "wilma@buchhaltung.example",
        "phone": "+498955598765",
    }
    number = (await api.place(contact=JOERG, billing=pays))["number"]
    await api.place(contact=LI)
    ways = (
        "Rechnungsfrau", "wilma rechnungs", "zahlstelle wust", "wilma@buchhaltung.example", "ilma@buchhaltung.example",
        "wilma@buch", "089 55598765", "+49 89 555",
    )  # fmt: skip
    for text in ways:
        assert await numbers(api, text) == [number], text
    assert await numbers(api, "Rechnungsmann") == []


def test_words_without_a_letter_are_none() -> None:
    assert words_of("  - & a,b; %") == ["a", "b"]
    assert not meant("%")


@pytest.fixture
async def many(api: Api) -> Api:
    """Thirty thousand people, of whom one in two is called Anna."""
    async with api.house.pool.acquire() as db:
        await db.execute("SET LOCAL synchronous_commit = off")
        await db.execute(
            """
            INSERT INTO contact (id, customer_id, name, company, email, phone, street, city, postal_code, region,
                                 country, billing, erased, replaces)
            SELECT uuidv7_at(n), NULL, CASE n % 2 WHEN 0 THEN 'Anna ' ELSE 'Emil ' END || md5(n::text), '',
                   md5(n::text) || '@example.com', '+4930' || n, '', '', '', '', 'DE', NULL, false, NULL
              FROM generate_series(1, 30000) AS n,
                   LATERAL (SELECT ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid AS id) AS uuidv7
        """.replace("uuidv7_at(n)", "uuidv7.id")
        )
        await db.execute("ANALYZE contact")
    return api


async def test_a_rare_word_is_looked_up_in_an_index(many: Api) -> None:
    modes = ("force_custom_plan", "force_generic_plan")
    async with many.house.pool.acquire() as db:
        for text, mode in itertools.product(("zqmüller", "@zq", "a1b2c3", "zq xy", "joerg.zq"), modes):
            async with db.transaction():
                values = Values()
                query = contacts_meant(meant(text), values.put)
                await db.execute(f"SET LOCAL plan_cache_mode = {mode}")
                types = ", ".join("text" for _ in values.all)
                await db.execute(f"PREPARE looked ({types}) AS SELECT id FROM {query} AS found")
                given = ", ".join(f"'{value}'" for value in values.all)
                plan = json.loads(await db.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE looked ({given})"))
                await db.execute("DEALLOCATE looked")
            steps = list(steps_of(plan[0]["Plan"]))
            assert any(each.get("Index Name") == "contact_search_folded" for each in steps), (text, mode)
            assert not [each for each in steps if each["Node Type"] == "Seq Scan"], (text, mode)
            assert all(each["Actual Rows"] <= 20_000 for each in steps), (text, mode)


async def test_a_frequent_word_is_looked_for_among_the_newest(many: Api) -> None:
    query, values = orders_statement(OrderFilter(text="anna"))
    async with many.house.pool.acquire() as db:
        plan = json.loads(await db.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values))
    for step in steps_of(plan[0]["Plan"]):
        if step.get("Index Name") == "contact_search_folded":
            assert step["Actual Loops"] == 0
        assert step["Actual Rows"] <= 3_000
