"""NF107: a function is in one availability zone only, or an endpoint or NAT gateway that it uses is not in all of its zones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.model.functions.function import Function
from netful.model.network.vpc import Subnet
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint


def _find(facts: Facts) -> Iterator[Problem]:
    for function in facts.vpc_functions:
        subnet_ids = dict.fromkeys(facts.subnets_of(function))
        zones = _zones(facts, subnet_ids)
        alone = len(subnet_ids) == 1 and all(subnet_id in facts.cloud.network.subnets for subnet_id in subnet_ids)
        if len(zones) == 1 or alone:
            where = next(iter(zones), f"that of `{next(iter(subnet_ids))}`")
            yield Problem(
                function.id,
                function.origin,
                f"`{function.id}` runs in one availability zone, {where}",
                "give it a subnet in a second zone",
            )
        yield from _endpoints(facts, function, zones)
        yield from _ways_out(facts, function)


def _endpoints(facts: Facts, function: Function, zones: set[str]) -> Iterator[Problem]:
    """Interface endpoints of services in use that are absent from a zone of the function."""
    used = {use.service: use for use in facts.uses[function.id] if use.service}
    for endpoint in facts.cloud.network.endpoints_of(facts.vpc_of(function) or ""):
        absent = zones - _zones(facts, endpoint.subnet_ids)
        if endpoint.service in used and _has_places(endpoint) and absent:
            yield Problem(
                endpoint.id,
                endpoint.origin,
                f"`{function.id}` runs in {', '.join(sorted(absent))}, where `{endpoint.id}` has no interface",
                "give the endpoint a subnet in each zone: in an outage of its zones the service is lost to all",
                used[endpoint.service].certainty,
                severity=Severity.LOW,
            )


def _ways_out(facts: Facts, function: Function) -> Iterator[Problem]:
    """Subnets of the function whose default route crosses to a NAT gateway of another zone."""
    for subnet_id in facts.subnets_of(function):
        table, here = facts.cloud.network.route_table_of(subnet_id), _zones(facts, [subnet_id])
        nats = (facts.cloud.network.nat_gateways.get(str(route.target_id)) for route in (table.routes if table else ()))
        for nat in (nat for nat in nats if nat and not nat.regional):
            there = _zones(facts, [nat.subnet_id])
            if here and there and here != there:
                yield Problem(
                    function.id,
                    function.origin,
                    f"`{function.id}` in `{subnet_id}` ({min(here)}) leaves by `{nat.id}` in {min(there)}",
                    "give each zone a NAT gateway of its own, or use a regional one: crossing zones costs 0.02 a gigabyte",
                    severity=Severity.LOW,
                )


def _has_places(endpoint: VpcEndpoint) -> bool:
    return endpoint.type is EndpointType.INTERFACE and all(isinstance(s, str) for s in endpoint.subnet_ids)


def _zones(facts: Facts, subnet_ids: Iterable[object]) -> set[str]:
    """The known zones of subnets; none at all when one of them is not known, or left to AWS."""
    found = [facts.cloud.network.subnets.get(str(subnet_id)) for subnet_id in subnet_ids]
    if any(subnet is not None and not _states_zone(facts, subnet) for subnet in found):
        return set()
    zones = {subnet.availability_zone for subnet in found if subnet}
    known = {zone for zone in zones if isinstance(zone, str) and zone}
    return known if len(known) == len(zones) and all(found) else set()


def _states_zone(facts: Facts, subnet: Subnet) -> bool:
    resource = facts.cloud.template.resources.get(subnet.id)
    return resource is None or any(name in resource.properties for name in ("AvailabilityZone", "AvailabilityZoneId"))


RULE = Rule(
    id="NF107",
    slug="az-topology",
    title="one availability zone",
    severity=Severity.MEDIUM,
    why=(
        "A subnet is in one zone. A function whose subnets are all in one zone stops when that zone does, however many "
        "zones Lambda itself runs in. An endpoint in fewer zones than its callers takes them down with its own."
    ),
    instead="Name subnets of two or more zones, and give endpoints a subnet in each of them.",
    find=_find,
)
