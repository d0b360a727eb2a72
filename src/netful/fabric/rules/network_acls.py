"""Network ACLs as two chains each, which the subnets' device groups jump to."""

from collections.abc import Iterator, Sequence

from netful.fabric.rules.words import chain, comment, elements, peers, protocol
from netful.model.core import Unknown
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry


def network_acl(number: int, acl: NetworkAcl, device_groups: Sequence[int]) -> Iterator[str]:
    """Yield an ACL's two chains and the subnets that use them; packets that match no entry are dropped."""
    for direction, entries, side in (("out", acl.egress, "daddr"), ("in", acl.ingress, "saddr")):
        name = f"acl{number}_{direction}"
        rules = (
            text for entry in sorted(entries, key=NetworkAclEntry.place) for text in _entry(entry, direction, side)
        )
        yield from chain(name, [*rules, f"counter goto rejected_{direction} {comment(f'{acl.id} *')}"])
        yield from elements(f"acl_{direction}", [f"{group} : jump {name}" for group in device_groups])


def _entry(entry: NetworkAclEntry, direction: str, side: str) -> Iterator[str]:
    """Yield a return (allow) or goto (deny) rule for an ACL's chain; none when its block is not known."""
    verdict = "return" if entry.allow else f"counter goto rejected_{direction}"
    for peer in () if isinstance(entry.cidr_block, Unknown) else peers([entry.cidr_block], side):
        words = protocol(entry.protocol, entry.from_port, entry.to_port)
        yield f"{peer} {words} {verdict} {comment(entry.id)}"
