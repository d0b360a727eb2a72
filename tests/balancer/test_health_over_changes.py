"""The health of targets while the load balancer changes: it is that of the target, not that of whatever had its address before."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from netful.balancer.haproxy.backends import backends, server_name
from netful.balancer.service import BalancerService, Place
from netful.balancer.targets import Reached
from netful.model.balancing.load_balancers import Target, TargetGroup
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.proxies import ADDRESS, NODE, PORT, cloud_of, forward, listener, not_called, spawn

pytestmark = pytest.mark.programs

PLACE = PORT + 90
BUILT = {NODE.id: Place(object())}


class Checked:
    """A target that answers its health checks until it is silent."""

    def __init__(self):
        self.silent = False

    async def serve(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        if self.silent:
            await reader.read()
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()


def cloud(*, registered, path="/"):
    targets = (Target(str(ADDRESS), PLACE),) if registered else ()
    return cloud_of(
        listener(*forward("Tg")), TargetGroup("Tg", "ip", "HTTP", 80, "Vpc", targets, health_check_path=path)
    )


@asynccontextmanager
async def healthy(folder):
    """A load balancer before a target that it has found healthy and that is silent since then."""
    target = Checked()
    server = await asyncio.start_server(target.serve, str(ADDRESS), PLACE)
    service = BalancerService(folder, lambda _: spawn, None, not_called, not_called, not_called, not_called, None)
    try:
        await service.follow(cloud(registered=True), BUILT)
        async with asyncio.timeout(ENOUGH_SECONDS):
            while states(service) != ["healthy"]:  # noqa: ASYNC110  # no event announces it
                await asyncio.sleep(0.05)
        target.silent = True
        yield service
    finally:
        await service.close()
        server.close()


def states(service):
    return [one.state for one in service.health.get(NODE.id, ())]


def test_a_target_that_stays_keeps_its_health(tmp_path):
    async def scenario():
        async with healthy(tmp_path) as service:
            await service.follow(cloud(registered=True, path="/other"), BUILT)
            return states(service)

    assert asyncio.run(scenario()) == ["healthy"]


def test_a_target_at_the_address_of_another_one_is_yet_to_be_checked(tmp_path):
    async def scenario():
        async with healthy(tmp_path) as service:
            await service.follow(cloud(registered=False), BUILT)
            gone = states(service)
            await service.follow(cloud(registered=True), BUILT)
            return gone, states(service)

    assert asyncio.run(scenario()) == ([], ["initial"])


@pytest.mark.parametrize("others", [True, False], ids=["others serve", "it is alone"])
def test_a_target_that_starts_gets_requests_while_none_is_healthy_only_where_it_is_alone(others):
    starting, serving = Reached("b", ADDRESS, PLACE, starting=True), Reached("a", ADDRESS, PLACE + 1)
    made = backends(TargetGroup("Tg", "ip", "HTTP", 80, "Vpc"), [starting, *[serving] * others], http=True)
    opened = [line.split()[1] for line in made[made.index("backend Tg.open") :] if line.startswith("  server ")]
    assert opened == [server_name(serving if others else starting)]
