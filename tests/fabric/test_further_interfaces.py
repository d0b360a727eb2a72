"""Another interface beside a shared one that carries all that it can (lambda §1.3)."""

import socket
from ipaddress import IPv4Address, IPv4Network

import pytest

from netful.fabric.kernel.options import Options
from netful.fabric.position import Position
from netful.model.network.addresses import INTERNET_HOST
from netful.model.network.vpc import Subnet
from tests.helpers.hand_made import function, instance, nat

pytestmark = pytest.mark.packets
FIRST = "eni-Private-FnSg"
FUNCTIONS = {"Fn": function(), "Other": function("Other")}


def sandbox(bench, name="Fn"):
    made = bench.thread.run(bench.fabric.sandboxes.attach, bench.fabric.cloud.compute.functions[name])
    return Position(name, made.netns, made.address, IPv4Address("10.0.0.2"), made.close)


def held(bench, position):
    """A connection that stands until it is closed."""
    sock = bench.thread.run(position.socket, socket.SOCK_DGRAM)
    sock.sendto(b"x", (str(INTERNET_HOST), 443))
    return sock


def added(bench):
    return [one.eni for one in bench.fabric.sandboxes.further_interfaces(FIRST)]


def egress(bench):
    (network,) = bench.fabric.vpcs.networks
    return network.owners[FIRST]


def test_what_is_new_leaves_by_another_interface_for_all_functions(build):
    bench = build(nat(functions=FUNCTIONS), Options(eni_connections=2))
    before = sandbox(bench)
    with held(bench, before), held(bench, before):
        assert egress(bench).connections == 2
        assert added(bench) == []
        after = sandbox(bench)
        (eni,) = added(bench)
        assert (eni.private_ip_address, eni.security_group_ids) == (IPv4Address("10.0.1.254"), ("FnSg",))
        assert bench.connect(after, INTERNET_HOST, 443)[0] == "open"
        assert bench.connect(before, INTERNET_HOST, 80)[0] == "open"
        first = egress(bench).connections
        assert bench.connect(sandbox(bench, "Other"), INTERNET_HOST, 443)[0] == "open"
        assert (egress(bench).connections, added(bench)) == (first, [eni])


def test_another_interface_takes_its_time(build):
    bench = build(nat(), Options(eni_connections=1, eni_seconds=600))
    position = sandbox(bench)
    with held(bench, position):
        waiting = sandbox(bench)
        (one,) = bench.fabric.sandboxes.further_interfaces(FIRST)
        assert not one.ready
        assert (bench.connect(waiting, INTERNET_HOST, 443)[0], one.egress.connections) == ("open", 0)
        sandbox(bench)
        assert len(added(bench)) == 1


def test_a_full_subnet_has_no_other_one(build, caplog):
    small = {"Private": Subnet("Private", "Vpc", IPv4Network("10.0.1.0/28")), "Public": nat().network.subnets["Public"]}
    others = {f"i{n}": instance(f"i{n}", "Private", f"10.0.1.{n}", ()) for n in range(5, 15)}
    bench = build(nat(subnets=small, network_interfaces=others), Options(eni_connections=1))
    position = sandbox(bench)
    with held(bench, position):
        assert bench.connect(sandbox(bench), INTERNET_HOST, 443)[0] == "open"
    assert added(bench) == []
    assert "no address for another interface" in caplog.text


def test_a_change_keeps_it_until_its_address_is_needed(build):
    bench = build(nat(), Options(eni_connections=1))
    position = sandbox(bench)
    with held(bench, position):
        after = sandbox(bench)
    made = added(bench)
    bench.thread.run(bench.fabric.change, nat(functions=FUNCTIONS))
    assert [eni.id for eni in added(bench)] == [eni.id for eni in made] == [f"{FIRST}-2"]
    assert bench.connect(after, INTERNET_HOST, 443)[0] == "open"
    taken = {"i": instance("i", "Private", "10.0.1.254", ())}
    bench.thread.run(bench.fabric.change, nat(network_interfaces=taken))
    assert added(bench) == []
    (network,) = bench.fabric.vpcs.networks
    holders = [eni.id for eni in network.router.interfaces if eni.private_ip_address == IPv4Address("10.0.1.254")]
    assert holders == ["eni-i"]


def test_it_goes_with_the_first_one(build):
    bench = build(nat(), Options(eni_connections=1))
    position = sandbox(bench)
    with held(bench, position):
        sandbox(bench)
    assert len(added(bench)) == 1
    bench.thread.run(bench.fabric.change, (nat(functions={})).having(functions={}))
    assert added(bench) == []
