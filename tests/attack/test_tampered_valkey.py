"""Contents of Valkey that no gateway has written, and a server whose clock is set back: APIs are served on, by their limits."""

import asyncio
import itertools

import msgspec
import pytest

from netful.engine.http.gateway_errors import QUOTA_SPENT
from netful.engine.usage.quotas import daily
from netful.gateway.admission.buckets import Rated
from netful.gateway.admission.meter import Counted
from netful.gateway.shared.entries import SharedEntries
from netful.gateway.shared.link import Link
from netful.gateway.shared.meter import SharedMeter
from netful.gateway.shared.rates import SharedRates
from netful.gateway.shared.results import SharedResults
from netful.gateway.shared.scripts import LOOK, USE
from netful.model.apis.stage import Stage
from netful.model.apis.usage import Quota
from netful.services.http.message import Response
from tests.helpers.texts import replaced
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.programs

STAGE = Stage("Stage", "Api", "live", cache_cluster_enabled=True)
KEY, PLACE = ("Stage", "Items", "GET", ("1",)), ("Stage", "Authorizer", "token")
BAD = (b"", b"x", b"-1", b"1e400", b"nan", b"-inf", b"\xff\xfe", b"9" * 30, b"[" * 5000)
SPLIT = msgspec.msgpack.encode((200, (("x", "a\r\nset-cookie: theirs=1"),), b""))
"""A response with a header that ends another one."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    yield running
    running.kill()


async def spoil(client, key, value):
    """Put a value where a gateway has written: a text, a list, or fields of a hash, one after the other."""
    await client.delete(key)
    await client.set(key, value)
    yield
    await client.delete(key)
    await client.rpush(key, value)
    yield
    await client.delete(key)
    await client.hset(key, mapping={"tokens": value, "at": value, "0": value, value: value})
    yield


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_spoiled_buckets_are_full_ones_and_the_server_is_not_away(server):
    async def scenario():
        link = Link(server.url, "buckets")
        meter = SharedMeter(link, 1)
        for number, value in enumerate(BAD):
            admission = meter.admission((Rated(f"b{number}", 0.001, 2),), None, 0.0)
            key = link.name("bucket", f"b{number}")
            async for _ in spoil(link.client, key, value):
                assert await admission.admit(0.0, 0.0) is None
                assert not link.away
                assert [one["tokens"] <= 2 for one in (await meter.status(0.0))["buckets"]]
        await link.close()

    run(scenario)


def test_spoiled_quotas_begin_again(server):
    async def scenario():
        link = Link(server.url, "quotas")
        meter = SharedMeter(link, 1)
        counted = Counted("Plan", "Key", Quota(2, "DAY"))
        assert daily
        admission = meter.admission((Rated("q", 1000, 1000),), counted, 0.0)
        for value in BAD:
            keys = [key async for key in link.client.scan_iter("netful:{quotas}:[qfu]*")]
            for key in keys:
                async for _ in spoil(link.client, key, value):
                    assert await admission.admit(0.0, 0.0) in {None, QUOTA_SPENT}
                    assert not link.away
                    await meter.status(0.0)
            await link.client.flushdb()
            answers = [await admission.admit(0.0, 0.0) for _ in range(3)]
            assert answers == [None, None, QUOTA_SPENT]
        await link.close()

    run(scenario)


def test_spoiled_entries_and_results_are_none(server):
    async def scenario():
        link = Link(server.url, "entries")
        entries, results = SharedEntries(link), SharedResults(link)
        response, result = Response(200, (("x", "y"),), b"good"), {"principalId": "me"}
        for value in (*BAD, SPLIT, msgspec.msgpack.encode((7, (), b""))):
            for kind in ("entry", "authorizer"):
                await entries.put(STAGE, KEY, 60, 0, response)
                await results.put(PLACE, 60, 0, result)
                [key] = [key async for key in link.client.scan_iter(f"netful:{{entries}}:{kind}:*")]
                async for _ in spoil(link.client, key, value):
                    found = await entries.get(KEY, 0), await results.get(PLACE, 0)
                    assert found == ((None, result) if kind == "entry" else (response, None)), value
            assert not link.away
            await entries.put(STAGE, KEY, 60, 0, response)
            assert await entries.get(KEY, 0) == response
        await link.close()

    run(scenario)


def test_spoiled_rates_are_counted_again(server):
    async def scenario():
        link = Link(server.url, "rates")
        rates = SharedRates(link)
        for value, at in zip(BAD, itertools.count(1000, 10)):
            rates.count(("acl", "rule"), 5, at)
            await rates.settled()
            [key] = [key async for key in link.client.scan_iter("netful:{rates}:*")]
            async for _ in spoil(link.client, key, value):
                rates.count(("acl", "rule"), 5, at)
                await rates.settled()
                assert not link.away
        await link.close()

    run(scenario)


def test_a_clock_that_is_set_back_shuts_no_bucket(server):
    async def scenario():
        link = Link(server.url, "clock")
        clock = {"redis.call('TIME')": "redis.call('LRANGE', 'clock', 0, 1)"}
        link.use, link.look = (link.client.register_script(replaced(text, clock)) for text in (USE, LOOK))
        meter = SharedMeter(link, 1)
        admission = meter.admission((Rated("b", 1, 3),), None, 0.0)
        passed = []
        for step, now in enumerate((10_000, 10_000, 2_000, 2_001, 2_010, 2_010)):  # set back by more than two hours
            await link.client.delete("clock")
            await link.client.rpush("clock", now, 0)
            answers = [await admission.admit(step * 1000.0 + n, 0.0) for n in range(5)]
            passed.append(answers.count(None))
        assert passed == [3, 0, 0, 1, 3, 0]
        await link.close()

    run(scenario)


def test_a_server_behind_a_partition_holds_nobody_up_for_long(tmp_path):
    """It takes connections and says nothing: each process counts by its share, and by the server again when it is back."""
    own = ValkeyServer(tmp_path)

    async def scenario():
        link = Link(own.url, "partition")
        admission = SharedMeter(link, 2).admission((Rated("b", 0.001, 10),), None, 0.0)
        entries = SharedEntries(link)
        assert await admission.admit(0.0, 0.0) is None
        own.pause()
        passed = [await admission.admit(1.0, 0.0) for _ in range(20)]
        assert passed.count(None) <= 5  # the share of one of two
        assert link.away
        await entries.put(STAGE, KEY, 60, 0, Response(200, (), b"alone"))
        assert entries.at_once(KEY, 0) is not None
        own.go_on()
        while link.away:
            await link.greet()
            await asyncio.sleep(0.02)
        assert await entries.get(KEY, 0) is None
        assert await admission.admit(2.0, 0.0) is None
        await link.close()

    try:
        run(scenario)
    finally:
        own.go_on()
        own.kill()
