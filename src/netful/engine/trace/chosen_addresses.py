"""Addresses that netful chose for clients, where a block that the sources name contains them: AWS gives clients other ones.

Examples in the sources have the same reserved blocks as the emulated internet (`model.network.addresses`). A rule for such a block
admits netful's clients by chance, and a client of AWS only if it really is in the block.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from netful.engine.flows.flow import contains
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path
from netful.engine.trace.question import Question
from netful.model.cloud import Cloud
from netful.model.core import words_of
from netful.model.network.addresses import CLIENT_BLOCK, ELASTIC_IP_BLOCKS
from netful.model.network.vpc import IPNetwork

_CHOSEN = (CLIENT_BLOCK, *ELASTIC_IP_BLOCKS)
_WRITTEN = re.compile(r"(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}/(?:2\d|3[01])")
_DOCUMENTS = (HopKind.POLICY, HopKind.WAF)
"""Hops that compare the address of a client with the blocks of a document, which their rule does not name."""


def presumed(cloud: Cloud, question: Question, path: Path) -> Iterator[str]:
    """Yield the clients of a path whose address netful chose, and that a block of the sources contains."""
    client: IPNetwork | None = None
    for hop in path.hops:
        client = hop.flow.source.address if hop.flow else client
        if client is None or not any(contains(block, client) for block in _CHOSEN):
            continue
        for block in _compared(cloud, hop):
            if contains(block, client) and (owner := _owner(cloud, question, client)):
                yield f"the `Address` of `{owner}` is not known; netful takes {client.network_address}"


def _compared(cloud: Cloud, hop: Hop) -> Iterable[IPv4Network]:
    """Return the blocks of the emulated internet with which a hop compares the address of a client; a group refuses by none."""
    if hop.kind in _DOCUMENTS:
        return cloud.derived(__name__, lambda: tuple(_blocks(cloud)))
    decides = hop.kind is HopKind.NACL_IN or (hop.kind is HopKind.SG_IN and hop.verdict == "allow")
    return (IPv4Network(found[0], strict=False) for found in _WRITTEN.finditer(hop.rule)) if decides else ()


def _owner(cloud: Cloud, question: Question, client: IPNetwork) -> str:
    """Return the owner of an address that netful chose; "" for one that the question or the sources name."""
    if any(one.address == client for one in question.sources):
        return ""
    elastic = cloud.network.elastic_ip_at(client.network_address)
    if elastic is None:
        return question.source
    written = cloud.template.resources.get(elastic.id)
    return elastic.id if written is not None and "Address" not in written.properties else ""


def _blocks(cloud: Cloud) -> Iterator[IPv4Network]:
    """Yield the blocks of the emulated internet that resources name."""
    named = (word for one in cloud.template.resources.values() for word in words_of(one.properties))
    return (IPv4Network(word, strict=False) for word in dict.fromkeys(named) if _WRITTEN.fullmatch(word))
