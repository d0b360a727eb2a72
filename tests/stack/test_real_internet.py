"""The real internet behind the emulated one: by name, to public addresses only. Its hosts are a server on the loopback here."""

import asyncio
import socket

import pytest

from netful.fabric.kernel.options import Options
from netful.model.cloud import Cloud
from netful.model.network.addresses import INTERNET_HOST, host_address
from netful.services.front.routing import is_served
from netful.services.http.serving import Serving
from netful.services.relays.echo import Echo
from netful.services.relays.real_internet import RealInternet, RefusedNameError
from netful.stack.network.lambda_network import LambdaDesign, LambdaNetwork
from netful.stack.network.networks import Networks
from netful.stack.network.served_doors import ServedDoors

PUBLIC = "93.184.215.14"
NAME = "db.netful-example.com"
DATABASE = "db.abcdefghijkl.eu-west-1.rds.amazonaws.com"
"""The name of a database that is not loaded, and that may be publicly accessible."""
PATIENCE = 30  # seconds, of which none is waited for unless something is broken
CLOUD = Cloud(region="eu-west-1")


class World:
    """What stands for the real internet: addresses by name, and a server that greets; it notes who was dialled."""

    def __init__(self, addresses):
        self._addresses = addresses
        self.dialled = []

    async def look_up(self, name, _port):
        if name not in self._addresses:
            raise socket.gaierror(socket.EAI_NONAME, name)
        return self._addresses[name]

    async def dial(self, address, port):
        self.dialled.append((address, port))
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def __aenter__(self):
        async def greet(_reader, writer):
            writer.write(b"real")
            writer.close()

        self._server = await asyncio.start_server(greet, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()

    def internet(self):
        return RealInternet(self.look_up, self.dial)


class Emulating:
    """In the place of the front: every door of the web echoes."""

    @staticmethod
    def serving(_door, *, tls):
        assert isinstance(tls, bool)
        return Serving(Echo)

    async def listen(self, door, sock, *, tls):
        return await self.serving(door, tls=tls).listen(sock)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0"],
)
def test_a_name_that_means_this_machine_or_its_network_is_not_dialled(address):
    async def run():
        async with World({"evil.netful-example.com": [address]}) as world:
            with pytest.raises(RefusedNameError):
                await world.internet().open("evil.netful-example.com", 443)
            return world.dialled

    assert asyncio.run(run()) == []


def test_what_is_dialled_is_the_public_address_that_was_looked_at():
    async def run():
        async with World({NAME: ["10.0.0.1", PUBLIC]}) as world:
            _, writer = await world.internet().open(NAME, 5432)
            writer.close()
            return world.dialled

    assert asyncio.run(run()) == [(PUBLIC, 5432)]


@pytest.mark.parametrize(
    ("host", "served"),
    [("ssm.eu-west-1.amazonaws.com", True), ("abc.execute-api.eu-west-1.amazonaws.com", True), (NAME, False)],
)
def test_what_is_aws_is_answered_here(host, served):
    assert is_served(CLOUD, host) is served


async def _ask(networks, position, address, port):
    """What comes first over a connection; nothing where it is reset."""
    sock = await networks.socket(position, socket.SOCK_STREAM)
    loop = asyncio.get_running_loop()
    with sock:
        await asyncio.wait_for(loop.sock_connect(sock, (str(address), port)), PATIENCE)
        try:
            await loop.sock_sendall(sock, b"echo")
            return await asyncio.wait_for(loop.sock_recv(sock, 4), PATIENCE)
        except ConnectionResetError:
            return b""


async def _resolve(networks, position, name):
    """Ask the position's resolver for a name, by TCP: a datagram may be lost."""
    sock = await networks.socket(position, socket.SOCK_STREAM)
    loop = asyncio.get_running_loop()
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = b"\0\1\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1"
    with sock:
        await loop.sock_connect(sock, (str(position.resolver), 53))
        await loop.sock_sendall(sock, len(query).to_bytes(2, "big") + query)
        reply = await asyncio.wait_for(loop.sock_recv(sock, 512), PATIENCE)
    assert reply.endswith(host_address(name).packed)


def _in_a_network(internet, test):
    async def run():
        networks = Networks(CLOUD, LambdaNetwork(LambdaDesign.HYPERPLANE, 0.0), Options())
        doors = ServedDoors(CLOUD, networks, Emulating(), internet)
        try:
            await networks.start()
            await doors.start()
            position = await networks.on_thread(lambda fabric: fabric.positions.internet())
            return await test(networks, position)
        finally:
            await doors.close()
            await networks.close()

    return run()


@pytest.mark.packets
@pytest.mark.parametrize(("name", "port"), [(NAME, 443), (NAME, 80), (NAME, 5432), (DATABASE, 5432)])
def test_a_name_leads_to_its_host_and_an_address_does_not(name, port):
    async def test(networks, position):
        before = await _ask(networks, position, host_address(name), port)
        await _resolve(networks, position, name)
        return (
            before,
            await _ask(networks, position, host_address(name), port),
            await _ask(networks, position, INTERNET_HOST, port),
        )

    async def run():
        async with World({name: [PUBLIC]}) as world:
            return await _in_a_network(world.internet(), test), world.dialled

    assert asyncio.run(run()) == ((b"echo", b"real", b"echo"), [(PUBLIC, port)])


@pytest.mark.packets
def test_a_name_without_a_host_is_a_connection_that_is_reset():
    async def test(networks, position):
        await _resolve(networks, position, NAME)
        return await _ask(networks, position, host_address(NAME), 443)

    async def run():
        async with World({}) as world:
            return await _in_a_network(world.internet(), test)

    assert asyncio.run(run()) == b""


@pytest.mark.packets
def test_nothing_leads_out_unless_it_was_asked_for():
    async def test(networks, position):
        await _resolve(networks, position, NAME)
        return await _ask(networks, position, host_address(NAME), 443)

    assert asyncio.run(_in_a_network(None, test)) == b"echo"
