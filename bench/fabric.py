"""The network's costs: build, attach, connect, with flow logs and without, change, close. Each beside a floor that is measured in the same run.

Run it as root: `python bench/fabric.py` (about a minute), or with the names of the parts: `python bench/fabric.py attach`.
No packet leaves the namespaces that it makes; the floor's packets go over the host's loopback.
"""

from __future__ import annotations

import resource
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from goals import HEAD, Line
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.thread import NamespaceThread
from netful.fabric.lambda_network.egress import Egress, Sandbox
from netful.fabric.routers.flow_counters import FlowCounters
from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function
from netful.model.network.addresses import INTERNET_HOST, elastic_ip
from netful.model.network.gateways import ElasticIp, InternetGateway, NatGateway
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS, TCP
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.security_groups import PeerKind, SecurityGroup
from netful.model.network.security_groups import SecurityGroupRule as Rule
from netful.model.network.vpc import Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

EVERYWHERE = IPv4Network("0.0.0.0/0")
RULES_A_GROUP = 50
CHUNK = 256 * 1024
GOALS = (("≤ 2.5 times", "≥ 0.8 times"), ("≤ 4 times", "≥ 0.8 times"))


# --- clouds -----------------------------------------------------------------------------------------------------------


def everything(name: str) -> Rule:
    return Rule(name, ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, EVERYWHERE)


