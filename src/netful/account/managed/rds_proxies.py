"""Proxies of RDS: their place in the network, and the databases that they lead to."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from netful.account.changes import Edit, Remove, new, updated
from netful.account.managed.databases import (
    CLUSTER,
    CLUSTERS,
    INSTANCE,
    INSTANCES,
    PROXIES,
    PROXY_ENDPOINTS,
    SERVICE,
    proxy_arn,
)
from netful.account.managed.rds_writes import modified
from netful.account.managed.things import Change, Look, Thing
from netful.account.managed.view import View, flag, page, plain
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.account.writing import Write
from netful.engine.names.managed_places import PROXY_TARGETS, target_group_of
from netful.model.core import Resource

_DEFAULT, _TARGETS = "default", {"DBClusterIdentifiers": CLUSTERS, "DBInstanceIdentifiers": INSTANCES}
_POOL = {
    "MaxConnectionsPercent": 100,
    "MaxIdleConnectionsPercent": 50,
    "ConnectionBorrowTimeout": 120,
    "SessionPinningFilters": [],
}


def _place(view: View, one: Resource) -> dict[str, Any]:
    """Return the members that proxies and their endpoints share."""
    interfaces = view.cloud.network.interfaces_of(one.id)
    subnet = view.cloud.network.subnets.get(str(interfaces[0].subnet_id)) if interfaces else None
    return {
        "Status": "available", "VpcId": view.ec2.id(subnet.vpc_id) if subnet else None,
        "VpcSecurityGroupIds": view.groups(one), "Endpoint": view.address(one, "Endpoint"),
    }  # fmt: skip


def _proxy(view: View, one: Resource) -> Mapping[str, Any]:
    made = view.created.of(view.arn(PROXIES, one))
    return {
        **_place(view, one), "DBProxyName": view.identifier(PROXIES, one), "DBProxyArn": proxy_arn(view, one),
        "RequireTLS": flag(one, "RequireTLS"), "IdleClientTimeout": plain(one, "IdleClientTimeout") or 1800,
        "DebugLogging": flag(one, "DebugLogging"), "CreatedDate": made, "UpdatedDate": made,
    }  # fmt: skip


def _endpoint(view: View, one: Resource) -> Mapping[str, Any]:
    arn = view.arn(PROXY_ENDPOINTS, one)
    return {
        **_place(view, one), "DBProxyEndpointName": view.identifier(PROXY_ENDPOINTS, one), "DBProxyEndpointArn": arn,
        "DBProxyName": view.identifier(PROXIES, view.found(PROXIES, plain(one, "DBProxyName"))),
        "TargetRole": plain(one, "TargetRole") or "READ_WRITE", "IsDefault": False, "CreatedDate": view.created.of(arn),
    }  # fmt: skip


_THING = Thing(SERVICE, PROXIES, "DBProxy", "DBProxyName", "DBProxy", "DBProxyAlreadyExistsFault", _proxy,
               renamed={"SecurityGroups": "VpcSecurityGroupIds"}, state="Status")  # fmt: skip
_ENDPOINT = Thing(SERVICE, PROXY_ENDPOINTS, "DBProxyEndpoint", "DBProxyEndpointName", "DBProxyEndpoint",
                  "DBProxyEndpointAlreadyExistsFault", _endpoint, within=PROXIES, state="Status")  # fmt: skip


def _delete_proxy(view: View, asked: Parameters) -> Change:
    """DeleteDBProxy: its target group and its endpoints go along."""
    change = _THING.delete(view, asked)
    group = target_group_of(view.cloud, view.found(PROXIES, asked["DBProxyName"]).id)
    endpoints = (Remove(one.id) for one in view.of_kind(PROXY_ENDPOINTS) if _leads_to(view, one, asked["DBProxyName"]))
    return Change((*change.edits, *((Remove(group.id),) if group else ()), *endpoints), change.answer)


def _leads_to(view: View, endpoint: Resource, proxy: object) -> bool:
    return view.found(PROXIES, plain(endpoint, "DBProxyName")) is view.found(PROXIES, proxy)


def _described_endpoints(view: View, asked: Parameters) -> Mapping[str, Any]:
    proxy, named = asked.get("DBProxyName"), asked.get("DBProxyEndpointName")
    found = [view.found(PROXY_ENDPOINTS, named)] if named else view.of_kind(PROXY_ENDPOINTS)
    rows = [_ENDPOINT.record(view, one) for one in found if not proxy or _leads_to(view, one, proxy)]
    return page("DBProxyEndpoints", asked, rows)


# --- targets ----------------------------------------------------------------------------------------------------------


def _register_targets(view: View, asked: Parameters) -> Change:
    """RegisterDBProxyTargets: the proxy leads to the database from now on."""
    proxy = view.found(PROXIES, asked["DBProxyName"])
    added = {name: [view.found(kind, one).id for one in asked.get(name) or ()] for name, kind in _TARGETS.items()}
    there = {name: _listed(view, proxy, name) for name in _TARGETS}
    twice = next((one for name, ids in added.items() for one in ids if one in there[name]), None)
    if twice is not None:
        raise ApiError("DBProxyTargetAlreadyRegisteredFault", f"{twice} is already registered")
    edits = _with_targets(view, proxy, {name: [*there[name], *added[name]] for name in _TARGETS})
    ids = {one for each in added.values() for one in each}
    return Change(edits, lambda after: {"DBProxyTargets": [
        one for one in _targets(after, after.cloud.template.resources[proxy.id]) if one["Name"] in ids]})  # fmt: skip


def _deregister_targets(view: View, asked: Parameters) -> Change:
    proxy = view.found(PROXIES, asked["DBProxyName"])
    gone = {view.found(kind, one).id for name, kind in _TARGETS.items() for one in asked.get(name) or ()}
    kept = {name: [one for one in _listed(view, proxy, name) if one not in gone] for name in _TARGETS}
    return Change(_with_targets(view, proxy, kept), lambda _after: {})


def _modify_target_group(view: View, asked: Parameters) -> Change:
    """ModifyDBProxyTargetGroup: the settings of its pool."""
    proxy = view.found(PROXIES, asked["DBProxyName"])
    pool = {"ConnectionPoolConfigurationInfo": dict(asked.get("ConnectionPoolConfig") or {})}
    edits = _set(view, proxy, pool)
    return Change(edits, lambda after: {"DBProxyTargetGroup": _group(after, after.cloud.template.resources[proxy.id])})


def _with_targets(view: View, proxy: Resource, targets: Mapping[str, list[str]]) -> tuple[Edit, ...]:
    return _set(view, proxy, {name: ids or None for name, ids in targets.items()})


def _set(view: View, proxy: Resource, properties: Mapping[str, Any]) -> tuple[Edit, ...]:
    group = target_group_of(view.cloud, proxy.id)
    if group is not None:
        return (updated(group, **properties),)
    given = {name: value for name, value in properties.items() if value is not None}
    return (new(PROXY_TARGETS, f"{proxy.id}.targets", {"DBProxyName": proxy.id, "TargetGroupName": _DEFAULT, **given}),)


def _listed(view: View, proxy: Resource, name: str) -> list[str]:
    group = target_group_of(view.cloud, proxy.id)
    written = group.properties.get(name) if group else None
    return [view.cloud.named(one) for one in written or () if isinstance(one, str)]


def _targets(view: View, proxy: Resource) -> Iterator[dict[str, Any]]:
    """Yield the targets of a proxy; `Name` is the database's name in the cloud."""
    for name, kind in _TARGETS.items():
        for one in _listed(view, proxy, name):
            resource = view.cloud.template.resources.get(one)
            if resource is not None:
                clustered = kind is CLUSTERS
                found = (CLUSTER if clustered else INSTANCE).record(view, resource)
                yield {
                    "Name": one, "TargetArn": view.arn(kind, resource), "RdsResourceId": view.identifier(kind, resource),
                    "Endpoint": found["Endpoint"] if clustered else found["Endpoint"]["Address"],
                    "Port": view.port(resource), "Type": "TRACKED_CLUSTER" if clustered else "RDS_INSTANCE",
                    "Role": "UNKNOWN" if clustered else "READ_WRITE", "TargetHealth": {"State": "AVAILABLE"},
                }  # fmt: skip


