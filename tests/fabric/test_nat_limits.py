"""Limits: a NAT gateway's ports for one destination and its reset of idle connections (§4.2), queries a second (§6.1)."""

import errno
import re
import select
import socket
import subprocess
import time

import pytest

from netful.fabric.kernel.options import Options
from netful.model.network.addresses import INTERNET_HOST
from tests.helpers.hand_made import function, instance, nat
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets
IDLE_SECONDS = 1
ANSWER_SECONDS = 2.5  # time for a second SYN, should the first be lost under load


def connect(bench, position, port):
    """A connection, or None where no answer comes."""
    sock = bench.thread.run(position.socket, socket.SOCK_STREAM)
    assert sock.connect_ex((str(INTERNET_HOST), port)) == errno.EINPROGRESS
    _, writable, _ = select.select([], [sock], [], ANSWER_SECONDS)
    if writable and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
        return sock
    sock.close()
    return None


def test_ports_for_one_destination_run_out_and_others_still_work(build):
    bench = build(nat(), Options(nat_ports=2))
    (position,) = bench.positions()
    held = [connect(bench, position, 443) for _ in range(2)]
    assert all(held)
    assert connect(bench, position, 443) is None
    other = connect(bench, position, 80)
    assert other is not None
    for sock in (*held, other):
        sock.close()


def test_ports_of_a_shared_interface_run_out_for_one_destination(build):
    """All functions behind a Hyperplane interface draw on the same ports (lambda §1.3)."""
    functions = {"Fn": function(), "Other": function("Other")}
    bench = build(nat(functions=functions), Options(eni_ports=2))
    (first,), (second,) = bench.positions("Fn"), bench.positions("Other")
    held = [connect(bench, first, 443), connect(bench, second, 443)]
    assert all(held)
    assert connect(bench, second, 443) is None
    other = connect(bench, second, 80)
    assert other is not None
    for sock in (*held, other):
        sock.close()


def dropped_queries(bench):
    (network,) = bench.fabric.vpcs.networks
    listed = bench.thread.run(_list_chain, network.router.node.netns)
    return int(re.search(r"counter packets (\d+).*queries", listed)[1])


def _list_chain(netns):
    with netns.inside():
        return subprocess.run(
            ["nft", "list", "chain", "inet", "vpc", "resolver_only"], capture_output=True, text=True, check=True
        ).stdout


def test_an_interface_asks_the_resolver_so_often_a_second_and_others_still_may(build):
    enis = {name: instance(name, "Private", f"10.0.1.{n}", ("FnSg",)) for n, name in ((50, "busy"), (51, "calm"))}
    bench = build(nat(network_interfaces=enis))
    busy, calm = (bench.thread.run(bench.fabric.positions.interface, f"eni-{name}") for name in ("busy", "calm"))
    with bench.thread.run(calm.socket, socket.SOCK_DGRAM) as one:
        one.sendto(b"calm", (str(calm.resolver), 53))
    assert dropped_queries(bench) == 0
    with bench.thread.run(busy.socket, socket.SOCK_DGRAM) as many:
        many.setblocking(True)
        for _ in range(30_000):  # more than a slow machine sends in the seconds that would let all of them pass
            many.sendto(b"busy", (str(busy.resolver), 53))
    before = dropped_queries(bench)
    assert before > 0
    with bench.thread.run(calm.socket, socket.SOCK_DGRAM) as one:
        one.sendto(b"calm", (str(calm.resolver), 53))
    assert dropped_queries(bench) == before


def test_idle_connection_is_reset_when_it_is_used_again(build):
    bench = build(nat(), Options(nat_idle_seconds=IDLE_SECONDS))
    (position,) = bench.positions()
    sock = connect(bench, position, 443)
    sock.send(b"x")
    time.sleep(IDLE_SECONDS * 2.5)  # idling is what is tested
    sock.send(b"y")
    readable, _, _ = select.select([sock], [], [], ENOUGH_SECONDS)
    assert readable
    with sock, pytest.raises(ConnectionResetError):
        sock.recv(1)
