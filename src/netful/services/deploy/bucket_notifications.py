"""Notifications of the template's buckets to functions, by the functions that S3 may invoke.

S3 rejects a configuration with a function that it may not invoke. Here only that function is left out, with a warning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.engine.authorization.service_permissions import permits
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.services.deploy.left_out import LeftOut

_CONFIGURATION, _LIST, _FUNCTION = "NotificationConfiguration", "LambdaConfigurations", "Function"


def permitted_buckets(cloud: Cloud) -> Iterator[Resource]:
    """Yield the buckets that notify, without the functions that they may not invoke."""
    for bucket, configuration in _configured(cloud):
        refused = _refused(cloud, bucket, configuration)
        kept = [one for one, target in _invoked(configuration) if target not in refused]
        yield replace(bucket, properties={**bucket.properties, _CONFIGURATION: {**configuration, _LIST: kept}})


def refused_notifications(cloud: Cloud) -> Iterator[LeftOut]:
    """Yield a warning for each bucket with functions that it may not invoke."""
    for bucket, configuration in _configured(cloud):
        refused = [f"`{arn.rpartition(':function:')[2]}`" for arn in _refused(cloud, bucket, configuration)]
        if refused:
            what = f"the notifications of `{bucket.id}` to {', '.join(refused)} are"
            why = "no `AWS::Lambda::Permission` allows S3 to invoke it"
            yield LeftOut(bucket.id, what, why, bucket.origin)


def _configured(cloud: Cloud) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    for resource in cloud.template.resources.values():
        configuration = resource.properties.get(_CONFIGURATION)
        if resource.type == "AWS::S3::Bucket" and isinstance(configuration, Mapping):
            yield resource, configuration


def _refused(cloud: Cloud, bucket: Resource, configuration: Mapping[str, Any]) -> list[str]:
    """Return the functions that a bucket may not invoke. An unknown permission counts as granted."""
    name = bucket.properties.get("BucketName")
    own = cloud.arn("s3", name if isinstance(name, str) else bucket.id, bucket.id)
    targets = dict.fromkeys(target for _, target in _invoked(configuration))
    return [target for target in targets if permits(cloud, "s3.amazonaws.com", own, target) is False]


def _invoked(configuration: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the entries whose function is known, with the function."""
    for one in configuration.get(_LIST) or ():
        if isinstance(one, Mapping) and isinstance(one.get(_FUNCTION), str):
            yield one, one[_FUNCTION]
