"""Versions of ElastiCache's engines, parameter groups, and the user that AWS makes."""

from collections.abc import Mapping
from typing import Any

from netful.account.managed.caches import CLUSTERS, GROUPS, PARAMETERS, SERVICE, VERSIONS
from netful.account.managed.parameter_groups import ParameterGroups, thing
from netful.account.managed.things import Look
from netful.account.managed.view import View, page
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_action

PARAMETER_GROUPS = ParameterGroups(
    thing(SERVICE, PARAMETERS, "CacheParameterGroup", "CacheParameterGroupAlreadyExists",
          "InvalidCacheParameterGroupState", (CLUSTERS, GROUPS), "CacheParameterGroupName"),
    "DescribeCacheParameterGroups", "CacheParameterGroups", "DescribeCacheParameters", "Modify", "ParameterNameValues", "Properties",
    {f"default.{one}": {"CacheParameterGroupFamily": one, "Description": f"Default parameter group for {one}", "IsGlobal": False}
     for versions in VERSIONS.values() for one in versions.values()},
)  # fmt: skip


def _engine_versions(_view: View, asked: Parameters) -> Mapping[str, Any]:
    rows = [
        {"Engine": engine, "EngineVersion": version, "CacheParameterGroupFamily": family, "CacheEngineDescription": engine.title(),
         "CacheEngineVersionDescription": f"{engine} version {version}"}
        for engine, versions in VERSIONS.items() if asked.get("Engine") in (None, engine)
        for version, family in versions.items()
        if asked.get("EngineVersion") in (None, version) and asked.get("CacheParameterGroupFamily") in (None, family)
        and (not asked.get("DefaultOnly") or version == [*versions][-1])
    ]  # fmt: skip
    return page("CacheEngineVersions", asked, rows)


def _users(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the user that AWS makes. Raises ApiError where a template has others: those are not described."""
    if any(view.cloud.template.of_type("AWS::ElastiCache::User")):
        raise invalid_action("DescribeUsers")
    if asked.get("UserId") not in (None, "default"):
        raise ApiError("UserNotFound", f"User {asked['UserId']} not found.", 404)
    default = {
        "UserId": "default", "UserName": "default", "Status": "active", "Engine": "redis", "MinimumEngineVersion": "6.0",
        "AccessString": "on ~* +@all", "UserGroupIds": [], "Authentication": {"Type": "no-password", "PasswordCount": 0},
        "ARN": view.cloud.arn("elasticache", "user:default"),
    }  # fmt: skip
    return page("Users", asked, [default])


LOOKS: Mapping[str, Look] = {
    "DescribeCacheEngineVersions": _engine_versions,
    **PARAMETER_GROUPS.looks(),
    "DescribeUsers": _users,
}
