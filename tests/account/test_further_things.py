"""EC2's further things by calls: VPN connections, endpoint services, exclusions, options of instances, look-ups in facts."""

from netful.account.changes import changed, new
from netful.account.ec2.properties.absent import operations as absent
from netful.account.elbv2.api import ElbV2Api
from tests.helpers.account_client import Client, no_bundles


def test_a_vpn_connection_with_its_routes(ec2, vpc_id):
    gateway = ec2("CreateVpnGateway", Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2("AttachVpnGateway", VpnGatewayId=gateway, VpcId=vpc_id)
    tags = [{"ResourceType": "customer-gateway", "Tags": [{"Key": "Name", "Value": "office"}]}]
    customer = ec2(
        "CreateCustomerGateway", Type="ipsec.1", PublicIp="198.51.100.7", BgpAsn=65010, TagSpecifications=tags
    )
    office = customer["CustomerGateway"]
    assert (office["IpAddress"], office["BgpAsn"], office["State"]) == ("198.51.100.7", "65010", "available")
    made = ec2("CreateVpnConnection", Type="ipsec.1", CustomerGatewayId=office["CustomerGatewayId"], VpnGatewayId=gateway,
               Options={"StaticRoutesOnly": True})["VpnConnection"]  # fmt: skip
    assert (made["VpnGatewayId"], made["Options"]["StaticRoutesOnly"]) == (gateway, True)
    vpn = made["VpnConnectionId"]
    ec2("CreateVpnConnectionRoute", VpnConnectionId=vpn, DestinationCidrBlock="192.168.0.0/16")
    (found,) = ec2("DescribeVpnConnections", VpnConnectionIds=[vpn])["VpnConnections"]
    assert [one["DestinationCidrBlock"] for one in found["Routes"]] == ["192.168.0.0/16"]
    assert ec2("DeleteCustomerGateway", CustomerGatewayId=office["CustomerGatewayId"]) == "IncorrectState"
    ec2("DeleteVpnConnection", VpnConnectionId=vpn)
    (ended,) = ec2("DescribeVpnConnections", VpnConnectionIds=[vpn])["VpnConnections"]
    assert ended["State"] == "deleted"
    assert ec2("DeleteVpnConnection", VpnConnectionId=vpn) == "InvalidVpnConnectionID.NotFound"
    ec2("DeleteCustomerGateway", CustomerGatewayId=office["CustomerGatewayId"])
    assert ec2("DescribeCustomerGateways")["CustomerGateways"] == []


def test_block_public_access_is_switched_and_has_exclusions(ec2, running, vpc_id):
    said = ec2("DescribeVpcBlockPublicAccessOptions")["VpcBlockPublicAccessOptions"]
    assert (said["InternetGatewayBlockMode"], said["State"]) == ("off", "default-state")
    ec2("ModifyVpcBlockPublicAccessOptions", InternetGatewayBlockMode="block-bidirectional")
    said = ec2("DescribeVpcBlockPublicAccessOptions")["VpcBlockPublicAccessOptions"]
    assert said["InternetGatewayBlockMode"] == "block-bidirectional"
    assert len(running.cloud.network.block_public_access_options) == 1
    made = ec2("CreateVpcBlockPublicAccessExclusion", VpcId=vpc_id, InternetGatewayExclusionMode="allow-egress")
    own = made["VpcBlockPublicAccessExclusion"]
    assert own["ResourceArn"].endswith(f":vpc/{vpc_id}")
    changed = ec2("ModifyVpcBlockPublicAccessExclusion", ExclusionId=own["ExclusionId"],
                  InternetGatewayExclusionMode="allow-bidirectional")["VpcBlockPublicAccessExclusion"]  # fmt: skip
    assert changed["InternetGatewayExclusionMode"] == "allow-bidirectional"
    gone = ec2("DeleteVpcBlockPublicAccessExclusion", ExclusionId=own["ExclusionId"])["VpcBlockPublicAccessExclusion"]
    assert gone["State"] == "delete-complete"
    assert not running.cloud.network.block_public_access_exclusions


def test_an_endpoint_service_with_a_balancer_and_an_endpoint(ec2, running, vpc_id, subnet_id):
    elb = Client("elbv2", ElbV2Api(running, dict, no_bundles).handle)
    arn = elb("CreateLoadBalancer", Name="own", Type="network", Scheme="internal", Subnets=[subnet_id])[
        "LoadBalancers"
    ][0]["LoadBalancerArn"]
    made = ec2("CreateVpcEndpointServiceConfiguration", NetworkLoadBalancerArns=[arn], AcceptanceRequired=False)
    service = made["ServiceConfiguration"]
    assert (service["NetworkLoadBalancerArns"], service["AcceptanceRequired"]) == ([arn], False)
    ec2("ModifyVpcEndpointServicePermissions", ServiceId=service["ServiceId"], AddAllowedPrincipals=["*"])
    (principal,) = ec2("DescribeVpcEndpointServicePermissions", ServiceId=service["ServiceId"])["AllowedPrincipals"]
    assert principal["Principal"] == "*"
    endpoint = ec2("CreateVpcEndpoint", VpcId=vpc_id, ServiceName=service["ServiceName"], VpcEndpointType="Interface",
                   SubnetIds=[subnet_id], PrivateDnsEnabled=False)["VpcEndpoint"]["VpcEndpointId"]  # fmt: skip
    (connection,) = ec2("DescribeVpcEndpointConnections")["VpcEndpointConnections"]
    assert (connection["VpcEndpointId"], connection["ServiceId"]) == (endpoint, service["ServiceId"])
    (failed,) = ec2("DeleteVpcEndpointServiceConfigurations", ServiceIds=[service["ServiceId"]])["Unsuccessful"]
    assert failed["Error"]["Code"] == "ExistingVpcEndpointConnections"
    ec2("DeleteVpcEndpoints", VpcEndpointIds=[endpoint])
    assert ec2("DeleteVpcEndpointServiceConfigurations", ServiceIds=[service["ServiceId"]])["Unsuccessful"] == []
    assert ec2("DescribeVpcEndpointServiceConfigurations")["ServiceConfigurations"] == []


def test_a_way_for_shells_has_an_interface_and_goes(ec2, subnet_id):
    made = ec2("CreateInstanceConnectEndpoint", SubnetId=subnet_id)["InstanceConnectEndpoint"]
    (eni,) = made["NetworkInterfaceIds"]
    assert eni in {one["NetworkInterfaceId"] for one in ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]}
    ec2("DeleteInstanceConnectEndpoint", InstanceConnectEndpointId=made["InstanceConnectEndpointId"])
    assert ec2("DescribeNetworkInterfaces")["NetworkInterfaces"] == []


