"""Large sources: twice as many resources make about twice as many calls."""

import json
import sys

import pytest

from netful.sources import load

pytestmark = pytest.mark.slow


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


def rules(number):
    """A plan of as many groups with one rule each, by their numbers."""
    named = {"references": ["aws_security_group.g", "count.index"]}
    written = [
        {"mode": "managed", "type": "aws_security_group", "name": "g"},
        {"mode": "managed", "type": "aws_security_group_rule", "name": "r",
         "expressions": {"security_group_id": named, "source_security_group_id": named}},
    ]  # fmt: skip
    values = {"type": "ingress", "protocol": "tcp", "from_port": 1, "to_port": 1, "vpc_id": "vpc-1", "name": "g"}
    made = [
        {**one, "address": f"{one['type']}.{one['name']}[{n}]", "index": n, "values": values}
        for n in range(number // 2)
        for one in written
    ]
    later = {"security_group_id": True, "source_security_group_id": True}
    changes = [{"address": one["address"], "change": {"after_unknown": later}} for one in made if "expressions" in one]
    return {"format_version": "1.2", "terraform_version": "1.9", "planned_values": {"root_module": {"resources": made}},
            "resource_changes": changes, "configuration": {"root_module": {"resources": written}}}  # fmt: skip


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


@pytest.mark.parametrize("made", [subnets, plan, rules])
def test_work_grows_with_the_number_of_resources(made, tmp_path):
    counted = []
    for number in (200, 400, 800):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(made(number)))
        counted.append(calls(path))
    _, some, twice = counted
    assert twice < 2.5 * some


def test_work_grows_with_the_entries_of_a_map_that_terraform_writes_down(tmp_path):
    counted = []
    for number in (100, 200, 400):
        folder = tmp_path / str(number)
        folder.mkdir()
        named = [f"aws_iam_role.r[{n}]" for n in range(number)]
        values = {
            "values": {"runtime": "python3.13", "handler": "a.b"},
            "mode": "managed",
            "type": "aws_lambda_function",
        }
        made = [
            {**values, "address": f'aws_lambda_function.f["k{n}"]', "name": "f", "index": f"k{n}"}
            for n in range(number)
        ]
        roles = [{"address": one, "mode": "managed", "type": "aws_iam_role", "name": "r", "index": n, "values": {"name": f"x{n}"}}
                 for n, one in enumerate(named)]  # fmt: skip
        written = {"type": "aws_lambda_function", "name": "f", "mode": "managed", "for_each_expression": {"references": ["local.m"]},
                   "expressions": {"role": {"references": ["each.value.role", "each.value"]}}}  # fmt: skip
        configuration = {"resources": [written, {"type": "aws_iam_role", "name": "r", "mode": "managed"}]}
        document = {"format_version": "1.2", "terraform_version": "1.9", "configuration": {"root_module": configuration},
                    "planned_values": {"root_module": {"resources": [*made, *roles]}},
                    "resource_changes": [{"address": one["address"], "change": {"after_unknown": {"role": True}}} for one in made]}  # fmt: skip
        entries = "\n".join(f"    k{n} = {{ role = {one}.arn }}" for n, one in enumerate(named))
        text = 'resource "aws_lambda_function" "f" {\n  for_each = local.m\n  role = each.value.role\n}\n'
        (folder / "main.tf").write_text(f"locals {{\n  m = {{\n{entries}\n  }}\n}}\n{text}")
        (folder / "plan.json").write_text(json.dumps(document))
        counted.append(calls(folder / "plan.json"))
    _, some, twice = counted
    assert twice < 2.5 * some
