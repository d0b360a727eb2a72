from dataclasses import replace

import pytest

from netful.engine.names.resolution import resolve
from netful.model.core import Unknown
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.model.names.resolver import DhcpOptions, Direction, ResolverEndpoint, ResolverRule, ResolverTarget
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.vpc import Vpc
from tests.helpers.small_clouds import cloud, endpoint, eni, net

SSM = "ssm.us-east-1.amazonaws.com"


def record(name, *values, type_="A", alias=None):
    return RecordSet(f"r-{name}", name, type_, values, alias)


def zone(name, *records, vpcs=("Vpc",)):
    return HostedZone(f"z-{name}", name, vpcs, records)


def rule(domain, rule_type="FORWARD", target="192.168.1.53"):
    return ResolverRule(
        f"rule-{domain}", domain, rule_type, (ResolverTarget(net(target).network_address),), "Out", ("Vpc",)
    )


def given(answer):
    return [str(address) for address in answer.addresses]


def test_the_most_specific_zone_answers():
    made = cloud(zone("example.com", record("db.a.example.com", "10.0.1.9")), zone("a.example.com"))
    assert resolve(made, "Vpc", "db.a.example.com").code == "NETFUL_DNS_PRIVATE_ZONE_NXDOMAIN"


@pytest.mark.parametrize("name", ["www.example.com", SSM])
def test_a_private_zone_hides_what_public_dns_has(name):
    made = cloud(zone(name.partition(".")[2]))
    assert resolve(made, "Vpc", name).status == "NXDOMAIN"
    assert resolve(made, None, name).status == "NOERROR"


def test_an_endpoint_answers_where_a_zone_is_less_specific():
    assert resolve(cloud(endpoint(), zone("amazonaws.com")), "Vpc", SSM).endpoint_id == "Ssm"


def test_a_private_zone_needs_both_dns_attributes():
    made = cloud(zone("example.com"), enable_dns_hostnames=False)
    assert resolve(made, "Vpc", "www.example.com").zone == "public DNS"


@pytest.mark.parametrize(("hostnames", "asked", "helps"), [
    (False, "db.corp.internal", True), (False, "db.other.internal", False), (True, "www.corp.internal", False),
])  # fmt: skip
def test_the_attribute_without_which_a_vpc_does_not_see_a_zone_is_named(hostnames, asked, helps):
    made = cloud(zone("corp.internal", record("db.corp.internal", "10.0.1.9")), enable_dns_hostnames=hostnames)
    answer = resolve(made, "Vpc", asked)
    assert (answer.status, "EnableDnsHostnames" in answer.remedy) == ("NXDOMAIN", helps)


def test_wildcards_stand_for_names_that_have_no_record():
    made = cloud(zone("example.com", record("*.example.com", "10.0.1.8"), record("a.example.com", "x", type_="TXT")))
    assert given(resolve(made, "Vpc", "b.c.example.com")) == ["10.0.1.8"]
    assert resolve(made, "Vpc", "a.example.com").status == "NXDOMAIN"


def test_an_alias_of_an_endpoint_leads_to_it():
    made = cloud(endpoint(private_dns=False))
    name = "vpce-ssm-00000000.ssm.us-east-1.vpce.amazonaws.com"
    with_alias = cloud(
        endpoint(private_dns=False), zone("corp.example", record("ssm.corp.example", alias=f"Z1:{name}"))
    )
    wrong = resolve(with_alias, "Vpc", "ssm.corp.example")
    assert wrong.name == "ssm.corp.example"
    assert resolve(made, "Vpc", name).endpoint_id == wrong.endpoint_id


def test_a_circle_of_aliases_is_no_name():
    made = cloud(
        zone(
            "corp.example",
            record("a.corp.example", "b.corp.example", type_="CNAME"),
            record("b.corp.example", "a.corp.example", type_="CNAME"),
        )
    )
    assert resolve(made, "Vpc", "a.corp.example").status == "NXDOMAIN"


def test_an_attribute_that_will_be_an_address_is_the_interfaces():
    promised = Unknown("AWS chooses it", ("db.PrivateIp",))
    made = cloud(eni("eni-db", address="10.0.1.77"), zone("corp.example", record("db.corp.example", promised)))
    assert given(resolve(made, "Vpc", "db.corp.example")) == ["10.0.1.77"]


@pytest.mark.parametrize(
    ("attribute", "addresses"),
    [
        ("Second.PrimaryPrivateIpAddress", ["10.0.2.7"]),
        ("Web.PrivateIp", ["10.0.1.77"]),
        ("Db.PrivateIp", ["10.0.1.8", "10.0.2.8"]),
    ],
)
def test_an_attribute_is_the_address_of_an_interface_or_of_the_primary_ones(attribute, addresses):
    made = cloud(
        replace(eni("First", address="10.0.1.77"), owner_id="Web"),
        replace(eni("Second", address="10.0.2.7", device_index=1), owner_id="Web"),
        *(replace(eni(f"Db{block}", address=f"10.0.{block}.8"), owner_id="Db") for block in (1, 2)),
        zone("corp.example", record("a.corp.example", Unknown("AWS chooses it", (attribute,)))),
    )
    assert given(resolve(made, "Vpc", "a.corp.example")) == addresses


def test_an_unknown_value_is_an_unknown_answer():
    made = cloud(zone("corp.example", record("db.corp.example", Unknown("no value", ("DbAddress",)))))
    answer = resolve(made, "Vpc", "db.corp.example")
    assert (answer.status, answer.missing) == ("UNKNOWN", ("DbAddress",))