def test_options_of_an_instance(ec2, subnet_id):
    made = ec2("RunInstances", ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, SubnetId=subnet_id,
               Monitoring={"Enabled": True}, MetadataOptions={"HttpTokens": "optional"},
               IamInstanceProfile={"Name": "one"})["Instances"][0]  # fmt: skip
    id_ = made["InstanceId"]
    assert (made["Monitoring"]["State"], made["MetadataOptions"]["HttpTokens"]) == ("enabled", "optional")
    changed = ec2("ModifyInstanceMetadataOptions", InstanceId=id_, HttpPutResponseHopLimit=3)["InstanceMetadataOptions"]
    assert (changed["HttpTokens"], changed["HttpPutResponseHopLimit"]) == ("optional", 3)
    ec2("UnmonitorInstances", InstanceIds=[id_])
    assert ec2("DescribeInstances")["Reservations"][0]["Instances"][0]["Monitoring"]["State"] == "disabled"
    assert ec2("AssociateIamInstanceProfile", InstanceId=id_, IamInstanceProfile={"Name": "two"}) == "IncorrectState"
    (there,) = ec2("DescribeIamInstanceProfileAssociations")["IamInstanceProfileAssociations"]
    ec2(
        "ReplaceIamInstanceProfileAssociation", AssociationId=there["AssociationId"], IamInstanceProfile={"Name": "two"}
    )
    (there,) = ec2("DescribeIamInstanceProfileAssociations")["IamInstanceProfileAssociations"]
    assert there["IamInstanceProfile"]["Arn"].endswith("/two")
    ec2("DisassociateIamInstanceProfile", AssociationId=there["AssociationId"])
    assert ec2("DescribeIamInstanceProfileAssociations")["IamInstanceProfileAssociations"] == []
    assert ec2("GetPasswordData", InstanceId=id_)["PasswordData"] == ""


