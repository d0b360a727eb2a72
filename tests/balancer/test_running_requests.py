"""Requests that are still running: what they mean for the choice of a target, and what becomes of them when it is removed."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from netful.model.balancing.load_balancers import Target, TargetGroup
from tests.helpers.proxies import ADDRESS, PORT, ask, cloud_of, configured, forward, get, listener, running

pytestmark = pytest.mark.programs

PORTS = {"a": PORT + 80, "b": PORT + 81}


class Holding:
    """Targets that hold a request for `/held` until they may answer, and answer others at once with their name."""

    def __init__(self):
        self.holder = asyncio.get_running_loop().create_future()
        self.may_answer = asyncio.Event()

    def of(self, name):
        async def serve(reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET /held"):
                self.holder.set_result(name)
                await self.may_answer.wait()
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n{name}".encode())
            await writer.drain()
            writer.close()

        return serve


@asynccontextmanager
async def held(folder, **attributes):
    """A load balancer before both targets, and a request that one of them holds."""
    targets = Holding()
    servers = [await asyncio.start_server(targets.of(name), str(ADDRESS), port) for name, port in PORTS.items()]
    made = cloud_of(listener(*forward("Tg")), group(*PORTS, **attributes))
    try:
        async with running(folder, made) as proxy, asyncio.timeout(120):
            asked = asyncio.ensure_future(ask(PORT, get("/held")))
            await targets.holder
            yield proxy, targets, asked
    finally:
        for server in servers:
            server.close()


def group(*names, **attributes):
    places = tuple(Target(str(ADDRESS), PORTS[name]) for name in names)
    return TargetGroup("Tg", "ip", "HTTP", 80, "Vpc", places, health_check_enabled=False, attributes=attributes)


def test_fewest_outstanding_requests_are_at_the_other_target(tmp_path):
    async def scenario():
        algorithm = {"load_balancing.algorithm.type": "least_outstanding_requests"}
        async with held(tmp_path, **algorithm) as (_, targets, asked):
            others = {(await ask(PORT, get())).body.decode() for _ in range(4)}
            targets.may_answer.set()
            return (await asked).body.decode(), others

    holder, others = asyncio.run(scenario())
    assert others == {"a", "b"} - {holder}


@pytest.mark.parametrize("left", [True, False], ids=["another is left", "it was the last one"])
def test_a_target_that_is_removed_finishes_its_requests(tmp_path, left):
    async def scenario():
        async with held(tmp_path) as (proxy, targets, asked):
            holder = targets.holder.result()
            kept = group(*(PORTS.keys() - {holder} if left else ()))
            await proxy.run(configured(cloud_of(listener(*forward("Tg")), kept)))
            later = [await ask(PORT, get()) for _ in range(4)]
            targets.may_answer.set()
            return holder, (await asked).body.decode(), {(one.status, one.body.decode()[:1]) for one in later}

    holder, answered, later = asyncio.run(scenario())
    assert answered == holder
    assert later == ({(200, other) for other in PORTS.keys() - {holder}} if left else {(503, "<")})
