"""An account without a kernel, and templates for it."""

import json

import pytest

from tests.helpers.accounts import AccountClients


@pytest.fixture
def clients(tmp_path):
    made = AccountClients(tmp_path)
    yield made
    made.runner.close()


@pytest.fixture
def cloudformation(clients):
    return clients.cloudformation


def network(cidr="10.0.0.0/16", subnet="10.0.1.0/24", **more):
    """A template with a VPC and a subnet, its id exported."""
    return json.dumps({
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}},
            "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": subnet}},
            **more,
        },
        "Outputs": {"VpcId": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "network"}}},
    })  # fmt: skip
