"""Public addresses stay over changes of other resources, and no two things have the same one."""

import pytest

from netful.account.carried import carried
from netful.account.changes import Remove, changed, new
from netful.model.cloud import Cloud

NETWORK = [
    new("AWS::EC2::VPC", "Vpc", {"CidrBlock": "10.0.0.0/16"}),
    new("AWS::EC2::Subnet", "A", {"VpcId": "Vpc", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"}),
    new("AWS::EC2::Subnet", "B", {"VpcId": "Vpc", "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "us-east-1b"}),
]


def balancer(name):
    properties = {"Subnets": ["A", "B"], "Scheme": "internet-facing", "Name": name}
    return new("AWS::ElasticLoadBalancingV2::LoadBalancer", name, properties)


def public(cloud):
    return {id_: eni.public_ip for id_, eni in cloud.network.network_interfaces.items() if eni.public_ip}


@pytest.fixture
def two():
    return changed(Cloud.of(), [*NETWORK, balancer("one"), balancer("two")])


def test_an_elastic_ip_moves_no_other_address(two):
    found = changed(two, [new("AWS::EC2::EIP", "Eip", {"Domain": "vpc"})])
    assert public(found) == public(two)
    assert found.network.elastic_ips["Eip"].public_ip not in public(two).values()


def test_the_others_keep_theirs_when_one_is_gone(two):
    found = changed(two, [Remove("one")])
    assert public(found) == {id_: address for id_, address in public(two).items() if "two" in id_}


def test_what_comes_next_gets_others(two):
    found = changed(changed(two, [Remove("one")]), [balancer("three"), new("AWS::EC2::EIP", "Eip", {"Domain": "vpc"})])
    every = [*public(found).values(), found.network.elastic_ips["Eip"].public_ip]
    assert len(set(every)) == len(every) == 5


def test_a_deployment_leaves_those_of_calls(two):
    """What calls made beside the templates keeps its addresses when a template gets another thing with an address."""
    running = changed(two, [balancer("by-call"), new("AWS::EC2::EIP", "Eip", {"Domain": "vpc"})])
    anew = changed(Cloud.of(), [*NETWORK, balancer("new"), balancer("one"), balancer("two")])
    found = carried(two, running, anew)
    assert found.network.elastic_ips == running.network.elastic_ips
    assert {id_: one for id_, one in public(found).items() if id_ in public(running)} == public(running)
    assert len({*public(found).values()}) == len(public(found)) == 8