def test_what_another_server_answers_is_unknown():
    answer = resolve(cloud(rule("corp.example")), "Vpc", "db.corp.example")
    assert (answer.status, answer.missing) == ("UNKNOWN", ("what 192.168.1.53 answers for db.corp.example",))


def test_a_system_rule_makes_an_exception():
    made = cloud(rule(""), rule("example.com", "SYSTEM"))
    assert resolve(made, "Vpc", "www.example.com").status == "NOERROR"
    assert resolve(made, "Vpc", "www.example.org").status == "UNKNOWN"


def test_a_rule_beats_a_zone_of_the_same_name():
    made = cloud(rule("corp.example"), zone("corp.example", record("db.corp.example", "10.0.1.9")))
    assert resolve(made, "Vpc", "db.corp.example").status == "UNKNOWN"


def test_a_rule_that_leads_to_a_loaded_vpc_is_followed():
    inbound = eni("eni-In", address="10.0.2.53", owner=InterfaceOwner.SERVICE)
    made = cloud(
        Vpc("Spoke", (net("10.9.0.0/16"),), enable_dns_hostnames=True),
        inbound,
        ResolverEndpoint("In", Direction.INBOUND),
        ResolverRule(
            "rule", "corp.example", "FORWARD", (ResolverTarget(net("10.0.2.53").network_address),), "Out", ("Spoke",)
        ),
        zone("corp.example", record("db.corp.example", "10.0.1.9")),
    )
    assert given(resolve(made, "Spoke", "db.corp.example")) == ["10.0.1.9"]


@pytest.mark.parametrize("after", [(), ("AmazonProvidedDNS",), ("169.254.169.253", "10.0.1.54"), ("10.0.0.2",)])
def test_an_own_dns_server_leaves_private_names_open(after):
    made = cloud(endpoint(), DhcpOptions("Options", ("10.0.1.53", *after), vpc_ids=("Vpc",)))
    assert resolve(made, "Vpc", SSM).status == "UNKNOWN"
    public = resolve(made, "Vpc", "www.example.com")
    assert (public.status, public.assumptions) == ("NOERROR", ("10.0.1.53 answers as public DNS does",))


@pytest.mark.parametrize("name", ["dc.corp.internal", "db.other.local"])
@pytest.mark.parametrize(
    "server", ["10.0.1.53", Unknown("AWS decides it", ("Ad.DnsIpAddresses",)), Unknown("no value")]
)
def test_an_own_dns_server_may_have_names_that_nobody_else_has(server, name):
    made = cloud(DhcpOptions("Options", (server,), vpc_ids=("Vpc",)))
    assert resolve(made, "Vpc", name).status == "UNKNOWN"
    assert resolve(cloud(), "Vpc", name).status == "NXDOMAIN"


def test_an_own_dns_server_that_is_not_known_is_named_by_what_it_needs():
    unknown = tuple(Unknown("AWS decides it", ("Ad.DnsIpAddresses",)) for _ in range(2))
    public = resolve(cloud(DhcpOptions("Options", unknown, vpc_ids=("Vpc",))), "Vpc", "www.example.com")
    assert (public.status, public.assumptions) == ("NOERROR", ("`Ad.DnsIpAddresses` answers as public DNS does",))


@pytest.mark.parametrize("servers", [("AmazonProvidedDNS",), ("AmazonProvidedDNS", "10.0.1.53")])
def test_amazons_own_server_first_in_dhcp_options_changes_nothing(servers):
    made = cloud(endpoint(), DhcpOptions("Options", servers, vpc_ids=("Vpc",)))
    assert resolve(made, "Vpc", SSM).endpoint_id == "Ssm"


def test_private_dns_for_inbound_only_is_not_for_the_vpc():
    s3 = endpoint("S3", "s3", private_dns_only_for_inbound_resolver=True)
    assert resolve(cloud(s3), "Vpc", "s3.us-east-1.amazonaws.com").zone == "public DNS"
    assert resolve(cloud(s3), "Vpc", "s3.us-east-1.amazonaws.com", inbound=True).endpoint_id == "S3"


def test_an_alias_in_a_public_zone_is_followed_by_route_53_not_by_the_vpc():
    api = "d-shop.execute-api.us-east-1.amazonaws.com"
    followed = HostedZone("Public", "example.com", (), (record("shop.example.com", alias=api),))
    asked = HostedZone("Public", "example.com", (), (record("shop.example.com", api, type_="CNAME"),))
    captured = endpoint(service="execute-api")
    assert resolve(cloud(captured, followed), "Vpc", "shop.example.com").endpoint_id is None
    assert resolve(cloud(captured, asked), "Vpc", "shop.example.com").endpoint_id == captured.id


@pytest.mark.parametrize(("asked", "status"), [("db.example.com", "UNKNOWN"), ("www.amazon.com", "NOERROR")])
def test_a_zone_of_a_vpc_whose_host_names_are_not_known_may_answer(asked, status):
    doubt = Unknown("no value", ("Parameter",))
    made = cloud(zone("example.com"), enable_dns_hostnames=False, hostnames_doubt=doubt)
    found = resolve(made, "Vpc", asked)
    assert (found.status, found.missing) == (status, ("Parameter",) if status == "UNKNOWN" else ())
