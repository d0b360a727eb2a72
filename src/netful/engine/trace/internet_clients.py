"""Clients on the internet that a rule admits by their address.

`internet` in a question means any client there. Security groups or network ACLs may admit only some clients, such as those
of an office. A path for such clients exists: as in AWS's own analyzer, one client that gets through is enough. The path's
assumptions name the clients that get through, and the component that blocks the others.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.engine.flows.blocks import is_public
from netful.engine.flows.path import Hop, Path
from netful.engine.trace.ends.sources import Outside, Source
from netful.engine.trace.question import Question
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.names.distributions import ORIGIN_FACING
from netful.model.network.security_groups import PeerKind
from netful.model.network.vpc import IPNetwork

_ANYWHERE = (Outside.INTERNET, Outside.INTERNET6)


def named(cloud: Cloud, question: Question, path: Path) -> Iterator[tuple[IPNetwork, Question]]:
    """Yield the blocks of clients that a path's denying components admit, each with the same question for these clients only."""
    if not question.sources or not all(map(_anywhere, question.sources)):
        return
    blocks = dict.fromkeys(block for hop in path.denials for block in admitted(cloud, hop))
    for block in blocks:
        if is_public(block) and block.prefixlen > 0:
            yield block, replace(question, sources=tuple(replace(source, address=block) for source in question.sources))


def for_some(path: Path, keeping_out: Path, blocks: list[IPNetwork]) -> Path:
    """Return a path for some clients, with an assumption that names them."""
    blocker = keeping_out.denials[0]
    who = ", ".join(map(str, blocks))
    note = f"of the internet's clients only {who} get through: `{blocker.component}` blocks the others"
    return replace(path, assumptions=(note, *path.assumptions))


def _anywhere(source: Source) -> bool:
    return source.outside in _ANYWHERE and source.address is None


def admitted(cloud: Cloud, hop: Hop) -> Iterator[IPNetwork]:
    """Yield the blocks of clients that the groups or the ACL of a denying hop admit."""
    for name in hop.component.split("+"):
        group, acl = cloud.network.security_groups.get(name), cloud.network.network_acls.get(name)
        for rule in group.ingress if group else ():
            if rule.peer_kind is not PeerKind.GROUP and not isinstance(rule.peer, Unknown):
                yield from _blocks(cloud, rule.peer)
        for entry in acl.ingress if acl else ():
            if entry.allow and not isinstance(entry.cidr_block, Unknown):
                yield entry.cidr_block


def _blocks(cloud: Cloud, peer: IPNetwork | str) -> Iterator[IPNetwork]:
    if not isinstance(peer, str):
        yield peer
        return
    listed = cloud.network.prefix_lists.get(peer)
    for block in listed.cidr_blocks if listed and listed.name != ORIGIN_FACING else ():
        if not isinstance(block, Unknown):
            yield block
