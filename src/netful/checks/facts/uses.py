"""Destinations that a function uses, and the evidence for each.

| evidence | certainty |
|---|---|
| its code makes a client of the service, or names the URL | proven |
| an environment variable contains a resource's name, ARN, host name, or a URL | proven for a host of the cloud or of AWS, else likely |
| its configuration mounts a file system, or a secret is rotated by it | proven |
| it has a layer with an extension of AWS that calls the service | likely |
| its role allows calls of the service | likely: a permission may be unused |
| a group of a resource in its VPC admits one of the function's groups by name | likely |
| no evidence of any use, and its VPC has an endpoint for the service | likely, and `assumed` |

Lambda's own work for the function (logs, traces, polling of queues and streams) does not pass through the VPC and does not
count as a use.
"""

from collections.abc import Container, Iterator
from itertools import count
from operator import itemgetter

from netful.checks.facts.handler import Handler
from netful.checks.facts.lambda_destinations import lambda_destinations
from netful.checks.facts.named_hosts import named_hosts, named_url
from netful.checks.facts.permissions import called_actions
from netful.checks.findings.finding import Certainty
from netful.engine.files.mounts import file_system_of
from netful.engine.iam.action_endpoints import endpoints_of
from netful.engine.trace.ends.destination_words import SERVICES
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Origin, Resource, Unknown, known_in, replace
from netful.model.functions.function import Function
from netful.model.names import service_names
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.security_groups import PeerKind

# Services by the type of a resource that is used through their API.
_SERVICE_OF_TYPE = {
    **SERVICES,
    "AWS::Kinesis::Stream": "kinesis-streams",
    "AWS::Lambda::Function": "lambda",
}

ROTATION, _ATTACHMENT = "AWS::SecretsManager::RotationSchedule", "AWS::SecretsManager::SecretTargetAttachment"
_OF_LAYERS = {
    "AWS-AppConfig-Extension": ("appconfigdata",),
    "AWS-Parameters-and-Secrets-Lambda-Extension": ("secretsmanager", "ssm"),
    "LambdaInsightsExtension": ("logs",),
}
"""Services that an extension calls from a function's sandbox, perhaps one of several, by the name of its layer."""

_OF_ACCOUNTS = "iam"
"""The service whose permissions are no evidence of a use."""

_IN_VPC = (InterfaceOwner.DATABASE, InterfaceOwner.CACHE, InterfaceOwner.INSTANCE, InterfaceOwner.LOAD_BALANCER,
           InterfaceOwner.SERVICE)  # fmt: skip


class Use(Frozen):
    """A destination of a function. `destination` is a TO of the command line; `action` is an IAM action there.

    `assumed`: the only evidence is an endpoint for the service. `foreign`: the only evidence is a URL of the environment whose
    host neither the cloud nor AWS has; it may be for a browser. `instead`: further destinations, of which the function may use
    another one alone, as its action has wildcards.
    """

    destination: str
    certainty: Certainty
    evidence: str
    origin: Origin
    action: str = ""
    assumed: bool = False
    foreign: bool = False
    instead: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """The destination with the action, so that a trace evaluates the endpoint's policy for it."""
        name = self.action.partition(":")[2]
        return f"{self.destination}:{name}" if self.service and name and "*" not in name else self.destination

    @property
    def service(self) -> str:
        """The endpoint code of the AWS service, or ""."""
        return self.destination.removeprefix("aws:") if self.destination.startswith("aws:") else ""

    @property
    def in_vpc(self) -> bool:
        """True if the destination is a resource with an address in a VPC."""
        return not self.service and not self.destination.startswith(("internet", "https://"))


def uses_of(cloud: Cloud, function: Function, handler: Handler | None) -> tuple[Use, ...]:
    """Return the destinations of a function with their best evidence; one entry for each IAM action of a service."""
    every = [
        *_of_code(handler, cloud.region_of(function.id)),
        *_of_environment(cloud, function),
        *_of_groups(cloud, function),
        *_of_file_systems(cloud, function),
        *_of_rotations(cloud, function),
    ]
    every += _of_role(cloud, function, {use.destination for use in every})
    every += _of_layers(function, {use.destination for use in every})
    named = {use.destination for use in every}
    sure = {use.destination: use for use in reversed(every) if use.certainty is Certainty.PROVEN}
    found: dict[str, Use] = {}
    for use in every:
        if (place := use.destination.partition(":tcp/")[0]) != use.destination and place in named:
            continue  # it is also named without a port, and then its own port is used
        surer = sure.get(use.destination, use)
        found.setdefault(
            use.question, replace(use, certainty=surer.certainty, evidence=surer.evidence, origin=surer.origin)
        )
    return tuple(found.values()) or tuple(_of_endpoints(cloud, function))


