"""Tags of APIs, stages, plans, keys, domains and VPC links, by their ARNs."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from netful.account.apigateway.edits import edit, is_newer, named, resource, rewritten
from netful.account.apigateway.operations import lookups, representation
from netful.account.apigateway.operations.faults import bad_request, not_found
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site
from netful.account.tags import listed, retagged
from netful.engine.names.api_names import loaded_id, maps
from netful.model.cloud import Cloud
from netful.model.core import Resource, mapping

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
    _retag(site, one, given, ())


def _untag_resource(site: Site, wanted: OperationRequest) -> None:
    _retag(site, _named(site.cloud, wanted), {}, wanted.query.get("tagKeys", []))


def _retag(site: Site, one: Resource, added: Mapping[str, str], gone: Collection[str]) -> None:
    before = one.properties.get("Tags")
    kept = {key: value for key, value in mapping(before).items() if key not in gone}
    found = {**kept, **added} if is_newer(one.type) else retagged(before, listed(added), gone)
    if len(found) > _MOST:
        raise bad_request(f"The number of tags exceeds the limit of {_MOST}")
    edit(site, rewritten(one, {**one.properties, "Tags": found or None}))


OPERATIONS = (Operation(_get_tags), Change(_tag_resource), Change(_untag_resource))