def test_further_addresses_of_a_nat_gateway(ec2, vpc_id, subnet_id):
    gateway = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    ec2("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc_id)
    first, second = (ec2("AllocateAddress")["AllocationId"] for _ in range(2))
    nat = ec2("CreateNatGateway", SubnetId=subnet_id, AllocationId=first)["NatGateway"]["NatGatewayId"]
    assert ec2("AssociateNatGatewayAddress", NatGatewayId=nat, AllocationIds=[first]) == "Resource.AlreadyAssociated"
    both = ec2("AssociateNatGatewayAddress", NatGatewayId=nat, AllocationIds=[second])["NatGatewayAddresses"]
    assert [(one["AllocationId"], one["IsPrimary"]) for one in both] == [(first, True), (second, False)]
    assert ec2("ReleaseAddress", AllocationId=second) == "InvalidIPAddress.InUse"
    left = ec2("DisassociateNatGatewayAddress", NatGatewayId=nat, AssociationIds=[both[1]["AssociationId"]])
    assert [one["AllocationId"] for one in left["NatGatewayAddresses"]] == [first]
    assert (
        ec2("DisassociateNatGatewayAddress", NatGatewayId=nat, AssociationIds=["eipassoc-1"])
        == "InvalidAssociationID.NotFound"
    )


def test_groups_of_other_vpcs(ec2, vpc_id):
    other = ec2("CreateVpc", CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    own, peer = (
        ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId=one)["GroupId"] for one in (vpc_id, other)
    )
    ec2("AssociateSecurityGroupVpc", GroupId=own, VpcId=other)
    assert own in {one["GroupId"] for one in ec2("GetSecurityGroupsForVpc", VpcId=other)["SecurityGroupForVpcs"]}
    (there,) = ec2("DescribeSecurityGroupVpcAssociations")["SecurityGroupVpcAssociations"]
    assert (there["GroupId"], there["VpcId"], there["State"]) == (own, other, "associated")
    ec2("DisassociateSecurityGroupVpc", GroupId=own, VpcId=other)
    assert ec2("DescribeSecurityGroupVpcAssociations")["SecurityGroupVpcAssociations"] == []
    peering = ec2("CreateVpcPeeringConnection", VpcId=vpc_id, PeerVpcId=other)["VpcPeeringConnection"][
        "VpcPeeringConnectionId"
    ]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": peer}]}
    ec2("AuthorizeSecurityGroupIngress", GroupId=own, IpPermissions=[rule])
    (found,) = ec2("DescribeSecurityGroupReferences", GroupId=[peer])["SecurityGroupReferenceSet"]
    assert (found["ReferencingVpcId"], found["VpcPeeringConnectionId"]) == (vpc_id, peering)
    assert ec2("DescribeStaleSecurityGroups", VpcId=vpc_id)["StaleSecurityGroupSet"] == []
    ec2("DeleteVpcPeeringConnection", VpcPeeringConnectionId=peering)
    (stale,) = ec2("DescribeStaleSecurityGroups", VpcId=vpc_id)["StaleSecurityGroupSet"]
    assert (stale["GroupId"], stale["StaleIpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"]) == (own, peer)


def test_gateways_are_peered(ec2):
    one, other = (ec2("CreateTransitGateway")["TransitGateway"]["TransitGatewayId"] for _ in range(2))
    made = ec2("CreateTransitGatewayPeeringAttachment", TransitGatewayId=one, PeerTransitGatewayId=other,
               PeerAccountId="123456789012", PeerRegion="eu-west-1")["TransitGatewayPeeringAttachment"]  # fmt: skip
    id_ = made["TransitGatewayAttachmentId"]
    assert (made["RequesterTgwInfo"]["TransitGatewayId"], made["AccepterTgwInfo"]["TransitGatewayId"]) == (one, other)
    accepted = ec2("AcceptTransitGatewayPeeringAttachment", TransitGatewayAttachmentId=id_)
    assert accepted["TransitGatewayPeeringAttachment"]["State"] == "available"
    assert id_ in {
        each["TransitGatewayAttachmentId"]
        for each in ec2("DescribeTransitGatewayAttachments")["TransitGatewayAttachments"]
    }
    gone = ec2("DeleteTransitGatewayPeeringAttachment", TransitGatewayAttachmentId=id_)
    assert gone["TransitGatewayPeeringAttachment"]["State"] == "deleted"
    assert (
        ec2("DeleteTransitGatewayPeeringAttachment", TransitGatewayAttachmentId=id_)
        == "InvalidTransitGatewayAttachmentID.NotFound"
    )


def test_what_calls_cannot_make_is_absent(ec2):
    for operation in absent(dict):
        answer = ec2(
            operation, **({"MaxResults": 5} if operation in ("DescribeByoipCidrs", "DescribePublicIpv4Pools") else {})
        )
        assert not any(answer[key] for key in answer if key != "ResponseMetadata"), operation


def test_what_a_template_brings_is_not_called_absent(ec2, running):
    running.cloud = changed(running.cloud, [new("AWS::EC2::IPAM", "Ipam", {})])
    assert ec2("DescribeIpams") == "InvalidAction"


def test_an_instance_is_launched_with_disks(ec2):
    """The one of its image, as the request changes it, and further ones; some end with it."""
    subnet_id = ec2("CreateSubnet", VpcId=ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"], CidrBlock="10.0.1.0/24",
                 AvailabilityZone="eu-west-1a")["Subnet"]["SubnetId"]  # fmt: skip
    place = {"ImageId": "ami-00000000000000004", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet_id}
    asked = [
        {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 20, "Encrypted": True}},
        {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5, "VolumeType": "io2", "Iops": 100}},
        {"DeviceName": "/dev/sdg", "VirtualName": "ephemeral0"},
    ]
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "disk"}]}]
    (made,) = ec2("RunInstances", **place, BlockDeviceMappings=asked, TagSpecifications=tags)["Instances"]
    disks = {one["DeviceName"]: one["Ebs"] for one in made["BlockDeviceMappings"]}
    assert made["RootDeviceName"] == "/dev/sda1"
    assert {name: one["DeleteOnTermination"] for name, one in disks.items()} == {"/dev/sda1": True, "/dev/sdf": False}
    root, other = (ec2("DescribeVolumes", VolumeIds=[one["VolumeId"]])["Volumes"][0] for one in disks.values())
    assert (root["Size"], root["VolumeType"], root["Encrypted"], root["State"]) == (20, "gp3", True, "in-use")
    assert (root["AvailabilityZone"], root["Tags"]) == ("eu-west-1a", tags[0]["Tags"])
    assert (root["Attachments"][0]["InstanceId"], root["Attachments"][0]["Device"]) == (made["InstanceId"], "/dev/sda1")
    assert (other["Size"], other["VolumeType"], other["Iops"]) == (5, "io2", 100)
    ec2("ModifyVolume", VolumeId=root["VolumeId"], Size=30)
    assert ec2("DescribeVolumes", VolumeIds=[root["VolumeId"]])["Volumes"][0]["Size"] == 30
    ec2("TerminateInstances", InstanceIds=[made["InstanceId"]])
    assert [one["VolumeId"] for one in ec2("DescribeVolumes")["Volumes"]] == [other["VolumeId"]]
    (bare,) = ec2("RunInstances", **place, BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "NoDevice": ""}])[
        "Instances"
    ]
    assert bare["BlockDeviceMappings"] == []


