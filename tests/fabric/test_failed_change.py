"""A change of the network that fails at any call of the kernel's is taken back: the network is as it was."""

import gc
from itertools import count

import pytest

from netful.engine.trace.question import parse
from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.rtnetlink import Rtnetlink
from netful.model.allocation import keep_addresses
from netful.sources import load
from tests.helpers.kernel import outcomes
from tests.helpers.processes import descriptors
from tests.helpers.stack_inside import QUESTIONS, write_first, write_second

pytestmark = [pytest.mark.packets, pytest.mark.long]
LOOK_SECONDS, LONG_LOOK_SECONDS = 0.12, 2.5  # a machine under load gets a second, longer look
CALLS = ((Netns, "create"), (Netns, "listen"), (Netns, "datagrams"), (nft, "load"), (Rtnetlink, "flush"))


class BrokenError(OSError):
    """What a call fails with here."""


class Breaking:
    """Has the n-th call fail: netlink's when its messages are sent, as those before a refused one are; the others at once."""

    def __init__(self, monkeypatch):
        self.begin(None)
        for owner, name in CALLS:
            monkeypatch.setattr(owner, name, self._breaking(owner, name))

    def _breaking(self, owner, name):
        call = getattr(owner, name)

        def breaking(*arguments, **more):
            breaks = next(self._calls) == self._at
            if breaks and name != "flush":
                raise BrokenError(name)
            answer = call(*arguments, **more)
            if breaks:
                raise BrokenError(name)
            return answer

        return staticmethod(breaking) if name == "create" else breaking

    def begin(self, at):
        self._at, self._calls = at, count()

    @property
    def number(self):
        return next(self._calls)


@pytest.fixture
def clouds(tmp_path):
    write_first(tmp_path)
    first = load([tmp_path / "template.yaml"])
    write_second(tmp_path)
    return first, keep_addresses(load([tmp_path / "template.yaml"]), first)


def held(bench):
    """What the network holds: namespaces, doors, and interfaces by VPC."""
    fabric = bench.fabric
    gc.collect()  # what was not built to its end goes with the error that told of it
    return (
        sum(link.startswith("net:") for link in descriptors().values()),
        sorted((door.owner, str(door.purpose), str(door.socket.getsockname())) for door in fabric.doors),
        {network.router.vpc.id: sorted(network.owners) for network in fabric.vpcs.networks},
    )


def test_a_failed_change_is_taken_back(build, clouds, monkeypatch):
    first, second = clouds
    bench = build(first)
    questions = [parse(first, *one) for one in QUESTIONS]
    before = held(bench), outcomes(bench.fabric, bench.thread, questions, LONG_LOOK_SECONDS)
    breaking = Breaking(monkeypatch)
    bench.thread.run(bench.fabric.change, second)
    number = breaking.number
    bench.thread.run(bench.fabric.change, first)
    failed = 0
    for at in range(number):
        breaking.begin(at)
        try:
            bench.thread.run(bench.fabric.change, second)
        except BrokenError:
            failed += 1
        breaking.begin(None)
        bench.thread.run(bench.fabric.change, first)
        assert held(bench) == before[0], at
        looks = (outcomes(bench.fabric, bench.thread, questions, one) for one in (LOOK_SECONDS, LONG_LOOK_SECONDS))
        assert before[1] in looks, at
    assert failed > 50  # some calls may fail: links that their namespaces have taken along
