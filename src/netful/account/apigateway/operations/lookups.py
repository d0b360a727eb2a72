"""Resources that the names in an operation's path stand for. Raises API Gateway's error if a name stands for no resource."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from netful.account.apigateway.operations.faults import not_found
from netful.account.apigateway.operations.operation import OperationRequest
from netful.engine.names.api_names import loaded_id
from netful.gateway.calls.context import route_key
from netful.model.apis.api import Api, ApiRoute, HttpApi, Protocol, RestApi
from netful.model.apis.domain import DomainName
from netful.model.apis.stage import ANY, Deployment, MethodSetting, Stage
from netful.model.apis.usage import ApiKey, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.sources.apis.rest import resource_paths
from netful.sources.template.reading import Inventory

T = TypeVar("T")


def rest_api(cloud: Cloud, wanted: OperationRequest) -> RestApi:
    """Return the REST API that a path names."""
    return _api(cloud, cloud.apis.rest_apis, wanted)


def http_api(cloud: Cloud, wanted: OperationRequest) -> HttpApi:
    """Return the HTTP or WebSocket API that a path names."""
    return _api(cloud, cloud.apis.http_apis, wanted)


def _api(cloud: Cloud, apis: Mapping[str, T], wanted: OperationRequest) -> T:
    api = apis.get(loaded_id(cloud, wanted.names["api"]))
    if api is None:
        raise not_found(f"Invalid API identifier specified {cloud.account_id}:{wanted.names['api']}")
    return api


def part_named(cloud: Cloud, parts: Mapping[str, T], named: str) -> T | None:
    """Return the part of an API with an id, or with a name in the cloud."""
    return next((one for name, one in parts.items() if named in (name, cloud.part_id(name))), None)


def part(cloud: Cloud, parts: Mapping[str, T], named: str, missing: str) -> T:
    """Return the part of an API with an id. Raises ApiError with the text `missing` if it does not exist."""
    found = part_named(cloud, parts, named)
    if found is None:
        raise not_found(missing)
    return found


def stage_named(cloud: Cloud, api_id: str, name: str) -> Stage | None:
    """Return the stage of an API by its name."""
    return next((stage for stage in cloud.apis.stages_of(api_id) if stage.stage_name == name), None)


def stage(cloud: Cloud, wanted: OperationRequest, api: Api) -> Stage:
    """Return the stage of an API that a path names."""
    found = stage_named(cloud, api.id, wanted.names["stage"])
    if found is None:
        raise not_found("Invalid stage identifier specified")
    return found


def deployments_of(cloud: Cloud, api_id: str) -> tuple[Deployment, ...]:
    """Return the deployments of an API."""
    return tuple(one for one in cloud.apis.deployments.values() if one.api_id == api_id)


def deployment_with(cloud: Cloud, api_id: str, named: str) -> Deployment | None:
    """Return the deployment of an API by its id."""
    return part_named(cloud, {one.id: one for one in deployments_of(cloud, api_id)}, named)


def route(cloud: Cloud, api: HttpApi, named: str) -> ApiRoute:
    """Return the route of an HTTP or WebSocket API with an id."""
    return part(
        cloud, {one.id: one for one in api.routes}, named, f"Unable to find Route by ID {named} within the provided API"
    )


def route_key_of(api: HttpApi, one: ApiRoute) -> str:
    """Return the key of a route."""
    return one.path if api.protocol is Protocol.WEBSOCKET else route_key(one)


def setting_key(api: HttpApi, one: MethodSetting) -> str:
    """Return the key of the route of a stage's setting; "" for all routes."""
    if (one.resource_path, one.http_method) == (ANY, ANY):
        return ""
    return route_key_of(api, ApiRoute("", one.http_method, one.resource_path))


def resources(cloud: Cloud, api: RestApi) -> dict[str, str]:
    """Return the resources of an API by their paths, those without a method too: each path with its name in the cloud."""
    return cloud.derived(f"resources of {api.id}", lambda: _resources(cloud, api))


def _resources(cloud: Cloud, api: RestApi) -> dict[str, str]:
    found = {path: f"{api.id} {path}" for one in api.routes for path in _down_to(one.path)}
    found.update((one.path, one.resource_id) for one in api.routes if one.resource_id)
    found.update({path: name for name, path in _written_paths(cloud).items() if _is_of(cloud, name, api)})
    return dict(sorted({**found, "/": f"{api.id}.root"}.items()))


def _is_of(cloud: Cloud, name: str, api: RestApi) -> bool:
    resource = cloud.template.resources.get(name)
    return resource is not None and belongs_to(cloud, resource, api)


def belongs_to(cloud: Cloud, resource: Resource, api: RestApi) -> bool:
    """Return whether a resource is a part of a REST API."""
    return resource.properties.get("RestApiId") in (api.id, cloud.aws_id(api.id))


def _down_to(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    return ("/" + "/".join(parts[:count]) for count in range(1, len(parts) + 1))


def _written_paths(cloud: Cloud) -> Mapping[str, str]:
    types = ("AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource")
    written = {id_: one for id_, one in cloud.template.resources.items() if one.type in types}
    return cloud.derived(
        "paths of resources", lambda: resource_paths(Inventory(written, cloud.region, cloud.account_id))
    )


def resource_id(cloud: Cloud, api: RestApi, path: str) -> str:
    """Return the id of the resource of a path, which is `$context.resourceId` of its methods."""
    return cloud.part_id(resources(cloud, api)[path])


def resource_path(cloud: Cloud, api: RestApi, named: str) -> str:
    """Return the path of the resource with an id."""
    found = (path for path, name in resources(cloud, api).items() if named in (name, cloud.part_id(name)))
    path = next(found, None)
    if path is None:
        raise not_found("Invalid Resource identifier specified")
    return path


def method(cloud: Cloud, wanted: OperationRequest) -> tuple[RestApi, ApiRoute]:
    """Return the method that a path names, with its API."""
    api = rest_api(cloud, wanted)
    path = resource_path(cloud, api, wanted.names["resource"])
    name = wanted.names["method"].upper()
    found = next((one for one in api.routes if (one.path, one.http_method) == (path, name)), None)
    if found is None:
        raise not_found("Invalid Method identifier specified")
    return api, found


def plan(cloud: Cloud, wanted: OperationRequest) -> UsagePlan:
    """Return the usage plan that a path names."""
    return part(cloud, cloud.apis.usage_plans, wanted.names["plan"], "Invalid Usage Plan ID specified")


def member(cloud: Cloud, wanted: OperationRequest) -> tuple[UsagePlan, ApiKey]:
    """Return the usage plan that a path names, and the key of the plan that it names."""
    found, own = plan(cloud, wanted), key(cloud, wanted.names["key"])
    if own.id not in found.key_ids:
        raise not_found("Invalid API Key identifier specified")
    return found, own


def domain_name(cloud: Cloud, wanted: OperationRequest) -> DomainName:
    """Return the domain name that a path names, and a private one's `domainNameId`, where it is given."""
    name, id_ = wanted.names["domain"].lower(), wanted.one("domainNameId")
    found = next((one for one in cloud.apis.domain_names.values() if str(one.domain_name).lower() == name), None)
    if found is None or id_ not in ("", cloud.aws_id(found.id)):
        raise not_found("Invalid domain name identifier specified")
    return found


def key(cloud: Cloud, named: str) -> ApiKey:
    """Return the API key with an id."""
    found = cloud.apis.api_keys.get(cloud.names_by_id.get(named, named))
    if found is None:
        raise not_found("Invalid API Key identifier specified")
    return found
