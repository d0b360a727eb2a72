"""A state on several Valkey servers: a primary that fails over to its replica, and a cluster."""

import asyncio
import time
from contextlib import suppress
from functools import partial

import pytest
import valkey.exceptions

from netful.engine.usage.quotas import window
from netful.gateway.admission.buckets import Rated
from netful.gateway.admission.meter import Counted
from netful.gateway.shared.link import AwayError, Link
from netful.gateway.shared.meter import SharedMeter
from netful.model.apis.usage import Quota
from netful.model.core import StackError
from tests.helpers.processes import OWN_LOOPBACK
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.programs

SLOTS = ((0, 5460), (5461, 10922), (10923, 16383))
COUNTED = Counted("Plan", "Key", Quota(1000, "DAY"))


@pytest.fixture
def servers(tmp_path):
    """Starts servers, each in a folder of its own."""
    running = []

    def start(*options):
        folder = tmp_path / str(len(running))
        folder.mkdir()
        running.append(ValkeyServer(folder, *options))
        return running[-1]

    yield start
    for server in running:
        server.kill()


@pytest.fixture
def sentinel(servers, tmp_path):
    """Starts a sentinel that replaces a primary that does not answer for three seconds."""

    def start(primary):
        file = tmp_path / "sentinel.conf"
        file.write_text(
            f"sentinel monitor gateways {OWN_LOOPBACK} {primary.port} 1\n"
            "sentinel down-after-milliseconds gateways 3000\nsentinel failover-timeout gateways 2000\n"
        )
        return servers(str(file), "--sentinel")

    return start


def meter_at(url):
    meter = SharedMeter(Link(url, "stack"), 1)
    return meter, meter.admission((Rated(("bucket",), 1000, 1000),), COUNTED, time.monotonic())


async def until(ask, done):
    """Ask until the answer is as wanted: a server that joins others may answer late, or end a connection."""
    while True:
        with suppress(valkey.exceptions.ConnectionError, valkey.exceptions.TimeoutError):
            if done(await ask()):
                return
        await asyncio.sleep(0.02)  # a server has no event for it


async def used(meter):
    return int(await meter.link.client.get(meter.count_key(COUNTED, window(COUNTED.quota, 0))))


async def back(meter, admission):
    """Admit requests until the server is there again; return their number."""
    number = 0
    while meter.link.away or not number:
        assert await admission.admit(time.monotonic(), 0) is None
        number += 1
        await asyncio.sleep(0.02)
    return number


def within_a_minute(scenario):
    asyncio.run(asyncio.wait_for(scenario, 60))


def test_requests_while_the_server_is_away_are_counted_when_it_is_back(servers):
    server = servers()

    async def scenario():
        meter, admission = meter_at(server.url)
        assert await admission.admit(time.monotonic(), 0) is None
        server.kill()
        away = [await admission.admit(time.monotonic(), 0) for _ in range(20)]
        assert away == [None] * 20
        server.start()  # empty, so that only what was counted later is there
        after = await back(meter, admission)
        assert await used(meter) == 20 + after
        await meter.link.close()

    within_a_minute(scenario())


def test_sentinels_lead_to_the_new_primary_which_has_the_counts(servers, sentinel):
    primary = servers()
    replica = servers("--replicaof", OWN_LOOPBACK, str(primary.port), "--replica-announce-ip", OWN_LOOPBACK)
    watching = sentinel(primary)

    async def scenario():
        meter, admission = meter_at(f"valkey+sentinel://{OWN_LOOPBACK}:{watching.port}/gateways")
        there, known = Link(replica.url, "stack"), Link(watching.url, "stack")
        for _ in range(50):
            assert await admission.admit(time.monotonic(), 0) is None
        key = meter.count_key(COUNTED, window(COUNTED.quota, 0))
        await until(lambda: there.client.get(key), lambda found: found == b"50")
        await until(lambda: known.client.execute_command("SENTINEL REPLICAS", "gateways"), bool)
        primary.kill()
        with pytest.raises(AwayError):
            await meter.link.ping()
        after = await back(meter, admission)
        assert await used(meter) == 50 + after
        for link in (meter.link, there, known):
            await link.close()

    within_a_minute(scenario())


def test_a_cluster_has_the_keys_of_a_stack_at_one_of_its_nodes(servers):
    nodes = [servers("--cluster-enabled", "yes", "--cluster-announce-ip", OWN_LOOPBACK) for _ in range(3)]

    async def scenario():
        links = [Link(node.url, "stack") for node in nodes]
        for link, slots in zip(links, SLOTS, strict=True):
            await link.client.execute_command("CLUSTER ADDSLOTSRANGE", *slots)
        for node in nodes[1:]:
            await links[0].client.execute_command("CLUSTER MEET", OWN_LOOPBACK, node.port)
        for link in links:
            await until(
                partial(link.client.execute_command, "CLUSTER INFO"), lambda found: found["cluster_state"] == "ok"
            )
        meter, admission = meter_at("valkey+cluster://" + ",".join(f"{OWN_LOOPBACK}:{node.port}" for node in nodes))
        assert [await admission.admit(time.monotonic(), 0) for _ in range(30)] == [None] * 30
        assert await used(meter) == 30
        status = await meter.status(time.monotonic())
        assert (len(status["buckets"]), status["quotas"][0]["used"]) == (1, 0)  # of today, which is another day
        await meter.link.forget(meter.link.name("bucket", "*"))
        for link in (meter.link, *links):
            await link.close()

    within_a_minute(scenario())


@pytest.mark.parametrize("url", ["valkey+sentinel://127.0.0.1:1", "valkey+sentinel://host/name", "valkey+cluster://"])
def test_urls_that_name_no_servers(url):
    with pytest.raises(StackError, match="names no Valkey server"):
        Link(url, "stack")
