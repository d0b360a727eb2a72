"""RDS's API: databases and subnet groups by their place in the network.

Parameter and option groups, and the facts about engines, have no place in it. They stay in the back end.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import uuid4

from netful.account.managed import rds_facts, rds_proxies, rds_stops, rds_writes
from netful.account.managed.databases import CLUSTER, CLUSTERS, INSTANCE, INSTANCES, SERVICE, SUBNET_GROUP, tagged
from netful.account.managed.things import Look, ManagedApi, tags
from netful.account.managed.view import plain
from netful.account.wire import query
from netful.account.wire.errors import ApiError
from netful.account.writing import Running
from netful.model.cloud import Cloud
from netful.services.http.message import Request, Response

Others = Callable[[Request], Awaitable[Response]]
"""Answers a request that has no place in the network."""

ELSEWHERE = frozenset({
    *(f"{verb}{kind}" for verb in ("Create", "Modify", "Delete") for kind in ("DBParameterGroup", "DBClusterParameterGroup", "OptionGroup")),
    "DescribeDBParameterGroups", "DescribeDBParameters", "DescribeDBClusterParameterGroups", "DescribeDBClusterParameters",
    "DescribeOptionGroups", "DescribeOptionGroupOptions", "DescribeOrderableDBInstanceOptions",
})  # fmt: skip
"""Operations that the back end answers."""
_OF_GROUPS = frozenset(f"{verb}{kind}" for verb in ("Create", "Modify") for kind in ("DBInstance", "DBCluster"))
"""Operations that may name a parameter group."""
_ON_TAGS = frozenset({"AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource"})
_GROUPS_ELSEWHERE = frozenset({"pg", "cluster-pg", "og"})
"""The kinds of things, as ARNs name them, whose tags the back end has."""
_STATES = {
    **dict.fromkeys(("DBParameterGroup", "DBClusterParameterGroup"), "InvalidDBParameterGroupState"),
    "OptionGroup": "InvalidOptionGroupStateFault",
}
"""The error for a group that cannot be deleted, by the operation's noun."""

WRITES = {**rds_writes.WRITES, **rds_stops.WRITES, **rds_proxies.WRITES}
_OF_INSTANCES = {
    "db-instance-id": ("DBInstanceIdentifier", "DBInstanceArn"), "db-cluster-id": ("DBClusterIdentifier",),
    "dbi-resource-id": ("DbiResourceId",), "domain": ("Domain",), "engine": ("Engine",),
}  # fmt: skip
_OF_CLUSTERS = {
    "clone-group-id": ("CloneGroupId",), "db-cluster-id": ("DBClusterIdentifier", "DBClusterArn"),
    "db-cluster-resource-id": ("DbClusterResourceId",), "domain": ("Domain",), "engine": ("Engine",),
}  # fmt: skip
LOOKS: Mapping[str, Look] = {
    "DescribeDBInstances": INSTANCE.look(filters=_OF_INSTANCES),
    "DescribeDBClusters": CLUSTER.look(filters=_OF_CLUSTERS),
    "DescribeDBSubnetGroups": SUBNET_GROUP.look(),
    "ListTagsForResource": tags(tagged, "ResourceName", "TagList"),
    **rds_facts.LOOKS,
    **rds_proxies.LOOKS,
}


class RdsApi:
    """The operations. `others` answers those that have no place in the network."""

    def __init__(self, running: Running, others: Others) -> None:
        self._running = running
        self._others = others
        self._own = ManagedApi(SERVICE, LOOKS, WRITES, rds_facts.ABSENT, running)
        self.operations = self._own.operations

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        form = query.form_of(request)
        action, kind = form.get("Action"), [*form.get("ResourceName", "").split(":"), *[""] * 6][5]
        if fault := _in_use(self._running.cloud, form):
            return Response(fault.status, query.HEADERS, query.error("query", fault, str(uuid4())))
        if action in _OF_GROUPS and (missing := await self._missing_group(request, form)) is not None:
            return missing
        elsewhere = action in ELSEWHERE or (action in _ON_TAGS and kind in _GROUPS_ELSEWHERE)
        return await (self._others if elsewhere else self._own.handle)(request)

    async def _missing_group(self, request: Request, form: Mapping[str, str]) -> Response | None:
        """Return the error for a parameter group that does not exist; those that AWS makes always do."""
        for kind in ("DBParameterGroup", "DBClusterParameterGroup"):
            name = form.get(f"{kind}Name", "")
            if name and not name.startswith("default."):
                asked = {"Action": f"Describe{kind}s", "Version": form.get("Version", ""), f"{kind}Name": name}
                found = await self._others(replace(request, body=urlencode(asked).encode()))
                if found.status >= HTTPStatus.BAD_REQUEST:
                    return found
        return None


def _in_use(cloud: Cloud, form: Mapping[str, str]) -> ApiError | None:
    """Return the error for the deletion of a group that AWS makes, or that a database has: the back end knows no databases."""
    group = form.get("Action", "").removeprefix("Delete")
    name = form.get(f"{group}Name", "").lower()
    if group not in _STATES or not name:
        return None
    users = cloud.template.of_type(*INSTANCES.types, *CLUSTERS.types)
    if name.startswith(("default.", "default:")):
        return ApiError(_STATES[group], f"Default {group} cannot be deleted: {name}")
    if any(str(plain(one, f"{group}Name")).lower() == name for one in users):
        return ApiError(_STATES[group], f"{group} {name} cannot be deleted: databases are members of it")
    return None
