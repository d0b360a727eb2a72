"""Layers in the Lambda API: one of a template has version 1, deployments and calls publish further ones (lambda §5.1, §6.3)."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document, page
from netful.functions.api.protocol.refusals import invalid_parameter, no_such_resource
from netful.functions.code.layers import LAYER, PARAMETERS_AND_SECRETS, content_of
from netful.functions.code.package import digest, size_of
from netful.functions.code.versions import Revision
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource

_MOST = 5
_MADE = Revision()


class Layer(Frozen):
    """A version of a layer, its number, and the name and the ARN of the layer."""

    resource: Resource
    name: str
    arn: str
    number: int

    @property
    def version_arn(self) -> str:
        """The ARN of the version."""
        return f"{self.arn}:{self.number}"


def layer_ids(cloud: Cloud, arns: Collection[str]) -> tuple[str, ...]:
    """Return the template's ids of layers, by their ARNs; raises InvokeRefused for a layer that does not exist."""
    known = {one.version_arn: one.resource.id for one in layers(cloud)}
    ids = tuple(known.get(arn, arn if PARAMETERS_AND_SECRETS in arn else "") for arn in arns)
    if len(ids) > _MOST:
        raise invalid_parameter(f"Cannot reference more than {_MOST} layers.")
    missing = next((arn for arn, id_ in zip(arns, ids, strict=True) if not id_), None)
    if missing is not None:
        raise invalid_parameter(f"Layer version {missing} does not exist.")
    names = [arn.rpartition(":")[0] for arn in arns]
    twice = [arn for arn, name in zip(arns, names, strict=True) if names.count(name) > 1]
    if twice:
        raise invalid_parameter(
            "Two different versions of the same layer are not allowed to be referenced in the same function. "
            f"{twice[0]} and {twice[1]} are versions of the same layer."
        )
    return ids


async def _list_layers(call: Call) -> Reply:
    """ListLayers, each with its newest version."""
    newest = {one.name: one for one in sorted(layers(call.cloud), key=lambda one: one.number)}
    found = [
        {"LayerName": one.name, "LayerArn": one.arn, "LatestMatchingVersion": version(one)} for one in newest.values()
    ]
    return page(call.request, found, "Layers")


async def _list_layer_versions(call: Call) -> Reply:
    """ListLayerVersions, the newest first."""
    found = named(call.cloud, call.request["LayerName"])
    return page(call.request, [version(one) for one in found], "LayerVersions")


async def _get_layer_version(call: Call) -> Reply:
    return _one(call.cloud, numbered(call.cloud, call.request["LayerName"], call.request["VersionNumber"]))


async def _get_layer_version_by_arn(call: Call) -> Reply:
    return _one(call.cloud, next((one for one in layers(call.cloud) if one.version_arn == call.request["Arn"]), None))


def _one(cloud: Cloud, found: Layer | None) -> Reply:
    if found is None:
        raise no_such_resource()
    return document(200, whole(cloud, found))


def whole(cloud: Cloud, one: Layer) -> dict[str, Any]:
    """Return a version with its content."""
    content, size = content_of(cloud, one.resource.id), code_size(cloud, one.resource.id)
    path = Path(content.local_path) if content and content.local_path else None
    location = f"file://{quote(str(path))}" if path else ""
    sha256 = one.resource.properties.get("CodeSha256") or (digest(content, path) if content and path else "")
    shown = {"Location": location, "CodeSize": size, **({"CodeSha256": sha256} if sha256 else {})}
    return {"Content": shown, "LayerArn": one.arn, **version(one)}


def code_size(cloud: Cloud, layer_id: str) -> int:
    """Return the bytes of a layer: those of its zip file, or of the files in its folder; 0 if its content is not here."""
    content, resource = content_of(cloud, layer_id), cloud.template.resources.get(layer_id)
    path = Path(content.local_path) if content and content.local_path else None
    measured = 0 if path is None else size_of(path) if path.is_dir() else path.stat().st_size
    return int((resource.properties.get("CodeSize") if resource else None) or measured)


def version(one: Layer) -> dict[str, Any]:
    """Return a version as lists have it."""
    written = one.resource.properties
    lists: dict[str, Any] = {
        name: [*written[name]] for name in ("CompatibleRuntimes", "CompatibleArchitectures") if name in written
    }
    license_ = {"LicenseInfo": str(written["LicenseInfo"])} if written.get("LicenseInfo") else {}
    return {
        "LayerVersionArn": one.version_arn,
        "Version": one.number,
        "Description": str(written.get("Description") or ""),
        "CreatedDate": _MADE.last_modified,
        **lists,
        **license_,
    }


def named(cloud: Cloud, name: str) -> list[Layer]:
    """Return the versions of a layer by its name or ARN, the newest first."""
    found = [one for one in layers(cloud) if name in {one.name, one.arn}]
    return sorted(found, key=lambda one: -one.number)


def numbered(cloud: Cloud, name: str, number: int) -> Layer | None:
    """Return a version of a layer by the name or ARN of the layer; None if it does not exist."""
    return next((one for one in named(cloud, name) if one.number == number), None)


def layers(cloud: Cloud) -> Iterator[Layer]:
    """Yield all versions of layers."""
    for resource in cloud.template.of_type(LAYER):
        arn, _, number = cloud.aws_id(resource.id).rpartition(":")
        yield Layer(resource, arn.rpartition(":")[2], arn, int(number))


OPERATIONS: dict[str, Operation] = {
    "ListLayers": _list_layers,
    "ListLayerVersions": _list_layer_versions,
    "GetLayerVersion": _get_layer_version,
    "GetLayerVersionByArn": _get_layer_version_by_arn,
}
