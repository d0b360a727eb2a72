"""Targets of load balancers by the address family of their group."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.places import TEMPLATES

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
