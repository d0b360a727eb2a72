"""What several gateway processes share by a real Valkey server: never too many, all or none, and life without it."""

import asyncio
import time

import pytest

from netful.engine.http.gateway_errors import KEY_TOO_MANY, QUOTA_SPENT, TOO_MANY, GatewayAnswer
from netful.engine.usage.quotas import Spent, daily
from netful.gateway.admission.buckets import Buckets, Rated, take
from netful.gateway.admission.meter import Counted
from netful.gateway.shared.entries import SharedEntries
from netful.gateway.shared.link import Link
from netful.gateway.shared.meter import SharedMeter
from netful.gateway.shared.rates import SharedRates
from netful.gateway.shared.results import SharedResults
from netful.gateway.shared.scripts import LOOK, USE
from netful.model.apis.stage import Stage
from netful.model.apis.usage import Quota
from netful.model.core import StackError
from netful.services.http.message import Response
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.texts import replaced
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.programs

STAGE = Stage("Stage", "Api", "live", cache_cluster_enabled=True)
KEY = ("Stage", "Items", "GET", ("1",))
OTHER = ("Stage", "Items", "GET", ("2",))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    yield running
    running.kill()


@pytest.fixture
def own(tmp_path):
    """A server that the test may kill and start again."""
    running = ValkeyServer(tmp_path)
    yield running
    running.kill()


class Processes:
    """Meters that count together, as so many processes would."""

    def __init__(self, server, stack, count=1):
        self.links = [Link(server.url, stack) for _ in range(count)]
        self.meters = [SharedMeter(link, count) for link in self.links]

    def admissions(self, *rungs, counted=None):
        return [
            meter.admission(tuple(Rated(*rung) for rung in rungs), counted, time.monotonic()) for meter in self.meters
        ]

    async def close(self):
        for link in self.links:
            await link.close()


async def admitted(admission, at=0.0):
    """Whether a request is let through; else the answer."""
    found = admission.admit(time.monotonic(), at)
    return found if found is None or isinstance(found, GatewayAnswer) else await found


def together(test):
    """Run an async test."""

    def run(server, request):
        asyncio.run(asyncio.wait_for(test(server, request.node.name), ENOUGH_SECONDS))

    run.__name__ = test.__name__
    return run


@pytest.mark.parametrize("processes", [1, 4])
@pytest.mark.parametrize(("rate", "burst"), [(5, 3), (200, 10), (2000, 200)])
def test_never_more_than_burst_and_rate_allow(server, request, processes, rate, burst):
    async def flood():
        running = Processes(server, request.node.name, processes)
        admissions = running.admissions(("api", rate, burst), ("region", 10_000, 5_000))
        count, began = 0, time.monotonic()

        async def client(admission):
            nonlocal count
            while time.monotonic() < began + (0.5 if count >= burst else ENOUGH_SECONDS):
                passed = await admitted(admission) is None
                count += passed
                await asyncio.sleep(0)

        await asyncio.gather(*(client(admission) for admission in admissions for _ in range(4)))
        elapsed = time.monotonic() - began
        await running.close()
        return count, elapsed

    count, elapsed = asyncio.run(flood())
    assert burst <= count <= burst + rate * elapsed + 1


class OnAClock(Processes):
    """Whose server's clock is the test's; what is kept there does not end by itself."""

    def __init__(self, server, stack, count):
        super().__init__(server, stack, count)
        self.now, self._key = 0.0, f"{stack}:clock"
        now = {"redis.call('TIME')": f"redis.call('LRANGE', '{self._key}', 0, 1)"}
        use, look = replaced(USE, {**now, "redis.call('EXPIRE'": "tostring('EXPIRE'"}), replaced(LOOK, now)
        for link in self.links:
            link.use, link.look = link.client.register_script(use), link.client.register_script(look)

    async def pass_(self, seconds):
        self.now += seconds
        client = self.links[0].client
        await client.delete(self._key)
        await client.rpush(self._key, int(self.now), int(self.now % 1 * 1e6))

    async def count(self, admissions, tries):
        """How many of so many requests, each process's in its turn, are let through."""
        passed = 0
        for n in range(tries):
            found = admissions[n % len(admissions)].admit(self.now, 0.0)
            passed += (found if found is None or isinstance(found, GatewayAnswer) else await found) is None
        return passed


