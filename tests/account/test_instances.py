"""Instances that calls of EC2's API launch, stop and terminate: hosts with interfaces, groups and addresses."""

from pathlib import Path

import pytest

import netful.account
from netful.sources import load

AMI = "ami-00000000000000001"
EMPTY = Path(netful.account.__file__).parent / "aws.default-vpc.yaml"


@pytest.fixture
def cloud():
    return load([EMPTY], region="eu-west-1", stack_name="aws.default-vpc")


def launched(ec2, **more):
    (one,) = ec2("RunInstances", ImageId=AMI, MinCount=1, MaxCount=1, **more)["Instances"]
    return one


def described(ec2, *ids, **more):
    found = ec2("DescribeInstances", **({"InstanceIds": [*ids]} if ids else {}), **more)
    return found if isinstance(found, str) else [one for r in found["Reservations"] for one in r["Instances"]]


@pytest.fixture
def group_id(ec2, vpc_id):
    return ec2("CreateSecurityGroup", GroupName="web", Description="d", VpcId=vpc_id)["GroupId"]


def test_an_instance_without_a_subnet_is_in_the_default_vpc(ec2):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}]
    one = launched(ec2, InstanceType="t3.micro", TagSpecifications=tags, KeyName="me")
    (vpc,) = ec2("DescribeVpcs", Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]
    assert (one["VpcId"], one["PrivateIpAddress"], one["State"]) == (
        vpc["VpcId"], "172.31.0.4", {"Code": 16, "Name": "running"},
    )  # fmt: skip
    assert one["PrivateDnsName"] == "ip-172-31-0-4.eu-west-1.compute.internal"
    assert one["PublicIpAddress"]
    assert [group["GroupName"] for group in one["SecurityGroups"]] == ["default"]
    (found,) = described(ec2, Filters=[{"Name": "tag:Name", "Values": ["web"]}, {"Name": "instance-state-name", "Values": ["running"]}])  # fmt: skip
    assert {**found, "AmiLaunchIndex": 0} == one
    (interface,) = ec2("DescribeNetworkInterfaces", Filters=[{"Name": "attachment.instance-id", "Values": [one["InstanceId"]]}])["NetworkInterfaces"]  # fmt: skip
    assert interface["NetworkInterfaceId"] == one["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert (interface["Status"], interface["Attachment"]["InstanceOwnerId"]) == ("in-use", interface["OwnerId"])
    assert interface["NetworkInterfaceId"].removeprefix("eni-").isalnum()
    assert [key["KeyName"] for key in ec2("DescribeKeyPairs")["KeyPairs"]] == ["me"]


def test_a_launch_has_tags_for_what_it_makes(ec2):
    types = ("instance", "network-interface", "volume", "spot-instances-request")
    one = launched(
        ec2, TagSpecifications=[{"ResourceType": type_, "Tags": [{"Key": "of", "Value": type_}]} for type_ in types]
    )
    assert one["Tags"] == [{"Key": "of", "Value": "instance"}]
    (interface,) = one["NetworkInterfaces"]
    (found,) = ec2("DescribeNetworkInterfaces", NetworkInterfaceIds=[interface["NetworkInterfaceId"]])[
        "NetworkInterfaces"
    ]
    assert found["TagSet"] == [{"Key": "of", "Value": "network-interface"}]
    other = [{"ResourceType": "subnet", "Tags": [{"Key": "of", "Value": "subnet"}]}]
    assert ec2("RunInstances", ImageId=AMI, MinCount=1, MaxCount=1, TagSpecifications=other) == "InvalidParameterValue"


def test_a_group_of_the_default_vpc_is_meant_by_its_name(ec2, group_id):
    made = ec2("CreateSecurityGroup", GroupName="my-sg", Description="d")["GroupId"]
    pair = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupName": "default"}]}]
    (rule,) = ec2("AuthorizeSecurityGroupIngress", GroupName="my-sg", IpPermissions=pair)["SecurityGroupRules"]
    (default,) = ec2("DescribeSecurityGroups", GroupNames=["default"])["SecurityGroups"]
    assert (rule["GroupId"], rule["ReferencedGroupInfo"]["GroupId"]) == (made, default["GroupId"])
    assert ec2("RevokeSecurityGroupIngress", GroupName="my-sg", IpPermissions=pair)["Return"] is True
    assert ec2("DescribeSecurityGroups", GroupNames=["web"]) == "InvalidGroup.NotFound"
    assert ec2("DeleteSecurityGroup", GroupName="web") == "InvalidGroup.NotFound"
    assert ec2("DeleteSecurityGroup", GroupName="my-sg")["GroupId"] == made
    assert ec2("DescribeSecurityGroups", GroupIds=[made]) == "InvalidGroup.NotFound"
    assert group_id in [one["GroupId"] for one in ec2("DescribeSecurityGroups")["SecurityGroups"]]


def test_an_elastic_address_is_meant_by_itself(ec2):
    first, second = (ec2("AllocateAddress")["PublicIp"] for _ in range(2))
    assert [one["PublicIp"] for one in ec2("DescribeAddresses", PublicIps=[second])["Addresses"]] == [second]
    assert ec2("DescribeAddresses", PublicIps=["192.0.2.99"]) == "InvalidAddress.NotFound"
    assert ec2("AssociateAddress", PublicIp=first, InstanceId=launched(ec2)["InstanceId"])["AssociationId"]
    ec2("ReleaseAddress", PublicIp=second)
    assert ec2("ReleaseAddress", PublicIp=second) == "InvalidAddress.NotFound"


def test_zones_are_meant_by_name_or_id(ec2):
    (one,) = ec2("DescribeAvailabilityZones", ZoneNames=["eu-west-1b"])["AvailabilityZones"]
    assert ec2("DescribeAvailabilityZones", ZoneIds=[one["ZoneId"]])["AvailabilityZones"] == [one]


def test_a_zone_chooses_the_default_subnet(ec2):
    one = launched(ec2, Placement={"AvailabilityZone": "eu-west-1b"})
    assert (one["Placement"]["AvailabilityZone"], one["PrivateIpAddress"]) == ("eu-west-1b", "172.31.16.4")


def test_an_instance_as_a_client_describes_its_interface(ec2, subnet_id, group_id):
    part = {"DeviceIndex": 0, "SubnetId": subnet_id, "Groups": [group_id], "AssociatePublicIpAddress": True,
            "PrivateIpAddress": "10.0.1.77", "SecondaryPrivateIpAddressCount": 2}  # fmt: skip
    one = launched(ec2, NetworkInterfaces=[part])
    assert (one["PrivateIpAddress"], one["SecurityGroups"]) == (
        "10.0.1.77",
        [{"GroupId": group_id, "GroupName": "web"}],
    )
    assert one["PublicIpAddress"]
    addresses = [a["PrivateIpAddress"] for a in one["NetworkInterfaces"][0]["PrivateIpAddresses"]]
    assert addresses == ["10.0.1.77", "10.0.1.4", "10.0.1.5"]


def test_several_instances_have_addresses_of_their_own(ec2, subnet_id):
    made = ec2("RunInstances", ImageId=AMI, MinCount=1, MaxCount=3, SubnetId=subnet_id, ClientToken="t")["Instances"]
    assert [one["AmiLaunchIndex"] for one in made] == [0, 1, 2]
    assert {one["PrivateIpAddress"] for one in made} == {"10.0.1.4", "10.0.1.5", "10.0.1.6"}
    again = ec2("RunInstances", ImageId=AMI, MinCount=1, MaxCount=3, SubnetId=subnet_id, ClientToken="t")["Instances"]
    assert [one["InstanceId"] for one in again] == [one["InstanceId"] for one in made]
    assert len(described(ec2)) == 3


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SubnetId": "subnet-0123456789abcdef0"}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
        ({"PrivateIpAddress": "10.0.2.7"}, "InvalidParameterValue"),
        ({"PrivateIpAddress": "10.0.1.1"}, "InvalidParameterValue"),
        ({"PrivateIpAddress": "10.0.1.50"}, "InvalidIPAddress.InUse"),
        ({"PrivateIpAddress": "10.0.1.60", "MaxCount": 2}, "InvalidParameterCombination"),
        ({"MinCount": 3, "MaxCount": 2}, "InvalidParameterValue"),
        ({"ImageId": "image"}, "InvalidAMIID.Malformed"),
    ],
)
def test_what_aws_refuses(ec2, subnet_id, more, code):
    launched(ec2, SubnetId=subnet_id, PrivateIpAddress="10.0.1.50")
    assert ec2("RunInstances", **{"ImageId": AMI, "MinCount": 1, "MaxCount": 1, "SubnetId": subnet_id, **more}) == code


