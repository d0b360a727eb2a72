"""Resource policies by the resource's ARN: those of the template, and those that calls set in their place."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from netful.engine.iam import function_policies
from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.engine.iam.service_actions import on_resource
from netful.model.access.policy_statements import statements
from netful.model.access.set_policy import SetPolicy
from netful.model.cloud import Cloud
from netful.model.core import BY_CALL, Frozen, Resource, Unknown, listed, replace
from netful.model.names.arns import account_root, aws_arn
from netful.model.names.partitions import partition


class _Attachment(Frozen):
    """Properties of a resource type that hold the policy and the resources' names; `arn` is the ARN of a plain name.

    Without `names` the policy belongs to the resource itself, whose name is the property `own`, else its id. `usual` is the
    name of the resource if none is written.
    """

    policy: str
    arn: str
    names: str = ""
    own: str = ""
    usual: str = ""


_SECRET_SUFFIX = re.compile(r"(?<=:secret:)(.+)-\w{6}$")  # suffix that Secrets Manager adds to a name
_QUEUE = "arn:{partition}:sqs:{region}:{account}:{name}"
_TOPIC = "arn:{partition}:sns:{region}:{account}:{name}"
_OF_BUSES, _GLOBAL_TABLE = "AWS::Events::EventBusPolicy", "AWS::DynamoDB::GlobalTable"
ATTACHMENTS = {
    "AWS::S3::BucketPolicy": _Attachment("PolicyDocument", "arn:{partition}:s3:::{name}", "Bucket"),
    "AWS::SQS::QueuePolicy": _Attachment("PolicyDocument", _QUEUE, "Queues"),
    "AWS::SQS::QueueInlinePolicy": _Attachment("PolicyDocument", _QUEUE, "Queue"),
    "AWS::SNS::TopicPolicy": _Attachment("PolicyDocument", _TOPIC, "Topics"),
    "AWS::SNS::TopicInlinePolicy": _Attachment("PolicyDocument", _TOPIC, "TopicArn"),
    "AWS::SecretsManager::ResourcePolicy": _Attachment(
        "ResourcePolicy", "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}", "SecretId"
    ),
    "AWS::KMS::Key": _Attachment("KeyPolicy", "arn:{partition}:kms:{region}:{account}:key/{name}"),
    "AWS::KMS::ReplicaKey": _Attachment("KeyPolicy", "arn:{partition}:kms:{region}:{account}:key/{name}"),
    "AWS::DynamoDB::Table": _Attachment(
        "ResourcePolicy", "arn:{partition}:dynamodb:{region}:{account}:table/{name}", own="TableName"
    ),
    "AWS::Events::EventBus": _Attachment(
        "Policy", "arn:{partition}:events:{region}:{account}:event-bus/{name}", own="Name"
    ),
    _OF_BUSES: _Attachment(
        "Statement", "arn:{partition}:events:{region}:{account}:event-bus/{name}", "EventBusName", usual="default"
    ),
    "AWS::ECR::Repository": _Attachment(
        "RepositoryPolicyText", "arn:{partition}:ecr:{region}:{account}:repository/{name}", own="RepositoryName"
    ),
    "AWS::Kinesis::ResourcePolicy": _Attachment(
        "ResourcePolicy", "arn:{partition}:kinesis:{region}:{account}:stream/{name}", "ResourceArn"
    ),
}
"""Where policies are written, by the type of the resource."""
_SENDS = {
    "sqs": ("sqs:SendMessage", ("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy")),
    "sns": ("sns:Publish", ("AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy")),
}
"""The action that sends a message, and the types with the policies that allow it, by the service of the target."""
_WITHOUT_POLICIES = frozenset(
    [
        "athena",
        "cloudwatch",
        "cognito-idp",
        "ec2",
        "firehose",
        "polly",
        "rds-data",
        "ssm",
        "states",
        "textract",
        "translate",
    ]
)
"""Services, by the prefix of their actions, whose resources have no policies that admit callers of their own account."""


def documents(cloud: Cloud) -> Mapping[str, Mapping[str, Any]]:
    """Return the resource policies with known text, those that calls set among them. They are read once for a cloud."""
    return cloud.derived(_documents, lambda: _documents(cloud))


def _documents(cloud: Cloud) -> Mapping[str, Mapping[str, Any]]:
    found = {**written(cloud)}
    for one in cloud.access.set_policies.values():
        now, set_ = found.get(one.id), one.document
        if now != one.instead_of:
            set_ = _beside(one, now) if is_of_bus(one.id) else now
        found.pop(one.id, None)
        found |= {one.id: set_} if set_ is not None else {}
    return found


def admitting(cloud: Cloud, prefix: str) -> list[Mapping[str, Any]] | None:
    """Return the policies of a service's resources that may admit a role, by the prefix of its actions; None if some are not read."""
    if prefix in _WITHOUT_POLICIES:
        return []
    service = "iam" if prefix == "sts" else prefix
    return cloud.derived((_admitting, service), lambda: _admitting(cloud, service))