@pytest.mark.parametrize("processes", [1, 4])
@pytest.mark.parametrize(
    ("rate", "burst", "one_by_one"), [(0.5, 1, True), (3, 7, True), (40, 60, True), (2000, 500, False)]
)
def test_never_more_on_a_clock_that_is_moved(server, request, processes, rate, burst, one_by_one):
    """Of a bucket from which tokens are taken one by one, as many are let through as by the bucket of one process."""

    async def scenario():
        running = OnAClock(server, request.node.name, processes)
        alone = Buckets().bucket(Rated("b", rate, burst), 0.0)
        await running.pass_(0)
        admissions = running.admissions(("b", rate, burst))
        passed = expected = 0
        for pause in (0.0, 0.125, 0.0625, 0.5, 3.0, 0.25, 60.0, 0.0):
            await running.pass_(pause)
            passed += await running.count(admissions, 3 * burst)
            expected += sum(take([alone], running.now) is None for _ in range(3 * burst))
            assert passed <= burst + rate * running.now
            if one_by_one:
                assert passed == expected
        await running.close()

    asyncio.run(asyncio.wait_for(scenario(), ENOUGH_SECONDS))


@together
async def test_tokens_come_by_the_dozen_only_of_fast_buckets(server, name):
    running = Processes(server, name)
    slow, fast = running.admissions(("slow", 0.01, 30))[0], running.admissions(("fast", 10_000, 5_000))[0]
    for admission in (slow, fast):
        for _ in range(30):
            assert await admitted(admission) is None
    left = {bucket["of"]: bucket["tokens"] for bucket in (await running.meters[0].status(0))["buckets"]}
    assert 0 <= left["slow"] < 2
    assert await admitted(slow) is TOO_MANY
    await running.close()


@together
async def test_all_buckets_or_none(server, name):
    one, other = (m.admissions(("wide", 0.001, 10), ("narrow", 0.001, 1))[0] for m in (Processes(server, name),) * 2)
    wide = Processes(server, name).admissions(("wide", 0.001, 10))[0]
    assert await admitted(one) is None
    assert [await admitted(other) for _ in range(5)] == [TOO_MANY] * 5
    assert [await admitted(wide) for _ in range(10)].count(None) == 9


@together
async def test_zero_shuts(server, name):
    admissions = Processes(server, name).admissions(("shut", 0, 0)) + Processes(server, name).admissions(("none", 0, 9))
    assert [await admitted(admission) for admission in admissions] == [TOO_MANY, TOO_MANY]


@together
async def test_key_s_own_limit_is_told_from_others(server, name):
    of_key, of_stage = ("key", 0, 0, "usage plan"), ("stage", 0, 0, "stage default")
    (one,), (other,) = (Processes(server, name).admissions(rung) for rung in (of_key, of_stage))
    for _ in range(2):
        assert await admitted(one) is KEY_TOO_MANY
        assert await admitted(other) is TOO_MANY


@together
async def test_quota_is_exact_over_processes_and_ends_on_the_calendar(server, name):
    counted = Counted("Plan", "Key", Quota(7, "DAY", 2))
    admissions = Processes(server, name, 3).admissions(("b", 1000, 1000), counted=counted)
    tomorrow = 1_700_006_400.0  # midnight in UTC
    today = tomorrow - 0.001

    async def day(at):
        return await asyncio.gather(*(admitted(one, at) for one in admissions for _ in range(5)))

    assert (await day(today)).count(None) == 5  # the offset counts in the first period
    second = await day(tomorrow)
    assert (second.count(None), second.count(QUOTA_SPENT)) == (7, 8)


@together
async def test_what_was_used_is_told_by_day_and_granted_for_all(server, name):
    counted, day = Counted("Plan", "Key", Quota(9, "MONTH", 2)), 19_676  # in the middle of a month
    running = Processes(server, name, 2)
    first, second = running.admissions(("b", 1000, 1000), counted=counted)
    meter = running.meters[1]
    assert await meter.spent(counted) == Spent()
    for at in (day, day, day + 1):
        assert await admitted(first, at * 86_400.0) is None
    spent = await meter.spent(counted)
    assert spent == Spent({day: (2, 2), day + 1: (1, 3)}, "2023-11")
    assert [*daily(counted.quota, spent, range(day, day + 3))] == [(2, 5), (1, 4), (0, 4)]
    await meter.grant(counted, (day + 2) * 86_400.0, 1)
    answers = [await admitted(one, (day + 2) * 86_400.0) for one in (first, second)]
    assert answers == [None, QUOTA_SPENT]
    assert [*daily(counted.quota, await meter.spent(counted), range(day + 2, day + 3))] == [(1, 0)]


@together
async def test_entries_are_seen_by_all_and_flushed_for_all(server, name):
    ours, theirs = (SharedEntries(Link(server.url, name)) for _ in range(2))
    response = Response(200, (("Content-Type", "text/plain"),), b"hello")
    await ours.put(STAGE, KEY, 60, 0, response)
    await ours.put(STAGE, OTHER, 0.001, 0, response)
    assert await theirs.get(KEY, 0) == response
    while await theirs.get(OTHER, 0) is not None:
        pass
    canary = ("Stage/Canary", *KEY[1:])
    await ours.put(STAGE, canary, 60, 0, response)
    await theirs.flush("Stage")
    assert await ours.get(KEY, 0) is None
    assert await ours.get(canary, 0) is None


