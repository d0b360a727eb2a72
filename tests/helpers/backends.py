"""Back ends over the resources of a cloud, for tests that look at what is in them."""

import asyncio

from netful.model.cloud import Cloud
from netful.services.backends.backend import Backends


def cloud(*resources, **more):
    """A cloud of resources."""
    made = {one.id: one for one in resources}
    return Cloud.of(region="eu-west-1", account_id="123456789012", resources=made, **more)


async def change(backends, *resources):
    """A change to other resources that is over."""
    await change_to(backends, cloud(*resources))


async def change_to(backends, following):
    """A change to another cloud that is over."""
    await backends.follow(cloud(), following)
    await backends.settle()


def run(folder, body, *resources, **more):
    """Run a body against the back ends of resources; its result."""
    return run_in(cloud(*resources), folder, body, **more)


def run_in(first, folder, body, *, deliver=lambda _sent: None, kept=None):
    """Run a body against the back ends of a cloud; its result."""

    async def main():
        backends = Backends(first, folder, deliver, kept)
        await backends.start()
        try:
            return await body(backends)
        finally:
            await backends.close()

    return asyncio.run(main())
