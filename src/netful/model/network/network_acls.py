"""Network ACLs with their entries (spec: vpc-network §3)."""

from netful.model.core import Identified, Maybe, Unknown
from netful.model.network.vpc import IPNetwork

BEFORE_ALL, AFTER_ALL = 0, 32767
"""Places before the first number that an entry can have, and behind the last one."""


class NetworkAclEntry(Identified):
    """A numbered rule; the lowest number that matches decides. Ports and ICMP as in `SecurityGroupRule`."""

    rule_number: Maybe[int]
    allow: bool
    protocol: int
    from_port: int
    to_port: int
    cidr_block: Maybe[IPNetwork]

    def place(self, unknown: int = AFTER_ALL) -> int:
        """Return the number by which entries are sorted; `unknown` for one whose number is not known."""
        return unknown if isinstance(self.rule_number, Unknown) else self.rule_number


class NetworkAcl(Identified):
    """A stateless list per direction; packets that match no entry are denied. A custom one starts empty."""

    vpc_id: Maybe[str]
    ingress: tuple[NetworkAclEntry, ...] = ()
    egress: tuple[NetworkAclEntry, ...] = ()
    subnet_ids: tuple[Maybe[str], ...] = ()
    default: bool = False
