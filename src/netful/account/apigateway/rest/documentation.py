"""Documentation of REST APIs: its parts, and its versions, which stages name. It has no influence on requests."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from netful.account.apigateway.edits import edit, referring, rewritten
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.live.rest_stages import stage_resource
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict
from netful.account.apigateway.operations.operation import OperationRequest, Site
from netful.account.apigateway.rest.parts import owner
from netful.account.apigateway.shapes import shown
from netful.model.core import Resource

_PART, _VERSION = "AWS::ApiGateway::DocumentationPart", "AWS::ApiGateway::DocumentationVersion"


def _every(type_: str, site: Site, wanted: OperationRequest) -> Iterable[Resource]:
    return referring(site.cloud, lookups.rest_api(site.cloud, wanted).id, "RestApiId", type_)


def _part(site: Site, _wanted: OperationRequest, one: Resource) -> Any:
    return {**shown("apigateway", "DocumentationPart", one.properties), "id": site.cloud.aws_id(one.id)}


def _parts(site: Site, wanted: OperationRequest) -> Iterator[Resource]:
    """Yield the parts that a request asks for, by type, name and the beginning of their path."""
    for one in _every(_PART, site, wanted):
        place = _part(site, wanted, one)["location"]
        same = all(wanted.one(name) in ("", place.get(name, "")) for name in ("type", "name"))
        if same and place.get("path", "").startswith(wanted.one("path")):
            yield one


def _checked_part(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    if not own.get("Location", {}).get("Type") or not own.get("Properties"):
        raise bad_request("Documentation part location and properties must be non-empty")
    others = (one for one in _every(_PART, site, wanted) if one.id != id_)
    if own["Location"] in [one.properties.get("Location") for one in others]:
        raise conflict("Documentation part already exists for the specified location")
    return own


def _version(site: Site, _wanted: OperationRequest, one: Resource) -> Any:
    properties = {**one.properties, "Version": one.properties.get("DocumentationVersion")}
    return {**shown("apigateway", "DocumentationVersion", properties), "createdDate": site.made(one.id)}


def _checked_version(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    name, stage = own.get("DocumentationVersion"), own.pop("StageName", "")
    others = (one for one in _every(_VERSION, site, wanted) if one.id != id_)
    if not name:
        raise bad_request("Documentation version must be non-empty")
    if name in [one.properties.get("DocumentationVersion") for one in others]:
        raise conflict("Documentation version already exists")
    if stage:
        api = lookups.rest_api(site.cloud, wanted)
        there = stage_resource(site, lookups.stage(site.cloud, wanted.naming(stage=stage), api))
        edit(site, rewritten(there, {**there.properties, "DocumentationVersion": name}))
    return own


_PARTS = Kind(
    "DocumentationPart", _PART, "part", partial(_every, _PART), _part, owner,
    "Invalid Documentation part identifier specified", _checked_part, listed=_parts,
)  # fmt: skip
_VERSIONS = Kind(
    "DocumentationVersion", _VERSION, "version", partial(_every, _VERSION), _version, owner,
    "Invalid Documentation version identifier specified", _checked_version, key="DocumentationVersion",
    ids=lambda _cloud, one: (one.properties.get("DocumentationVersion"),),
)  # fmt: skip
OPERATIONS = (*_PARTS.operations(), *_VERSIONS.operations())
