"""Facts about ElastiCache that no call of an account changes: versions of engines, default parameter groups and user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.account.managed.things import Look
from netful.account.managed.view import View, page
from netful.account.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_action

_VERSIONS: Mapping[str, Mapping[str, str]] = {
    "valkey": {"7.2": "valkey7", "8.0": "valkey8"},
    "redis": {"6.2": "redis6.x", "7.0": "redis7", "7.1": "redis7"},
    "memcached": {"1.6.22": "memcached1.6"},
}
"""Families of parameter groups, by engine and version; the last version is the default one."""


def _has(view: View, type_: str) -> bool:
    return any(one.type == f"AWS::ElastiCache::{type_}" for one in view.cloud.template.resources.values())


def _engine_versions(_view: View, asked: Parameters) -> Mapping[str, Any]:
    rows = [
        {"Engine": engine, "EngineVersion": version, "CacheParameterGroupFamily": family, "CacheEngineDescription": engine.title(),
         "CacheEngineVersionDescription": f"{engine} version {version}"}
        for engine, versions in _VERSIONS.items() if asked.get("Engine") in (None, engine)
        for version, family in versions.items()
        if asked.get("EngineVersion") in (None, version) and asked.get("CacheParameterGroupFamily") in (None, family)
        and (not asked.get("DefaultOnly") or version == [*versions][-1])
    ]  # fmt: skip
    return page("CacheEngineVersions", asked, rows)


def _parameter_groups(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the default groups. Raises ApiError where a template has others: those are not described."""
    named, families = (
        asked.get("CacheParameterGroupName"),
        dict.fromkeys(f for one in _VERSIONS.values() for f in one.values()),
    )
    rows = [
        {"CacheParameterGroupName": f"default.{family}", "CacheParameterGroupFamily": family, "IsGlobal": False,
         "Description": f"Default parameter group for {family}",
         "ARN": f"arn:aws:elasticache:{view.cloud.region}:{view.cloud.account_id}:parametergroup:default.{family}"}
        for family in families if named in (None, f"default.{family}")
    ]  # fmt: skip
    if not rows or (named is None and _has(view, "ParameterGroup")):
        if _has(view, "ParameterGroup"):
            raise invalid_action("DescribeCacheParameterGroups")
        raise ApiError("CacheParameterGroupNotFound", f"CacheParameterGroup {named} not found.", 404)
    return page("CacheParameterGroups", asked, rows)


def _users(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the user that AWS makes. Raises ApiError where a template has others: those are not described."""
    if _has(view, "User"):
        raise invalid_action("DescribeUsers")
    if asked.get("UserId") not in (None, "default"):
        raise ApiError("UserNotFound", f"User {asked['UserId']} not found.", 404)
    default = {
        "UserId": "default", "UserName": "default", "Status": "active", "Engine": "redis", "MinimumEngineVersion": "6.0",
        "AccessString": "on ~* +@all", "UserGroupIds": [], "Authentication": {"Type": "no-password", "PasswordCount": 0},
        "ARN": f"arn:aws:elasticache:{view.cloud.region}:{view.cloud.account_id}:user:default",
    }  # fmt: skip
    return page("Users", asked, [default])


LOOKS: Mapping[str, Look] = {
    "DescribeCacheEngineVersions": _engine_versions,
    "DescribeCacheParameterGroups": _parameter_groups,
    "DescribeUsers": _users,
}
