"""Kinds of a template's resources that the back ends hold, and the requests that make, update and delete one of each.

A property is passed on if its value is known. CloudFormation and the services' APIs use the same names. A property that the
template no longer has goes back to the service's default. Content stays: messages, items, objects.
"""

import secrets
from collections.abc import Iterable, Iterator

from netful.model.cloud import Cloud
from netful.model.core import Resource, known_parts, whole_number
from netful.model.names import service_names
from netful.services.deploy.database_secrets import managed_secrets
from netful.services.deploy.kinds import (
    access_policies,
    alarms,
    event_rules,
    iam,
    keys_and_machines,
    parameter_groups,
    queues,
    repositories,
    scaling,
    tables,
    topics,
    user_pools,
)
from netful.services.deploy.kinds.bucket_settings import bucket_parts
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import LATER, LOWER, JsonService, Kind, NotKnownError, Wanted, pair
from netful.services.deploy.kinds.secret_values import generated
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Request

_SECRETS = JsonService("secretsmanager")
_KINESIS, _EVENTS, _LOGS = JsonService("Kinesis_20131202"), event_rules.EVENTS, JsonService("Logs_20140328")


def _make_bucket(one: Wanted) -> list[Request]:
    constraint = f"<LocationConstraint>{one.place.region}</LocationConstraint>"
    body = f"<CreateBucketConfiguration>{constraint}</CreateBucketConfiguration>"
    return [rest_request("PUT", f"/{one.name}", b"" if one.place.region == "us-east-1" else body.encode())]


def _secret_value(one: Wanted) -> dict[str, str]:
    """Return the members for the value that the template gives; none if it gives none."""
    text = one.properties.get("SecretString")
    return _new_version(text) if isinstance(text, str) else {}


def _new_version(text: str) -> dict[str, str]:
    return {"SecretString": text, "ClientRequestToken": secrets.token_hex(16)}


def _make_secret(one: Wanted) -> list[Request]:
    value = _secret_value(one) or _new_version(generated(one.mapping("GenerateSecretString")))
    return [_SECRETS("CreateSecret", Name=one.name, **one.set("Description"), **value)]


def _update_secret(one: Wanted) -> list[Request]:
    return [_SECRETS("UpdateSecret", SecretId=one.name, Description=one.text("Description"), **_secret_value(one))]


def _make_rotation(one: Wanted) -> list[Request]:
    """Schedule a rotation. The first one follows when the stack has its functions and databases."""
    if "HostedRotationLambda" in one.properties:
        return []  # netful takes its place
    days = whole_number(one.mapping("RotationRules").get("AutomaticallyAfterDays"), 0)
    rules = {"RotationRules": {"AutomaticallyAfterDays": days}} if days else {}
    return [_SECRETS("RotateSecret", **one.set("SecretId", "RotationLambdaARN"), **rules, RotateImmediately=False)]


def _make_stream(one: Wanted) -> list[Request]:
    return [_KINESIS("CreateStream", StreamName=one.name, ShardCount=one.number("ShardCount", 1))]


def _update_stream(one: Wanted) -> list[Request]:
    count = one.number("ShardCount", 1)
    return [_KINESIS("UpdateShardCount", StreamName=one.name, TargetShardCount=count, ScalingType="UNIFORM_SCALING")]


def _stream_parts(one: Wanted) -> Iterator[Part]:
    return one.tags(_KINESIS, {"StreamName": one.name}, pair, ("AddTagsToStream", "RemoveTagsFromStream"))


def _make_connection(one: Wanted) -> list[Request]:
    given = one.properties.get("AuthParameters")
    if known_parts(given) != given:
        raise NotKnownError("its credentials are not known before a deployment")
    kind = one.properties.get("AuthorizationType")
    return [_EVENTS("CreateConnection", Name=one.name, AuthorizationType=kind, AuthParameters=known_parts(given))]


def _make_log_group(one: Wanted) -> list[Request]:
    kept = _update_log_group(one) if one.number("RetentionInDays", 0) else []
    return [_LOGS("CreateLogGroup", logGroupName=one.name), *kept]


def _update_log_group(one: Wanted) -> list[Request]:
    days, named = one.number("RetentionInDays", 0), {"logGroupName": one.name}
    if days:
        return [_LOGS("PutRetentionPolicy", **named, retentionInDays=days)]
    return [_LOGS("DeleteRetentionPolicy", **named)]


def _log_group_parts(one: Wanted) -> Iterator[Part]:
    arn = one.arn("logs", f"log-group:{one.name}")
    return one.tags(_LOGS, {"resourceArn": arn}, pair, members=LOWER)


# In the order of creation: a subscription needs its topic and its queue, a client its user pool.
KINDS: dict[str, Kind] = {
    **queues.KINDS,
    **topics.KINDS,
    **tables.KINDS,
    "AWS::S3::Bucket": Kind(
        "s3", "BucketName", _make_bucket, lambda one: [rest_request("DELETE", f"/{one.name}")], bucket_parts
    ),
    "AWS::SecretsManager::Secret": Kind(
        "secretsmanager",
        "Name",
        _make_secret,
        lambda one: [_SECRETS("DeleteSecret", SecretId=one.name, ForceDeleteWithoutRecovery=True)],
        lambda one: one.tags(_SECRETS, {"SecretId": one.name}),
        _update_secret,
    ),
    "AWS::SecretsManager::RotationSchedule": Kind("secretsmanager", "", _make_rotation),
    "AWS::Kinesis::Stream": Kind(
        "kinesis", "Name", _make_stream, _KINESIS.by_name("DeleteStream", "StreamName"), _stream_parts, _update_stream
    ),
    "AWS::Logs::LogGroup": Kind(
        "logs",
        "LogGroupName",
        _make_log_group,
        _LOGS.by_name("DeleteLogGroup", "logGroupName"),
        _log_group_parts,
        _update_log_group,
    ),
    "AWS::Events::Connection": Kind("events", "Name", _make_connection, _EVENTS.by_name("DeleteConnection", "Name")),
    **event_rules.KINDS,
    **keys_and_machines.KINDS,
    **scaling.KINDS,
    **user_pools.KINDS,
    **access_policies.KINDS,
    **repositories.KINDS,
    **alarms.KINDS,
    **parameter_groups.KINDS,
    **iam.KINDS,
}


def hosts_in_use(cloud: Cloud) -> tuple[str, ...]:
    """Return the public hosts of the services for which the template has endpoints or resources."""
    codes = dict.fromkeys(endpoint.service for endpoint in cloud.network.vpc_endpoints.values() if endpoint.service)
    if cloud.compute.ssm_parameters:
        codes["ssm"] = None
    codes.update(dict.fromkeys(services_in_use((*cloud.template.resources.values(), *managed_secrets(cloud)))))
    return tuple(service_names.service(code).host(cloud.region) for code in codes)


def services_in_use(resources: Iterable[Resource], *, later: bool = False) -> list[str]:
    """Return the codes of the services that hold resources of the template from the start, or from their first call."""
    codes = dict.fromkeys(KINDS[resource.type].service for resource in resources if resource.type in KINDS)
    return [code for code in codes if (code in LATER) is later]
