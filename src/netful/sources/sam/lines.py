"""Lines of what SAM makes.

Rules:
1. A resource keeps its line. A generated one has the line of the part of a SAM resource that it was made for (event,
   authorizer, domain), else of the SAM resource.
2. A value that equals its source, which has the same name or SAM's name for it, has the lines of the source. When it differs,
   the rule holds for each member.
3. Every other value has the line of the mapping around it.
"""

import re
from collections.abc import Mapping
from typing import Any

from netful.model.core import Frozen
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.sam.event_routes import EventRoute, event_routes
from netful.sources.sam.serverless import IMPLICIT, mapping, part, serverless_kind

MADE_FROM = "netful:made-from"
"""Key of a resource's metadata with the id of the SAM resource that it was made from."""

_MOST_COMPARED = 200
_AROUND = ("Fn::If", "PolicyDocument")
"""Keys that SAM puts around a value."""

_RENAMED = {
    "Body": ("DefinitionBody",),
    "BodyS3Location": ("DefinitionUri",),
    "Code": ("CodeUri", "InlineCode", "ImageUri"),
    "Content": ("ContentUri",),
    "DeadLetterConfig": ("DeadLetterQueue",),
    "DefinitionS3Location": ("DefinitionUri",),
    "DefinitionString": ("Definition",),
    "EventPattern": ("Pattern",),
    "EventSourceArn": ("Queue", "Stream", "Broker", "Cluster"),
    "LoggingConfiguration": ("Logging",),
    "ManagedPolicyArns": ("Policies",),
    "RoleArn": ("Role",),
    "ScheduleExpression": ("Schedule",),
    "Statement": ("CustomStatements",),
    "TemplateURL": ("Location",),
    "TopicArn": ("Topic",),
    "TracingConfig": ("Tracing",),
    "TracingConfiguration": ("Tracing",),
    "Types": ("Type",),
    "VpcEndpointIds": ("VPCEndpointIds",),
    "ZipFile": ("InlineCode",),
}
"""Names in CloudFormation, and those of SAM for the same."""

_PARTS = {
    "AWS::ApiGateway::ApiKey": ("Auth", "UsagePlan"),
    "AWS::ApiGateway::BasePathMapping": ("Domain",),
    "AWS::ApiGateway::BasePathMappingV2": ("Domain",),
    "AWS::ApiGateway::DomainName": ("Domain",),
    "AWS::ApiGateway::DomainNameAccessAssociation": ("Domain", "AccessAssociation"),
    "AWS::ApiGateway::DomainNameV2": ("Domain",),
    "AWS::ApiGateway::UsagePlan": ("Auth", "UsagePlan"),
    "AWS::ApiGateway::UsagePlanKey": ("Auth", "UsagePlan"),
    "AWS::ApiGatewayV2::ApiMapping": ("Domain",),
    "AWS::ApiGatewayV2::DomainName": ("Domain",),
    "AWS::CodeDeploy::Application": ("DeploymentPreference",),
    "AWS::CodeDeploy::DeploymentGroup": ("DeploymentPreference",),
    "AWS::Lambda::Url": ("FunctionUrlConfig",),
    "AWS::Route53::RecordSetGroup": ("Domain", "Route53"),
}
"""Part of a SAM resource that resources of a type are made for."""

_NAMED_PARTS = (
    ("Properties", "Events"),
    ("Properties", "Routes"),
    ("Properties", "Auth", "Authorizers"),
    ("Connectors",),
    ("Properties",),
)
"""Paths to parts whose names are in the ids of the resources that are made for them."""


class _Owner(Frozen):
    """A resource that others are made from; `line` is that of its id."""

    id: str
    resource: MarkedMap
    line: int
    kind: str


