"""DNS queries that a network carries: groups, ACLs and routes may lose them (vpc-network §6.1, §6.4)."""

import pytest

from netful.model.core import Unknown
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.model.names.resolver import DhcpOptions, Direction, ResolverEndpoint, ResolverRule, ResolverTarget
from netful.model.network.gateways import VpcPeeringConnection, VpnGateway
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import ALL_PROTOCOLS, TCP, UDP
from netful.model.network.route_tables import RouteTable
from netful.model.network.transit_gateways import VpnConnection
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.paths import denials, path
from tests.helpers.small_clouds import TargetKind, acl, cloud, eni, entry, group, main_table, net, route, rule

LOST = "NETFUL_DNS_QUERY_LOST"
QUERIES, WEB, ALL = rule(UDP, 53), rule(TCP, 443), rule(ALL_PROTOCOLS, -1)
DATABASE = "db.corp.example:tcp/443"
ZONE = HostedZone("Zone", "corp.example", ("Vpc",), (RecordSet("r", "db.corp.example", "A", ("10.0.1.9",)),))


def reached(found):
    return found.verdict if found.verdict == "reachable" else denials(found)


def by_own_server(*servers, egress=(QUERIES, WEB), acls=()):
    return cloud(
        group("Client", egress=egress),
        group("Server", ingress=(rule(UDP, 53, peer="Client"), WEB)),
        eni("eni-client", groups=("Client",), address="10.0.1.5"),
        eni("eni-server", "B", groups=("Server",), address="10.0.2.53"),
        DhcpOptions("Options", servers, vpc_ids=("Vpc",)),
        *acls,
    )


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (by_own_server("10.0.2.53"), None),
        (by_own_server("10.0.2.53", egress=(WEB,)), LOST),
        (by_own_server("8.8.8.8"), LOST),  # without a route
        (by_own_server("8.8.8.8", "10.0.2.53"), None),
        (by_own_server("10.0.2.77"), None),
        (by_own_server("10.0.2.77", egress=(WEB,)), LOST),
        (by_own_server("10.0.1.5", egress=(WEB,)), None),  # the client's own
        (by_own_server("8.8.8.8", Unknown("a server")), None),
        (by_own_server("AmazonProvidedDNS", egress=(WEB,)), None),
        (by_own_server("10.0.2.53", "AmazonProvidedDNS", egress=(WEB,)), None),  # the next server is asked
        (
            by_own_server("10.0.2.53", acls=(acl("In", egress=(entry(1, True, TCP, 0, 65535),), subnet_ids=("B",)),)),
            LOST,
        ),
    ],
)
def test_queries_to_the_servers_of_dhcp_options(made, code):
    codes = denials(path(made, "client", "www.example.org:tcp/443"))
    assert [one for one in codes if one == LOST] == ([code] if code else [])


def test_a_server_that_nothing_is_known_to_have_is_assumed_to_be_reached():
    assumed = path(by_own_server("10.0.2.77"), "client", "www.example.org:tcp/443").assumptions
    assert any("reach 10.0.2.77" in one for one in assumed)


def by_rule(*, egress=(ALL,), ingress=(ALL,), connected=True, out="Out"):
    """A client in the VPC `Spoke`, whose rule leads by a peering to the inbound endpoint of the VPC `Vpc`."""
    to = [route(block, TargetKind.PEERING, "Peering") for block in ("10.0.0.0/16", "10.9.0.0/16")]
    return cloud(
        Vpc("Spoke", (net("10.9.0.0/16"),), enable_dns_hostnames=True),
        Subnet("S", "Spoke", net("10.9.1.0/24")),
        RouteTable("SpokeMain", "Spoke", (to[0],) if connected else (), main=True),
        main_table(to[1]),
        VpcPeeringConnection("Peering", "Vpc", "Spoke"),
        group("Open", ingress=(ALL,), vpc_id="Spoke"),
        group("OutSg", egress=egress, vpc_id="Spoke"),
        group("InSg", ingress=ingress),
        eni("eni-client", "S", ("Open",), "10.9.1.5"),
        eni("eni-Out", "S", ("OutSg",), "10.9.1.53", InterfaceOwner.SERVICE),
        eni("eni-In", "B", ("InSg",), "10.0.2.53", InterfaceOwner.SERVICE),
        ResolverEndpoint("In", Direction.INBOUND),
        ResolverEndpoint("Out", Direction.OUTBOUND),
        ResolverRule("Rule", "corp.example", "FORWARD", (ResolverTarget(net("10.0.2.53")[0]),), out, ("Spoke",)),
        ZONE,
    )


@pytest.mark.parametrize(
    ("made", "is_lost"),
    [
        (by_rule(), False),
        (by_rule(egress=(QUERIES,), ingress=(QUERIES,)), False),
        (by_rule(egress=(WEB,)), True),
        (by_rule(ingress=(WEB,)), True),
        (by_rule(connected=False), True),
        (by_rule(egress=(WEB,), out="OfAnotherAccount"), False),
    ],
)
def test_queries_by_a_rule_leave_by_its_endpoint(made, is_lost):
    assert (LOST in denials(path(made, "client", DATABASE))) is is_lost


def from_site(*ingress):
    return cloud(
        VpnGateway("Vgw", "Vpc"),
        VpnConnection("Vpn", "Vgw", routes=(net("192.168.0.0/16"),)),
        main_table(route("192.168.0.0/16", TargetKind.VPN_GATEWAY, "Vgw")),
        group("Open", ingress=(ALL,)),
        group("InSg", ingress=ingress),
        eni("eni-db", groups=("Open",), address="10.0.1.9"),
        eni("eni-In", "B", ("InSg",), "10.0.2.53", InterfaceOwner.SERVICE),
        ResolverEndpoint("In", Direction.INBOUND),
        ZONE,
    )


@pytest.mark.parametrize(
    ("ingress", "expected"),
    [
        ((), [LOST]),
        ((WEB,), [LOST]),
        ((QUERIES,), "reachable"),
        ((rule(UDP, 53, peer="192.168.7.0/24"),), "reachable"),  # where the DNS servers may be
        ((rule(UDP, 53, peer="10.0.0.0/16"),), [LOST]),
    ],
)
def test_queries_from_on_premises_enter_by_the_inbound_endpoint(ingress, expected):
    assert reached(path(from_site(*ingress), "on-premises", DATABASE)) == expected
