"""Public addresses stay over changes of other resources, and no two things have the same one."""

import pytest

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