class Lines:
    """Lines of a SAM template's resources for what is made of them."""

    def __init__(self, resources: MarkedMap, globals_: MarkedMap) -> None:
        self._resources = resources
        self._globals = globals_
        self._owners = {
            name: _Owner(name, resource, resources.origin_of(name).line, serverless_kind(resource))
            for name, resource in resources.items()
            if serverless_kind(resource) or "Connectors" in resource
        }
        self._routes: dict[str, MarkedMap] = {}
        for route in event_routes(resources):
            self._note(route)

    def _note(self, route: EventRoute) -> None:
        """Note the event that an operation of an API comes from; an API that SAM makes comes from the first such event."""
        kinds = {name: kind for kind, name in IMPLICIT.items()}
        if route.api_id in kinds and route.api_id not in self._owners:
            one = self._owners[route.owner]
            written = MarkedMap(one.resource.file, one.line)
            self._owners[route.api_id] = _Owner(route.api_id, written, one.line, kinds[route.api_id])
        place = route.properties.file, route.properties.line
        paths = self._routes.setdefault(route.api_id, MarkedMap(*place))
        if route.path not in paths:
            paths.put(route.path, MarkedMap(*place))
        paths[route.path].put(route.method, route.properties, route.properties.line)

    def marked(self, made: Mapping[str, Any]) -> MarkedMap:
        """Return the translated resources: those of the template, then those that were made for each of them."""
        out = MarkedMap(self._resources.file, self._resources.line)
        for name, source in self._resources.items():
            if name in made and serverless_kind(source):
                out.put(name, self._itself(made[name], self._owners[name]), self._owners[name].line)
            elif name in made:
                out.put(name, marked(made[name], (source,), source), self._resources.lines.get(name, 0))
        others = []
        for name in made:
            if name not in out:
                owner = self._owner(name, made[name])
                asking = MarkedMap() if name == owner.id else _part(name, made[name], owner)
                others.append((owner, asking, name))
        order = list(self._owners)
        others.sort(key=lambda one: (order.index(one[0].id), one[1].line))
        for owner, asking, name in others:
            itself = name == owner.id
            resource = self._itself(made[name], owner) if itself else self._other(made[name], owner, asking)
            out.put(name, resource, asking.line or owner.line)
        return out

    def _owner(self, name: str, made: Mapping[str, Any]) -> _Owner:
        """Return the resource that another was made from; the first one, when several share it."""
        metadata = made.get("Metadata") or {}
        source = metadata.get(MADE_FROM) or next(iter(metadata.get("aws:sam:connectors") or ()), name)
        if source in self._owners:
            return self._owners[source]
        path = _PARTS.get(str(made.get("Type")), ("",))
        asking = [one for one in self._owners.values() if part(one.resource, "Properties", *path)]
        asking = asking or [*self._owners.values()]
        begun = [one for one in asking if source.startswith(one.id)]
        return max(begun, key=lambda one: len(one.id)) if begun else asking[0]

    def _itself(self, made: Mapping[str, Any], owner: _Owner) -> MarkedMap:
        """Return a translated SAM resource, with its own metadata."""
        written = owner.resource
        sources = [written.get("Properties"), part(self._globals, owner.kind), self._definition(owner)]
        out = MarkedMap(written.file, written.line)
        for key, value in made.items():
            source = tuple(sources) if key == "Properties" else (written.get(key),)
            out.put(key, marked(value, source, written), written.lines.get(key, 0))
        out.pop("Metadata", None)
        if "Metadata" in written:
            out.put("Metadata", written["Metadata"], written.lines.get("Metadata", 0))
        return out

    def _other(self, made: Mapping[str, Any], owner: _Owner, asking: MarkedMap) -> MarkedMap:
        """Return a resource that was made for another one."""
        place = asking if asking.line else owner.resource
        here = MarkedMap(place.file, place.line)
        sources = (here, asking, part(owner.resource, "Properties"), part(self._globals, owner.kind))
        out = MarkedMap(place.file, place.line)
        for key, value in made.items():
            if key != "Metadata" or MADE_FROM not in value:
                out.put(key, marked(value, sources if key == "Properties" else (), here, exact=True))
        return out

    def _definition(self, owner: _Owner) -> MarkedMap:
        """Return the sources of an API's definition: its properties and events."""
        written, defaults = part(owner.resource, "Properties"), part(self._globals, owner.kind)
        body = MarkedMap(owner.resource.file, owner.resource.line)
        schemes = MarkedMap(body.file, body.line)
        for holder, key, source in (
            (body, "paths", self._routes.get(owner.id)),
            (body, "x-amazon-apigateway-policy", _either(written, defaults, "Auth", "ResourcePolicy")),
            (body, "x-amazon-apigateway-gateway-responses", _either(written, defaults, "GatewayResponses")),
            (body, "securityDefinitions", _either(written, defaults, "Auth", "Authorizers")),
            (schemes, "securitySchemes", _either(written, defaults, "Auth", "Authorizers")),
        ):
            if source:
                holder.put(key, source, source.line)
        body.put("components", schemes)
        out = MarkedMap(body.file, body.line)
        out.put("Body", body)
        return out


