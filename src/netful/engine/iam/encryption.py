"""Actions on customers' keys that a request needs beside its own, where a service encrypts with such a key of the sources.

| request | needs |
|---|---|
| a secret's value, messages of a queue | `kms:Decrypt` |
| a new value of a secret, a new object in a bucket | `kms:GenerateDataKey` |
| a message for a queue or a topic | both |

The service asks KMS with the caller's permissions. Keys of AWS need none. An object may be encrypted otherwise than its bucket
says, so reading one is in `OF_OBJECTS`: it is assumed only.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.engine.iam import key_aliases
from netful.engine.iam.service_actions import RequestedAction, on_resource
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, listed
from netful.model.names.arns import aws_arn

_READ, _WRITE = ("kms:Decrypt",), ("kms:GenerateDataKey",)
NEEDED = {
    "secretsmanager:GetSecretValue": _READ,
    "secretsmanager:PutSecretValue": _WRITE,
    "sqs:ReceiveMessage": _READ,
    "sqs:SendMessage": (*_WRITE, *_READ),
    "sns:Publish": (*_WRITE, *_READ),
    "s3:PutObject": _WRITE,
}
OF_OBJECTS = {"s3:GetObject": _READ}
_MEMBERS = {
    "AWS::SecretsManager::Secret": ("secretsmanager", "KmsKeyId"),
    "AWS::SQS::Queue": ("sqs", "KmsMasterKeyId"),
    "AWS::SNS::Topic": ("sns", "KmsMasterKeyId"),
}
_BUCKET, _KEY = "AWS::S3::Bucket", "AWS::KMS::Key"


def needed(
    cloud: Cloud, asked: RequestedAction, table: Mapping[str, tuple[str, ...]] = NEEDED
) -> Iterator[tuple[str, RequestedAction]]:
    """Yield the resource and each further action of an action; those for all resources of the service if it names none."""
    actions = table.get(asked.action, ())
    for arn, (id_, key) in encrypted(cloud).items() if actions else ():
        prefix, region = asked.action.partition(":")[0], cloud.region_of(id_)
        concerned = asked.resource.partition("/")[0] == arn if asked.resource else arn.split(":")[2] == prefix
        for action in actions if concerned else ():
            keys = {"kms:ViaService": f"{prefix}.{region}.amazonaws.com", "kms:CallerAccount": cloud.account_of(id_)}
            keys |= {"aws:RequestedRegion": region, "aws:ViaAWSService": "true", "aws:SecureTransport": "true"}
            yield id_, RequestedAction(action, key, keys=tuple(keys.items()))


def encrypted(cloud: Cloud) -> Mapping[str, tuple[str, str]]:
    """Return the ids and keys of the resources that are encrypted with a key of the sources, by ARN."""
    return cloud.derived("encrypted resources", lambda: dict(_found(cloud)))


def _found(cloud: Cloud) -> Iterator[tuple[str, tuple[str, str]]]:
    resources = cloud.template.resources.values()
    known = {
        str(one.ref)
        for one in resources
        if one.type == _KEY and not isinstance(one.properties.get("KeyPolicy"), Unknown)
    }
    for one in resources:
        service, member = _MEMBERS.get(one.type, ("s3", ""))
        value = one.properties.get(member) if member else _of_bucket(one)
        place = cloud.region_of(one.id), cloud.account_of(one.id)
        if isinstance(value, str) and isinstance(one.ref, str):
            key = key_aliases.resolved(cloud, on_resource("kms:Decrypt", value, *place)).resource
            arn = (
                on_resource(f"{service}:", one.ref, *place).resource if member else aws_arn("s3", *place, str(one.ref))
            )
            if key.rpartition("/")[2] in known:
                yield arn, (one.id, key)


def _of_bucket(resource: Resource) -> Any:
    """Return the key of a bucket's default encryption."""
    if resource.type != _BUCKET:
        return None
    encryption = resource.properties.get("BucketEncryption")
    rules = listed(encryption.get("ServerSideEncryptionConfiguration")) if isinstance(encryption, Mapping) else []
    usual = [one.get("ServerSideEncryptionByDefault") for one in rules if isinstance(one, Mapping)]
    return next((one.get("KMSMasterKeyID") for one in usual if isinstance(one, Mapping)), None)
