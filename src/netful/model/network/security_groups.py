"""Security groups with their rules (spec: vpc-network §2)."""

from enum import StrEnum

from netful.model.core import Identified, Maybe, Unknown
from netful.model.network.vpc import IPNetwork


class PeerKind(StrEnum):
    """Kind of peer that a security group rule admits traffic from, or to."""

    CIDR = "cidr"
    GROUP = "security-group"
    PREFIX_LIST = "prefix-list"


class SecurityGroupRule(Identified):
    """One allow rule.

    `ip_protocol` is the IANA number, -1 for all. For TCP and UDP `from_port`..`to_port` is a range of ports. For ICMP
    they are the type and the code, -1 for any. For all other protocols they have no meaning. `peer` is a network, a
    group's id or a prefix list's id, as `peer_kind` defines.
    """

    ip_protocol: int
    from_port: int
    to_port: int
    peer_kind: PeerKind
    peer: Maybe[IPNetwork | str]
    description: Maybe[str] = ""


class UnplacedRule(Identified):
    """A rule of a group that is not known."""

    group_id: Unknown
    egress: bool
    rule: SecurityGroupRule


class SecurityGroup(Identified):
    """A stateful group of allow rules; no match means a silent drop.

    Interfaces of its own VPC may have it, and of those that it is associated with (newer-aws §3.2).
    """

    vpc_id: Maybe[str] | None
    ingress: tuple[SecurityGroupRule, ...] = ()
    egress: tuple[SecurityGroupRule, ...] = ()
    group_name: Maybe[str] = ""
    default: bool = False
    assumptions: tuple[str, ...] = ()
    associated_vpc_ids: tuple[Maybe[str], ...] = ()
