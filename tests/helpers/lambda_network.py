"""Networks of functions that are created and moved through the API."""

from ipaddress import IPv4Address, IPv4Network

from netful.model.functions.function import Role
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.security_groups import SecurityGroup
from netful.model.network.vpc import Subnet, Vpc

SOURCE = "def handler(event, context): return 1"
HOUR = 3600.0
NETWORK = {
    "vpcs": {"V": Vpc("V", (IPv4Network("10.0.0.0/16"),)), "W": Vpc("W", (IPv4Network("10.1.0.0/16"),))},
    "subnets": {
        "A": Subnet("A", "V", IPv4Network("10.0.0.0/24"), "eu-west-1a"),
        "B": Subnet("B", "V", IPv4Network("10.0.1.0/24"), "eu-west-1b"),
        "C": Subnet("C", "W", IPv4Network("10.1.0.0/24"), "eu-west-1a"),
        "Full": Subnet("Full", "V", IPv4Network("10.0.2.0/28"), "eu-west-1a"),
    },
    "security_groups": {name: SecurityGroup(name, "V") for name in "GH"},
    "roles": {"Weak": Role("Weak", "weak", ({"Effect": "Allow", "Action": "logs:*", "Resource": "*"},))},
    "network_interfaces": {
        f"eni-{n}": NetworkInterface(
            f"eni-{n}", InterfaceOwner.OTHER, f"eni-{n}", "Full", (), IPv4Address(f"10.0.2.{n}")
        )
        for n in range(4, 15)
    },
}  # fmt: skip


def place(subnets=(), groups=()):
    return {"VpcConfig": {"SubnetIds": [*subnets], "SecurityGroupIds": [*groups]}}


def interfaces(client):
    enis = client.service.cloud.network.network_interfaces.values()
    return {eni.id: eni.function_ids for eni in enis if eni.owner is InterfaceOwner.LAMBDA}