def _either(written: MarkedMap, defaults: MarkedMap, *path: str) -> MarkedMap:
    return part(written, *path) or part(defaults, *path)


def _part(name: str, made: Mapping[str, Any], owner: _Owner) -> MarkedMap:
    """Return the part of a resource that another was made for; an empty mapping when it is the whole."""
    rest = name.removeprefix(owner.id).casefold()
    for path in _NAMED_PARTS:
        named = part(owner.resource, *path)
        for key in sorted(named, key=len, reverse=True):
            short = re.sub("[^a-z0-9]", "", key.casefold())
            if short and rest.startswith(short) and isinstance(named[key], MarkedMap):
                return part(named, key, "Properties") or mapping(named[key])
    kind = "AWS::Lambda::Url" if rest.startswith("url") else str(made.get("Type"))  # its permissions come with a URL
    return part(owner.resource, "Properties", *_PARTS.get(kind, ("",)))


def marked(value: Any, sources: tuple[Any, ...], like: MarkedMap | MarkedList, *, exact: bool = False) -> Any:
    """Return a plain value with the lines of its sources; with `exact`, texts and numbers must equal them."""
    if not isinstance(value, (dict, list)):
        return value
    same = next((one for one in sources if isinstance(one, (MarkedMap, MarkedList)) and one == value), None)
    if same is not None:
        return same
    if isinstance(value, list):
        return _list(value, sources, like, exact=exact)
    return _mapping(value, sources, like, exact=exact)


def _mapping(
    value: dict[str, Any], sources: tuple[Any, ...], like: MarkedMap | MarkedList, *, exact: bool
) -> MarkedMap:
    maps = tuple(one for one in sources if isinstance(one, MarkedMap))
    place = next((one for one in maps if one.line), like)
    out = MarkedMap(place.file, place.line)
    written = (key for one in maps for key in one if key in value)
    for key in dict.fromkeys((*written, *value)):
        member = value[key]
        found = [(one, name) for one in maps for name in (key, *_RENAMED.get(key, ())) if name in one]
        found.sort(key=lambda pair: pair[0][pair[1]] != member)
        if exact and found and not isinstance(member, (dict, list)) and found[0][0][found[0][1]] != member:
            found = []
        line = found[0][0].lines.get(found[0][1], 0) if found else 0
        members = tuple(one[name] for one, name in found)
        if not found and key in _AROUND:
            members = maps
        out.put(key, marked(member, members, out, exact=exact), line)
    return out


def _list(value: list[Any], sources: tuple[Any, ...], like: MarkedMap | MarkedList, *, exact: bool) -> MarkedList:
    lists = [one for one in sources if isinstance(one, MarkedList)]
    around = tuple(one for one in sources if isinstance(one, MarkedMap))
    items = [(item, one.origin_of(index).line) for one in lists for index, item in enumerate(one)][:_MOST_COMPARED]
    place = next((one for one in lists if one.line), like)
    out = MarkedList(place.file, place.line)
    for index, item in enumerate(value):
        same = next((pair for pair in items if pair[0] == item), None)
        if same is None and len(items) == len(value):
            same = items[index]
        candidates = (same[0],) if same else tuple(one for one, _ in items if isinstance(one, MarkedMap))
        out.put(marked(item, (*candidates, *around), out, exact=exact), same[1] if same else 0)
    return out
