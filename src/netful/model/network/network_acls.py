"""Network ACLs with their entries (spec: vpc-network §3)."""

from netful.model.core import Identified, Maybe
from netful.model.network.vpc import IPNetwork


class NetworkAclEntry(Identified):
    """A numbered rule; the lowest number that matches decides. Ports and ICMP as in `SecurityGroupRule`."""

    rule_number: int
    allow: bool
    protocol: int
    from_port: int
    to_port: int
    cidr_block: Maybe[IPNetwork]


class NetworkAcl(Identified):
    """A stateless list per direction; packets that match no entry are denied. A custom one starts empty."""

    vpc_id: Maybe[str]
    ingress: tuple[NetworkAclEntry, ...] = ()
    egress: tuple[NetworkAclEntry, ...] = ()
    subnet_ids: tuple[Maybe[str], ...] = ()
    default: bool = False