def _admitting(cloud: Cloud, service: str) -> list[Mapping[str, Any]] | None:
    types = [type_ for type_, one in ATTACHMENTS.items() if one.arn.split(":")[2] == service]
    if not types and service not in _UNREAD:
        return None
    if some_unread(cloud, *types) or _UNREAD.get(service, _any_of())(cloud):
        return None
    own = (document for arn, document in documents(cloud).items() if arn.split(":")[2] == service)
    return [document for document in own if any(map(_may_admit, statements(document)))]


def _may_admit(statement: Any) -> bool:
    """Return whether a statement may admit a role: it allows, and not services alone."""
    if not isinstance(statement, Mapping):
        return True
    principal = statement.get("Principal")
    return statement.get("Effect") != "Deny" and not (isinstance(principal, Mapping) and "AWS" not in principal)


def _any_of(*types: str) -> Callable[[Cloud], bool]:
    return lambda cloud: any(True for _ in cloud.template.of_type(*types))


_UNREAD: Mapping[str, Callable[[Cloud], bool]] = {
    "dynamodb": _any_of("Terraform::aws_dynamodb_resource_policy"),
    "ecr": _any_of("Terraform::aws_ecr_repository_policy"),
    "events": _any_of("Terraform::aws_cloudwatch_event_bus_policy", "Terraform::aws_cloudwatch_event_permission"),
    "iam": lambda cloud: any(isinstance(one.assume_role_policy, Unknown) for one in cloud.access.roles.values()),
    "kinesis": _any_of("Terraform::aws_kinesis_resource_policy"),
    "kms": _any_of(
        *(f"Terraform::aws_kms_{name}" for name in ("external_key", "grant", "key", "key_policy", "replica_key"))
    ),
    "lambda": lambda cloud: any(map(function_policies.is_unread, cloud.template.of_type(function_policies.PERMISSION))),
}
"""Tests for policies of a service's resources that are not read, beyond those whose text is not known."""


def is_of_bus(arn: str) -> bool:
    """Return whether an ARN is that of an event bus, whose statements calls and templates set one by one."""
    return ":event-bus/" in arn


