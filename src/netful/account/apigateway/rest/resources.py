"""Resources of REST APIs: the parts of their paths."""

import re
from collections.abc import Iterator
from typing import Any

from netful.account.apigateway.edits import edit, named, new_id, referring, resource, rewritten
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, invalid_patch
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.rest import entries
from netful.account.apigateway.rest.opened import opened
from netful.account.changes import new, removal
from netful.model.apis.api import RestApi
from netful.model.cloud import Cloud

TYPE = "AWS::ApiGateway::Resource"
_PART = re.compile(r"[a-zA-Z0-9._\-:]+|\{[a-zA-Z0-9._\-:]+\+?\}")
_PATCHED = {"/pathPart": "PathPart", "/parentId": "ParentId"}


def api_of(site: Site, wanted: OperationRequest) -> RestApi:
    """Return the API that a path names, after its body became resources."""
    edits = opened(site.cloud, lookups.rest_api(site.cloud, wanted))
    if edits:
        edit(site, *edits)
    return lookups.rest_api(site.cloud, wanted)


def name_of(cloud: Cloud, api: RestApi, named: str) -> str:
    """Return the name in the cloud of the resource with an id."""
    return lookups.resources(cloud, api)[lookups.resource_path(cloud, api, named)]


def _resources(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    api = lookups.rest_api(site.cloud, wanted)
    return (_shown(site, wanted, api, path) for path in lookups.resources(site.cloud, api))


def _get_resource(site: Site, wanted: OperationRequest) -> Any:
    api = lookups.rest_api(site.cloud, wanted)
    return _shown(site, wanted, api, lookups.resource_path(site.cloud, api, wanted.names["resource"]))


def _shown(site: Site, wanted: OperationRequest, api: RestApi, path: str) -> Any:
    return entries.resource(site.cloud, api, path, embed="methods" in wanted.query.get("embed", []))


def _create_resource(site: Site, wanted: OperationRequest) -> Any:
    """CreateResource: below another one."""
    api = api_of(site, wanted)
    parent = name_of(site.cloud, api, wanted.names["parent"])
    part = _checked(site.cloud, api, parent, wanted.body.get("pathPart"))
    id_, cloud = new_id(), site.cloud
    own = {"RestApiId": cloud.aws_id(api.id), "ParentId": cloud.part_id(parent), "PathPart": part}
    edit(site, new(TYPE, id_, own))
    return _get_resource(site, wanted.naming(resource=id_))


def _checked(cloud: Cloud, api: RestApi, parent: str, part: object, but: str = "") -> str:
    """Return the part of a path below a parent. Raises ApiError if it cannot be there, `but` being the resource that has it."""
    if not isinstance(part, str) or _PART.fullmatch(part) is None:
        raise bad_request(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
            "beginning and the end."
        )
    paths = {name: path for path, name in lookups.resources(cloud, api).items()}
    if f"{paths[parent].rstrip('/')}/{part}" in paths.values():
        raise conflict(f"Another resource with the same parent already has this name: {part}")
    above = paths[parent].rstrip("/")
    siblings = [path for name, path in paths.items() if name != but and path.rpartition("/")[0] == above]
    variable = next((last for path in siblings if (last := path.rpartition("/")[2]).startswith("{")), None)
    if variable is not None and part.startswith("{"):
        raise bad_request(
            f"A sibling ({variable}) of this resource already has a variable path part -- only one is allowed"
        )
    return part


def _update_resource(site: Site, wanted: OperationRequest) -> Any:
    """UpdateResource: its part of the path, or its parent."""
    api = api_of(site, wanted)
    name = name_of(site.cloud, api, wanted.names["resource"])
    if name.endswith(".root"):
        raise bad_request("Root resource cannot be changed")
    found = dict(resource(site.cloud, name).properties)
    for patch in patches(wanted):
        if patch.op != "replace" or patch.path not in _PATCHED:
            raise invalid_patch(patch.op, patch.path, _PATCHED)
        moved = patch.path == "/parentId"
        found[_PATCHED[patch.path]] = (
            site.cloud.part_id(name_of(site.cloud, api, patch.value)) if moved else patch.value
        )
    before = resource(site.cloud, name)
    if found != before.properties:
        _checked(site.cloud, api, named(site.cloud, found["ParentId"]), found["PathPart"], name)
    edit(site, rewritten(before, found))
    return _get_resource(site, wanted.naming(resource=name))


def _delete_resource(site: Site, wanted: OperationRequest) -> None:
    """DeleteResource, with everything below it."""
    api = api_of(site, wanted)
    path = lookups.resource_path(site.cloud, api, wanted.names["resource"])
    if path == "/":
        raise bad_request("Root resource cannot be deleted")
    names = lookups.resources(site.cloud, api)
    gone = {name for one, name in names.items() if f"{one}/".startswith(f"{path}/")}
    methods = [one for name in gone for one in referring(site.cloud, name, "ResourceId", "AWS::ApiGateway::Method")]
    edit(site, *removal(methods), *removal(resource(site.cloud, name) for name in gone))


OPERATIONS = (
    *reads("Resource", _resources, _get_resource),
    Change(_create_resource),
    Change(_update_resource),
    Change(_delete_resource),
)
