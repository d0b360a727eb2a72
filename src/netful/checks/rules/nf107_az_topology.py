"""NF107: a function is in only one availability zone, or an endpoint or NAT gateway that it uses is not in all of its zones.

A subnet is in one zone. A function whose subnets are all in one zone fails with that zone, although Lambda itself runs
in several. An endpoint in fewer zones than its callers fails for all of them when its zones fail.

Instead: Use subnets in two or more zones, and give endpoints a subnet in each of them.
"""

from collections.abc import Iterable

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.functions.function import Function
from netful.model.network.vpc import Subnet
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint


@Rule.of("one availability zone", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for function in facts.vpc_functions:
        subnet_ids = dict.fromkeys(facts.subnets_of(function))
        zones = _zones(facts, subnet_ids)
        alone = len(subnet_ids) == 1 and all(subnet_id in facts.cloud.network.subnets for subnet_id in subnet_ids)
        if len(zones) == 1 or alone:
            where, *_ = zones or subnet_ids
            runs = (
                f"`{function.id}` runs in one availability zone, {where}"
                if zones
                else f"`{function.id}` runs in one availability zone, that of `{where}`"
            )
            yield Problem.of(function, runs, "give it a subnet in a second zone")
        yield from _endpoints(facts, function, zones)
        yield from _ways_out(facts, function)


def _endpoints(facts: Facts, function: Function, zones: set[str]) -> Problems:
    """Find interface endpoints of services in use that are absent from a zone of the function."""
    used = {use.service: use for use in facts.uses[function.id] if use.service and not use.assumed}
    for endpoint in facts.cloud.network.endpoints_of(facts.vpc_of(function) or ""):
        absent = zones - _zones(facts, endpoint.subnet_ids)
        if endpoint.service in used and _has_places(endpoint) and absent:
            yield Problem.of(
                endpoint,
                f"`{function.id}` runs in {', '.join(sorted(absent))}, where `{endpoint.id}` has no interface",
                "give the endpoint a subnet in each zone: an outage of its zones makes the service unreachable for all callers",
                used[endpoint.service].certainty,
                severity=Severity.LOW,
            )


def _ways_out(facts: Facts, function: Function) -> Problems:
    """Find subnets of the function whose default route leads to a NAT gateway of another zone."""
    for subnet_id in facts.subnets_of(function):
        table, own = facts.cloud.network.route_table_of(subnet_id), _zones(facts, [subnet_id])
        nats = (facts.cloud.network.nat_gateways.get(str(route.target_id)) for route in (table.routes if table else ()))
        for nat in (nat for nat in nats if nat and not nat.regional):
            gateway = _zones(facts, [nat.subnet_id])
            if own and gateway and own != gateway:
                yield Problem.of(
                    function,
                    f"`{function.id}` in `{subnet_id}` ({min(own)}) uses `{nat.id}` in {min(gateway)}",
                    "create a NAT gateway in each zone, or use a regional one: traffic between zones costs 0.02 a gigabyte",
                    severity=Severity.LOW,
                )


def _has_places(endpoint: VpcEndpoint) -> bool:
    return endpoint.type is EndpointType.INTERFACE and all(isinstance(s, str) for s in endpoint.subnet_ids)


def _zones(facts: Facts, subnet_ids: Iterable[object]) -> set[str]:
    """Return the known zones of subnets; an empty set if one of them is unknown or left to AWS."""
    found = [facts.cloud.network.subnets.get(str(subnet_id)) for subnet_id in subnet_ids]
    if any(subnet is not None and not _states_zone(facts, subnet) for subnet in found):
        return set()
    zones = {subnet.availability_zone for subnet in found if subnet}
    known = {zone for zone in zones if isinstance(zone, str) and zone}
    return known if len(known) == len(zones) and all(found) else set()


def _states_zone(facts: Facts, subnet: Subnet) -> bool:
    resource = facts.cloud.template.resources.get(subnet.id)
    return resource is None or any(name in resource.properties for name in ("AvailabilityZone", "AvailabilityZoneId"))
