"""Engine against kernel: random clouds, every flow in them, the same verdict, the same symptom, the same source seen.

A disagreement is a bug in one of the two, found by reading the spec. `make differential N=10000` runs as many as you like.
"""

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, seed, settings

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.fabric.fabric import Fabric
from netful.model.network.nat64 import embedded
from tests.helpers.draw import S3_BLOCK, clouds
from tests.helpers.draw_balancers import described_health
from tests.helpers.draw_sites import SITE
from tests.helpers.far_ends import CLOSED_PORT
from tests.helpers.kernel import Ended, outcomes

pytestmark = [pytest.mark.packets, pytest.mark.long]
# The test suite draws the same 24 clouds each time, so that a change is judged by what it changed. `make differential` draws
# the same 300, and others each time, to find what is not known yet.
CHOSEN = os.environ.get("NETFUL_CLOUDS")
SAME, PARTS = (300, 6) if CHOSEN else (24, 2)
DRAWS = [(part, SAME // PARTS) for part in range(PARTS)] + [(None, -(-int(CHOSEN or 0) // PARTS))] * (
    PARTS if CHOSEN else 0
)
LOOK_SECONDS, LONG_LOOK_SECONDS = 0.12, 2.5
DESTINATIONS = (
    "internet:tcp/443", "internet:tcp/5432", "internet:udp/443", "internet:icmp", "aws:ssm", "aws:s3",
    f"{S3_BLOCK[10]}:icmp", "198.18.77.7:tcp/443", "169.254.9.9:tcp/443", "[fd12::1]:tcp/443", "internet6:tcp/443", "internet6:udp/443", "internet6:icmp", "64:ff9b::c000:201:tcp/443", "64:ff9b::c000:201:udp/443",
    "64:ff9b::c000:201:icmp",
)  # fmt: skip
ON_PREMISES = tuple(f"{SITE[77]}:{service}" for service in ("tcp/443", "udp/443", "icmp"))
CLIENT_ON_PREMISES = str(SITE[10])
SERVICES = ("tcp/443", "tcp/5432", "udp/443", "icmp")


def questions(cloud):
    """Every function and instance, and the internet, to everything that has an address; a question for each start."""
    for question in _asked(cloud):
        for start in question.sources:
            if not _is_unknown(cloud, start.interface, question):
                yield replace(question, sources=(start,))


def _is_unknown(cloud, sender, question):
    """Whether a name leads by NAT64 to a private address through a regional NAT gateway: what AWS does then is not known."""
    named = question.destination.partition(":")[0] in cloud.network.vpc_endpoints
    regional = any(nat.regional for nat in cloud.network.nat_gateways.values())
    return named and regional and sender is not None and sender.private_ip_address is None


def _asked(cloud):
    own = [*cloud.network.vpc_endpoints] and [e for e in cloud.network.vpc_endpoints if cloud.network.interfaces_of(e)]
    instances = [e.id for e in cloud.network.network_interfaces.values() if e.owner == "instance"]
    ports = [f"{name}:{service}" for name in instances for service in SERVICES] + [f"{name}:tcp/443" for name in own]
    owned = [e for e in cloud.network.network_interfaces.values() if e.owner == "instance"]
    nodes = [e for e in cloud.network.network_interfaces.values() if e.owner == "load-balancer"]
    ports += [
        f"{address}:tcp/443" for e in (*owned, *nodes) for address in e.public_addresses()
    ]  # out by the gateway and back in
    balanced = [f"{e.private_ip_address}:{service}" for e in nodes for service in SERVICES]
    there = ON_PREMISES if cloud.network.vpn_connections or "ASite" in cloud.network.transit_gateway_attachments else ()
    further = {f"{address}:tcp/443": e.id for e in owned for address in e.secondary_private_ip_addresses}
    six = {
        e.id: e.ipv6_address
        for e in cloud.network.network_interfaces.values()
        if e.ipv6_address and e.owner == "instance"
    }
    running = [name for name in instances if not cloud.network.network_interfaces[name].idle]
    # What a regional NAT gateway does with private addresses of its VPC is not known.
    zonal = not any(nat.regional for nat in cloud.network.nat_gateways.values())
    through_nat64 = [f"{embedded(e.private_ip_address)}:tcp/443" for e in owned if e.private_ip_address and zonal]
    for source in (*cloud.compute.functions, *running):
        for destination in (*DESTINATIONS, *ports, *further, *balanced, *there, *through_nat64):
            if not destination.startswith(f"{source}:") and further.get(destination) != source:
                yield parse(cloud, source, destination)
        for address in (address for name, address in six.items() if name != source):
            yield from (parse(cloud, source, f"{address}:{service}") for service in SERVICES)
    every = cloud.network.network_interfaces.values()
    six_only = {name for e in every if e.private_ip_address is None for name in (e.id, e.owner_id)}
    for destination in ports:
        if destination.partition(":")[0] not in six_only:
            yield parse(cloud, "internet", destination)
            if there and not destination.startswith("203."):  # on-premises has no internet of its own here
                yield parse(cloud, CLIENT_ON_PREMISES, destination)
    for destination in balanced if there else ():
        yield parse(cloud, CLIENT_ON_PREMISES, destination)
    for name in six:
        yield from (parse(cloud, "internet6", f"{name}:{service}") for service in SERVICES)


def refused(cloud):
    """The same connections to instances on a port that is open on the way, and on which nothing listens."""
    elsewhere = {*DESTINATIONS, *ON_PREMISES}
    for question in questions(cloud):
        address, _, service = question.destination.rpartition(":")
        if service == "tcp/443" and question.destination not in elsewhere:
            closed = replace(parse(cloud, question.source, f"{address}:tcp/{CLOSED_PORT}"), sources=question.sources)
            if trace_as_sent(cloud, closed).verdict == "reachable":
                yield closed


UNDECIDED = {("the routes of Nat's own table",), ("the zone that AV has for the flow",)}


def is_decided(cloud, question):
    """Whether AWS says what happens.

    Not what a regional NAT gateway does with the private address of a name, by NAT64, and not which zone appliance mode picks.
    """
    return trace_as_sent(cloud, question).missing not in UNDECIDED


def predicted(cloud, question):
    path = trace_as_sent(cloud, question)
    assert path.verdict != "unknown", (question.source, question.destination, path.missing)
    return Ended("open", path.seen_as) if path.verdict == "reachable" else Ended(path.symptom.kind)


def observed(ended):
    """The worst of all attempts, as the engine has it; all that get through are seen as the same."""
    for outcome in ("dns", "unreachable", "timeout", "refused"):
        if any(end.outcome == outcome for end in ended):
            return Ended(outcome)
    assert len({*ended}) == 1, ended
    return ended[0]


@pytest.mark.parametrize(("part", "number"), DRAWS)
def test_engine_and_kernel_agree(thread, part, number):
    @settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[*HealthCheck],
        print_blob=True,
        database=None,
        derandomize=part is not None,
    )
    @given(cloud=clouds().flatmap(described_health))
    def on_all(cloud):
        agree(thread, cloud)

    (on_all if part is None else seed(part)(on_all))()


def agree(thread, cloud):
    fabric = thread.run(Fabric, cloud, thread.limbo)
    try:
        asked, closed = [one for one in questions(cloud) if is_decided(cloud, one)], [*refused(cloud)]
        expected = [predicted(cloud, question) for question in asked] + [Ended("refused")] * len(closed)
        asked += closed
        for seconds in (LOOK_SECONDS, LONG_LOOK_SECONDS):  # a machine under load gets a second, longer look
            ended = [observed(ways) for ways in outcomes(fabric, thread, asked, seconds)]
            differ = [n for n, _ in enumerate(asked) if expected[n] != ended[n]]
            asked = [asked[n] for n in differ]
            expected, ended = [expected[n] for n in differ], [ended[n] for n in differ]
            if not differ:
                break
        told = [
            f"{q.source} ({q.sources[0].interface and q.sources[0].interface.id}) → {q.destination}: engine {e}, kernel {k}"
            for q, e, k in zip(asked, expected, ended, strict=True)
        ]
        assert not told, "\n".join(told)
    finally:
        for door in fabric.doors:
            door.close()
        thread.run(fabric.close)
