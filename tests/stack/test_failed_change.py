"""A change that fails, at any part, leaves the stack as it was; a start that fails leaves nothing."""

import asyncio
import gc
import io
import zipfile
from dataclasses import replace

import pytest

from netful.stack.account import StackAccount
from netful.stack.databases.fronts import Fronts
from netful.stack.network.balancers import Balancers
from netful.stack.network.hosts import Hosts
from netful.stack.network.local_endpoint import LocalEndpoint
from netful.stack.network.networks import Networks
from netful.stack.network.served_doors import ServedDoors
from netful.stack.parts.api_gateway import ApiGateway
from netful.stack.parts.backends_on_demand import BackendsOnDemand
from netful.stack.parts.distributions import Distributions
from netful.stack.parts.faults import Faults
from netful.stack.parts.flow_logs import FlowLogs
from netful.stack.parts.functions import Functions
from netful.stack.parts.lambda_door import LambdaDoor
from netful.stack.parts.services import Services
from netful.stack.tasks.tasks import Tasks
from tests.helpers.stack_inside import StackInside, held_again, held_at_rest, seen

pytestmark = pytest.mark.packets
PARTS = (
    BackendsOnDemand,
    Networks,
    ApiGateway,
    Distributions,
    Services,
    ServedDoors,
    LocalEndpoint,
    Functions,
    Hosts,
    Fronts,
    Tasks,
    Balancers,
    LambdaDoor,
    Faults,
    FlowLogs,
    StackAccount,
)


PACKED = io.BytesIO()
with zipfile.ZipFile(PACKED, "w") as archive:
    archive.writestr("index.py", "def handler(event, context): return event")
CODE = PACKED.getvalue()


class PartError(Exception):
    """What a part fails with here."""


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    made = StackInside(tmp_path_factory.mktemp("stack"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def stack(inside):
    made = inside.make()
    inside.run(made.start())
    yield made
    inside.run(made.close())


@pytest.fixture(scope="module")
def before(inside, stack):
    """What the stack shows and holds before anything fails, and its cloud."""
    first = inside.run(seen(stack))
    gc.collect()
    gc.freeze()  # modules that were imported meanwhile: the tests collect often
    return first, inside.run(held_at_rest()), stack.cloud


def part_of(stack, kind):
    return next(part for part in stack.running.parts if isinstance(part, kind))


def test_every_part_is_tried(stack):
    assert [type(part) for part in stack.running.parts] == [*PARTS]


@pytest.mark.parametrize(
    ("kind", "way"), [*((kind, "fails") for kind in PARTS), (Networks, "cancelled"), (LambdaDoor, "cancelled")]
)
def test_a_change_that_fails_leaves_the_stack_as_it_was(inside, stack, before, monkeypatch, kind, way):
    first, holds, cloud = before
    part = part_of(stack, kind)
    follow = part.follow

    async def failing(old, new):
        await follow(old, new)
        if old is cloud:
            if way == "fails":
                raise PartError
            asyncio.current_task().cancel()
            await asyncio.sleep(0)

    async def change():
        with pytest.raises(PartError if way == "fails" else asyncio.CancelledError):
            await asyncio.create_task(stack.change(inside.settings))
        await held_again(holds)

    monkeypatch.setattr(part, "follow", failing)
    inside.write_second()
    inside.run(change())
    assert stack.cloud is cloud
    after = inside.run(seen(stack))
    for what, shown in first.items():
        assert after[what] == shown


def test_a_call_that_fails_changes_nothing(inside, stack, before, monkeypatch):
    """The Lambda API takes the same way: functions, interfaces and answers are as before, and no later call is refused."""
    first, holds, cloud = before
    part = part_of(stack, Balancers)
    follow, moved = part.follow, stack.functions.versions["Inside"].latest

    async def failing(old, new):
        await follow(old, new)
        if old is cloud:
            raise PartError

    async def change():
        with pytest.raises(PartError):
            await stack.functions.updates.create(replace(moved.function, id="Made", function_name="made"), CODE, "")
        with pytest.raises(PartError):
            await stack.functions.updates.reserve("Inside", 5)
        await held_again(holds)

    monkeypatch.setattr(part, "follow", failing)
    inside.run(change())
    assert (stack.cloud, stack.functions.cloud) == (cloud, cloud)
    assert inside.run(seen(stack)) == first


def test_the_change_that_did_not_happen_happens(tmp_path):
    """In a stack of its own: the others' stays as it was, in whatever order the tests come."""
    inside = StackInside(tmp_path)
    stack = inside.make()
    try:
        inside.run(stack.start())
        probes = inside.run(seen(stack))["probes"]
        inside.write_second()
        done = inside.run(stack.change(inside.settings))
        assert {one.kind for one in done} >= {"Vpc", "Subnet", "VpcEndpoint", "Function", "Listener", "Program"}
        assert inside.run(seen(stack))["services"]["colour"] == "blue"
        inside.write_first()
        inside.run(stack.change(inside.settings))
        assert inside.run(seen(stack))["probes"] == probes
    finally:
        inside.run(stack.close())
        inside.close()


@pytest.mark.parametrize("kind", [PARTS[0], Networks, Services, Functions, Tasks, PARTS[-1]])
def test_a_start_that_fails_leaves_nothing(tmp_path, monkeypatch, kind):
    """The first and the last that start, and those between that hold the most."""
    start = kind.start

    async def failing(part):
        await start(part)
        raise PartError

    async def scenario(stack):
        holds = await held_at_rest()
        with pytest.raises(PartError):
            await stack.start()
        await stack.close()
        await held_again(holds)

    monkeypatch.setattr(kind, "start", failing)
    inside = StackInside(tmp_path)
    try:
        inside.run(scenario(inside.make()))
    finally:
        inside.close()
