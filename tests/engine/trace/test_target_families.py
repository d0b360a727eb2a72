"""Targets of load balancers by the address family of their group."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.places import TEMPLATES
from tests.helpers.texts import replaced

TEMPLATE = (TEMPLATES / "dual-stack-balancers" / "template.yaml").read_text()


@pytest.mark.parametrize("balancer", ["Application", "Network"])
@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        ("ipv6", "Six", None),
        ("ipv6", "Web", "NETFUL_NO_IPV6_ADDRESS"),
        ("ipv4", "Web", None),
        ("ipv4", "Six", "NETFUL_NO_IPV4_ADDRESS"),
    ],
)
@pytest.mark.parametrize("client", ["internet", "internet6"])
def test_a_group_has_targets_of_its_own_family_alone(tmp_path, balancer, kind, target, code, client):
    file = tmp_path / "template.yaml"
    changed = TEMPLATE.replace(
        "IpAddressType: ipv6, Targets: [{Id: !Ref Six}]", f"IpAddressType: {kind}, Targets: [{{Id: !Ref {target}}}]"
    )
    file.write_text(changed)
    cloud = load([file])
    path = trace(cloud, parse(cloud, client, f"{balancer}:tcp/81"))
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == ([code] if code else [])
    assert path.unread == ()


BY_GROUP, BY_CLIENT = "SourceSecurityGroupId: !Ref Open", 'CidrIpv6: "2001:db8:ffff::/48"'
IN_SIX = "Targets: [{Id: !Ref Six}]}\n  SixConnections"


@pytest.mark.parametrize(
    ("client", "keeps", "admits", "verdict"),
    [
        ("internet6", "true", BY_CLIENT, "reachable"),
        ("internet6", "false", BY_CLIENT, "blocked"),
        ("internet", "true", BY_CLIENT, "blocked"),
        ("internet", "true", BY_GROUP, "reachable"),
    ],
)
def test_an_ipv6_target_sees_the_clients_that_have_ipv6(tmp_path, client, keeps, admits, verdict):
    file = tmp_path / "template.yaml"
    attribute = f"TargetGroupAttributes: [{{Key: preserve_client_ip.enabled, Value: '{keeps}'}}], "
    file.write_text(replaced(TEMPLATE, {BY_GROUP: admits, IN_SIX: attribute + IN_SIX}))
    cloud = load([file])
    assert trace(cloud, parse(cloud, client, "Network:tcp/81")).verdict == verdict