@together
async def test_what_an_authorizer_said_is_seen_by_all_and_does_not_show_the_token(server, name):
    ours, theirs = (SharedResults(Link(server.url, name)) for _ in range(2))
    place, result = ("Stage", "Authorizer", "a-secret-token"), {"principalId": "me", "context": {"n": 1}}
    await ours.put(place, 60, 0, result)
    assert await theirs.get(place, 0) == result
    assert await theirs.get((*place, "more"), 0) is None
    names = [key async for key in Link(server.url, name).client.scan_iter(f"netful:{{{name}}}:authorizer:*")]
    assert len(names) == 1
    assert b"secret" not in names[0]
    await ours.put(place, 0.001, 0, result)
    while await theirs.get(place, 0) is not None:
        pass
    await ours.put(place, 60, 0, result)
    await theirs.flush("Other")
    assert await ours.get(place, 0) == result
    await theirs.flush("Stage")
    assert await ours.get(place, 0) is None


def test_it_goes_on_while_the_server_is_away(own):
    """Killed in mid-run: each process counts by itself within its share, keeps its own entries, and comes back."""

    async def scenario():
        running = Processes(own, "stack", 2)
        admission = running.admissions(("b", 0.001, 10))[0]
        entries, results = SharedEntries(running.links[0]), SharedResults(running.links[0])
        response = Response(200, (), b"hello")
        assert await admitted(admission) is None
        own.kill()
        assert [await admitted(admission) for _ in range(8)].count(None) == 5
        await entries.put(STAGE, KEY, 60, 0, response)
        assert await entries.get(KEY, 0) == response
        await entries.flush("Stage")
        assert await entries.get(KEY, 0) is None
        await results.put(("s", "a", "t"), 60, 0, {"principalId": "me"})
        assert await results.get(("s", "a", "t"), 0) == {"principalId": "me"}
        assert (await running.meters[0].status(0))["away"]
        counted = Counted("Plan", "Key", Quota(1, "DAY"))
        for asked in (running.meters[0].spent(counted), running.meters[0].grant(counted, 0, 1)):
            with pytest.raises(ConnectionError):
                await asked
        own.start()
        while running.links[0].away:
            await admitted(admission)
            await asyncio.sleep(0.02)
        assert await entries.get(KEY, 0) is None
        assert (await running.meters[0].status(0))["buckets"][0]["tokens"] < 10
        await running.close()

    asyncio.run(asyncio.wait_for(scenario(), ENOUGH_SECONDS))


def test_password_of_a_url_is_not_shown():
    assert Link("valkey://user:secret@example.com:6380/2", "stack").server == "example.com:6380/2"


@pytest.mark.parametrize("url", ["memcached://localhost", "127.0.0.1:6379", "valkey://host:port"])
def test_urls_that_name_no_server(url):
    with pytest.raises(StackError, match="names no Valkey server"):
        Link(url, "stack")


@together
async def test_rates_are_counted_over_processes(server, name):
    links = [Link(server.url, name) for _ in range(2)]
    first, second = (SharedRates(link) for link in links)
    mine, other = ("Acl", "Rule", "203.0.113.9"), ("Acl", "Rule", "203.0.113.8")
    assert [first.count(mine, 60, 1000.0), first.count(mine, 60, 1000.5)] == [1, 2]
    await first.settled()
    assert second.count(mine, 60, 1030.0) == 1  # what the others have counted comes with the answer
    await second.settled()
    assert second.count(mine, 60, 1030.0) == 4
    assert second.count(other, 60, 1030.0) == 1
    await second.settled()
    assert second.count(mine, 60, 1060.0) == 3  # those of the first second are out of the window
    await second.settled()
    first.count(mine, 60, 1060.0)
    await first.settled()
    assert first.count(mine, 60, 1060.0) == 5
    for link in links:
        await link.close()


def test_rates_are_counted_alone_while_the_server_is_away(own):
    mine = ("Acl", "Rule", "203.0.113.9")

    async def scenario():
        link, far = Link(own.url, "stack"), Link(own.url, "stack")
        rates = SharedRates(link)
        assert rates.count(mine, 60, 1000.0) == 1
        await rates.settled()
        own.kill()
        for number in range(2, 5):
            assert rates.count(mine, 60, 1000.0) == number
            await rates.settled()
        own.start()
        while link.away:
            await link.greet()
            await asyncio.sleep(0.02)
        assert rates.count(mine, 60, 1001.0) == 5
        await rates.settled()
        others = SharedRates(far)
        others.count(mine, 60, 1001.0)
        await others.settled()
        assert others.count(mine, 60, 1001.0) == 4 + 2  # the server had forgotten the first; the rest was told it
        await link.close()
        await far.close()

    asyncio.run(asyncio.wait_for(scenario(), ENOUGH_SECONDS))