def test_a_group_of_another_vpc_is_refused(ec2, group_id):
    asked = {"ImageId": AMI, "MinCount": 1, "MaxCount": 1, "SecurityGroupIds": [group_id]}
    assert ec2("RunInstances", **asked) == "InvalidParameter"


def test_an_instance_stops_and_starts(ec2):
    one = launched(ec2)
    (change,) = ec2("StopInstances", InstanceIds=[one["InstanceId"]])["StoppingInstances"]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "stopped")
    (stopped,) = described(ec2, one["InstanceId"])
    assert (stopped["State"]["Name"], stopped["PrivateIpAddress"]) == ("stopped", one["PrivateIpAddress"])
    assert "PublicIpAddress" not in stopped
    assert ec2("DescribeInstanceStatus", InstanceIds=[one["InstanceId"]])["InstanceStatuses"] == []
    ec2("ModifyInstanceAttribute", InstanceId=one["InstanceId"], InstanceType={"Value": "t3.large"})
    ec2("StartInstances", InstanceIds=[one["InstanceId"]])
    (status,) = ec2("DescribeInstanceStatus", InstanceIds=[one["InstanceId"]])["InstanceStatuses"]
    assert (status["InstanceState"]["Name"], status["InstanceStatus"]["Status"]) == ("running", "ok")
    (running,) = described(ec2, one["InstanceId"])
    assert (running["InstanceType"], bool(running["PublicIpAddress"])) == ("t3.large", True)


