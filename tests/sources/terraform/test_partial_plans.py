"""Plans whose changes are not all that is deployed: of `-target`, `-refresh-only` and `-destroy`, and with a `removed` block."""

import json

import pytest

from netful.model.core import SourceError
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

VPCS = ("aws_vpc.a", "aws_vpc.b")


def written(folder, actions):
    """Write a plan of two deployed VPCs, of which some are in its changes."""
    plan = Plan()
    for number, address in enumerate(VPCS):
        plan.add(address, cidr_block=f"10.{number}.0.0/16")
        plan.add(
            address.replace("vpc", "subnet"),
            {"vpc_id": refers(f"{address}.id")},
            vpc_id=...,
            cidr_block=f"10.{number}.0.0/24",
        )
    plan.apply()
    before = {"values": json.loads(json.dumps(plan.values))}
    every = {change["address"]: change for change in plan.changes}
    plan.changes = [{**every[one], "change": {"actions": [action]}} for one, action in actions.items()]
    plan.resources = [one for one in plan.resources if actions.get(one["address"]) == "no-op"]
    return plan.write(folder, prior_state=before)


@pytest.mark.parametrize(
    ("actions", "there"),
    [
        ({}, VPCS),
        ({"aws_vpc.a": "no-op"}, VPCS),
        ({"aws_vpc.a": "delete", "aws_subnet.a": "delete"}, ("aws_vpc.b",)),
        ({"aws_vpc.a": "forget", "aws_subnet.a": "no-op", "aws_vpc.b": "no-op"}, VPCS),
    ],
)
def test_what_a_plan_does_not_change_stays_as_it_is(tmp_path, actions, there):
    network = load([written(tmp_path, actions)]).network
    assert {*network.vpcs} == {*there}
    assert {subnet.vpc_id for subnet in network.subnets.values()} == {*there}


def test_a_plan_that_deletes_everything_has_no_network(tmp_path):
    every = {kind: "delete" for vpc in VPCS for kind in (vpc, vpc.replace("vpc", "subnet"))}
    file = written(tmp_path, every)
    root = json.loads(file.read_text())
    for change in root["resource_changes"]:
        change |= {"type": change["address"].partition(".")[0]}
        change["change"]["before"] = {"id": "vpc-0123456789abcdef0"}
    file.write_text(json.dumps(root))
    with pytest.raises(SourceError, match="deletes all"):
        load([file])
