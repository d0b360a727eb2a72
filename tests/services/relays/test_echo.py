"""The port that says back what it hears."""

import asyncio

from netful.services.relays.echo import Echo
from tests.helpers.processes import ENOUGH_SECONDS


def test_it_echoes_more_than_a_buffer_of_it():
    async def run():
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        said = bytes(range(256)) * 10_000
        writer.write(said)
        assert await asyncio.wait_for(reader.readexactly(len(said)), ENOUGH_SECONDS) == said
        writer.close()
        server.close()

    asyncio.run(run())
