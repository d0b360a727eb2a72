import json
from pathlib import Path

import pytest

from netful.model.core import SourceError
from netful.sources import load


def account(tmp_path: Path, **files: object) -> Path:
    for name, content in files.items():
        folder = tmp_path / "accounts" / "111122223333" / "eu-west-1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps({name: content}))
    return tmp_path


def test_accounts_and_functions_that_share_an_interface(tmp_path):
    vpc_config = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"}
    eni = {
        "NetworkInterfaceId": "eni-1", "InterfaceType": "lambda", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.9",
        "Description": "AWS Lambda VPC ENI-a-01234567-89ab-cdef-0123-456789abcdef", "Groups": [{"GroupId": "sg-1"}],
    }  # fmt: skip
    functions = [{"FunctionName": name, "VpcConfig": vpc_config} for name in "ab"] + [{"FunctionName": "c"}]
    cloud = load([account(tmp_path, NetworkInterfaces=[eni], Functions=functions)])
    assert (cloud.region, cloud.account_id) == ("eu-west-1", "111122223333")
    assert [e.id for e in cloud.network.network_interfaces.values()] == ["eni-1"]
    assert cloud.network.network_interfaces["eni-1"].function_ids == ("a", "b")
    assert not cloud.compute.functions["c"].in_vpc


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "not output of the AWS CLI"),
        ('{"Vpcs": [1]}', "not an object"),
        ('{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/99"}]}', "not a CIDR block"),
        ('{"Subnets": [{"SubnetId": "subnet-1"}]}', "no IPv4 block"),
        ('{"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": {}}]}', "not a list"),
        ('{"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "PrivateIpAddress": "x"}]}', "not an IPv4 address"),
    ],
)
def test_a_bad_description_is_one_message_with_its_file(tmp_path, content, message):
    with pytest.raises(SourceError, match=message) as caught:
        load([account(tmp_path, Some=content)])
    assert caught.value.origin.file.endswith("Some.json")


def test_a_function_without_a_name_is_told(tmp_path):
    (tmp_path / "functions.json").write_text(json.dumps({"Functions": [{"Timeout": 3}]}))
    (tmp_path / "vpcs.json").write_text(json.dumps({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}))
    with pytest.raises(SourceError, match="an object of `Functions` has no `FunctionName`") as caught:
        load([tmp_path])
    assert "functions.json" in str(caught.value.origin)


def test_an_internet_gateway_that_only_an_active_route_names(tmp_path):
    """A route to a detached gateway would be a blackhole."""
    routes = [
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"},
        {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "igw-2", "State": "blackhole"},
    ]
    table = {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": routes, "Associations": []}
    cloud = load([account(tmp_path, Vpcs=[{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}], RouteTables=[table])])
    assert {one.id: one.vpc_id for one in cloud.network.internet_gateways.values()} == {"igw-1": "vpc-1"}


def test_an_interface_of_which_an_instance_has_only_the_id(tmp_path):
    instance = {
        "InstanceId": "i-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.9", "PublicIpAddress": "203.0.113.9",
        "SecurityGroups": [{"GroupId": "sg-1"}], "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}],
    }  # fmt: skip
    cloud = load([account(tmp_path, Reservations=[{"Instances": [instance]}])])
    (eni,) = cloud.network.interfaces_of("i-1")
    assert (eni.subnet_id, eni.security_group_ids, str(eni.private_ip_address)) == ("subnet-1", ("sg-1",), "10.0.0.9")
    assert str(eni.public_ip) == "203.0.113.9"
