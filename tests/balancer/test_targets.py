import pytest

from netful.balancer.targets import reached
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType, Target, TargetGroup
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from tests.helpers.small_clouds import cloud, eni


@pytest.mark.parametrize("target_type", ["instance", "ip"])
@pytest.mark.parametrize(
    ("enabled", "cross_zone", "expected"),
    [(("A",), True, {"a"}), (("A", "B"), True, {"a", "b"}), (("A", "B"), False, {"a"})],
)
def test_a_node_uses_targets_in_enabled_zones(target_type, enabled, cross_zone, expected):
    addresses = {"a": "10.0.1.20", "b": "10.0.2.20"}
    targets = tuple(Target(addresses[name] if target_type == "ip" else name) for name in addresses)
    tg = TargetGroup("Tg", target_type, "TCP", 80, "Vpc", targets)
    kind = LoadBalancerType.NETWORK
    lb = LoadBalancer("Lb", "Lb", "lb.example.com", kind, internal=True, subnet_ids=enabled, cross_zone=cross_zone)
    node = NetworkInterface("eni-Lb", InterfaceOwner.LOAD_BALANCER, "Lb", "A")
    servers = (eni(f"eni-{name}", name.upper(), (), address) for name, address in addresses.items())
    given = cloud(lb, tg, node, *servers)
    assert {each.name for each in reached(given, lb, node, tg)} == expected
