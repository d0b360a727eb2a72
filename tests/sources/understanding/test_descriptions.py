"""What is not read of a described account: kinds that touch a network, and values that do not exist."""

import json

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load

VPC, SUBNET, GROUP, ENI = "vpc-0a1b2c3d", "subnet-0a1b2c3d", "sg-0a1b2c3d", "eni-0a1b2c3d"
ACCOUNT = {
    "Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": "123456789012"}],
    "Subnets": [{"SubnetId": SUBNET, "VpcId": VPC, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}],
    "SecurityGroups": [{"GroupId": GROUP, "VpcId": VPC, "IpPermissions": [], "IpPermissionsEgress": []}],
    "VpcEndpoints": [],
    "NetworkInterfaces": [
        {"NetworkInterfaceId": ENI, "SubnetId": SUBNET, "VpcId": VPC, "PrivateIpAddress": "10.0.1.7",
         "Groups": [{"GroupId": GROUP}], "InterfaceType": "interface", "Attachment": {"InstanceId": "i-0a1b2c3d"}},
    ],
}  # fmt: skip


def account(folder, **answers):
    for key, values in {**ACCOUNT, **answers}.items():
        (folder / f"{key}.json").write_text(json.dumps({key: values}))
    return load([folder])


def test_a_kind_that_is_not_read_touches_what_it_refers_to(tmp_path):
    verified = {"VerifiedAccessEndpointId": "vae-1", "VpcId": VPC, "SecurityGroupIds": [GROUP]}
    cloud = account(tmp_path, VerifiedAccessEndpoints=[verified])
    (one,) = cloud.template.unread
    assert VPC in one.touches
    path = trace(cloud, parse(cloud, ENI, "10.9.9.9:tcp/443"))
    assert path.verdict == "blocked"
    assert any(one.what in text for text in path.assumptions)


def test_a_value_that_does_not_exist_is_named(tmp_path):
    endpoint = {
        "VpcEndpointId": "vpce-1",
        "VpcId": VPC,
        "VpcEndpointType": "Tunnel",
        "ServiceName": "x",
        "ServiceRegion": "eu-west-1",
    }
    one = account(tmp_path, VpcEndpoints=[endpoint]).template.unread[0]
    assert (one.resource_id, one.what, one.weight) == ("vpce-1", "VpcEndpointType: Tunnel", "decides")


def test_members_that_no_template_has_are_silent(tmp_path):
    assert account(tmp_path).template.unread == ()
