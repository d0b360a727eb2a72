"""RDS's API: databases and subnet groups by their place in the network.

Parameter and option groups, and the facts about engines, have no place in it. They stay in the back end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from netful.account import absent
from netful.account.creation_times import CreationTimes
from netful.account.managed import databases, rds_cluster_writes, rds_facts, rds_proxies, rds_writes
from netful.account.managed.databases import CLUSTERS, INSTANCES, SERVICE, SUBNET_GROUPS
from netful.account.managed.view import Kind, View, page
from netful.account.query_api import Parameters, QueryApi
from netful.account.wire import query
from netful.account.wire.errors import ApiError
from netful.account.writing import Running, Writer
from netful.model.core.resource import Resource
from netful.services.http.message import Request, Response

Others = Callable[[Request], Awaitable[Response]]
"""Answers a request that has no place in the network."""

ELSEWHERE = frozenset({
    *(f"{verb}{kind}" for verb in ("Create", "Modify", "Delete") for kind in ("DBParameterGroup", "DBClusterParameterGroup", "OptionGroup")),
    "DescribeDBParameterGroups", "DescribeDBParameters", "DescribeDBClusterParameterGroups", "DescribeDBClusterParameters",
    "DescribeOptionGroups", "DescribeOptionGroupOptions", "DescribeOrderableDBInstanceOptions",
})  # fmt: skip
"""Operations that the back end answers."""

WRITES = {**rds_writes.WRITES, **rds_cluster_writes.WRITES, **rds_proxies.WRITES}
_FILTERS = {
    "DBInstances": {"db-instance-id": ("DBInstanceIdentifier", "DBInstanceArn"), "db-cluster-id": ("DBClusterIdentifier",),
                    "dbi-resource-id": ("DbiResourceId",), "engine": ("Engine",)},
    "DBClusters": {"db-cluster-id": ("DBClusterIdentifier", "DBClusterArn"), "engine": ("Engine",)},
    "DBSubnetGroups": {},
}  # fmt: skip


class RdsApi:
    """The operations. `others` answers those that have no place in the network."""

    def __init__(self, running: Running, others: Others) -> None:
        self._others = others
        own = Writer(running, partial(View.of, created=CreationTimes()))
        self.operations = {
            **own.looking(LOOKS),
            **own.operations(WRITES),
            **absent.operations(SERVICE, rds_facts.ABSENT, lambda: running.cloud),
        }
        self._own = QueryApi(SERVICE, self.operations, validated=True)

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        form = query.form_of(request.body.decode(errors="replace") if request.method == "POST" else request.query)
        serve = self._others if form.get("Action") in ELSEWHERE else self._own.handle
        return await serve(request)


def _describing(
    member: str, kind: Kind, record: Callable[[View, Resource], dict[str, Any]]
) -> Callable[[View, Parameters], Mapping[str, Any]]:
    def describe(view: View, asked: Parameters) -> Mapping[str, Any]:
        named = asked.get(kind.name)
        resources = [view.found(kind, named)] if named else [*view.of_kind(kind)]
        records = [record(view, one) for one in resources]
        for one in asked.get("Filters") or ():
            members = _FILTERS[member].get(one["Name"])
            if members is None:
                raise ApiError("InvalidParameterValue", f"Unrecognized filter name: {one['Name']}")
            records = [each for each in records if any(each.get(own) in one["Values"] for own in members)]
        return page(member, asked, records)

    return describe


LOOKS: Mapping[str, Callable[[View, Parameters], Mapping[str, Any]]] = {
    "DescribeDBInstances": _describing("DBInstances", INSTANCES, databases.instance),
    "DescribeDBClusters": _describing("DBClusters", CLUSTERS, databases.cluster),
    "DescribeDBSubnetGroups": _describing("DBSubnetGroups", SUBNET_GROUPS, databases.subnet_group),
    "ListTagsForResource": lambda now, asked: {"TagList": now.tags(databases.tagged(now, asked["ResourceName"]))},
    **rds_facts.LOOKS,
    **rds_proxies.LOOKS,
}
