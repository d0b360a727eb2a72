"""Tags of APIs, stages, plans, keys, domains and VPC links, by their ARNs."""

import re
from collections.abc import Mapping
from typing import Any

from netful.account.apigateway.edits import edit, is_newer, named, resource, rewritten, tag_list
from netful.account.apigateway.operations import lookups, representation
from netful.account.apigateway.operations.faults import bad_request, not_found
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site
from netful.engine.names.api_names import loaded_id, maps
from netful.model.cloud import Cloud
from netful.model.core import Resource

_ARN = re.compile(r"arn:[\w-]+:apigateway:[\w-]*:\d*:/(?P<kind>\w+)/(?P<id>[^/]+)(/stages/(?P<stage>.+))?")
_MOST = 50


def _named(cloud: Cloud, wanted: OperationRequest) -> Resource:
    """Return the resource that an ARN names."""
    arn = _ARN.fullmatch(wanted.names["arn"])
    if arn is None:
        raise bad_request("Invalid ARN specified in the request")
    name = _name(cloud, arn["kind"], arn["id"], arn["stage"])
    if name not in cloud.template.resources:
        raise not_found("Invalid resource identifier specified")
    return resource(cloud, name)


def _name(cloud: Cloud, kind: str, id_: str, stage: str | None) -> str:
    if kind == "domainnames":
        found = (one.id for one in cloud.apis.domain_names.values() if maps(id_, one))
        return next(found, id_)
    if kind not in ("restapis", "apis"):
        return named(cloud, id_)
    api_id = loaded_id(cloud, id_)
    of_stage = lookups.stage_named(cloud, api_id, stage) if stage else None
    return of_stage.id if of_stage else f"{api_id}/{stage}" if stage else api_id


def _get_tags(site: Site, wanted: OperationRequest) -> Any:
    return {"tags": representation.tags(site.cloud, _named(site.cloud, wanted).id) or {}}


def _tag_resource(site: Site, wanted: OperationRequest) -> None:
    one, given = _named(site.cloud, wanted), wanted.body.get("tags")
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        raise bad_request("Invalid tags specified")
    _set(site, one, {**(representation.tags(site.cloud, one.id) or {}), **given})


def _untag_resource(site: Site, wanted: OperationRequest) -> None:
    one, gone = _named(site.cloud, wanted), wanted.query.get("tagKeys", [])
    kept = (representation.tags(site.cloud, one.id) or {}).items()
    _set(site, one, {name: value for name, value in kept if name not in gone})


def _set(site: Site, one: Resource, found: Mapping[str, str]) -> None:
    if len(found) > _MOST:
        raise bad_request(f"The number of tags exceeds the limit of {_MOST}")
    others = {name: value for name, value in one.properties.items() if name != "Tags"}
    tagged = {"Tags": dict(found)} if found else {}
    edit(site, rewritten(one, {**others, **(tagged if is_newer(one.type) else tag_list(tagged))}))


OPERATIONS = (
    Operation("GET", "/tags/{arn}", _get_tags),
    Change("PUT", "/tags/{arn}", _tag_resource, 204),
    Change("DELETE", "/tags/{arn}", _untag_resource, 204),
    Operation("GET", "/v2/tags/{arn}", _get_tags),
    Change("POST", "/v2/tags/{arn}", _tag_resource, 201),
    Change("DELETE", "/v2/tags/{arn}", _untag_resource, 204),
)
