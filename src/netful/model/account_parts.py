"""Parts that only an account has, of resources that it and a plan or template of what is deployed both have.

Calls and other stacks made them, or the deployment removes them. A resource's own properties are those of the template.

| part | of a resource of a template | of a resource of a plan |
|---|---|---|
| record of a zone | kept, unless the template had it | kept, unless the plan deletes it |
| route, entry of a network ACL, subnet that only the account has | kept: in templates they are resources of their own | gone: a plan lists all |
| targets of a target group that registers none | kept | kept |
| rule of a security group | gone: it may have been a property of the group | gone: a plan lists all |

Answers name what is not certain as an assumption, and are unknown where a deleted resource may be any of these parts.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.names.hosted_zones import HostedZone
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import ICMPS, TCP, UDP
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.security_groups import SecurityGroup, SecurityGroupRule
from netful.model.unread import Unread, Weight

PARTS = ("hosted_zones", "network_acls", "route_tables", "security_groups", "target_groups")
"""Parts of a cloud whose things have such parts."""

_WITH_PORTS = (*ICMPS, TCP, UDP)
"""Protocols of rules whose ports, or types, have a meaning."""

_OF_OTHERS = (TargetKind.LOCAL, TargetKind.VPC_ENDPOINT)
"""Targets of routes that follow from other resources."""


class Deployed(Frozen):
    """Resources that are deployed already: the names of those of templates, the ids of all that are or were there, and unclear parts.

    A part of the cloud is `unclear` if a deployment deletes a part of one of its things, and does not say which.
    """

    of_templates: Collection[str] = ()
    ids: Collection[str] = ()
    unclear: Collection[str] = ()


def with_account_parts(cloud: Cloud, account: Cloud, deployed: Deployed) -> Cloud:
    """Return a cloud with the parts that only an account has of its resources; the account has the names of the cloud."""
    merging = _Merging(cloud, deployed)
    found = {name: dict(cloud.part(name)) for name in PARTS}
    for part, things in found.items():
        for id_, there in account.part(part).items():
            if id_ in things:
                things[id_] = getattr(merging, part)(things[id_], there)
    return cloud.having(**found, unread=(*cloud.template.unread, *merging.unread))


class _Merging:
    """One merge. `unread` is what answers name of it."""

    def __init__(self, cloud: Cloud, deployed: Deployed) -> None:
        self.unread: list[Unread] = []
        self._cloud, self._deployed = cloud, deployed

    def hosted_zones(self, own: HostedZone, there: HostedZone) -> HostedZone:
        """Return a zone with the records that no template has or had."""
        names = {(one.name, one.type) for one in own.records}
        zone_id, ids = self._cloud.aws_id(own.id), self._deployed.ids
        kept = [
            one
            for one in there.records
            if (one.name, one.type) not in names
            and not any(id_.rstrip(".") == one.name for id_ in ids)
            and not any(id_.startswith(f"{zone_id}_{one.name}_{one.type}") for id_ in ids)
        ]
        return replace(own, records=(*own.records, *kept), unnamed=(*own.unnamed, *there.unnamed))

    def route_tables(self, own: RouteTable, there: RouteTable) -> RouteTable:
        """Return a table with the routes, and the subnets, that no template has."""
        places, table_id = {*map(self._destination, own.routes)}, self._cloud.aws_id(own.id)
        more = [
            one
            for one in there.routes
            if one.target_kind not in _OF_OTHERS and not one.propagated and self._destination(one) not in places
            if f"{table_id}|{self._destination(one)}" not in self._deployed.ids
        ]
        subnet_ids = self._subnets(own, there, "route_tables")
        if not self._keeps(own, "route_tables", [f"the route to {self._destination(one)}" for one in more]):
            return replace(own, subnet_ids=subnet_ids)
        return replace(own, routes=(*own.routes, *more), subnet_ids=subnet_ids)

    def network_acls(self, own: NetworkAcl, there: NetworkAcl) -> NetworkAcl:
        """Return an ACL with the entries, and the subnets, that no template has."""
        numbers = [{one.rule_number for one in entries} for entries in (own.ingress, own.egress)]
        found = [
            [one for one in entries if one.rule_number not in taken]
            for entries, taken in zip((there.ingress, there.egress), numbers, strict=True)
        ]
        subnet_ids = self._subnets(own, there, "network_acls")
        named = [f"{name} {one.rule_number}" for name, more in zip(("in", "out"), found, strict=True) for one in more]
        if not self._keeps(own, "network_acls", named):
            return replace(own, subnet_ids=subnet_ids)
        ingress, egress = (
            tuple(sorted((*entries, *more), key=NetworkAclEntry.place))
            for entries, more in zip((own.ingress, own.egress), found, strict=True)
        )
        return replace(own, ingress=ingress, egress=egress, subnet_ids=subnet_ids)

    def security_groups(self, own: SecurityGroup, there: SecurityGroup) -> SecurityGroup:
        """Return the template's group; an assumption says that other rules are gone."""
        lost = self._lost(own.ingress, there.ingress) + self._lost(own.egress, there.egress)
        if lost:
            self._assume(own.id, "rules", f"{own.id} loses {lost} of its rules, which only the account has")
        return own

    def target_groups(self, own: Any, there: Any) -> Any:
        """Return a group with the targets that are registered where nothing of its template registers any."""
        if own.targets or own.registered_by or own.empty or not (there.targets or there.empty):
            return own
        self._assume(own.id, "Targets", f"{own.id} has the targets that the account has: its template registers none")
        return replace(own, targets=there.targets, empty=there.empty)

    def _keeps(self, own: RouteTable | NetworkAcl, part: str, more: list[str]) -> bool:
        """Return whether a thing keeps parts that only the account has, and record what is not certain of it."""
        if not more or own.id not in self._deployed.of_templates:
            return False
        if part in self._deployed.unclear:
            self.unread.append(Unread(own.id, "deletion of a part", Weight.DECIDES, (own.id,), origin=own.origin))
            return False
        self._assume(own.id, "parts", f"{own.id} keeps {', '.join(more)}, which only the account has")
        return True

    def _subnets(self, own: RouteTable | NetworkAcl, there: RouteTable | NetworkAcl, part: str) -> tuple[Any, ...]:
        """Return the subnets of a thing, with those of the account that no template has."""
        if own.id not in self._deployed.of_templates or part in self._deployed.unclear:
            return own.subnet_ids
        others = (one for one in there.subnet_ids if one not in self._cloud.network.subnets)
        return tuple(dict.fromkeys((*own.subnet_ids, *others)))

    def _destination(self, route: Route) -> str:
        return str(route.destination_cidr_block or self._cloud.aws_id(str(route.destination_prefix_list_id)))

    def _lost(self, own: tuple[SecurityGroupRule, ...], there: tuple[SecurityGroupRule, ...]) -> int:
        """Return how many rules only the account has; 0 where a rule of the template is not known."""
        if any(isinstance(one.peer, Unknown) for one in own):
            return 0
        return len({*map(self._content, there)} - {*map(self._content, own)})

    def _content(self, rule: SecurityGroupRule) -> tuple[Any, ...]:
        ports = (rule.from_port, rule.to_port) if rule.ip_protocol in _WITH_PORTS else ()
        peer = self._cloud.aws_id(rule.peer) if isinstance(rule.peer, str) else rule.peer
        return rule.ip_protocol, *ports, rule.peer_kind, peer

    def _assume(self, id_: str, what: str, assumption: str) -> None:
        self.unread.append(Unread(id_, what, Weight.ASSUMED, (id_,), assumption=assumption))
