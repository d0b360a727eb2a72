"""The ways of Terraform's AWS provider: how it reads errors, and the network that its resources share in tests."""

import pytest
from botocore.exceptions import ClientError


def missing(call, code, status=400, **asked):
    """The call is refused with AWS's code."""
    with pytest.raises(ClientError) as refused:
        call(**asked)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


class Network:
    """A VPC with two subnets and a group, as the other resources of a configuration need them."""

    def __init__(self, ec2):
        self.vpc = ec2.create_vpc(CidrBlock="10.71.0.0/16")["Vpc"]["VpcId"]
        zones = zip((1, 2), ("us-east-1a", "us-east-1b"), strict=True)
        self.subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.71.{number}.0/24", AvailabilityZone=zone)["Subnet"][
                "SubnetId"
            ]
            for number, zone in zones
        ]
        made = ec2.create_security_group(GroupName="tf", Description="Managed by Terraform", VpcId=self.vpc)
        self.group = made["GroupId"]
