"""WAF's operations that only look."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.reading import Look, Record
from netful.account.tags import tag_list
from netful.account.wafv2.kinds import ASSOCIATION, KINDS, LOGGING, Kind, lock_token, summary, waf_id, whole
from netful.account.wire.errors import ApiError
from netful.engine.waf.associations import protected_arn
from netful.model.cloud import Cloud
from netful.model.core import Resource

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


def _get(kind: Kind, cloud: Cloud, asked: Parameters) -> Record:
    one = found(cloud, kind, asked)
    return {kind.name: whole(cloud, kind, one), "LockToken": lock_token(one)}


def _list(kind: Kind, cloud: Cloud, asked: Parameters) -> Record:
    listed = [one for one in kind.resources(cloud) if one.properties.get("Scope", "REGIONAL") == asked["Scope"]]
    return {kind.plural: [summary(cloud, kind, one) for one in listed]}


def _for_resource(cloud: Cloud, asked: Parameters) -> Record:
    arns = [acl for resource, acl in _associations(cloud) if resource == asked["ResourceArn"]]
    acls = [one for one in WEB_ACL.resources(cloud) if cloud.aws_id(one.id) in arns]
    return {"WebACL": whole(cloud, WEB_ACL, acls[0])} if acls else {}


def _resources(cloud: Cloud, asked: Parameters) -> Record:
    return {"ResourceArns": [resource for resource, acl in _associations(cloud) if acl == asked["WebACLArn"]]}


def _associations(cloud: Cloud) -> list[tuple[str, str]]:
    """Return the ARNs of protected resources with those of their web ACLs."""
    of_type = (one.properties for one in cloud.template.of_type(ASSOCIATION))
    return [
        (protected_arn(cloud, str(one.get("ResourceArn"))), cloud.aws_id(str(one.get("WebACLArn")))) for one in of_type
    ]


def loggings(cloud: Cloud) -> dict[str, Resource]:
    """Return the logging configurations by the ARNs of their web ACLs, which may be written as names of a template."""
    found = cloud.template.of_type(LOGGING)
    return {cloud.aws_id(str(one.properties.get("ResourceArn"))): one for one in found}


def logging(arn: str, one: Resource) -> Record:
    """Return a logging configuration as the operations have it."""
    return {**one.properties, "ResourceArn": arn}


def _logging(cloud: Cloud, asked: Parameters) -> Record:
    one = loggings(cloud).get(asked["ResourceArn"])
    if one is None:
        raise missing()
    return {"LoggingConfiguration": logging(asked["ResourceArn"], one)}


def _loggings(cloud: Cloud, asked: Parameters) -> Record:
    scope = "global" if asked["Scope"] == "CLOUDFRONT" else "regional"
    found = loggings(cloud).items()
    return {"LoggingConfigurations": [logging(arn, one) for arn, one in found if f":{scope}/" in arn]}


def _tags(cloud: Cloud, asked: Parameters) -> Record:
    _, one = by_arn(cloud, asked["ResourceARN"])
    listed = tag_list(one.properties.get("Tags"))
    return {"TagInfoForResource": {"ResourceARN": asked["ResourceARN"], "TagList": listed}}


LOOKS: Mapping[str, Look[Cloud]] = {
    **{f"Get{kind.name}": partial(_get, kind) for kind in KINDS},
    **{f"List{kind.plural}": partial(_list, kind) for kind in KINDS},
    "GetWebACLForResource": _for_resource,
    "ListResourcesForWebACL": _resources,
    "GetLoggingConfiguration": _logging,
    "ListLoggingConfigurations": _loggings,
    "ListTagsForResource": _tags,
}