def _beside(one: SetPolicy, now: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the statements of a template with those that calls added: a template changes its own statements of an event bus alone."""
    set_, before, own = (statements(each or {}) for each in (one.document, one.instead_of, now))
    labels = {each.get("Sid") for each in own if isinstance(each, Mapping)}
    added = [
        each for each in set_ if each not in before and not (isinstance(each, Mapping) and each.get("Sid") in labels)
    ]
    return {"Statement": [*added, *own]} if added or own else None


def with_policy(cloud: Cloud, arn: str, document: Mapping[str, Any] | None) -> Cloud:
    """Return the cloud after a call that set the policy of a resource, or deleted it (None)."""
    there = written(cloud)
    key = next((one for one in (arn, without_suffix(arn)) if one in there), arn)
    own = {"Statement": [*statements(document)]} if document is not None else None
    made = SetPolicy(key, own, there.get(key), origin=BY_CALL)
    return cloud.having(set_policies={**cloud.access.set_policies, key: made})


def without_suffix(arn: str) -> str:
    """Return the ARN of a secret without the letters that Secrets Manager adds to the name; another one as it is."""
    return _SECRET_SUFFIX.sub(r"\1", arn)


def written(cloud: Cloud) -> Mapping[str, Mapping[str, Any]]:
    """Return the policies in the sources; several of one resource are merged into one."""
    found: dict[str, list[Any]] = {}
    for resource in cloud.template.resources.values():
        for arn, document in _of(cloud, resource):
            found.setdefault(arn, []).extend(statements(document))
    return {arn: {"Statement": own} for arn, own in found.items()} | dict(_trusts(cloud))


def _trusts(cloud: Cloud) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the policies by which roles admit callers that assume them; a role that was deleted admits no caller."""
    for role in (*cloud.access.deleted_roles.values(), *cloud.access.roles.values()):
        if isinstance(role.assume_role_policy, Mapping):
            arn = cloud.arn("iam", f"role{role.path}{role.role_name}", role.id)
            yield arn, {"Statement": [*statements(role.assume_role_policy)]}


def must_allow(action: str) -> bool:
    """Return whether the resource's policy must allow an action: that of a key of KMS, and that of a role to assume it."""
    return action.startswith("kms:") or action == "sts:AssumeRole"


def _of(cloud: Cloud, resource: Resource) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if resource.type == function_policies.PERMISSION:
        return function_policies.statements(cloud, resource)
    attachment = ATTACHMENTS.get(resource.type)
    if resource.type == _GLOBAL_TABLE:
        return _attached(cloud, _replica(cloud, resource), ATTACHMENTS["AWS::DynamoDB::Table"])
    return _attached(cloud, resource, attachment) if attachment else ()


def _replica(cloud: Cloud, table: Resource) -> Resource:
    """Return the replica of a global table in the Region of its stack, as a table."""
    replicas = [one for one in listed(table.properties.get("Replicas")) if isinstance(one, Mapping)]
    own = next((one for one in replicas if one.get("Region") == cloud.region_of(table.id)), {})
    return replace(table, properties={**table.properties, "ResourcePolicy": own.get("ResourcePolicy")})


def admits(cloud: Cloud, target: str, service: str, source: str) -> bool | None:
    """Return whether the policies of a queue or topic let a service of AWS send for a resource; None if that depends on an unknown value."""
    action, types = _SENDS[target.split(":")[2]]
    context = {"aws:SourceArn": source, "aws:SourceAccount": cloud.account_id}
    request = PolicyRequest(action, target, parties=(service,), context=context)
    own = documents(cloud).get(target, {})
    outcome = evaluate(own, request).outcome
    unread = some_unread(cloud, *types)
    return None if outcome == "unknown" or (outcome == "deny" and unread) else outcome == "allow"


def some_unread(cloud: Cloud, *types: str) -> bool:
    """Return whether the text of a policy of some types, or a resource that has it, is not known."""
    return any(_is_unread(one) for one in cloud.template.of_type(*types))


def _is_unread(policy: Resource) -> bool:
    attachment = ATTACHMENTS[policy.type]
    document, named = policy.properties.get(attachment.policy), listed(policy.properties.get(attachment.names))
    inner = document.get("PolicyDocument") if isinstance(document, Mapping) else document
    return any(isinstance(one, Unknown) for one in (document, inner, *named))


def _attached(cloud: Cloud, resource: Resource, attachment: _Attachment) -> Iterator[tuple[str, Mapping[str, Any]]]:
    document = resource.properties.get(attachment.policy)
    if resource.type == _OF_BUSES:
        document = _statement_of_bus(cloud, resource)
    if isinstance(document, Mapping):
        document = document.get("PolicyDocument", document)
    if not isinstance(document, Mapping):
        return
    document = document if "Statement" in document else {"Statement": [document]}
    named = resource.properties.get(attachment.names or attachment.own) or attachment.usual or cloud.aws_id(resource.id)
    for name in named if isinstance(named, list | tuple) else [named]:
        if not isinstance(name, Unknown):
            yield _arn(cloud, resource.id, str(name), attachment), document


def _statement_of_bus(cloud: Cloud, resource: Resource) -> Any:
    """Return the statement of a policy of an event bus with its label: as it is written, or of its principal and action."""
    written = resource.properties
    statement, principal, limit = (written.get(name) for name in ("Statement", "Principal", "Condition"))
    if statement is None and principal is not None:
        whole = principal == "*" or isinstance(principal, Unknown)
        named = principal if whole else account_root(str(principal), cloud.arn("events", "", resource.id))
        statement = {"Effect": "Allow", "Principal": {"AWS": named}, "Action": written.get("Action"), "Resource": "*"}
        if isinstance(limit, Mapping):
            limit = {limit.get("Type"): {limit.get("Key"): limit.get("Value")}}
        statement |= {} if limit is None else {"Condition": limit}
    label = written.get("StatementId")
    return {**statement, "Sid": label} if isinstance(statement, Mapping) and label else statement


def _arn(cloud: Cloud, id_: str, name: str, attachment: _Attachment) -> str:
    if name.startswith("arn:"):
        return name
    name = name.rpartition("/")[2] if name.startswith("https://") else name
    region = cloud.region_of(id_)
    return attachment.arn.format(partition=partition(region), region=region, account=cloud.account_of(id_), name=name)


def arn_of(cloud: Cloud, resource: Resource, prefix: str) -> str:
    """Return the ARN of a resource by the prefix of its actions; "" if it is not known. A bucket's is that of its objects."""
    place, name = (cloud.region_of(resource.id), cloud.account_of(resource.id)), resource.ref
    if not isinstance(name, str) or not name:
        return ""
    return aws_arn("s3", *place, f"{name}/*") if prefix == "s3" else on_resource(f"{prefix}:", name, *place).resource


def id_at(cloud: Cloud, arn: str) -> str:
    """Return the id of the resource with an ARN of `arn_of`."""
    whole = cloud.named(arn.removesuffix("/*"))
    return whole if whole in cloud.template.resources else cloud.named(arn.rpartition("/")[2])


def policy_of(arn: str, found: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the policy for an ARN: an object's is its bucket's, an index's its table's."""
    if ":s3:::" in arn:
        arn = arn.partition("/")[0]
    elif ":table/" in arn:
        arn = "/".join(arn.split("/")[:2])
    return found.get(arn) or found.get(without_suffix(arn))