def _of_code(handler: Handler | None, region: str) -> Iterator[Use]:
    if handler is None:
        return
    for client in handler.clients:
        evidence = f"its code makes a client of `{client.service}`"
        yield Use(f"aws:{service_names.service(client.service).code}", Certainty.PROVEN, evidence, client.origin)
    for call in handler.calls:
        evidence = f"its code calls `{call.service}`"
        yield Use(f"aws:{service_names.service(call.service).code}", Certainty.PROVEN, evidence, call.origin)
    for url, origin in handler.urls:
        named = named_url(url, region) if "{" not in url else None
        if named:
            yield Use(named.destination, Certainty.PROVEN, f"its code names `{named.name}`", origin)


def _of_environment(cloud: Cloud, function: Function) -> Iterator[Use]:
    resource = cloud.template.resources.get(function.id)
    origin = resource.property_origins.get("Environment", function.origin) if resource else function.origin
    named = _referred(cloud, resource)
    referred, region = {target.id for target in named}, cloud.region_of(function.id)
    for name, value in function.environment.items():
        hosts = [*named_hosts(cloud, value, region, referred)] if isinstance(value, str) else []
        for host in hosts:
            sure = Certainty.LIKELY if host.foreign else Certainty.PROVEN
            yield Use(host.destination, sure, f"`{name}` names `{host.name}`", origin, foreign=host.foreign)
        for target in named if not hosts else ():
            if _holds(cloud, value, target):
                yield from _of_resource(cloud, target, f"`{name}` names `{target.id}`", origin, value)


def _referred(cloud: Cloud, resource: Resource | None) -> list[Resource]:
    names = resource.references if resource else ()
    return [cloud.template.resources[name] for name in names if name in cloud.template.resources]


def named_resources(cloud: Cloud, function: Function) -> Iterator[tuple[str, Resource]]:
    """Yield the resources of AWS's services that variables of a function's environment name, each with the variable."""
    for target in _referred(cloud, cloud.template.resources.get(function.id)):
        named = (name for name, value in function.environment.items() if _holds(cloud, value, target))
        yield from ((name, target) for name in [*named][:1] if target.type in SERVICES)


def _holds(cloud: Cloud, value: str | Unknown, target: Resource) -> bool:
    """Return whether a variable's value names a resource: its name or ARN, or an address that only AWS knows."""
    if isinstance(value, Unknown):
        return value.is_of(target.id)
    names = {
        target.id,
        cloud.physical_id(target.id),
        *(v for k, v in target.properties.items() if k.endswith("Name") and isinstance(v, str)),
    }
    return any(value == name or value.endswith((f"/{name}", f":{name}")) for name in names)


def _of_resource(cloud: Cloud, target: Resource, evidence: str, origin: Origin, value: str | Unknown) -> Iterator[Use]:
    """Return the use of a resource: by its service, or at its address. A name or id alone is for calls of AWS's API."""
    service = _SERVICE_OF_TYPE.get(target.type)
    if service:
        yield Use(f"aws:{service}", Certainty.LIKELY, evidence, origin)
    elif target.id not in cloud.compute.functions and _is_address(value) and cloud.network.interfaces_of(target.id):
        yield Use(target.id, Certainty.PROVEN, evidence, origin)


_OF_ADDRESSES = ("Endpoint", "Address", "DNS", "Dns", "Ip", "IP")


def _is_address(value: str | Unknown) -> bool:
    """Return whether an unknown value is an attribute with an address, such as `Broker.IpAddresses`."""
    needs = value.needs if isinstance(value, Unknown) else ()
    return any(word in need.partition(".")[2] for need in needs for word in _OF_ADDRESSES)


def _of_groups(cloud: Cloud, function: Function) -> Iterator[Use]:
    """Return resources whose group admits one of the function's groups by name."""
    if isinstance(function.security_group_ids, Unknown):
        return
    own = {group for group in function.security_group_ids if isinstance(group, str)}
    admitting = cloud.derived(__name__, lambda: _admitting(cloud))
    for _, eni, use in sorted((one for group in own for one in admitting.get(group, ())), key=itemgetter(0)):
        if own.isdisjoint(eni.security_group_ids):
            yield use