def one_vpc(rules: int, changed: str = "") -> Cloud:
    """A function that reaches an endpoint, and the internet by a NAT gateway; beside it instances with `rules` rules."""
    out, entry = (everything("out"),), (NetworkAclEntry("100", 100, True, ALL_PROTOCOLS, -1, -1, EVERYWHERE),)  # noqa: FBT003  # allow
    groups = {"Open": SecurityGroup("Open", "Vpc", out, out)}
    enis = {}
    for number in range(rules // RULES_A_GROUP):
        name, address = f"Group{number}", IPv4Address("10.0.3.10") + number
        ports = range(1000, 1000 + RULES_A_GROUP)
        more = (Rule("more", TCP, 1, 1, PeerKind.CIDR, EVERYWHERE),) if name == changed else ()
        inside = tuple(
            Rule(f"{name}.{port}", TCP, port, port, PeerKind.CIDR, IPv4Network("10.1.0.0/16")) for port in ports
        )
        groups[name] = SecurityGroup(name, "Vpc", inside + more, out)
        enis[f"eni-{number}"] = NetworkInterface(
            f"eni-{number}", InterfaceOwner.INSTANCE, f"i{number}", "Others", (name,), private_ip_address=address
        )
    nat = Route("Nat", TargetKind.NAT_GATEWAY, "NatGw", destination_cidr_block=EVERYWHERE)
    outside = Route("Out", TargetKind.INTERNET_GATEWAY, "Igw", destination_cidr_block=EVERYWHERE)
    endpoint = VpcEndpoint(
        "Ssm", "Vpc", "com.amazonaws.eu-west-1.ssm", "ssm", EndpointType.INTERFACE, ("Private",), ("Open",)
    )  # fmt: skip
    blocks = {"Private": "10.0.1.0/24", "Public": "10.0.2.0/24", "Others": "10.0.3.0/22"}
    return allocate(
        Cloud.of(
            region="eu-west-1",
            vpcs={"Vpc": Vpc("Vpc", (IPv4Network("10.0.0.0/16"),), region="eu-west-1")},
            subnets={name: Subnet(name, "Vpc", IPv4Network(block, strict=False)) for name, block in blocks.items()},
            route_tables={
                "Main": RouteTable("Main", "Vpc", (nat,), main=True),
                "Table": RouteTable("Table", "Vpc", (outside,), ("Public",)),
            },
            internet_gateways={"Igw": InternetGateway("Igw", "Vpc")},
            elastic_ips={"Eip": ElasticIp("Eip", elastic_ip(0))},
            nat_gateways={"NatGw": NatGateway("NatGw", "Public", "Vpc", allocation_ids=("Eip",))},
            vpc_endpoints={"Ssm": endpoint},
            network_acls={"Acl": NetworkAcl("Acl", "Vpc", entry, entry, default=True)},
            security_groups=groups,
            network_interfaces=enis,
            functions={"Fn": Function("Fn", "Fn", Code(inline=""), subnet_ids=("Private",), security_group_ids=("Open",))},
        )
    )  # fmt: skip


def many_vpcs(number: int) -> Cloud:
    """VPCs that all have the same blocks, a function and an internet gateway each."""
    one = one_vpc(0)
    vpcs = [f"Vpc{n}" for n in range(number)]
    return allocate(
        one.having(
            vpcs={v: replace(one.network.vpcs["Vpc"], id=v) for v in vpcs},
            subnets={f"Private{v}": replace(one.network.subnets["Private"], id=f"Private{v}", vpc_id=v) for v in vpcs},
            route_tables={f"Main{v}": RouteTable(f"Main{v}", v, main=True) for v in vpcs},
            internet_gateways={f"Igw{v}": InternetGateway(f"Igw{v}", v) for v in vpcs},
            network_acls={f"Acl{v}": replace(one.network.network_acls["Acl"], id=f"Acl{v}", vpc_id=v) for v in vpcs},
            security_groups={
                f"Open{v}": replace(one.network.security_groups["Open"], id=f"Open{v}", vpc_id=v) for v in vpcs
            },
            functions={
                f"Fn{v}": replace(
                    one.compute.functions["Fn"],
                    id=f"Fn{v}",
                    subnet_ids=(f"Private{v}",),
                    security_group_ids=(f"Open{v}",),
                )
                for v in vpcs
            },
            elastic_ips={},
            nat_gateways={},
            vpc_endpoints={},
            network_interfaces={},
        )
    )


# --- measuring --------------------------------------------------------------------------------------------------------


def report(what: str, figure: float, unit: str, goal: str = "", floor: float | None = None, note: str = "") -> None:
    print(Line(what, figure, unit, goal, floor, "loopback", note), flush=True)


@contextmanager
def built(thread: NamespaceThread, cloud: Cloud) -> Iterator[Fabric]:
    fabric = thread.run(Fabric, cloud, thread.limbo)
    try:
        yield fabric
    finally:
        close(thread, fabric)


def close(thread: NamespaceThread, fabric: Fabric) -> None:
    for door in fabric.doors:
        door.close()
    thread.run(fabric.close)


def seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


# --- the parts --------------------------------------------------------------------------------------------------------


def up(thread: NamespaceThread) -> None:
    """A router, an interface and a gateway for each VPC. The floor is nft alone: two rulesets for a VPC."""
    begun = time.perf_counter()
    for _ in range(10):
        subprocess.run(["nft", "-f", "-"], input=b"", check=True)
    floor = (time.perf_counter() - begun) / 10
    report("floor: one `nft` that does nothing", floor * 1e3, "ms")
    for number in (1, 10, 100):
        cloud = many_vpcs(number)
        begun = time.perf_counter()
        fabric = thread.run(Fabric, cloud, thread.limbo)
        took = time.perf_counter() - begun
        report(f"up of {number} VPCs", took * 1e3, "ms", note=f"{took * 1e3 / number:.1f} ms a VPC")
        report(f"close of {number} VPCs", seconds(lambda built=fabric: close(thread, built)) * 1e3, "ms")


def attach(thread: NamespaceThread) -> None:
    """Sandboxes behind one interface, on namespaces made ahead as when there is time; then the end of them all."""
    most = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1000)  # a descriptor each
    fabric = thread.run(Fabric, one_vpc(0), thread.limbo)
    before = descriptors()
    present: list[Sandbox] = []
    for number in (0, 1000, most - 100):
        thread.run(_attach_many, fabric, number - len(present), present)
        took = thread.run(_attach_many, fabric, 100, present)
        median, worst = statistics.median(took) * 1e3, statistics.quantiles(took, n=20)[-1] * 1e3
        report(f"attach of a sandbox with {number:,} present, median", median, "ms", "≤ 2 ms", note=f"p95 {worst:.2f}")
    report(f"resident memory with {most:,} sandboxes", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
    begun = time.perf_counter()
    thread.run(lambda: [sandbox.close() for sandbox in present])
    took = (time.perf_counter() - begun) * 1e3
    report(
        f"close of {most:,} sandboxes",
        took,
        "ms",
        note=f"{descriptors() - before} descriptors more than the interface's own",
    )
    while (left := thread.run(_links, fabric)) > 2 and time.perf_counter() - begun < 60:
        time.sleep(0.1)
    took = time.perf_counter() - begun
    report("… until the kernel has taken them away", took, "s", note=f"{left - 2} links to sandboxes left")
    close(thread, fabric)


def _links(fabric: Fabric) -> int:
    """The links in the interface's namespace: its own two, and one for each sandbox that the kernel still has."""
    (egress,) = (
        owner for network in fabric.vpcs.networks for owner in network.owners.values() if isinstance(owner, Egress)
    )
    with egress.node.netns.inside():
        return len(Path("/proc/thread-self/net/dev").read_text(encoding="ascii").splitlines()) - 2


def _attach_many(fabric: Fabric, number: int, present: list[Sandbox]) -> list[float]:
    took = []
    function = fabric.cloud.compute.functions["Fn"]
    for _ in range(number):
        fabric.sandboxes.prepare()
        begun = time.perf_counter()
        present.append(fabric.sandboxes.attach(function))
        took.append(time.perf_counter() - begun)
    return took


def traffic(thread: NamespaceThread) -> None:
    """Connect and one stream: loopback, then the same through the network, with few rules and with many."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        floor = _measure("loopback", socket.socket, server, server.getsockname())
    for rules in (10, 10_000):
        with built(thread, one_vpc(rules)) as fabric:
            (place,) = thread.run(lambda on=fabric: list(on.positions.of_function(on.cloud.compute.functions["Fn"])))
            endpoint = next(
                eni for eni in fabric.cloud.network.network_interfaces.values() if eni.owner is InterfaceOwner.ENDPOINT
            )
            for label, address in (("endpoint", endpoint.private_ip_address), ("NAT → internet", INTERNET_HOST)):
                owner = endpoint.id if label == "endpoint" else "internet"
                door = next(d.socket for d in fabric.doors if d.owner == owner and d.purpose == "https")
                door.setblocking(True)  # noqa: FBT003  # the socket's own interface

                def client(stand: Callable[[int], socket.socket] = place.socket) -> socket.socket:
                    sock = thread.run(stand, socket.SOCK_STREAM)
                    sock.setblocking(True)  # noqa: FBT003  # same
                    return sock

                _measure(
                    f"sandbox → {label}, {rules} rules",
                    client,
                    door,
                    (str(address), 443),
                    floor,
                    GOALS[owner == "internet"],
                )


def flow_logs(thread: NamespaceThread) -> None:
    """Connect to an endpoint while its router counts flows, beside the same without, in turns."""
    with built(thread, one_vpc(10)) as fabric:
        (place,) = thread.run(lambda: list(fabric.positions.of_function(fabric.cloud.compute.functions["Fn"])))
        (router,) = fabric.vpcs.routers
        every = fabric.cloud.network.network_interfaces.values()
        endpoint = next(eni for eni in every if eni.owner is InterfaceOwner.ENDPOINT)
        door = next(d.socket for d in fabric.doors if d.owner == endpoint.id and d.purpose == "https")
        door.setblocking(True)  # noqa: FBT003  # the socket's own interface
        took: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(10):
            counters = thread.run(FlowCounters, router) if turn % 2 else None
            for _ in range(100):
                with thread.run(place.socket, socket.SOCK_STREAM) as sock:
                    sock.setblocking(True)  # noqa: FBT003  # same
                    took[counters is not None].append(
                        seconds(lambda s=sock: s.connect((str(endpoint.private_ip_address), 443)))
                    )
                    door.accept()[0].close()
            if counters is not None:
                thread.run(counters.close)
        without, logged = (statistics.median(took[counted]) * 1e6 for counted in (False, True))
        what = "sandbox → endpoint with a flow log: connect, median"
        print(Line(what, logged, "µs", "≤ 1.2 times", without, "without a flow log"), flush=True)


def _measure(
    label: str,
    client: Callable[[], socket.socket],
    server: socket.socket,
    address: tuple[str, int],
    floor: tuple[float, float] | None = None,
    goals: tuple[str, str] = ("", ""),
) -> tuple[float, float]:
    connects = []
    for _ in range(300):
        with client() as sock:
            connects.append(seconds(lambda s=sock: s.connect(address)))
            server.accept()[0].close()
    latency = statistics.median(connects) * 1e6
    rate = max(_stream(client, server, address) for _ in range(3))
    connect, stream = floor or (None, None)
    report(f"{label}: connect, median", latency, "µs", goals[0], connect)
    report(f"{label}: one stream", rate, "Gbit/s", goals[1], stream)
    return latency, rate


def _stream(client: Callable[[], socket.socket], server: socket.socket, address: tuple[str, int]) -> float:
    with client() as sock:
        sock.connect(address)
        accepted = server.accept()[0]
        accepted.setblocking(True)  # noqa: FBT003  # same
        received = 0

        def receive() -> None:
            nonlocal received
            buffer = bytearray(CHUNK)
            while count := accepted.recv_into(buffer):
                received += count

        receiver = threading.Thread(target=receive)
        receiver.start()
        begun, data = time.perf_counter(), bytes(CHUNK)
        while time.perf_counter() - begun < 0.5:
            sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        receiver.join()
        took = time.perf_counter() - begun
        accepted.close()
    return received * 8 / took / 1e9


def change(thread: NamespaceThread) -> None:
    """One rule more in one group of a running network."""
    for rules in (50, 10_000):
        with built(thread, one_vpc(rules)) as fabric:
            clouds = [one_vpc(rules, changed="Group0"), one_vpc(rules)]
            took = [seconds(lambda to=clouds[n % 2], on=fabric: thread.run(on.change, to)) for n in range(4)]
            report(f"a rule more among {rules}", statistics.median(took) * 1e3, "ms")


PARTS = {"attach": attach, "up": up, "traffic": traffic, "flow-logs": flow_logs, "change": change}


def main() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65536)), hard))
    thread = NamespaceThread()
    print(HEAD)
    for name in sys.argv[1:] or PARTS:
        PARTS[name](thread)
    thread.close()


if __name__ == "__main__":
    main()
