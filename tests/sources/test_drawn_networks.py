"""Drawn networks, their templates and their plans, in all forms of the resources: the same verdicts."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.network.route_tables import TargetKind
from netful.model.network.security_groups import PeerKind
from netful.sources import load
from netful.sources.readers.vpc import managed_prefix_list_id
from netful.sources.refusals import refusals
from tests.helpers.described import read_back
from tests.helpers.draw import REGION, S3_LIST, SUBNETS, mostly, some_groups, vpcs
from tests.helpers.draw_balancers import network_balancers
from tests.helpers.draw_sites import sites
from tests.helpers.paths import path
from tests.helpers.planned_clouds import Planned
from tests.helpers.templated_clouds import Templated

pytestmark = pytest.mark.slow

SERVICES = ("tcp/443", "tcp/5432", "udp/53", "icmp")
ELSEWHERE = ("internet:tcp/443", "internet:udp/53", "aws:s3", "aws:ssm", "192.168.0.9:tcp/443")


def without_what_no_source_has(parts):
    """A network without firewalls, capacity providers, and what is stopped, deleted, refused, or in another Region."""
    groups, has_s3 = parts["security_groups"], "S3" in parts["vpc_endpoints"]

    def is_there(rule):
        return rule.peer in groups if rule.peer_kind is PeerKind.GROUP else has_s3 or rule.peer != S3_LIST

    def kept(table):
        routes = (one for one in table.routes if one.target_id not in ("gone", "Fw.endpoint1"))
        live = (replace(one, blackhole=False) if one.target_kind is TargetKind.PEERING else one for one in routes)
        return replace(table, routes=tuple(live))

    def planned(eni):
        return replace(eni, idle="", secondary_public_ips=()) if eni.owner == "instance" else eni

    return parts | {
        "firewalls": {},
        "vpc_endpoints": {id_: one for id_, one in parts["vpc_endpoints"].items() if not one.firewall_id},
        "capacity_providers": {},
        "functions": {id_: one for id_, one in parts["functions"].items() if not one.capacity_provider},
        "security_groups": {
            id_: replace(one, ingress=tuple(filter(is_there, one.ingress)), egress=tuple(filter(is_there, one.egress)))
            for id_, one in groups.items()
        },
        "route_tables": {id_: kept(one) for id_, one in parts["route_tables"].items() if "Igw" not in one.gateway_ids},
        "network_interfaces": {id_: planned(one) for id_, one in parts["network_interfaces"].items()},
        "subnets": {
            id_: replace(one, assign_ipv6_address_on_creation=one.ipv6_native or one.assign_ipv6_address_on_creation)
            for id_, one in parts["subnets"].items()
        },
        "vpcs": {id_: replace(one, region=REGION) for id_, one in parts["vpcs"].items()},
        "vpc_peering_connections": {
            id_: replace(one, active=True) for id_, one in parts.get("vpc_peering_connections", {}).items()
        },
    }


def compare(parts, write, named):
    """Ask a drawn network and the one that is read of the files that `write` writes; `named` is a place there."""
    cloud = allocate(Cloud.of(region=REGION, **without_what_no_source_has(parts)))
    found = load(write(cloud), region=REGION)
    for part in ("load_balancers", "listeners", "target_groups"):
        assert len(found.part(part)) == len(cloud.part(part))
    instances = [one.id for one in cloud.network.network_interfaces.values() if one.owner == "instance"]
    names = {id_: named("instance", id_) for id_ in instances}
    names |= {id_: named("lambda_function", id_) for id_ in cloud.compute.functions}
    sources = [*names]
    names |= {id_: named("lb", id_) for id_ in cloud.balancing.load_balancers}
    names |= {id_: named("vpc_endpoint", id_) for id_ in cloud.network.vpc_endpoints if id_ == "Ep"}
    questions = [(source, there) for source in sources for there in ELSEWHERE]
    questions += [
        (source, f"{there}:{service}")
        for there in (*instances, *(id_ for id_ in ("Nlb", "Ep") if id_ in names))
        for source in (*sources, "internet")
        for service in SERVICES
        if source != there
    ]
    for source, destination in questions:
        place, _, service = destination.partition(":")
        there = f"{names[place]}:{service}" if place in names else destination
        drawn, read = path(cloud, source, destination), path(found, names.get(source, source), there)
        assert read.verdict == drawn.verdict, f"{drawn}\n{read}"
        refused = any(refusals(found))  # of which answers have an assumption; drawn parts have no template
        assert refused or len(read.assumptions) == len(drawn.assumptions), read.assumptions


@st.composite
def networks(draw):
    """Drawn parts, in a quarter of the cases each with a load balancer that has a target, and with a site behind a VPN."""
    parts = draw(vpcs())
    if draw(mostly(False, True)):
        places = [name for name in SUBNETS if not parts["subnets"][name].ipv6_native]
        balanced = draw(network_balancers(parts, places, some_groups()))
        parts = balanced if balanced["target_groups"]["Tg"].targets else parts
    if draw(mostly(False, True)) and not parts.get("transit_gateways"):
        parts = draw(sites(parts))
    return parts


def planned(kind, id_):
    return f"aws_{kind}.{id_}"


@given(parts=networks(), random=st.randoms(use_true_random=False))
def test_a_network_and_its_plan_say_the_same(tmp_path_factory, parts, random):
    folder = tmp_path_factory.mktemp("plan")
    compare(parts, lambda cloud: [Planned(cloud, random).plan.write(folder)], planned)


@given(parts=networks(), random=st.randoms(use_true_random=False))
def test_a_deployed_network_and_its_plan_say_the_same(tmp_path_factory, parts, random):
    """A plan that changes nothing has ids in the place of references."""
    folder = tmp_path_factory.mktemp("plan")
    compare(parts, lambda cloud: [Planned(cloud, random).plan.apply().write(folder)], planned)


@given(parts=networks(), random=st.randoms(use_true_random=False))
def test_a_deployed_network_and_its_state_say_the_same(tmp_path_factory, parts, random):
    folder = tmp_path_factory.mktemp("state")
    compare(parts, lambda cloud: [Planned(cloud, random).plan.apply().write_state(folder)], planned)


@given(parts=networks(), random=st.randoms(use_true_random=False))
def test_a_deployed_network_and_its_plan_beside_its_account_say_the_same(tmp_path_factory, parts, random):
    folder = tmp_path_factory.mktemp("plan")

    def write(cloud):
        plan = Planned(cloud, random).plan.apply().write(folder)
        read_back(load([plan], region=REGION), folder)
        return [plan, folder / "describe"]

    compare(parts, write, planned)


@given(parts=networks(), random=st.randoms(use_true_random=False))
def test_a_network_and_its_template_beside_its_account_say_the_same(tmp_path_factory, parts, random):
    folder = tmp_path_factory.mktemp("template")

    def write(cloud):
        template = Templated(cloud, random).write(folder, managed_prefix_list_id("s3", ""))
        deployed = load([template], region=REGION, stack_name="prod")
        read_back(deployed, folder)
        listed = [
            {"StackName": "prod", "LogicalResourceId": name, "PhysicalResourceId": id_, "ResourceType": one.type}
            for name, one in deployed.template.resources.items()
            if (id_ := deployed.aws_ids.get(name))
        ]
        (folder / "describe" / REGION / "stack.json").write_text(json.dumps({"StackResources": listed}))
        return [template, folder / "describe"]

    compare(parts, write, lambda _, id_: id_)


@given(parts=networks(), random=st.randoms(use_true_random=False))
def test_a_network_and_its_template_say_the_same(tmp_path_factory, parts, random):
    folder = tmp_path_factory.mktemp("template")
    listed = managed_prefix_list_id("s3", "")
    compare(parts, lambda cloud: [Templated(cloud, random).write(folder, listed)], lambda _, id_: id_)