def _admitting(cloud: Cloud) -> dict[str, list[tuple[int, NetworkInterface, Use]]]:
    """Return, for each group, the interfaces with a group that admits it at one port, numbered in their order."""
    found: dict[str, list[tuple[int, NetworkInterface, Use]]] = {}
    number = count()
    for eni in cloud.network.network_interfaces.values():
        for group_id in eni.security_group_ids if eni.owner in _IN_VPC else ():
            group = known_in(cloud.network.security_groups, group_id)
            for rule in group.ingress if group else ():
                if rule.peer_kind is PeerKind.GROUP and rule.from_port == rule.to_port > 0:
                    name = file_system_of(cloud, eni.owner_id) or eni.owner_id
                    evidence = f"`{group_id}` admits its group"
                    use = Use(f"{name}:tcp/{rule.from_port}", Certainty.LIKELY, evidence, rule.origin)
                    found.setdefault(str(rule.peer), []).append((next(number), eni, use))
    return found


def _of_file_systems(cloud: Cloud, function: Function) -> Iterator[Use]:
    """Return the file systems of the access points that the function mounts."""
    resource = cloud.template.resources.get(function.id)
    if resource is None or "FileSystemConfigs" not in resource.properties:
        return
    origin = resource.property_origins.get("FileSystemConfigs", function.origin)
    for name in resource.references:
        mounted = cloud.template.resources.get(name)
        named = cloud.named(str(mounted.properties.get("FileSystemId"))) if mounted else ""
        if named in cloud.template.resources:
            yield Use(named, Certainty.PROVEN, f"it mounts `{named}`", origin)


def _of_rotations(cloud: Cloud, function: Function) -> Iterator[Use]:
    """Return Secrets Manager, and the databases whose secrets a function rotates."""
    for schedule in cloud.template.of_type(ROTATION):
        if cloud.function_of(str(schedule.properties.get("RotationLambdaARN")), schedule.id) == function.id:
            secret = cloud.named(str(schedule.properties.get("SecretId")))
            every = (
                (one, cloud.named(str(one.properties.get("SecretId")))) for one in cloud.template.of_type(_ATTACHMENT)
            )
            attached = (one for one, named in every if secret in (one.id, named))
            databases = (cloud.named(str(one.properties.get("TargetId"))) for one in attached)
            places = (name for name in databases if cloud.network.places_of(name))
            for destination in ("aws:secretsmanager", *places):
                yield Use(destination, Certainty.PROVEN, f"it rotates `{secret}`", schedule.origin)


def _of_layers(function: Function, named: Container[str]) -> Iterator[Use]:
    """Return the services that extensions in layers call, unless there is other evidence for one of them."""
    for layer in function.layers:
        name = (*str(layer).split(":"), *("",) * 7)[6].removesuffix("-Arm64")
        places = [f"aws:{code}" for code in _OF_LAYERS.get(name, ())]
        if places and not any(place in named for place in places):
            evidence = f"it has the layer `{name}`"
            yield Use(places[0], Certainty.LIKELY, evidence, function.origin, instead=tuple(places[1:]))


def _of_role(cloud: Cloud, function: Function, named: Container[str]) -> Iterator[Use]:
    """Return the services of the actions that the role allows; those that are named, if an action may be for several."""
    role = cloud.access.role_of(function)
    sent = lambda_destinations(cloud, function)
    for action in called_actions(role) if role else ():
        codes = (code for code in endpoints_of(action) if code in service_names.SERVICES and code != _OF_ACCOUNTS)
        places = [f"aws:{code}" for code in codes] if action.lower() not in sent else []
        places = [place for place in places if place in named] or places
        if places:
            evidence, origin = f"its role allows `{action}`", role.origin if role else function.origin
            yield Use(places[0], Certainty.LIKELY, evidence, origin, action, instead=tuple(places[1:]))


def _of_endpoints(cloud: Cloud, function: Function) -> Iterator[Use]:
    """Return the services for which the function's VPC has endpoints."""
    subnet_ids = () if isinstance(function.subnet_ids, Unknown) else function.subnet_ids
    vpcs = (cloud.network.vpc_of(subnet_id) for subnet_id in subnet_ids if isinstance(subnet_id, str))
    vpc = next((vpc for vpc in vpcs if vpc), None)
    for endpoint in cloud.network.endpoints_of(vpc.id) if vpc else ():
        if endpoint.service not in ("", "execute-api"):
            evidence = f"`{endpoint.id}` was made for it"
            yield Use(f"aws:{endpoint.service}", Certainty.LIKELY, evidence, endpoint.origin, assumed=True)