def test_attributes_are_set_and_read(ec2, subnet_id, group_id):
    id_ = launched(ec2, SubnetId=subnet_id)["InstanceId"]
    assert (
        ec2("ModifyInstanceAttribute", InstanceId=id_, InstanceType={"Value": "t3.large"}) == "IncorrectInstanceState"
    )
    ec2("ModifyInstanceAttribute", InstanceId=id_, SourceDestCheck={"Value": False})
    ec2("ModifyInstanceAttribute", InstanceId=id_, DisableApiTermination={"Value": True})
    ec2("ModifyInstanceAttribute", InstanceId=id_, Groups=[group_id])
    (found,) = described(ec2, id_)
    assert not found["SourceDestCheck"]
    assert [group["GroupId"] for group in found["SecurityGroups"]] == [group_id]
    protected = ec2("DescribeInstanceAttribute", InstanceId=id_, Attribute="disableApiTermination")
    assert protected["DisableApiTermination"] == {"Value": True}
    assert ec2("TerminateInstances", InstanceIds=[id_]) == "OperationNotPermitted"
    ec2("ModifyInstanceAttribute", InstanceId=id_, Attribute="disableApiTermination", Value="false")
    assert not isinstance(ec2("TerminateInstances", InstanceIds=[id_]), str)


def test_a_terminated_instance_is_described_and_leaves_nothing(ec2, running, vpc_id, subnet_id, group_id):
    id_ = launched(ec2, SubnetId=subnet_id, SecurityGroupIds=[group_id])["InstanceId"]
    assert ec2("DeleteSubnet", SubnetId=subnet_id) == "DependencyViolation"
    assert ec2("DeleteSecurityGroup", GroupId=group_id) == "DependencyViolation"
    ec2("CreateTags", Resources=[id_], Tags=[{"Key": "Name", "Value": "x"}])
    (change,) = ec2("TerminateInstances", InstanceIds=[id_])["TerminatingInstances"]
    assert change["CurrentState"]["Name"] == "terminated"
    (found,) = described(ec2, id_)
    assert (found["State"]["Name"], found["NetworkInterfaces"], found["Tags"]) == (
        "terminated", [], [{"Key": "Name", "Value": "x"}],
    )  # fmt: skip
    assert ec2("TerminateInstances", InstanceIds=[id_])["TerminatingInstances"][0]["InstanceId"] == id_
    assert ec2("TerminateInstances", InstanceIds=["i-0123456789abcdef0"]) == "InvalidInstanceID.NotFound"
    assert described(ec2, "i-0123456789abcdef0") == "InvalidInstanceID.NotFound"
    ec2("DeleteSecurityGroup", GroupId=group_id)
    ec2("DeleteSubnet", SubnetId=subnet_id)
    ec2("DeleteVpc", VpcId=vpc_id)
    assert {one.stack for one in running.cloud.template.resources.values()} == {"aws.default-vpc"}


def test_an_address_of_an_instance_ends_with_it(ec2):
    id_ = launched(ec2)["InstanceId"]
    allocation = ec2("AllocateAddress", Domain="vpc")
    associated = ec2("AssociateAddress", AllocationId=allocation["AllocationId"], InstanceId=id_)
    by_association = [{"Name": "association.association-id", "Values": [associated["AssociationId"]]}]
    (interface,) = ec2("DescribeNetworkInterfaces", Filters=by_association)["NetworkInterfaces"]
    assert interface["Attachment"]["InstanceId"] == id_
    (found,) = described(ec2, id_)
    assert found["PublicIpAddress"] == allocation["PublicIp"]
    assert found["NetworkInterfaces"][0]["Association"]["IpOwnerId"] == found["NetworkInterfaces"][0]["OwnerId"]
    ec2("TerminateInstances", InstanceIds=[id_])
    assert not isinstance(ec2("ReleaseAddress", AllocationId=allocation["AllocationId"]), str)


