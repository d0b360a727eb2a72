"""Kinds of a template's resources that the back ends hold, and the requests that make, update and delete one of each.

A property is passed on if its value is known. CloudFormation and the services' APIs use the same names. A property that the
template no longer has goes back to the service's default. Content stays: messages, items, objects.
"""

import json
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, is_true, known_parts, whole_number
from netful.model.names import service_names
from netful.services.deploy.database_secrets import managed_secrets
from netful.services.deploy.kinds import (
    access_policies,
    alarms,
    event_rules,
    iam,
    keys_and_machines,
    queues,
    repositories,
    scaling,
    topics,
    user_pools,
)
from netful.services.deploy.kinds.bucket_settings import bucket_parts
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import LATER, JsonService, Kind, NotKnownError, Wanted
from netful.services.deploy.kinds.secret_values import generated
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Request

_DYNAMODB, _SECRETS = JsonService("DynamoDB_20120810", "1.0", "dynamodb"), JsonService("secretsmanager")
_KINESIS, _EVENTS, _LOGS = JsonService("Kinesis_20131202"), event_rules.EVENTS, JsonService("Logs_20140328")

_TABLE_MEMBERS = (
    "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "LocalSecondaryIndexes",
    "ProvisionedThroughput", "StreamSpecification",
)  # fmt: skip
_ON_DEMAND = "PAY_PER_REQUEST"


def _table_members(one: Wanted, *names: str) -> dict[str, Any]:
    members = one.set(*names)
    if "StreamSpecification" in members:
        members["StreamSpecification"] = {**members["StreamSpecification"], "StreamEnabled": True}
    return members


def _make_table(one: Wanted) -> list[Request]:
    members = _table_members(one, *_TABLE_MEMBERS)
    if members.get("BillingMode") != _ON_DEMAND:
        members.setdefault("ProvisionedThroughput", {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    return [_DYNAMODB("CreateTable", TableName=one.name, **members)]


def _update_table(one: Wanted) -> list[Request]:
    billing: dict[str, Any] = {"BillingMode": _ON_DEMAND}
    if one.properties.get("BillingMode") != _ON_DEMAND:
        billing = one.set("ProvisionedThroughput")
        billing |= {"BillingMode": "PROVISIONED"} if billing else {}
    members = _table_members(one, "AttributeDefinitions", "StreamSpecification")
    return [_DYNAMODB("UpdateTable", TableName=one.name, **billing, **members)]


def _index_parts(one: Wanted) -> Iterator[Part]:
    """Yield the global indexes of a table, each with its throughput as a part of its own, which changes in place."""
    for index in one.mappings("GlobalSecondaryIndexes"):
        name, members = {"IndexName": str(index.get("IndexName"))}, known_parts(index)
        throughput = members.pop("ProvisionedThroughput", None)

        def request(change: str, members: dict[str, Any]) -> Request:
            return _DYNAMODB("UpdateTable", TableName=one.name, GlobalSecondaryIndexUpdates=[{change: members}])

        put, remove = request("Create", members), request("Delete", name)
        yield Part(("index", json.dumps(members, sort_keys=True)), put, remove, initial=True)
        if throughput:
            key = ("throughput", name["IndexName"])
            yield Part(key, request("Update", {**name, "ProvisionedThroughput": throughput}), initial=True)


def _table_parts(one: Wanted) -> Iterator[Part]:
    yield from _index_parts(one)
    expiry = one.mapping("TimeToLiveSpecification")
    if is_true(expiry.get("Enabled")):
        attribute = str(expiry.get("AttributeName"))
        put, remove = (
            _DYNAMODB(
                "UpdateTimeToLive",
                TableName=one.name,
                TimeToLiveSpecification={"AttributeName": attribute, "Enabled": on},
            )
            for on in (True, False)
        )
        yield Part(("expiry", attribute), put, remove)
    if is_true(one.mapping("PointInTimeRecoverySpecification").get("PointInTimeRecoveryEnabled")):
        put, remove = (
            _DYNAMODB(
                "UpdateContinuousBackups",
                TableName=one.name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on},
            )
            for on in (True, False)
        )
        yield Part(("recovery",), put, remove)


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


def _delete_secret(one: Wanted) -> list[Request]:
    return [_SECRETS("DeleteSecret", SecretId=one.name, ForceDeleteWithoutRecovery=True)]


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


# In the order of creation: a subscription needs its topic and its queue, a client its user pool.
KINDS: dict[str, Kind] = {
    **queues.KINDS,
    **topics.KINDS,
    "AWS::DynamoDB::Table": Kind(
        "dynamodb", "TableName", _make_table, _DYNAMODB.by_name("DeleteTable", "TableName"), _table_parts, _update_table
    ),
    "AWS::S3::Bucket": Kind(
        "s3", "BucketName", _make_bucket, lambda one: [rest_request("DELETE", f"/{one.name}")], bucket_parts
    ),
    "AWS::SecretsManager::Secret": Kind("secretsmanager", "Name", _make_secret, _delete_secret, update=_update_secret),
    "AWS::SecretsManager::RotationSchedule": Kind("secretsmanager", "", _make_rotation),
    "AWS::Kinesis::Stream": Kind(
        "kinesis", "Name", _make_stream, _KINESIS.by_name("DeleteStream", "StreamName"), update=_update_stream
    ),
    "AWS::Logs::LogGroup": Kind(
        "logs",
        "LogGroupName",
        _make_log_group,
        _LOGS.by_name("DeleteLogGroup", "logGroupName"),
        update=_update_log_group,
    ),
    "AWS::Events::EventBus": Kind(
        "events", "Name", _EVENTS.by_name("CreateEventBus", "Name"), _EVENTS.by_name("DeleteEventBus", "Name")
    ),
    "AWS::Events::Connection": Kind("events", "Name", _make_connection, _EVENTS.by_name("DeleteConnection", "Name")),
    **event_rules.KINDS,
    **keys_and_machines.KINDS,
    **scaling.KINDS,
    **user_pools.KINDS,
    **access_policies.KINDS,
    **repositories.KINDS,
    **alarms.KINDS,
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
