"""Pools of environments when some of them cannot be made, and provisioned concurrency that fails."""

import asyncio

import pytest

from netful.functions.code.versions import Version
from netful.functions.environments.pool import Pool
from netful.functions.environments.provisioning import Provisioning
from netful.functions.environments.scaling import Scaling
from netful.model.core import StackError
from netful.model.functions.function import Code, Function


class Environment:
    failed_init = False
    closed = False

    async def close(self):
        self.closed = True


class Factory:
    """Makes environments; the second cannot be made, and the others are ready after it has failed."""

    def __init__(self, problem=None):
        self.problem = problem
        self.failed = asyncio.Event()
        self.asked = 0
        self.made = []

    async def __call__(self, _on_ready, **_options):
        self.asked += 1
        if self.asked == 2 and self.problem:
            self.failed.set()
            raise self.problem
        await self.failed.wait()
        self.made.append(Environment())
        return self.made[-1]


def test_environments_that_were_made_beside_a_failed_one_belong_to_the_pool():
    async def main():
        factory = Factory(StackError("no room"))
        pool = Pool(factory)
        with pytest.raises(StackError, match="no room"):
            await pool.provision(3)
        count = len(pool)
        await pool.close()
        return count, [one.closed for one in factory.made]

    assert asyncio.run(main()) == (2, [True, True])


@pytest.mark.parametrize("end", ["close", "retire"])
def test_environments_that_start_while_their_pool_ends_are_ended(end):
    async def main():
        factory = Factory()
        pool = Pool(factory)
        starting = asyncio.create_task(pool.provision(2))
        await asyncio.sleep(0)
        await getattr(pool, end)()
        factory.failed.set()
        with pytest.raises(StackError):
            await starting
        return len(pool), [one.closed for one in factory.made]

    assert asyncio.run(main()) == (0, [True, True])


def test_a_cancelled_provision_loses_no_environment():
    async def main():
        factory = Factory()
        pool = Pool(factory)
        starting = asyncio.create_task(pool.provision(2))
        await asyncio.sleep(0)
        factory.failed.set()
        for _ in range(2):  # the environments are made, and not yet waited for
            await asyncio.sleep(0)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await pool.close()
        return len(factory.made), [one.closed for one in factory.made]

    assert asyncio.run(main()) == (2, [True, True])


@pytest.mark.parametrize("problem", [StackError("no room"), LookupError("a bug")])
def test_provisioned_concurrency_that_fails_gives_its_share_back(problem):
    async def main():
        factory, scaling = Factory(problem), Scaling(1000, lambda: 0.0)
        pool = Pool(factory)
        provisioning = Provisioning(lambda _version: pool, scaling)
        config = provisioning.put("1", Version(Function("Fn", "fn", Code()), None), 2)
        while config.status == "IN_PROGRESS":  # noqa: ASYNC110  # as clients do
            await asyncio.sleep(0)
        return config.status, config.reason, scaling.provisioned("Fn"), pool.provisioned

    assert asyncio.run(asyncio.wait_for(main(), 5)) == ("FAILED", str(problem), 0, 0)