def test_tags_of_what_has_no_resource(ec2):
    one = launched(ec2)
    (group,) = one["SecurityGroups"]
    eni = one["NetworkInterfaces"][0]["NetworkInterfaceId"]
    for id_ in (group["GroupId"], eni):
        ec2("CreateTags", Resources=[id_], Tags=[{"Key": "Name", "Value": "x"}])
    (found,) = ec2("DescribeSecurityGroups", GroupIds=[group["GroupId"]])["SecurityGroups"]
    (interface,) = ec2("DescribeNetworkInterfaces", NetworkInterfaceIds=[eni])["NetworkInterfaces"]
    assert found["Tags"] == interface["TagSet"] == [{"Key": "Name", "Value": "x"}]
    ec2("DeleteTags", Resources=[group["GroupId"]])
    assert ec2("DescribeTags", Filters=[{"Name": "resource-id", "Values": [group["GroupId"]]}])["Tags"] == []
    assert len(ec2("DescribeTags", Filters=[{"Name": "resource-id", "Values": [eni]}])["Tags"]) == 1


def test_look_ups_before_a_launch(ec2):
    linux = [{"Name": "name", "Values": ["al2023-ami-*-x86_64"]}]
    (image,) = ec2("DescribeImages", Owners=["amazon"], Filters=linux)["Images"]
    assert image["RootDeviceName"] == "/dev/xvda"
    assert ec2("DescribeImages", ImageIds=["ami-0123456789abcdef0"])["Images"][0]["State"] == "available"
    assert ec2("DescribeImages", ImageIds=["x"]) == "InvalidAMIID.NotFound"
    (kind,) = ec2("DescribeInstanceTypes", InstanceTypes=["t3.micro"])["InstanceTypes"]
    assert (kind["MemoryInfo"]["SizeInMiB"], kind["VCpuInfo"]["DefaultVCpus"]) == (1024, 2)
    assert ec2("DescribeInstanceTypes", InstanceTypes=["x9.huge"]) == "InvalidInstanceType"


def test_a_route_to_an_instance_becomes_a_black_hole(ec2):
    one = launched(ec2)
    table = ec2("CreateRouteTable", VpcId=one["VpcId"])["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.50.0.0/16"}
    assert ec2("CreateRoute", **route, InstanceId="i-0123456789abcdef0") == "InvalidInstanceID.NotFound"
    ec2("CreateRoute", **route, InstanceId=one["InstanceId"])
    states = []
    for action in ("StopInstances", "StartInstances", "TerminateInstances"):
        ec2(action, InstanceIds=[one["InstanceId"]])
        (found,) = ec2("DescribeRouteTables", RouteTableIds=[table])["RouteTables"]
        states += [each["State"] for each in found["Routes"] if each["DestinationCidrBlock"] == "10.50.0.0/16"]
    assert states == ["blackhole", "active", "blackhole"]


def test_key_pairs_are_made_imported_and_deleted(ec2):
    tags = [{"ResourceType": "key-pair", "Tags": [{"Key": "team", "Value": "net"}]}]
    made = ec2("CreateKeyPair", KeyName="mine", KeyType="ed25519", TagSpecifications=tags)
    assert made["KeyMaterial"].startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert ec2("ImportKeyPair", KeyName="mine", PublicKeyMaterial=b"ssh-rsa AAAA") == "InvalidKeyPair.Duplicate"
    ec2("ImportKeyPair", KeyName="other", PublicKeyMaterial=b"ssh-rsa AAAA")
    listed = {one["KeyName"]: one for one in ec2("DescribeKeyPairs")["KeyPairs"]}
    assert {name: one["KeyType"] for name, one in listed.items()} == {"mine": "ed25519", "other": "rsa"}
    assert (listed["mine"]["KeyPairId"], listed["mine"]["Tags"]) == (made["KeyPairId"], made["Tags"])
    ec2("DeleteKeyPair", KeyPairId=made["KeyPairId"])
    assert ec2("DescribeKeyPairs", KeyNames=["mine"]) == "InvalidKeyPair.NotFound"


def test_an_instance_is_restarted_and_has_credits(ec2):
    one = launched(ec2, InstanceType="t3.micro")["InstanceId"]
    assert not isinstance(ec2("RebootInstances", InstanceIds=[one]), str)
    (credit,) = ec2("DescribeInstanceCreditSpecifications", InstanceIds=[one])["InstanceCreditSpecifications"]
    assert credit["CpuCredits"] == "unlimited"
    assert ec2("RebootInstances", InstanceIds=["i-0123456789abcdef0"]) == "InvalidInstanceID.NotFound"


def test_the_account_has_a_default_vpc(ec2):
    (vpc,) = ec2("DescribeVpcs", Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]
    (one,) = ec2("DescribeAccountAttributes", AttributeNames=["default-vpc"])["AccountAttributes"]
    assert one["AttributeValues"] == [{"AttributeValue": vpc["VpcId"]}]
