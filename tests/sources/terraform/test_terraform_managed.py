"""Managed services of Terraform plans: each is in its subnets with its groups."""

import json

import pytest

from netful.model.core import Unknown
from netful.sources import load
from netful.sources.readers.placements import PLACEMENTS
from netful.sources.terraform.types.resource_types import TYPES
from tests.helpers.terraform_plans import network, refers

SUBNET, GROUP = refers("aws_subnet.private.id"), refers("aws_security_group.fn.id")
PLACED = {
    type_: {"subnets": arguments[row.subnets], "groups": arguments.get(row.groups)}
    for type_, (kind, own) in TYPES.items()
    for row in (PLACEMENTS.get(kind),)
    for arguments in ({target: argument for argument, target in own.items()},)
    if row is not None and not row.group_of_subnets and row.subnets in arguments and type_ != "aws_eks_fargate_profile"
}
"""The arguments of each type with its subnets and groups. A Fargate profile is where its cluster is."""

_GROUPS = {kind: type_ for type_, (kind, own) in TYPES.items() if "subnet_ids" in own}
NAMED = [
    (type_, argument, _GROUPS[row.group_of_subnets[0]])
    for type_, (kind, own) in TYPES.items()
    for row in (PLACEMENTS.get(kind),)
    if row is not None and row.group_of_subnets
    for argument, target in own.items()
    if target == row.subnets
]
"""Types that are in a group of subnets, the argument that names it, and the type of the group."""


def placed(paths):
    """Return the blocks of a plan with an expression at each path: as they are known, as they are later, and as they are written."""
    known, later, written = {}, {}, {}
    for path, expression in paths.items():
        *way, name = path.split(".")
        holders = [known, later, written]
        for step in way:
            holders = [holder.setdefault(step, [{}])[0] for holder in holders]
        holders[1][name], holders[2][name] = True, expression
    return known, later, written


@pytest.mark.parametrize(("type_", "argument", "group"), NAMED)
def test_a_service_is_in_the_subnets_of_a_group_that_it_names(tmp_path, type_, argument, group):
    plan, name = network(), f"{type_}.one"
    (naming,) = (one for one, target in TYPES[group][1].items() if target != "SubnetIds")
    plan.add(f"{group}.g", {"subnet_ids": SUBNET}, subnet_ids=..., **{naming: "inner"})
    *way, last = argument.split(".")
    known, written = {last: "inner"}, {last: {"constant_value": "inner"}}
    for step in reversed(way):
        known, written = {step: [known]}, {step: [written]}
    plan.add(name, written, **known)
    cloud = load([plan.write(tmp_path)])
    interfaces = [one for one in cloud.network.network_interfaces.values() if one.owner_id == name]
    assert {one.subnet_id for one in interfaces} == {"aws_subnet.private"}


@pytest.mark.parametrize("type_", PLACED)
def test_a_service_is_in_its_subnets_with_its_groups(tmp_path, type_):
    at = PLACED[type_]
    paths = {at["subnets"]: SUBNET} | ({at["groups"]: GROUP} if at["groups"] else {})
    known, later, written = placed(paths)
    plan, name = network(), f"{type_}.one"
    plan.add(name, written, **known)
    plan.changes[-1]["change"]["after_unknown"] |= later
    cloud = load([plan.write(tmp_path)])
    interfaces = [one for one in cloud.network.network_interfaces.values() if one.owner_id == name]
    assert {one.subnet_id for one in interfaces} == {"aws_subnet.private"}
    if at["groups"]:
        assert all("aws_security_group.fn" in one.security_group_ids for one in interfaces)


@pytest.mark.parametrize(
    ("containers", "ports"),
    [
        (json.dumps([{"name": "web", "portMappings": [{"containerPort": 80, "hostPort": 8080}]}]), (8080, None)),
        (json.dumps([{"name": "web", "portMappings": [{"containerPort": 80}]}]), (32768, 60999)),
        (..., None),
    ],
)
def test_tasks_at_container_instances(tmp_path, containers, ports):
    plan = network()
    template = {"launch_template": [{"id": refers("aws_launch_template.hosts.id")}]}
    plan.add("aws_launch_template.hosts", {"vpc_security_group_ids": GROUP}, vpc_security_group_ids=...)
    plan.add("aws_autoscaling_group.hosts", {"vpc_zone_identifier": SUBNET, **template}, vpc_zone_identifier=...,
             launch_template=[{}], min_size=1, max_size=1)  # fmt: skip
    arn = {"auto_scaling_group_provider": [{"auto_scaling_group_arn": refers("aws_autoscaling_group.hosts.arn")}]}
    plan.add("aws_ecs_capacity_provider.hosts", arn, name="hosts", auto_scaling_group_provider=[{}])
    plan.changes[-1]["change"]["after_unknown"]["auto_scaling_group_provider"] = [{"auto_scaling_group_arn": True}]
    plan.add("aws_ecs_cluster.all", name="all")
    plan.add("aws_ecs_cluster_capacity_providers.all", cluster_name="all", capacity_providers=["hosts"])
    plan.add("aws_ecs_task_definition.web", {"container_definitions": refers("aws_ecr_repository.web.repository_url")},
             family="web", network_mode="bridge", container_definitions=containers)  # fmt: skip
    plan.add("aws_lb_target_group.web", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., port=80, protocol="HTTP", target_type="instance")  # fmt: skip
    plan.add(
        "aws_ecs_service.web",
        {"cluster": refers("aws_ecs_cluster.all.id"), "task_definition": refers("aws_ecs_task_definition.web.arn"),
         "load_balancer": [{"target_group_arn": refers("aws_lb_target_group.web.arn")}]},
        cluster=..., task_definition=..., desired_count=1, launch_type="EC2",
        load_balancer=[{"container_name": "web", "container_port": 80}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["load_balancer"] = [{"target_group_arn": True}]
    cloud = load([plan.write(tmp_path)])
    [registered] = cloud.balancing.target_groups["aws_lb_target_group.web"].registered_by
    assert isinstance(registered.port, Unknown) if ports is None else (registered.port, registered.last_port) == ports
    hosts = cloud.network.places_of("aws_ecs_service.web")
    assert {one.subnet_id for one in hosts} == {"aws_subnet.private"}
