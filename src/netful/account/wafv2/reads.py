"""WAF's operations that only look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account.query_api import Operation, Parameters
from netful.account.wafv2.kinds import ASSOCIATION, KINDS, Kind, lock_token, summary, waf_id, whole
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource

WEB_ACL = KINDS[0]


def missing() -> ApiError:
    """Return the error for a thing that does not exist."""
    text = "AWS WAF couldn't perform the operation because your resource doesn't exist."
    return ApiError("WAFNonexistentItemException", text)


def found(cloud: Cloud, kind: Kind, asked: Mapping[str, Any]) -> Resource:
    """Return the thing that a request names by its id, or by its ARN. Raises ApiError if it does not exist."""
    for one in kind.resources(cloud):
        if asked.get("Id") == waf_id(cloud, one) or asked.get("ARN") == kind.arn(cloud, one):
            return one
    raise missing()


def by_arn(cloud: Cloud, arn: str) -> tuple[Kind, Resource]:
    """Return the thing with an ARN, and its kind. Raises ApiError if it does not exist."""
    for kind in KINDS:
        for one in kind.resources(cloud):
            if kind.arn(cloud, one) == arn:
                return kind, one
    raise missing()


class Reads:
    """The operations. `cloud` is the one that runs at each look."""

    def __init__(self, cloud: Callable[[], Cloud]) -> None:
        self._cloud = cloud

    def operations(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        each = [(f"Get{kind.name}", partial(self._get, kind)) for kind in KINDS]
        lists = [(f"List{kind.plural}", partial(self._list, kind)) for kind in KINDS]
        return {
            **dict(each),
            **dict(lists),
            "GetWebACLForResource": self._for_resource,
            "ListResourcesForWebACL": self._resources,
            "ListTagsForResource": self._tags,
        }

    async def _get(self, kind: Kind, asked: Parameters) -> Mapping[str, Any]:
        one = found(self._cloud(), kind, asked)
        return {kind.name: whole(self._cloud(), kind, one), "LockToken": lock_token(one)}

    async def _list(self, kind: Kind, asked: Parameters) -> Mapping[str, Any]:
        cloud, scope = self._cloud(), asked["Scope"]
        listed = [one for one in kind.resources(cloud) if one.properties.get("Scope", "REGIONAL") == scope]
        return {kind.plural: [summary(cloud, kind, one) for one in listed]}

    async def _for_resource(self, asked: Parameters) -> Mapping[str, Any]:
        cloud = self._cloud()
        arns = [acl for resource, acl in self._associations() if resource == asked["ResourceArn"]]
        acls = [one for one in WEB_ACL.resources(cloud) if cloud.aws_id(one.id) in arns]
        return {"WebACL": whole(cloud, WEB_ACL, acls[0])} if acls else {}

    async def _resources(self, asked: Parameters) -> Mapping[str, Any]:
        arn = asked["WebACLArn"]
        return {"ResourceArns": [resource for resource, acl in self._associations() if acl == arn]}

    def _associations(self) -> list[tuple[str, str]]:
        """Return the ARNs of protected resources with those of their web ACLs."""
        cloud = self._cloud()
        of_type = (one.properties for one in cloud.template.resources.values() if one.type == ASSOCIATION)
        return [(cloud.aws_id(str(one.get("ResourceArn"))), cloud.aws_id(str(one.get("WebACLArn")))) for one in of_type]

    async def _tags(self, asked: Parameters) -> Mapping[str, Any]:
        _, one = by_arn(self._cloud(), asked["ResourceARN"])
        listed = [*(one.properties.get("Tags") or ())]
        return {"TagInfoForResource": {"ResourceARN": asked["ResourceARN"], "TagList": listed}}
