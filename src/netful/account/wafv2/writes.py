"""WAF's operations that change something. The next request to an API or a load balancer is judged by it."""

import json
import re
import uuid
from collections.abc import Mapping
from functools import partial

from netful.account.changes import Remove, new, updated
from netful.account.operations.query_api import Parameters
from netful.account.wafv2.kinds import ASSOCIATION, KINDS, LOGGING, Kind, lock_token, properties, summary
from netful.account.wafv2.reads import WEB_ACL, by_arn, found, loggings, missing
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write, retagging
from netful.model.cloud import Cloud
from netful.model.core import Resource

_STAGE = re.compile(r"arn:[\w-]+:apigateway:[^:]*::/restapis/(?P<api>.+)/stages/(?P<stage>[^/]+)")


def _create(kind: Kind, cloud: Cloud, asked: Parameters) -> Change[Cloud]:
    if any(one.properties.get("Name") == asked["Name"] for one in kind.resources(cloud)):
        text = "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one."
        raise ApiError("WAFDuplicateItemException", text)
    made = new(kind.type, str(uuid.uuid4()), properties(kind, "Create", asked))
    return Change((made,), lambda after: {"Summary": summary(after, kind, made.resource)})


def _update(kind: Kind, cloud: Cloud, asked: Parameters) -> Change[Cloud]:
    one = _unlocked(kind, cloud, asked)
    put = updated(one, **{**dict.fromkeys(kind.members("Update")), **properties(kind, "Update", asked)})
    return Change((put,), lambda _after: {"NextLockToken": lock_token(put.resource)})


def _delete(kind: Kind, cloud: Cloud, asked: Parameters) -> Change[Cloud]:
    one = _unlocked(kind, cloud, asked)
    arn = kind.arn(cloud, one)
    every = (other for other in cloud.template.resources.values() if other.type.startswith("AWS::WAFv2::"))
    others = (other for other in every if other.type != LOGGING and other.id != one.id)
    if any(arn in json.dumps(other.properties, default=str) for other in others):
        text = "AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated."
        raise ApiError("WAFAssociatedItemException", text)
    logged = loggings(cloud).get(arn)
    return Change((Remove(one.id), *([Remove(logged.id)] if logged else ())), lambda _after: {})


def _put_logging(cloud: Cloud, asked: Parameters) -> Change[Cloud]:
    """PutLoggingConfiguration: one for each web ACL, which a later one replaces. No logs are written."""
    asked_for = asked["LoggingConfiguration"]
    kind, acl = by_arn(cloud, asked_for["ResourceArn"])
    if kind is not WEB_ACL:
        raise missing()
    there = loggings(cloud).get(asked_for["ResourceArn"])
    made = new(LOGGING, there.id if there else f"logging-{uuid.uuid4()}", {**asked_for, "ResourceArn": acl.id})
    return Change((made,), lambda _after: {"LoggingConfiguration": asked_for})


def _delete_logging(cloud: Cloud, asked: Parameters) -> Change[Cloud]:
    there = loggings(cloud).get(asked["ResourceArn"])
    if there is None:
        raise missing()
    return Change((Remove(there.id),), lambda _after: {})


def _unlocked(kind: Kind, cloud: Cloud, asked: Parameters) -> Resource:
    """Return the thing that a request names with the token of its present content. Raises ApiError."""
    one = found(cloud, kind, asked)
    if asked["LockToken"] != lock_token(one):
        text = "AWS WAF couldn't save your changes because someone changed the resource after you started to edit it. Reapply."
        raise ApiError("WAFOptimisticLockException", text)
    return one


def _associate(cloud: Cloud, asked: Parameters) -> Change[Cloud]:
    kind, acl = by_arn(cloud, asked["WebACLArn"])
    if kind is not WEB_ACL:
        raise missing()
    _require_protectable(cloud, asked["ResourceArn"])
    former = tuple(Remove(one.id) for one in _protections(cloud, asked["ResourceArn"]))
    pair = {"ResourceArn": asked["ResourceArn"], "WebACLArn": kind.arn(cloud, acl)}
    return Change((*former, new(ASSOCIATION, f"webacl-{uuid.uuid4()}", pair)), lambda _after: {})


def _disassociate(cloud: Cloud, asked: Parameters) -> Change[Cloud]:
    _require_protectable(cloud, asked["ResourceArn"])
    return Change(tuple(Remove(one.id) for one in _protections(cloud, asked["ResourceArn"])), lambda _after: {})


def _protections(cloud: Cloud, arn: str) -> list[Resource]:
    of_type = cloud.template.of_type(ASSOCIATION)
    return [one for one in of_type if cloud.aws_id(str(one.properties.get("ResourceArn"))) == arn]


def _require_protectable(cloud: Cloud, arn: str) -> None:
    """Raise ApiError if an ARN is neither that of a REST API's stage nor that of a load balancer of the account."""
    stage = _STAGE.fullmatch(arn)
    if stage:
        api = cloud.named(stage["api"])
        there = any((one.api_id, one.stage_name) == (api, stage["stage"]) for one in cloud.apis.stages.values())
    else:
        there = cloud.named(arn) in cloud.balancing.load_balancers
    if not there:
        raise missing()


_TAG: Write[Cloud] = retagging(lambda cloud, asked: by_arn(cloud, asked["ResourceARN"])[1])
WRITES: Mapping[str, Write[Cloud]] = {
    **{f"Create{kind.name}": partial(_create, kind) for kind in KINDS},
    **{f"Update{kind.name}": partial(_update, kind) for kind in KINDS},
    **{f"Delete{kind.name}": partial(_delete, kind) for kind in KINDS},
    "AssociateWebACL": _associate,
    "DisassociateWebACL": _disassociate,
    "PutLoggingConfiguration": _put_logging,
    "DeleteLoggingConfiguration": _delete_logging,
    **dict.fromkeys(("TagResource", "UntagResource"), _TAG),
}