def test_a_volume_until_it_is_deleted(ec2):
    subnet_id = ec2("CreateSubnet", VpcId=ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"], CidrBlock="10.0.1.0/24",
                 AvailabilityZone="eu-west-1a")["Subnet"]["SubnetId"]  # fmt: skip
    launched = ec2("RunInstances", ImageId="ami-00000000000000001", MinCount=1, MaxCount=1, SubnetId=subnet_id)
    instance = launched["Instances"][0]["InstanceId"]
    made = ec2("CreateVolume", AvailabilityZone="eu-west-1a", Size=8, VolumeType="gp3")
    one, disk = {"VolumeId": made["VolumeId"]}, {"InstanceId": instance, "Device": "/dev/sdf"}
    assert (made["State"], made["Size"]) == ("available", 8)
    assert ec2("DetachVolume", **one) == "IncorrectState"
    assert ec2("AttachVolume", **one, **disk)["State"] == "attached"
    assert ec2("AttachVolume", **one, **disk) == "VolumeInUse"
    of_instance = [
        {"Name": "attachment.instance-id", "Values": [instance]},
        {"Name": "attachment.device", "Values": ["/dev/sdf"]},
    ]
    assert [each["State"] for each in ec2("DescribeVolumes", Filters=of_instance)["Volumes"]] == ["in-use"]
    elsewhere = {"VolumeId": ec2("CreateVolume", AvailabilityZone="eu-west-1b", Size=1)["VolumeId"]}
    assert ec2("AttachVolume", **elsewhere, InstanceId=instance, Device="/dev/sdg") == "InvalidVolume.ZoneMismatch"
    assert ec2("ModifyVolume", **one, Size=4) == "InvalidParameterValue"
    ec2("ModifyVolume", **one, Size=16)
    (change,) = ec2("DescribeVolumesModifications")["VolumesModifications"]
    assert (change["OriginalSize"], change["TargetSize"], change["ModificationState"]) == (8, 16, "completed")
    ec2("ModifyVolume", **elsewhere, Size=2)
    assert ec2("DescribeVolumesModifications", VolumeIds=[one["VolumeId"]])["VolumesModifications"] == [change]
    assert ec2("DeleteVolume", **one) == "VolumeInUse"
    ec2("TerminateInstances", InstanceIds=[instance])
    snapshot = ec2("CreateSnapshot", **one)["SnapshotId"]
    ec2("DeleteVolume", **one)
    assert ec2("DescribeVolumes", VolumeIds=[one["VolumeId"]]) == "InvalidVolume.NotFound"
    assert ec2("CreateVolume", AvailabilityZone="eu-west-1a", SnapshotId=snapshot)["Size"] == 16
    ec2("DeleteSnapshot", SnapshotId=snapshot)
    assert ec2("DescribeSnapshots", SnapshotIds=[snapshot]) == "InvalidSnapshot.NotFound"
    assert ec2("CreateVolume", AvailabilityZone="eu-west-1a") == "MissingParameter"


