"""Responses of WebSocket APIs: of their routes, and of their integrations."""

from collections.abc import Callable
from typing import Any

from netful.account.apigateway.edits import edit, new_id, referring, resource, rewritten
from netful.account.apigateway.http.http_apis import api_of
from netful.account.apigateway.http.opened import INTEGRATION_RESPONSE, ROUTE_RESPONSE
from netful.account.apigateway.http.updates import merged
from netful.account.apigateway.shapes import input_shape, output_shape, properties, shown
from netful.account.changes import Remove, new
from netful.gateway.control.http.http_apis import integration_named, page_of, route_of
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import conflict, not_found
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.resource import Resource

_SERVICE, _API = "apigatewayv2", "/v2/apis/{api}"


class _Responses(Frozen):
    """Responses of routes or of integrations: the type, the property and the finder of the owner, and the noun."""

    type: str
    owner: str
    noun: str
    owner_of: Callable[[Site, OperationRequest], str]
    path: str

    def _listed(self, site: Site, wanted: OperationRequest) -> list[Resource]:
        owner = self.owner_of(site, wanted)
        return [*referring(site.cloud, owner, self.owner, self.type)]

    def _named(self, site: Site, wanted: OperationRequest) -> Resource:
        named = wanted.names["response"]
        found = next((o for o in self._listed(site, wanted) if named in (o.id, site.cloud.aws_id(o.id))), None)
        if found is None:
            raise not_found(f"Unable to find {self.noun} by ID {named} within the provided API")
        return found

    def _shown(self, cloud: Cloud, one: Resource) -> dict[str, Any]:
        members = shown(output_shape(_SERVICE, f"Get{self.noun}"), one.properties)
        return {**members, f"{self.noun[:1].lower()}{self.noun[1:]}Id": cloud.aws_id(one.id)}

    def get_all(self, site: Site, wanted: OperationRequest) -> Any:
        """Return all."""
        return page_of(wanted, (self._shown(site.cloud, one) for one in self._listed(site, wanted)))

    def get(self, site: Site, wanted: OperationRequest) -> Any:
        """Return one."""
        return self._shown(site.cloud, self._named(site, wanted))

    def create(self, site: Site, wanted: OperationRequest) -> Any:
        """Create one."""
        api, owner = api_of(site, wanted), self.owner_of(site, wanted)
        own = properties(input_shape(_SERVICE, f"Create{self.noun}"), wanted.body)
        key = f"{self.noun}Key"
        if own.get(key) in [one.properties.get(key) for one in self._listed(site, wanted)]:
            raise conflict(f"{self.noun} with key {own.get(key)} already exists")
        id_ = new_id()
        edit(site, new(self.type, id_, {"ApiId": site.cloud.aws_id(api.id), self.owner: owner, **own}))
        return self._shown(site.cloud, resource(site.cloud, id_))

    def update(self, site: Site, wanted: OperationRequest) -> Any:
        """Change one."""
        one = self._named(site, wanted)
        given = properties(input_shape(_SERVICE, f"Update{self.noun}"), wanted.body)
        edit(site, rewritten(one, merged(one.properties, given)))
        return self._shown(site.cloud, resource(site.cloud, one.id))

    def delete(self, site: Site, wanted: OperationRequest) -> None:
        """Delete one."""
        edit(site, Remove(self._named(site, wanted).id))

    def operations(self) -> tuple[Operation, ...]:
        """Return their operations."""
        one = self.path + "/{response}"
        return (
            Operation("GET", self.path, self.get_all, named=f"Get{self.noun}s"),
            Operation("GET", one, self.get, named=f"Get{self.noun}"),
            Change("POST", self.path, self.create, 201, named=f"Create{self.noun}"),
            Change("PATCH", one, self.update, named=f"Update{self.noun}"),
            Change("DELETE", one, self.delete, 204, named=f"Delete{self.noun}"),
        )


def _route_id(site: Site, wanted: OperationRequest) -> str:
    return route_of(site.cloud, lookups.http_api(site.cloud, wanted), wanted).id


def _integration_id(site: Site, wanted: OperationRequest) -> str:
    api = lookups.http_api(site.cloud, wanted)
    return integration_named(site.cloud, api, wanted.names["integration"]).id


_ROUTE_RESPONSES = _Responses(
    ROUTE_RESPONSE, "RouteId", "RouteResponse", _route_id, _API + "/routes/{route}/routeresponses"
)
_INTEGRATION_RESPONSES = _Responses(
    INTEGRATION_RESPONSE, "IntegrationId", "IntegrationResponse", _integration_id,
    _API + "/integrations/{integration}/integrationresponses",
)  # fmt: skip
OPERATIONS = (*_ROUTE_RESPONSES.operations(), *_INTEGRATION_RESPONSES.operations())
