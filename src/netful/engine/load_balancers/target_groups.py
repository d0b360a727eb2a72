"""Members of a target group: its listed targets, or those of the services that register in it.

A template contains little about their health. An execute-api endpoint responds to a health check, which names no API, with
403 (api-gateway §2.5); it is unhealthy if `Matcher` does not expect that.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from ipaddress import ip_address

from netful.engine.flows.ruling import needs
from netful.model.balancing.load_balancers import LoadBalancer, Registration, Target, TargetGroup, crosses_zones
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.functions.compute import qualified
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPAddress
from netful.model.promised import promised

_NAMES_NO_API = 403
_OF_HTTP = ("HTTP", "HTTPS")


class Member(Frozen):
    """A destination of a group's requests: an interface or a function. `missing` is the reason if it is neither.

    `qualifier` is the version or alias of the function.
    `address` is the address of a target that is not loaded. `last_port` is the last of the ports that its requests may go to, None for one port.
    `unhealthy` is the reason why health checks fail; "" if they succeed.
    """

    name: str
    port: Maybe[int] | None = None
    last_port: int | None = None
    address: IPAddress | None = None
    interface: NetworkInterface | None = None
    function_id: str | None = None
    qualifier: str = ""
    zone: str = ""
    missing: tuple[str, ...] = ()
    unhealthy: str = ""

    @property
    def function(self) -> str:
        """The function with its version or alias: `FUNCTION:ALIAS`."""
        return f"{self.function_id}:{self.qualifier}" if self.qualifier else str(self.function_id)


def members(cloud: Cloud, group: TargetGroup) -> list[Member]:
    """Return the members that a load balancer uses: the healthy ones, or all that may receive if none is known to be healthy."""
    named = [member for target in group.targets_in_use for member in _of_target(cloud, group, target)]
    return named + [
        member for registration in group.registered_by for member in _of_registration(cloud, group, registration)
    ]


def enabled(cloud: Cloud, balancer: LoadBalancer, group: TargetGroup, found: Sequence[Member]) -> list[Member]:
    """Return the members in use: those in zones that are enabled for the load balancer (§9.2)."""
    zones = cloud.network.zones_of(balancer.subnet_ids)
    return [*found] if group.target_type == "alb" or not zones else _within(zones, found)


def near(
    cloud: Cloud, balancer: LoadBalancer, group: TargetGroup, node: NetworkInterface, found: Sequence[Member]
) -> list[Member]:
    """Return the members that a node may choose: those in its own zone, unless it uses other zones too."""
    zone = cloud.network.zone_of_interface(node)
    return [*found] if crosses_zones(balancer, group) else _within({zone}, found)


def _within(zones: AbstractSet[str], found: Sequence[Member]) -> list[Member]:
    """Return the members that may be in one of some zones, of which "" is one that is not known."""
    return [member for member in found if "" in zones or member.zone in ("", *zones)]


def _of_registration(cloud: Cloud, group: TargetGroup, registration: Registration) -> Iterator[Member]:
    """Yield the members of a service or a fleet: on the port of its container, else on the group's."""
    port = group.port if registration.port is None else registration.port
    return (replace(one, last_port=registration.last_port) for one in _of_owner(cloud, registration.id, port))


def _of_target(cloud: Cloud, group: TargetGroup, target: Target) -> Iterator[Member]:
    if isinstance(target.id, Unknown) and group.target_type == "ip" and (given := promised(cloud, target.id)):
        port = group.port if target.port is None else target.port
        yield from (_of_address(cloud, group, str(address), port) for address in given)
        return
    if isinstance(target.id, Unknown):
        yield Member(f"a target of {group.id}", missing=needs(target.id, ""))
        return
    port = group.port if target.port is None else target.port
    if group.target_type == "lambda":
        yield _of_function(cloud, target.id)
    elif group.target_type == "ip":
        yield _of_address(cloud, group, target.id, port)
    else:
        yield from _of_owner(cloud, target.id, port)


def _of_function(cloud: Cloud, text: str) -> Member:
    """Return a function by its id, name or ARN, with or without a version or alias."""
    name, qualifier = qualified(text)
    id_ = cloud.function_of(text)
    if id_ not in cloud.compute.functions:
        return Member(name, missing=(f"function {name}",))
    return Member(id_, function_id=id_, qualifier=qualifier)


def _of_owner(cloud: Cloud, owner_id: str, port: Maybe[int] | None) -> Iterator[Member]:
    found = cloud.network.places_of(owner_id)
    if not found:
        yield Member(owner_id, port, missing=(f"the interfaces of {owner_id}",))
    for eni in found:
        yield Member(owner_id, port, interface=eni, zone=cloud.network.zone_of_interface(eni))


def _of_address(cloud: Cloud, group: TargetGroup, text: str, port: Maybe[int] | None) -> Member:
    try:
        address = ip_address(text)
    except ValueError:
        return Member(text, port, missing=(f"the address of {text}",))
    here = cloud.network.interface_at(group.vpc_id, address) if isinstance(group.vpc_id, str) else None
    found = here or next(iter(cloud.network.interfaces_with(address)), None)
    if found is None:
        sent_to = address if address.version == group.ip_version else None
        return Member(text, port, address=sent_to, missing=(f"what has {text}",))
    unhealthy = _refused_check(cloud, group, found)
    zone = cloud.network.zone_of_interface(found) if here else ""  # targets outside the VPC belong to all zones
    return Member(found.owner_id, port, interface=found, zone=zone, unhealthy=unhealthy)


def _refused_check(cloud: Cloud, group: TargetGroup, eni: NetworkInterface) -> str:
    """Return why an execute-api endpoint is unhealthy; "" if it is healthy."""
    endpoint = cloud.network.vpc_endpoints.get(eni.owner_id)
    asked = (group.health_check_protocol or group.protocol) in _OF_HTTP and group.health_check_enabled is not False
    if endpoint is None or endpoint.service != "execute-api" or not asked or group.expects(_NAMES_NO_API):
        return ""
    return f"health checks get {_NAMES_NO_API}, and `Matcher` expects {group.matcher}"
