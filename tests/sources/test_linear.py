"""Large sources: twice as many resources make about twice as many calls."""

import json
import sys

import pytest

from netful.sources import load


def subnets(number):
    resources = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
    for n in range(number):
        block = f"10.0.{n // 16}.{n % 16 * 16}/28"
        resources[f"S{n}"] = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": block}}
    return {"Resources": resources}


def plan(number):
    resources = [
        {"address": f"aws_iam_role.r{n}", "mode": "managed", "type": "aws_iam_role", "name": f"r{n}", "values": {"name": "x"}}
        for n in range(number)
    ]  # fmt: skip
    root = {"resources": resources}
    return {"format_version": "1.2", "terraform_version": "1.9", "planned_values": {"root_module": root},
            "configuration": {"root_module": root}}  # fmt: skip


def calls(path):
    """Load a file and return the number of calls, of functions in C too."""
    number = 0

    def count(_frame, event, _argument):
        nonlocal number
        number += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        load([path])
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("made", [subnets, plan])
def test_work_grows_with_the_number_of_resources(made, tmp_path):
    counted = []
    for number in (200, 400, 800):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(made(number)))
        counted.append(calls(path))
    _, some, twice = counted
    assert twice < 2.5 * some