def _group(view: View, proxy: Resource) -> dict[str, Any]:
    group, made = target_group_of(view.cloud, proxy.id), view.created.of(view.arn(PROXIES, proxy))
    written = plain(group, "ConnectionPoolConfigurationInfo", "ConnectionPoolConfigInfo") if group else None
    arn = proxy_arn(view, proxy).replace(":db-proxy:prx-", ":target-group:prx-tg-")
    return {
        "DBProxyName": view.identifier(PROXIES, proxy), "TargetGroupName": _DEFAULT, "TargetGroupArn": arn, "IsDefault": True,
        "Status": "available", "ConnectionPoolConfig": {**_POOL, **(written or {})}, "CreatedDate": made, "UpdatedDate": made,
    }  # fmt: skip


def _described_targets(view: View, asked: Parameters) -> Mapping[str, Any]:
    return page("Targets", asked, [*_targets(view, view.found(PROXIES, asked["DBProxyName"]))])


def _described_groups(view: View, asked: Parameters) -> Mapping[str, Any]:
    if asked.get("TargetGroupName") not in (None, _DEFAULT):
        text = f"DBProxyTargetGroup {asked['TargetGroupName']} not found."
        raise ApiError("DBProxyTargetGroupNotFoundFault", text, 404)
    return page("TargetGroups", asked, [_group(view, view.found(PROXIES, asked["DBProxyName"]))])


LOOKS: Mapping[str, Look] = {
    "DescribeDBProxies": _THING.look(member="DBProxies"),
    "DescribeDBProxyTargets": _described_targets,
    "DescribeDBProxyEndpoints": _described_endpoints,
    "DescribeDBProxyTargetGroups": _described_groups,
}
WRITES: Mapping[str, Write[View]] = {
    "CreateDBProxy": _THING.create,
    "ModifyDBProxy": partial(modified, _THING, "name of a DBProxy"),
    "DeleteDBProxy": _delete_proxy,
    "CreateDBProxyEndpoint": _ENDPOINT.create,
    "ModifyDBProxyEndpoint": partial(modified, _ENDPOINT, "name of a DBProxyEndpoint"),
    "DeleteDBProxyEndpoint": _ENDPOINT.delete,
    "RegisterDBProxyTargets": _register_targets,
    "DeregisterDBProxyTargets": _deregister_targets,
    "ModifyDBProxyTargetGroup": _modify_target_group,
}
