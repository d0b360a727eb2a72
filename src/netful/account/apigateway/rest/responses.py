"""Responses of methods and of their integrations, by status."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import conflict, not_found
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.patching import patched
from netful.account.apigateway.rest.entries import entry
from netful.account.apigateway.rest.methods import having, integration_behind, integration_of, method_named
from netful.account.apigateway.shapes import input_shape, properties
from netful.engine.integrations.integration_responses import declares
from netful.model.apis.api import ApiRoute
from netful.model.core import Frozen, Resource


class _Responses(Frozen):
    """Responses of methods or of integrations: their noun, and the property of their holder that lists them.

    `of_route` returns those of a route. `replaced`: a request may put one in place of another.
    """

    noun: str
    listed: str
    of_route: Callable[[ApiRoute], Iterable[Any]]
    replaced: bool = False

    def get(self, site: Site, wanted: OperationRequest) -> Any:
        """Return one."""
        _, route = lookups.method(site.cloud, wanted)
        return entry(self.noun, _named({one.status_code: one for one in self.of_route(route)}, wanted))

    def put(self, site: Site, wanted: OperationRequest) -> Any:
        """Create one, or replace it."""
        method = method_named(site, wanted)
        if wanted.names["status"] in self._there(method) and not self.replaced:
            raise conflict("Response already exists for this resource")
        if self.replaced and not declares(lookups.method(site.cloud, wanted)[1], wanted.names["status"]):
            raise not_found("Invalid Response status code specified")
        self._set(site, method, wanted, properties(self._shape, wanted.body))
        return self.get(site, wanted)

    def update(self, site: Site, wanted: OperationRequest) -> Any:
        """Apply patches to one."""
        method = method_named(site, wanted)
        self._set(site, method, wanted, patched(self._shape, _named(self._there(method), wanted), patches(wanted)))
        return self.get(site, wanted)

    def delete(self, site: Site, wanted: OperationRequest) -> None:
        """Delete one."""
        method = method_named(site, wanted)
        _named(self._there(method), wanted)
        self._set(site, method, wanted, None)

    @property
    def _shape(self) -> Any:
        return input_shape("apigateway", f"Put{self.noun}")

    def _holder(self, method: Resource) -> Mapping[str, Any]:
        return integration_of(method) if self.noun == "IntegrationResponse" else method.properties

    def _there(self, method: Resource) -> dict[str, Any]:
        listed = self._holder(method).get(self.listed)
        return {str(one.get("StatusCode")): one for one in (listed if isinstance(listed, list) else ())}

    def _set(self, site: Site, method: Resource, wanted: OperationRequest, own: Mapping[str, Any] | None) -> None:
        status, found = wanted.names["status"], self._there(method)
        found[status] = {**(own or {}), "StatusCode": status}
        listed = {self.listed: [one for code, one in found.items() if code != status or own is not None]}
        of_method = self.noun == "MethodResponse"
        having(site, method, **(listed if of_method else {"Integration": {**self._holder(method), **listed}}))

    def operations(self) -> tuple[Operation, ...]:
        """Return the operations."""
        return (
            Operation(self.get, named=f"Get{self.noun}"),
            Change(self.put, named=f"Put{self.noun}"),
            Change(self.update, named=f"Update{self.noun}"),
            Change(self.delete, named=f"Delete{self.noun}"),
        )


def _named(responses: Mapping[str, Any], wanted: OperationRequest) -> Any:
    if wanted.names["status"] not in responses:
        raise not_found("Invalid Response status code specified")
    return responses[wanted.names["status"]]


OPERATIONS = (
    *_Responses(
        "MethodResponse", "MethodResponses", lambda route: route.method_responses,
    ).operations(),
    *_Responses(
        "IntegrationResponse", "IntegrationResponses",
        lambda route: integration_behind(route).responses, replaced=True,
    ).operations(),
)  # fmt: skip
