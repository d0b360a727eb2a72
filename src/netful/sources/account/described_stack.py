"""A stack of a described account."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen

Place = tuple[str, str]
"""An account and a region."""


class DescribedResource(Frozen):
    """A resource of a stack, by the id that AWS gave to it. `type` is "" if the account does not say it."""

    id: str
    type: str = ""


class DescribedStack(Frozen):
    """A stack of an account: its resources by logical id, and the values of its parameters."""

    resources: Mapping[str, DescribedResource] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


PARTS = {
    "AWS::EC2::GatewayRouteTableAssociation": "route_tables",
    "AWS::EC2::NetworkAclEntry": "network_acls",
    "AWS::EC2::Route": "route_tables",
    "AWS::EC2::SecurityGroupEgress": "security_groups",
    "AWS::EC2::SecurityGroupIngress": "security_groups",
    "AWS::EC2::SubnetNetworkAclAssociation": "network_acls",
    "AWS::EC2::SubnetRouteTableAssociation": "route_tables",
}
"""Types of resources that are parts of others, and what these others are."""
