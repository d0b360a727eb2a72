"""Clocks that jump: a rate-based rule counts a client's requests of the last minutes, whatever the clock did before."""

import asyncio

import pytest

from netful.engine.waf.counts import Counts
from netful.gateway.shared.link import Link
from netful.gateway.shared.rates import SharedRates
from tests.helpers.valkey_server import ValkeyServer

MINUTES = 300
JUMPS = (3_600, -3_600, 86_400, -86_400, 1, -1, -40_000_000)


def test_a_client_s_count_is_never_more_than_its_requests():
    counts, now = Counts(), 1e9
    for jump in JUMPS:
        for _ in range(50):
            now += 10  # 30 requests in five minutes
            assert counts.count(("rule", "client"), MINUTES, now) <= 31
        now += jump


def test_requests_after_a_jump_are_counted():
    counts, now = Counts(), 1e9
    for jump in JUMPS:
        now += jump
        found = [counts.count(("rule", "client"), MINUTES, now) for _ in range(5)]
        assert found[-1] - found[0] == 4


@pytest.mark.programs
def test_nor_where_processes_count_together(tmp_path):
    server = ValkeyServer(tmp_path)

    async def scenario():
        link = Link(server.url, "clock")
        ours, now = SharedRates(link), 1e9
        for jump in JUMPS[:4]:
            for _ in range(40):
                now += 10
                assert ours.count(("rule", "client"), MINUTES, now) <= 31
                await ours.settled()
            now += jump
        await link.close()

    try:
        asyncio.run(asyncio.wait_for(scenario(), 60))
    finally:
        server.kill()
