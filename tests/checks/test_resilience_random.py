"""Random networks, those of the differential test: what `resilience` shares and leaves out is what each question gets alone."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given

from netful.engine.failures.failure import FailureKind, single_failures
from netful.engine.failures.resilience import Extent, resilience
from netful.engine.failures.without import without_failure
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.allocation import allocate
from netful.model.core import QuestionError
from tests.helpers.draw import clouds
from tests.helpers.examples import examples

pytestmark = pytest.mark.slow

PLACES = ("internet", "internet:example.com:tcp/80", "aws:ssm", "aws:s3", "aws:sts")
SERVICES = ("tcp/443", "icmp")


def questions(cloud):
    instances = [*dict.fromkeys(e.owner_id for e in cloud.network.network_interfaces.values() if e.owner == "instance")]
    places = (*PLACES, *(f"{name}:{service}" for name in instances for service in SERVICES))
    return [*cloud.compute.functions, *instances], places


def verdicts(cloud, source, destination):
    """The verdict from each place that a source sends from; blocked where one of the two is gone."""
    try:
        question = parse(cloud, source, destination)
    except QuestionError:
        return ["blocked"]
    return [trace(cloud, replace(question, sources=(one,))).verdict for one in question.sources]


def extent(found):
    if "blocked" in found:
        return Extent.PARTLY if set(found) != {"blocked"} else Extent.ENDS
    return Extent.UNKNOWN if "unknown" in found else None


@examples(60, suppress_health_check=[*HealthCheck])
@given(cloud=clouds())
def test_every_cell_is_what_trace_answers_without_the_thing(cloud):
    sources, destinations = questions(cloud)
    report = resilience(cloud, (sources, destinations))
    found = {
        (source, flow.destination, loss.failure): loss.extent
        for flow in report.flows
        for source in flow.sources
        for loss in flow.losses
    }
    working = {(source, flow.destination) for flow in report.flows for source in flow.sources}
    lefts = {failure: without_failure(cloud, failure) for failure in single_failures(cloud)}
    for source in sources:
        for destination in destinations:
            question = parse(cloud, source, destination)
            if source == destination:
                continue
            assert (trace(cloud, question).verdict == "reachable") == ((source, destination) in working)
            if (source, destination) in working:
                for failure, left in lefts.items():
                    alone = extent(verdicts(left, source, destination))
                    assert found.get((source, destination, failure)) == alone, (source, destination, str(failure))


def without_zone(cloud, zone):
    """The cloud as a template would have it that uses no subnet of a zone; None if that leaves something without a place."""
    gone = {one.id for one in cloud.network.subnets.values() if one.availability_zone == zone}
    functions = {
        name: one
        if one.capacity_provider
        else replace(one, subnet_ids=tuple(s for s in one.subnet_ids if s not in gone))
        for name, one in cloud.compute.functions.items()
    }
    endpoints = {
        name: replace(one, subnet_ids=tuple(s for s in one.subnet_ids if s not in gone))
        for name, one in cloud.network.vpc_endpoints.items()
    }
    kept = {
        name: one
        for name, one in cloud.network.network_interfaces.items()
        if one.owner == "instance" and one.subnet_id not in gone
    }
    dead = {one.id for one in cloud.network.nat_gateways.values() if one.subnet_id in gone}
    dead |= {e.id for e in cloud.network.network_interfaces.values() if e.owner == "instance" and e.id not in kept}
    tables = {
        name: replace(
            table, routes=tuple(replace(r, blackhole=True) if r.target_id in dead else r for r in table.routes)
        )
        for name, table in cloud.network.route_tables.items()
    }
    placed = [one.subnet_ids for one in functions.values()]
    placed += [one.subnet_ids for name, one in endpoints.items() if cloud.network.vpc_endpoints[name].subnet_ids]
    if not all(placed) or any(one.capacity_provider for one in functions.values()) or cloud.network.transit_gateways:
        return None
    return allocate(
        cloud.having(functions=functions, vpc_endpoints=endpoints, network_interfaces=kept, route_tables=tables)
    )


@examples(120, suppress_health_check=[*HealthCheck])
@given(cloud=clouds())
def test_a_zone_that_fails_is_like_a_template_without_it(cloud):
    sources, destinations = questions(cloud)
    for failure in (one for one in single_failures(cloud) if one.kind is FailureKind.ZONE):
        written, failed = without_zone(cloud, failure.name), without_failure(cloud, failure)
        if written is None:
            continue
        left = {eni.owner_id for eni in written.network.network_interfaces.values()}
        here = [one for one in sources if one in left or one in written.compute.functions]
        for source in here:
            for destination in destinations:
                name = destination.partition(":")[0]
                if name in left or name not in sources:
                    assert verdicts(failed, source, destination) == verdicts(written, source, destination), (
                        source, destination, str(failure),
                    )  # fmt: skip
