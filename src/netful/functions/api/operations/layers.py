"""Layers of the template in the Lambda API: each has one version, 1 (lambda §5.1, §6.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.pages import page
from netful.functions.api.protocol.refusals import invalid_parameter, no_such_resource
from netful.functions.code.layers import LAYER, PARAMETERS_AND_SECRETS, content_of
from netful.functions.code.versions import Revision
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource

_NUMBER = 1
_MOST = 5
_MADE = Revision()


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer, its name and its ARN."""

    resource: Resource
    name: str
    arn: str


def layer_arn(cloud: Cloud, written: str) -> str:
    """Return the ARN of a layer's version that a function names by its ARN, or by its id in the template."""
    return cloud.aws_id(written)


def layer_ids(cloud: Cloud, arns: Collection[str]) -> tuple[str, ...]:
    """Return the template's ids of layers, by their ARNs; raises InvokeRefused for a layer that does not exist."""
    known = {f"{one.arn}:{_NUMBER}": one.resource.id for one in _layers(cloud)}
    ids = tuple(known.get(arn, arn if PARAMETERS_AND_SECRETS in arn else "") for arn in arns)
    if len(ids) > _MOST:
        raise invalid_parameter(f"Cannot reference more than {_MOST} layers.")
    missing = next((arn for arn, id_ in zip(arns, ids, strict=True) if not id_), None)
    if missing is not None:
        raise invalid_parameter(f"Layer version {missing} does not exist.")
    return ids


async def list_layers(context: Context, request: Request) -> Reply:
    """ListLayers."""
    cloud = context.service().cloud
    record = [
        {"LayerName": one.name, "LayerArn": one.arn, "LatestMatchingVersion": _version(one)} for one in _layers(cloud)
    ]
    return page(request, record, "Layers")


async def list_layer_versions(context: Context, request: Request) -> Reply:
    """ListLayerVersions."""
    found = [one for one in _layers(context.service().cloud) if request["LayerName"] in {one.name, one.arn}]
    return page(request, [_version(one) for one in found], "LayerVersions")


async def get_layer_version(context: Context, request: Request) -> Reply:
    """GetLayerVersion."""
    cloud = context.service().cloud
    found = [one for one in _layers(cloud) if request["LayerName"] in {one.name, one.arn}]
    return _one(cloud, found if request["VersionNumber"] == _NUMBER else [])


async def get_layer_version_by_arn(context: Context, request: Request) -> Reply:
    """GetLayerVersionByArn."""
    cloud = context.service().cloud
    return _one(cloud, [one for one in _layers(cloud) if f"{one.arn}:{_NUMBER}" == request["Arn"]])


def _one(cloud: Cloud, found: list[_Layer]) -> Reply:
    if not found:
        raise no_such_resource()
    content = content_of(cloud, found[0].resource.id)
    location = f"file://{quote(content.local_path or '')}" if content else ""
    record = {"Content": {"Location": location, "CodeSize": 0}, "LayerArn": found[0].arn, **_version(found[0])}
    return document(200, record)


def _version(one: _Layer) -> dict[str, Any]:
    written = one.resource.properties
    lists: dict[str, Any] = {
        name: [*written[name]] for name in ("CompatibleRuntimes", "CompatibleArchitectures") if name in written
    }
    return {
        "LayerVersionArn": f"{one.arn}:{_NUMBER}",
        "Version": _NUMBER,
        "Description": str(written.get("Description") or ""),
        "CreatedDate": _MADE.last_modified,
        **lists,
    }


def _layers(cloud: Cloud) -> Iterator[_Layer]:
    for resource in cloud.template.resources.values():
        if resource.type == LAYER:
            arn = cloud.aws_id(resource.id).rpartition(":")[0]
            yield _Layer(resource, arn.rpartition(":")[2], arn)


OPERATIONS: dict[str, Operation] = {
    "ListLayers": list_layers,
    "ListLayerVersions": list_layer_versions,
    "GetLayerVersion": get_layer_version,
    "GetLayerVersionByArn": get_layer_version_by_arn,
}
