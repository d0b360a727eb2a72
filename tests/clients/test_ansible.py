"""Ansible's modules make networks, a stack, a load balancer, a zone and a database; a second run changes nothing."""

import re

import pytest

pytestmark = pytest.mark.packets


def played(account, folder, book, *more):
    """The numbers of the recap."""
    printed = account.run("ansible/ansible-playbook", book, *more, cwd=folder)
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", printed.rpartition("PLAY RECAP")[2])}


def test_a_playbook_is_run_twice(account, application):
    folder = application("ansible")
    book = ("playbook.yml", "-e", f"template={application('template') / 'template.yaml'}")
    first = played(account, folder, *book)
    assert (first["changed"], first["failed"]) == (first["ok"], 0)
    outputs = account.outputs("ansible")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"])
    again = played(account, folder, *book)
    assert (again["changed"], again["failed"], again["ok"]) == (0, 0, first["ok"])


def test_load_balancing_names_and_databases(account, application):
    folder = application("ansible")
    first = played(account, folder, "balancing.yml")
    assert (first["changed"], first["failed"]) == (first["ok"], 0)
    (subnet,) = account.client("ec2").describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["a"]}])["Subnets"]
    (group,) = account.client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["front"]}])["SecurityGroups"]  # fmt: skip
    inside = f"subnet:{subnet['SubnetId']}+{group['GroupId']}"
    words = ("curl", "-sS", "--max-time", "3", "http://web.corp.internal/fixed")
    assert account.netful("exec", inside, "--stack", "s", "--", *words, check=0).stdout == "by rule"
    assert account.probe(inside, "http://web.corp.internal/fixed")["agree"]
    again = played(account, folder, "balancing.yml")
    assert (again["changed"], again["failed"], again["ok"]) == (0, 0, first["ok"])


def test_instances_and_interfaces(account, application):
    folder = application("ansible")
    first = played(account, folder, "instances.yml")
    assert (first["changed"], first["failed"]) == (first["ok"], 0)
    of_fleet = [{"Name": "tag:Name", "Values": ["fleet"]}, {"Name": "instance-state-name", "Values": ["running"]}]
    found = account.client("ec2").describe_instances(Filters=of_fleet)["Reservations"]
    one, other = (instance for each in found for instance in each["Instances"])
    assert account.probe(one["InstanceId"], f"{other['InstanceId']}:tcp/8080")["agree"]
    again = played(account, folder, "instances.yml")
    assert (again["changed"], again["failed"], again["ok"]) == (0, 0, first["ok"])
