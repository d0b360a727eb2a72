"""Documentation of REST APIs: its parts, and its versions, which stages name. It has no influence on requests."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from netful.account.apigateway.edits import edit, referring, rewritten
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.live.rest_stages import stage_resource
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict
from netful.account.apigateway.operations.operation import Operation, OperationRequest, Site, reads
from netful.account.apigateway.rest.parts import found, owner
from netful.account.apigateway.shapes import shown
from netful.model.core import Resource

_PART, _VERSION = "AWS::ApiGateway::DocumentationPart", "AWS::ApiGateway::DocumentationVersion"
Show = Callable[[Site, Resource], Any]


def _every(type_: str, site: Site, wanted: OperationRequest) -> Iterable[Resource]:
    return referring(site.cloud, lookups.rest_api(site.cloud, wanted).id, "RestApiId", type_)


def _part(site: Site, one: Resource) -> Any:
    return {**shown("apigateway", "DocumentationPart", one.properties), "id": site.cloud.aws_id(one.id)}


def _parts(site: Site, wanted: OperationRequest) -> Iterable[Any]:
    """Return the parts that a request asks for, by type, name and the beginning of their path."""
    for one in (_part(site, each) for each in _every(_PART, site, wanted)):
        place = one["location"]
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


def _version(site: Site, one: Resource) -> Any:
    properties = {**one.properties, "Version": one.properties.get("DocumentationVersion")}
    return {**shown("apigateway", "DocumentationVersion", properties), "createdDate": site.made(one.id)}


def _versions(site: Site, wanted: OperationRequest) -> Iterable[Any]:
    return (_version(site, one) for one in _every(_VERSION, site, wanted))


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


def _operations(
    noun: str, type_: str, key: str, show: Show, every: Callable[[Site, OperationRequest], Iterable[Any]], check: Any
) -> tuple[Operation, ...]:
    name = noun.lower()
    find = partial(found, type_, name, key, f"Invalid Documentation {name} identifier specified")

    def get(site: Site, wanted: OperationRequest) -> Any:
        return show(site, find(site, wanted))

    kind = Kind(f"Documentation{noun}", type_, name, get, find, owner, check, key=key)
    return (*reads(kind.noun, every, kind.get), *kind.operations())


OPERATIONS = (
    *_operations("Part", _PART, "", _part, _parts, _checked_part),
    *_operations("Version", _VERSION, "DocumentationVersion", _version, _versions, _checked_version),
)
