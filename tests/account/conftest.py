"""A cloud without a kernel, and EC2's API over it, with what most tests make by it."""

import pytest

from netful.account.ec2.api import Ec2Api
from netful.model.cloud import Cloud
from tests.helpers.account_client import Client, Running


@pytest.fixture
def cloud():
    return Cloud.of(region="eu-west-1", account_id="123456789012")


@pytest.fixture
def running(cloud):
    return Running(cloud)


@pytest.fixture
def ec2(running):
    return Client("ec2", Ec2Api(running, ()).handle)


@pytest.fixture
def vpc_id(ec2):
    return ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def subnet_id(ec2, vpc_id):
    return ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
