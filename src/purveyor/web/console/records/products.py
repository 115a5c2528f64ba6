"""Products: what is for sale, at which price, and the keys that licenses are given from."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints
from urllib.parse import urlencode

from babel import Locale
from litestar.response.base import ASGIResponse

from purveyor.core.currency_format import typed_amount
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import Product
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.catalog.queries import categories, file_is_missing, product_by_sku, products_like
from purveyor.records.policies.queries import load_policies
from purveyor.records.stock.queries import available_of, shelves_of
from purveyor.stages.delivery.commands import AddLicenseKeys
from purveyor.stages.delivery.queries import license_pool
from purveyor.web.console.frame.location_lists import paged_list
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.names import tax_class_order
from purveyor.web.pages.routes import PageRoute, get, post

READ = "catalog:read"
WRITE = "catalog:write"
PLACE = "/console/products"
KINDS: tuple[str, ...] = get_args(get_type_hints(ProductData)["kind"])
NUMBERS = ("weight_g", "length_mm", "width_mm", "height_mm", "duration_min")
FLAGS = ("dangerous", "fragile", "returnable", "active")
TEXTS = tuple(
    name
    for name in ("name", "description", "tax_class", "category", "hs_code", "origin", "asset")
    if name in ProductData.__struct_fields__
)


async def show(ctx: RequestContext) -> ASGIResponse:
    """The catalog by SKU."""
    text, category, kind = ctx.given("text"), ctx.given("category"), ctx.given("kind")
    active = {"yes": True, "no": False}.get(ctx.given("active"))
    found = await paged_list(ctx, products_like, lambda row: row.sku, text, category, kind, active, first="", kind=str)
    return ctx.page(
        "console/records/products_rows.html" if ctx.is_part else "console/records/products.html",
        products=found.items,
        available=await available_of(ctx.house.read, [row.sku for row in found.items]),
        next=found.next,
        here=_address(ctx),
        categories=await categories(ctx.house.read),
        kinds=KINDS,
    )


def _address(ctx: RequestContext) -> str:
    kept = {name: ctx.given(name) for name in ("text", "category", "kind", "active") if ctx.given(name)}
    return PLACE + (f"?{urlencode(kept)}" if kept else "")


def address_of(sku: str) -> str:
    """The page of one product."""
    return f"{PLACE}/edit?{urlencode({'sku': sku})}"


async def product_of(ctx: RequestContext, sku: str) -> Product | None:
    """A product by its whole SKU."""
    return await product_by_sku(ctx.house.read, sku)


async def new(ctx: RequestContext) -> ASGIResponse:
    """An empty form."""
    return await _form(ctx, None)


async def edit(ctx: RequestContext) -> ASGIResponse:
    """A product with all its fields."""
    sku = ctx.given("sku") or (await _sent(ctx)).text("sku")
    if not sku:
        return ctx.see_other("/console/products")
    product = await product_of(ctx, sku)
    if product is None:
        raise NotFound(what="product", id=sku)
    return await _form(ctx, product)


async def again(ctx: RequestContext) -> ASGIResponse:
    """The form as it was sent, of a product that is there or of a new one."""
    form = await _sent(ctx)
    return await _form(ctx, await product_of(ctx, form.text("sku")) if form.text("before") else None)


async def _sent(ctx: RequestContext) -> Form:
    return await ctx.form() if ctx.request.method == "POST" else Form({})


async def _form(ctx: RequestContext, product: Product | None) -> ASGIResponse:
    read = ctx.house.read
    sent = await _sent(ctx)
    policies = await load_policies(read)
    currency = product.currency if product else policies.currency
    values = _values(product, currency, ctx.locale)
    if "name" in sent:  # what was typed counts, boxes that were not ticked among it
        values |= {name: sent.text(name) for name in ("sku", "price", "kind", *TEXTS, *NUMBERS)}
        values |= {name: sent.flag(name) for name in FLAGS}
    is_license = product is not None and product.kind == "license"
    return ctx.page(
        "console/records/product.html",
        product=product,
        values=values,
        currency=currency,
        kinds=KINDS,
        tax_classes=sorted(
            {rate.tax_class for rate in policies.tax.rates} | {values["tax_class"]}, key=tax_class_order
        ),
        categories=await categories(read),
        pool=await license_pool(read, product.sku) if product is not None and is_license else None,
        places=await shelves_of(read, product.sku) if product is not None else [],
        has_description="description" in TEXTS,
        keys=sent.text("keys"),
        file_is_missing=product is not None
        and product.kind == "download"
        and await file_is_missing(read, product.asset),
    )


def _values(product: Product | None, currency: str, locale: Locale) -> dict[str, Any]:
    if product is None:
        empty: dict[str, Any] = dict.fromkeys(("sku", "price", *TEXTS), "") | dict.fromkeys(NUMBERS, 0)
        return empty | {"kind": "goods", "tax_class": "standard"} | {name: name in FLAGS[2:] for name in FLAGS}
    values = {name: getattr(product, name) for name in ("sku", "kind", *TEXTS, *NUMBERS, *FLAGS)}
    return values | {"price": typed_amount(product.price_minor, currency, locale)}


async def save(ctx: RequestContext) -> ASGIResponse:
    """Put it into the catalog. Orders that were placed keep the name and price that they were placed with."""
    form = await ctx.form()
    sku = form.required("sku")
    before = await product_of(ctx, sku)
    if before is not None and not form.text("before"):
        expected = ctx._("a SKU that no other product has")
        raise Invalid(field="sku", found=sku, expected=expected)
    currency = before.currency if before else (await load_policies(ctx.house.read)).currency
    kind = form.text("kind")
    if kind not in KINDS:
        raise Invalid(field="kind", found=kind or "nothing", expected=f"one of {', '.join(KINDS)}")
    data = ProductData(
        sku=sku,
        kind=kind,  # type: ignore[arg-type]
        price=form.money("price", currency),
        **{name: form.required(name) if name == "name" else form.text(name) for name in TEXTS},  # type: ignore[arg-type]
        **{name: form.integer(name, 0) for name in NUMBERS},  # type: ignore[arg-type]
        **{name: form.flag(name) for name in FLAGS},  # type: ignore[arg-type]
    )
    try:
        await ctx.do(SaveProducts(products=(data,)))
    finally:
        for field in [name for name in ctx.errors if name.startswith("products[1].")]:
            ctx.errors[field.removeprefix("products[1].")] = ctx.errors.pop(field)
    return ctx.see_other(address_of(sku), ctx._("%(name)s is saved.", name=data.name))


async def add_keys(ctx: RequestContext) -> ASGIResponse:
    """Fill the pool of a license: one key a line."""
    form = await ctx.form()
    sku = form.required("sku")
    keys = tuple(key for line in form.required("keys").splitlines() if (key := line.strip()))
    await ctx.do(AddLicenseKeys(sku=sku, keys=keys))
    said = ctx.translations.ngettext("%(num)s key is in the pool.", "%(num)s keys are in the pool.", len(keys))
    return ctx.see_other(address_of(sku), said % {"num": len(keys)})


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(f"{PLACE}/new", new, scope=WRITE),
    get(f"{PLACE}/edit", edit, scope=READ),
    post(f"{PLACE}/save", save, scope=WRITE, again=again),
    post(f"{PLACE}/keys", add_keys, scope="delivery:write", again=edit),
)
