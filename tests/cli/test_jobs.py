from __future__ import annotations

from datetime import timedelta

from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.gateways.fake_ledger import GatewayScript
from purveyor.cli.startup import house_of
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.worker.job_runner import JobRunner
from tests.cli.conftest import Desk

JOB = "payment.authorize_at_gateway"


def an_order() -> PlaceOrder:
    return PlaceOrder(
        channel="web",
        lines=(LineItem(sku="MUG", quantity=2),),
        contact=Address(name="Ann", street="Teststr. 1", city="Berlin", postal_code="10115", country="DE"),
        currency="EUR",
        tenders=(Tender(method="card", source="card-good"),),
    )


async def perform_all(desk: Desk, script: GatewayScript) -> None:
    """All jobs to their end, without waiting between attempts."""
    async with house_of(desk.settings) as house:
        assert isinstance(house.outside.gateway, FakeGateway)
        house.outside.gateway.tell(script)
        await JobRunner(house.pool, house.committer, house.outside, first_delay=timedelta(0)).drain()


async def test_a_job_that_failed_too_often_is_listed_shown_and_retried(shop: Desk) -> None:
    await shop.ask(an_order())
    await perform_all(shop, GatewayScript(unavailable=True))

    (job,) = (await shop.run("jobs", "list", "--json")).json
    number = str(job["id"])
    assert (job["job"], job["attempts"]) == (JOB, 8)
    assert number in (await shop.run("jobs", "list")).out

    shown = (await shop.run("jobs", "show", number, "--json")).json
    assert shown["payload"]["amount"] == {"minor": 2_870, "currency": "EUR"}
    assert len(shown["failures"]) == 8
    assert shown["failures"][0]["kind"] == "GatewayUnavailable"
    assert "tried 8 times" in (await shop.run("jobs", "show", number)).text

    assert "1 job is in the queue again" in (await shop.run("jobs", "retry", number)).text
    assert (await shop.run("jobs", "list", "--json")).json == []
    await perform_all(shop, GatewayScript())
    (order,) = (await shop.run("orders", "list", "--json")).json
    assert order["payment_status"] == "authorized"


async def test_only_jobs_that_need_attention_are_retried(shop: Desk) -> None:
    await shop.ask(an_order())

    done = await shop.run("jobs", "retry", "4711", status=1)

    assert "Not among those that need attention: 4711" in done.text
    assert "0 jobs are in the queue again" in (await shop.run("jobs", "retry", "--all")).text
    assert "No job needs attention." in (await shop.run("jobs", "list")).text
