"""Other words by which people look for pages and rules of the console; each language has its own."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from purveyor.web.pages.translations import mark as _

PLACES_ALSO: Final = {
    "/console": _("home, dashboard, overview, start, today"),
    "/console/orders": _("sales, list, purchases, transactions, export"),
    "/console/new-order": _("create an order, add an order, phone order"),
    "/console/figures": _("reports, analytics, statistics, kpi, numbers, revenue, turnover, charts"),
    "/console/review": _("holds, fraud, risk, approve, checks, suspicious"),
    "/console/messages": _("mails, e-mails, emails, sms, texts, notifications, notices, bounced, confirmations"),
    "/console/payments": _(
        "refunds, money back, reimbursements, invoices, bills, reminders, dunning, chargebacks, disputes, captures, "
        "bank transfers, cards, receivables, debts"
    ),
    "/console/picking": _("waves, pick lists, totes, collect goods, shelves"),
    "/console/packing": _("bench, parcels, packages, boxes, cartons, packing slips, weigh"),
    "/console/shipping": _(
        "labels, postage, carriers, manifests, couriers, dispatch, parcels, packages, send, shipments"
    ),
    "/console/delivery": _(
        "tracking, trace, parcels, packages, lost, collections, pick up, pickup, counter, downloads"
    ),
    "/console/installations": _("appointments, technicians, slots, calendar, visits, fitters"),
    "/console/support": _(
        "cases, tickets, questions, complaints, claims, inbox, help, customer service, damage, broken, missing"
    ),
    "/console/returns": _("rma, refunds, money back, send back, exchanges, credit notes, return labels, withdrawals"),
    "/console/feedback": _("surveys, reviews, ratings, nps, csat, stars, opinions"),
    "/console/stock": _("inventory, count, stocktaking, warehouse, receive, backorders, shelves, levels, availability"),
    "/console/products": _("catalog, items, sku, prices, articles, goods, ean, weights, license keys"),
    "/console/customers": _(
        "people, contacts, buyers, clients, accounts, addresses, erase, gdpr, privacy, credit limits"
    ),
    "/console/policies": _("settings, setup, configuration, rules, preferences, options"),
    "/console/staff": _("users, employees, logins, roles, permissions, rights, team, passwords, accounts, colleagues"),
    "/console/keys": _("api tokens, secrets, integrations, access, developers"),
    "/console/security": _("audit log, history, security, sign-ins, changes, who did what"),
    "/console/webhooks": _("integrations, events, api, hooks, callbacks, notifications of programs, erp"),
    "/console/jobs": _("errors, failures, queue, needs attention, background, retries, problems"),
}
POLICIES_ALSO: Final = {
    "seller": _("shop, company, address, imprint, terms, logo, vat number, invoice header"),
    "currency": _("money, euro, dollar, pound"),
    "locations": _("warehouses, stores, branches, pick up, collection points"),
    "tax": _("vat, sales tax, gst, rates, tax classes, value added tax, reverse charge"),
    "shipping": _("delivery costs, postage, shipping fees, free shipping, express, shipping methods, rates"),
    "routing": _("fulfillment, sourcing, split, backorders, which warehouse"),
    "risk": _("fraud, block list, blacklist, score, suspicious"),
    "holds": _("deadlines, who releases, escalation, owners"),
    "payment": _("invoice terms, refunds, limits, approvals, cash on delivery, reminders, dunning, pay links"),
    "packing": _("cartons, boxes, scale, tolerance, sscc"),
    "delivery": _("downloads, collection, lost parcels, attempts"),
    "returns": _("return window, withdrawal, refunds, restocking fee, reasons, days to send back"),
    "survey": _("surveys, nps, csat, ratings, questions to customers"),
    "sign_in": _("password, second factor, 2fa, mfa, lock-out, sessions, log in, login"),
    "carts": _("baskets, abandoned carts, checkout"),
    "calendar": _("business hours, opening hours, holidays, time zone, closing days"),
    "stages": _("late, sla, deadlines, clocks, targets"),
    "support": _("response times, sla, answer times, first answer"),
    "saved_answers": _("templates, macros, canned responses, text blocks, snippets"),
    "closed_channels": _("maintenance, stop orders, vacation, pause, close the shop"),
}
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Words in small letters, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))
