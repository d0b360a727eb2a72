"""Hover over the name of a resource: a subnet's kind and ways out, the rules of a group as they are effective, findings."""

from collections.abc import Iterable, Iterator

import netful
from netful.editors.analysis import Analysis
from netful.engine.filters.security_groups import describe
from netful.engine.routing.subnet_kinds import subnet_kind
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import Subnet
from netful.render.language import spoken
from netful.render.visible import visible

_Block = tuple[str, ...]
"""Lines without an empty one between them."""


def hover(analysis: Analysis, words: Iterable[str], line: int) -> str:
    """Return Markdown about the resource that one of some words names, else about the one that a line of code makes; "" without one."""
    if analysis.network is None:
        return ""
    cloud = analysis.network.cloud
    named = filter(None, map(cloud.template.resources.get, words))
    resource = next(named, analysis.resources().get(line) if analysis.built else None)
    if resource is None:
        return ""
    name = cloud.construct_paths.get(resource.id, resource.id)
    findings = (
        (f"{one.id} {one.severity}: {spoken(analysis.network.readable(one.message))}",)
        for one in analysis.findings
        if one.resource == resource.id or one.origin == resource.origin
    )
    blocks = (f"**{name}** `{resource.type}`",), *_of(cloud, resource), *findings
    return "\n\n".join("\n".join(map(visible, block)) for block in analysis.network.readable(blocks))


def _of(cloud: Cloud, resource: Resource) -> Iterator[_Block]:
    subnet = cloud.network.subnets.get(resource.id)
    if subnet is not None:
        yield from _subnet(cloud, subnet)
    if resource.id in cloud.network.security_groups:
        yield from _rules(cloud, resource.id)
    for eni in cloud.network.interfaces_of(resource.id):
        yield from _interface(cloud, eni)


def _subnet(cloud: Cloud, subnet: Subnet) -> Iterator[_Block]:
    yield (f"{subnet_kind(cloud, subnet.id)} · {subnet.block} · {subnet.availability_zone}",)
    table = cloud.network.route_table_of(subnet.id)
    ways = [
        f"- {route.destination_cidr_block or route.destination_prefix_list_id} → {route.target_id}"
        for route in (table.routes if table else ())
    ]
    yield f"ways out, by {table.id if table else 'no route table'}:", "- the VPC, locally", *ways


def _rules(cloud: Cloud, group_id: str) -> Iterator[_Block]:
    """Yield all rules of a group: its own, those of separate resources, and the egress rule that AWS adds."""
    group = cloud.network.security_groups[group_id]
    inward = [f"- {describe(rule, 'in')}" for rule in group.ingress]
    outward = [f"- {describe(rule, 'out')}" for rule in group.egress]
    yield "effective rules:", *(inward or ["- admits nothing"]), *(outward or ["- lets out nothing"])


def _interface(cloud: Cloud, eni: NetworkInterface) -> Iterator[_Block]:
    subnet = eni.subnet_id if isinstance(eni.subnet_id, str) else ""
    kind = subnet_kind(cloud, subnet) if subnet in cloud.network.subnets else "unknown"
    groups = ", ".join(map(str, eni.security_group_ids)) if isinstance(eni.security_group_ids, tuple) else ""
    yield (f"{eni.private_ip_address or 'no address'} in {eni.subnet_id} ({kind}), with {groups or 'no groups'}",)
    for group in eni.security_group_ids if isinstance(eni.security_group_ids, tuple) else ():
        if isinstance(group, str) and group in cloud.network.security_groups:
            yield from _rules(cloud, group)


def reaching(network: netful.Network, name: str) -> tuple[list[str], list[str]]:
    """Return what reaches a resource, and what it reaches."""
    from netful.console.answers import reach  # noqa: PLC0415  # with the first lens

    found = reach(network.cloud, name)
    to, from_ = ([other for other, verdict in found[side].items() if verdict == "reachable"] for side in ("to", "from"))
    return to, from_
