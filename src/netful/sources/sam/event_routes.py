"""Routes of APIs that functions and state machines get by their events."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Frozen
from netful.sources.files.marked import MarkedMap
from netful.sources.sam.serverless import IMPLICIT, mapping, part, serverless_kind

_ANY = "x-amazon-apigateway-any-method"
_API_ID = {"Api": "RestApiId", "HttpApi": "ApiId"}


class EventRoute(Frozen):
    """A route of an event: its API, its keys in the definition of the API, and the properties of the event."""

    owner: str
    api_id: str
    path: str
    method: str
    properties: MarkedMap


def event_routes(resources: Mapping[str, Any]) -> Iterator[EventRoute]:
    """Yield the route of every event of an API."""
    for logical_id, resource in resources.items():
        events = part(resource, "Properties", "Events") if serverless_kind(resource) else MarkedMap()
        for event in events.values():
            kind = mapping(event).get("Type")
            if kind in _API_ID:
                properties = part(event, "Properties") or mapping(event)
                api_id = _named(properties.get(_API_ID[kind])) or IMPLICIT[kind]
                path = properties.get("Path", "$default")
                method = str(properties.get("Method", "any")).lower()
                key = _ANY if method in ("any", "*") else method
                yield EventRoute(logical_id, api_id, str(path), key, properties)


def _named(api: Any) -> str:
    found = api.get("Ref") if isinstance(api, dict) else api
    return found if isinstance(found, str) else ""


def left_out(resources: Mapping[str, Any], made: Mapping[str, Any]) -> Iterator[str]:
    """Warn of each route that SAM does not make, since the definition of its API is written out and lacks it."""
    for route in event_routes(resources):
        api = resources.get(route.api_id)
        written = part(api, "Properties")
        body = made.get(route.api_id, {}).get("Properties", {}).get("Body")
        paths = body.get("paths") if isinstance(body, dict) else None
        kept = serverless_kind(api) == "Api" and "DefinitionBody" in written and not written.get("MergeDefinitions")
        item = paths.get(route.path, {}) if isinstance(paths, dict) else None
        if kept and isinstance(item, dict) and not {route.method, _ANY, "Fn::If"} & item.keys():
            method = "ANY" if route.method == _ANY else route.method.upper()
            yield (
                f"{route.properties.origin}: SAM adds no route to an API that has a `DefinitionBody`: "
                f"{method} {route.path} is not in it; write it there, or set `MergeDefinitions: true`"
            )