def test_the_settings_of_an_instance_as_a_launch_template(ec2):
    subnet_id = ec2(
        "CreateSubnet", VpcId=ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"], CidrBlock="10.0.1.0/24"
    )
    place = {
        "SubnetId": subnet_id["Subnet"]["SubnetId"],
        "ImageId": "ami-00000000000000001",
        "InstanceType": "t3.small",
    }
    instance = ec2("RunInstances", **place, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    data = ec2("GetLaunchTemplateData", InstanceId=instance)["LaunchTemplateData"]
    assert {name: data[name] for name in ("ImageId", "InstanceType")} == {
        "ImageId": place["ImageId"], "InstanceType": "t3.small"
    }  # fmt: skip
    assert [one["SubnetId"] for one in data["NetworkInterfaces"]] == [place["SubnetId"]]
    assert ec2("GetLaunchTemplateData", InstanceId="i-00000000000000001") == "InvalidInstanceID.NotFound"


def test_a_missing_snapshot_and_those_of_an_owner(ec2):
    assert ec2("DescribeSnapshots", OwnerIds=["self"])["Snapshots"] == []
    assert ec2("DescribeSnapshots", SnapshotIds=["snap-1"]) == "InvalidSnapshot.NotFound"


def test_places_of_instance_types(ec2):
    found = ec2("DescribeInstanceTypeOfferings", LocationType="availability-zone",
                Filters=[{"Name": "instance-type", "Values": ["t3.micro"]}])["InstanceTypeOfferings"]  # fmt: skip
    assert {one["Location"] for one in found} >= {"eu-west-1a", "eu-west-1b"}


def test_attributes_of_an_interface(ec2, subnet_id):
    made = ec2("CreateNetworkInterface", SubnetId=subnet_id, Description="one")["NetworkInterface"][
        "NetworkInterfaceId"
    ]
    described = ec2("DescribeNetworkInterfaceAttribute", NetworkInterfaceId=made, Attribute="description")
    assert described["Description"]["Value"] == "one"
    assert ec2("DescribeNetworkInterfaceAttribute", NetworkInterfaceId=made, Attribute="x") == "InvalidParameterValue"
