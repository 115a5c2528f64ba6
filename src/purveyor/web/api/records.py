"""Records: products, stock, customers, policies and keys."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from purveyor.core.field_types import Line, Name, Sku, Word
from purveyor.core.policies import Policies
from purveyor.core.refusals import NotFound
from purveyor.core.rows import Customer, Product, Stock
from purveyor.records.catalog.commands import NoteFiles, SaveProducts
from purveyor.records.catalog.queries import products
from purveyor.records.customers.commands import (
    BlockCustomer,
    ChangeCustomer,
    EraseCustomer,
    EraseOrderPerson,
    RegisterCustomer,
    SetTerms,
    SignCustomerOut,
    UseSignInLink,
    WriteCustomerNote,
)
from purveyor.records.customers.queries import (
    FoundCustomer,
    Traces,
    customer_by_number,
    find_customers,
    traces_of_email,
)
from purveyor.records.policies.commands import ApplyPolicyDeadline, ApprovePolicy, DeclinePolicy, SetPolicy
from purveyor.records.policies.queries import PolicyWaiting, load_policies, policies_waiting
from purveyor.records.staff.commands import (
    AddStaff,
    ConfirmSecondFactor,
    CreateApiKey,
    DisableStaff,
    EnableStaff,
    EndAllSessions,
    EndSession,
    EnrollSecondFactor,
    EraseStaff,
    NoteExport,
    NoteFailedSignIn,
    OpenSession,
    RehashPassword,
    RemoveSecondFactor,
    RenameStaff,
    RevokeApiKey,
    SetPassword,
    SetRoles,
    UnlockStaff,
    VouchForStaff,
)
from purveyor.records.staff.queries import KeySeen, all_api_keys
from purveyor.records.stock.commands import CountStock, ReceiveStock, SetBackorderCap
from purveyor.records.stock.queries import Movement, movements, stock
from purveyor.records.views.commands import DeleteView, SaveView
from purveyor.secret_key import SecretKey
from purveyor.web.api.command_endpoints import Endpoint, Generated
from purveyor.web.api.query_endpoints import NoParameters, QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.auth.api_keys import Caller, key_of
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import FIRST_ID, Page, Paging, page, place_after
from purveyor.web.http.problem_details import Problem

NEWEST = 2**62
SHOWN_ONCE = "The key was shown with the first answer, and never again. If it is lost, revoke it and ask for another."
CUSTOMER = "/customers/{customer_id:uuid}"


class ProductFilter(Paging, frozen=True, kw_only=True):
    category: Line = ""
    text: Name = ""


async def _products(house: House, asked: ProductFilter) -> Page[Product]:
    after = place_after(asked.after, str, "")
    rows = await products(house.read, after=after, category=asked.category, text=asked.text, limit=asked.limit + 1)
    return page(rows, asked.limit, lambda product: product.sku)


class StockFilter(Paging, frozen=True, kw_only=True):
    sku: Sku = ""


async def _stock(house: House, asked: StockFilter) -> Page[Stock]:
    after = place_after(asked.after, tuple[str, str], ("", ""))
    rows = await stock(house.read, sku=asked.sku, after=after, limit=asked.limit + 1)
    return page(rows, asked.limit, lambda row: (row.sku, row.location))


class MoveFilter(Paging, frozen=True, kw_only=True):
    sku: Sku
    location: Word


async def _movements(house: House, asked: MoveFilter) -> Page[Movement]:
    before = place_after(asked.after, int, NEWEST)
    rows = await movements(house.read, asked.sku, asked.location, before, asked.limit + 1)
    return page(rows, asked.limit, lambda row: row.id)


class CustomerFilter(Paging, frozen=True, kw_only=True):
    text: Annotated[
        str,
        msgspec.Meta(
            max_length=200,
            description="A number, words of a name or company, a part of an e-mail, or a phone as it is written.",
        ),
    ] = ""


async def _customers(house: House, asked: CustomerFilter) -> Page[FoundCustomer]:
    rows = await find_customers(house.read, asked.text, place_after(asked.after, UUID, FIRST_ID), asked.limit + 1)
    return page(rows, asked.limit, lambda customer: customer.id)


class CustomerNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    customer: Word


async def _customer(house: House, asked: CustomerNumber) -> Customer:
    found = await customer_by_number(house.read, asked.customer)
    if found is None:
        raise NotFound(what="customer", id=asked.customer)
    return found


class EmailAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]


async def _traces(house: House, asked: EmailAddress) -> Traces:
    return await traces_of_email(house.read, asked.email)


async def _policies(house: House, _: NoParameters) -> Policies:
    return await load_policies(house.read)


class PolicyRequests(msgspec.Struct, frozen=True):
    items: list[PolicyWaiting]


async def _policies_waiting(house: House, _: NoParameters) -> PolicyRequests:
    return PolicyRequests(await policies_waiting(house.read))


class KeyList(msgspec.Struct, frozen=True):
    items: list[KeySeen]


async def _keys(house: House, _: NoParameters) -> KeyList:
    return KeyList(await all_api_keys(house.read))


def _gives_no_more_than_it_has(caller: Caller, command: CreateApiKey) -> None:
    more = [scope for scope in command.scopes if not caller.may(scope)]
    if more:
        raise Problem(
            403,
            "scope_missing",
            f"The key {caller.name} cannot give what it has not: {', '.join(more)}.",
            data={"needs": more, "has": sorted(caller.scopes)},
        )


def _new_key(seal: SecretKey, request: str) -> Generated:
    key = key_of(seal, request)
    return Generated(
        {"prefix": key.prefix, "hash": key.hash},
        shown={"api_key": key.secret, "prefix": key.prefix},
        later={"api_key": None, "prefix": key.prefix, "note": SHOWN_ONCE},
    )


CATALOG = Section(
    name="catalog",
    about="What can be bought.",
    endpoints=(
        Endpoint(
            path="/products", command=SaveProducts, scope="catalog:write", summary="Put products into the catalog"
        ),
    ),
    internal=(NoteFiles,),
    reads=(
        QueryEndpoint(
            path="/products",
            find=_products,
            answer=Page[Product],
            scope="catalog:read",
            summary="Products by SKU",
            parameters=ProductFilter,
        ),
    ),
)
STOCK = Section(
    name="stock",
    about="What is on the shelves, and every change of it with its reason.",
    endpoints=(
        Endpoint(path="/stock/receive", command=ReceiveStock, scope="stock:write", summary="Goods have come in"),
        Endpoint(path="/stock/count", command=CountStock, scope="stock:write", summary="Somebody has counted"),
        Endpoint(
            path="/stock/backorder-cap",
            command=SetBackorderCap,
            scope="stock:write",
            summary="How many units of a SKU may wait",
        ),
    ),
    reads=(
        QueryEndpoint(
            path="/stock",
            find=_stock,
            answer=Page[Stock],
            scope="stock:read",
            summary="On hand, allocated and held, by SKU and location",
            parameters=StockFilter,
        ),
        QueryEndpoint(
            path="/stock/movements",
            find=_movements,
            answer=Page[Movement],
            scope="stock:read",
            summary="Every change of a SKU at a location, newest first",
            parameters=MoveFilter,
        ),
    ),
)
CUSTOMERS = Section(
    name="customers",
    about="Who buys; personal data can be erased for ever.",
    endpoints=(
        Endpoint(
            path="/customers",
            command=RegisterCustomer,
            scope="customers:write",
            summary="Get to know somebody",
            status=201,
        ),
        Endpoint(
            path=f"{CUSTOMER}/change",
            command=ChangeCustomer,
            scope="customers:write",
            summary="Another name, address or way to reach somebody",
        ),
        Endpoint(
            path=f"{CUSTOMER}/terms",
            command=SetTerms,
            scope="customers:terms",
            summary="Let a customer buy on account, up to a limit",
        ),
        Endpoint(
            path=f"{CUSTOMER}/block",
            command=BlockCustomer,
            scope="customers:write",
            summary="Have a person look at every order of a customer",
        ),
        Endpoint(
            path=f"{CUSTOMER}/notes",
            command=WriteCustomerNote,
            scope="customers:write",
            summary="Write a note on a customer for staff",
            status=201,
        ),
        Endpoint(
            path=f"{CUSTOMER}/erase",
            command=EraseCustomer,
            scope="customers:erase",
            summary="Empty a customer's personal data for ever",
        ),
        Endpoint(
            path="/orders/{order_id:uuid}/erase-person",
            command=EraseOrderPerson,
            scope="customers:erase",
            summary="Empty the personal data of one order for ever, a guest's for example",
        ),
    ),
    internal=(SignCustomerOut, UseSignInLink),  # by the shop's own page alone: it proves whose mail is read
    reads=(
        QueryEndpoint(
            path="/customers",
            find=_customers,
            answer=Page[FoundCustomer],
            scope="customers:read",
            summary="Find customers",
            parameters=CustomerFilter,
        ),
        QueryEndpoint(
            path="/personal-data",
            find=_traces,
            answer=Traces,
            scope="customers:read",
            summary="Customers and orders that an e-mail address stands on: what is erased for its owner",
            parameters=EmailAddress,
        ),
        QueryEndpoint(
            path="/customers/{customer:str}",
            find=_customer,
            answer=Customer,
            scope="customers:read",
            summary="One customer by number or id",
            parameters=CustomerNumber,
        ),
    ),
)
POLICIES = Section(
    name="policies",
    about="The merchant's rules as data.",
    endpoints=(
        Endpoint(path="/policies", command=SetPolicy, scope="policies:write", summary="Put a policy in force"),
        Endpoint(
            path="/policies/requests/{request_id:uuid}/approve",
            command=ApprovePolicy,
            scope="policies:write",
            summary="Approve a policy that allows more than before, as the second admin",
        ),
        Endpoint(
            path="/policies/requests/{request_id:uuid}/decline",
            command=DeclinePolicy,
            scope="policies:write",
            summary="Say no to a policy that allows more than before",
        ),
    ),
    internal=(ApplyPolicyDeadline,),
    reads=(
        QueryEndpoint(
            path="/policies",
            find=_policies,
            answer=Policies,
            scope="policies:read",
            summary="All policies that are in force now",
        ),
        QueryEndpoint(
            path="/policies/requests",
            find=_policies_waiting,
            answer=PolicyRequests,
            scope="policies:read",
            summary="Policies that allow more than before and wait for a second admin",
        ),
    ),
)
STAFF = Section(
    name="staff",
    about="Who may come in. A new key is shown once, in `reply.api_key` of the first answer; only its hash is kept.",
    endpoints=(
        Endpoint(
            path="/api-keys",
            command=CreateApiKey,
            scope="staff:write",
            summary="Make a key and let it in",
            status=201,
            ours=("prefix", "hash"),
            makes=_new_key,
            check=_gives_no_more_than_it_has,
        ),
        Endpoint(
            path="/api-keys/{key_id:uuid}/revoke",
            command=RevokeApiKey,
            scope="staff:write",
            summary="Shut a key out",
            ours=("having",),
            of_caller=lambda caller: {"having": tuple(sorted(caller.scopes))},
        ),
    ),
    reads=(
        QueryEndpoint(path="/api-keys", find=_keys, answer=KeyList, scope="staff:read", summary="All keys, no secrets"),
    ),
    # People are let in by people, at the console or the command line: a key cannot make itself an admin.
    internal=(
        AddStaff,
        VouchForStaff,
        RenameStaff,
        SetRoles,
        DisableStaff,
        EnableStaff,
        EraseStaff,
        UnlockStaff,
        SetPassword,
        RehashPassword,
        EnrollSecondFactor,
        ConfirmSecondFactor,
        RemoveSecondFactor,
        OpenSession,
        NoteExport,
        NoteExport,
        NoteFailedSignIn,
        EndSession,
        EndAllSessions,
        SaveView,
        DeleteView,
    ),
)
