"""Clients that a project declares: their addresses, and that they are as far away as it says, with real packets."""

import select
import socket
import time
from ipaddress import IPv4Address

import pytest

from netful.fabric.doors.door import DoorKind
from netful.fabric.outside.internet import RESOLVER
from netful.model.access.internet_client import InternetClient
from netful.model.core import StackError
from netful.model.names.service_names import service
from netful.model.network.addresses import INTERNET_HOST, service_address
from tests.helpers.hand_made import IPv4Network, cloud
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets
FAR = InternetClient("Far", IPv4Network("81.2.69.0/30"), edge_ms=20, region_ms=300)


@pytest.fixture
def bench(build):
    return build(cloud(clients={"Far": FAR}))


@pytest.fixture
def position(bench):
    there = bench.thread.run(bench.fabric.positions.client, FAR)
    yield there
    bench.thread.run(there.release)


def handshake(bench, position, address):
    """Seconds until a connection stands, and the kind and peer that its door saw."""
    began = time.monotonic()
    _, source, door = bench.connect(position, address, 443, ENOUGH_SECONDS)
    return time.monotonic() - began, source, door.kind


def test_handshake_takes_the_way_there_and_back(bench, position):
    took, source, kind = handshake(bench, position, INTERNET_HOST)
    assert (source, kind) == ("81.2.69.1", DoorKind.INTERNET)
    assert took >= 0.3


def test_edge_is_nearer_than_the_region(bench, position):
    edge, region = (
        min(handshake(bench, position, service_address(service(code), "eu-west-1"))[0] for _ in range(5))
        for code in ("cloudfront", "ssm")
    )
    assert 0.02 <= edge < 0.3 <= region  # a busy machine makes the one or the other handshake longer, and not all


def test_resolvers_are_as_near_as_the_edge(bench, position):
    door = next(d for d in bench.fabric.doors if d.purpose == "dns" and d.datagrams.getsockname()[0] == str(RESOLVER))
    with bench.thread.run(position.socket, socket.SOCK_DGRAM) as asking:
        began = time.monotonic()
        asking.sendto(b"?", (str(RESOLVER), 53))
        select.select([door.datagrams], [], [], ENOUGH_SECONDS)
        there = time.monotonic() - began
        data, peer = door.datagrams.recvfrom(512)
    assert (data, peer[0]) == (b"?", "81.2.69.1")
    assert there >= 0.01


def test_bulk_arrives_whole(bench, position):
    door = next(d for d in bench.fabric.doors if d.purpose == "https" and d.door.kind is DoorKind.INTERNET)
    sent = bytes(range(256)) * 4096
    with bench.thread.run(position.socket, socket.SOCK_STREAM) as client:
        client.setblocking(True)
        client.connect((str(INTERNET_HOST), 443))
        select.select([door.socket], [], [], ENOUGH_SECONDS)
        served, _ = door.socket.accept()
        with served:
            client.settimeout(ENOUGH_SECONDS)
            served.settimeout(ENOUGH_SECONDS)
            received = b""
            view = memoryview(sent)
            while len(received) < len(sent):
                readable, writable, _ = select.select([served], [client] if view else [], [], ENOUGH_SECONDS)
                if writable:
                    view = view[client.send(view[:65536]) :]
                if readable:
                    received += served.recv(1 << 20)
    assert received == sent


def test_block_has_an_address_for_each_client_that_runs(bench):
    there = [bench.thread.run(bench.fabric.positions.client, FAR) for _ in range(2)]
    assert [one.address for one in there] == [IPv4Address("81.2.69.1"), IPv4Address("81.2.69.2")]
    with pytest.raises(StackError, match="no free address"):
        bench.thread.run(bench.fabric.positions.client, FAR)
    bench.thread.run(there[0].release)
    again = bench.thread.run(bench.fabric.positions.client, FAR)
    assert again.address == IPv4Address("81.2.69.1")
    for one in (again, there[1]):
        bench.thread.run(one.release)
