"""Instances, fleets and interfaces of templates, and who of the managed services is public."""

import pytest

from netful.model.balancing.load_balancers import Registration
from netful.model.core import Unknown

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a, MapPublicIpOnLaunch: true}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateName: web, LaunchTemplateData: {SecurityGroupIds: [!Ref Group]}}
  Private:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: [!Ref Group], SubnetId: !Ref A}]}}
  Places: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}
"""


def test_an_instance_has_what_its_launch_template_says(cloud_of):
    cloud = cloud_of(
        NETWORK
        + """
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, LaunchTemplate: {LaunchTemplateName: web, Version: "1"}}}
  Inner: {Type: AWS::EC2::Instance, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Private, Version: "1"}}}
  Far: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, LaunchTemplate: {LaunchTemplateId: lt-123, Version: "1"}}}
"""
    )
    (web,), (inner,), (far,) = (cloud.network.interfaces_of(name) for name in ("Web", "Inner", "Far"))
    assert (web.security_group_ids, web.public_ip is not None) == (("Group",), True)
    assert (inner.subnet_id, inner.security_group_ids, inner.public_ip) == ("A", ("Group",), None)
    assert isinstance(far.security_group_ids[0], Unknown)
    assert far.security_group_ids[0].needs == ("lt-123",)


@pytest.mark.parametrize(
    "launched",
    [
        "LaunchTemplate: !Ref Which",
        "MixedInstancesPolicy: !Ref Which",
        "LaunchTemplate: {LaunchTemplateId: !Ref Unknown, Version: '1'}",
    ],
)
def test_groups_of_a_launch_template_that_is_not_known(cloud_of, launched):
    cloud = cloud_of(f"""
Parameters: {{Which: {{Type: String}}}}{NETWORK}
  Unknown: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: !Ref Which}}}}
  Fleet: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: "1", MaxSize: "1", VPCZoneIdentifier: [!Ref A], {launched}}}}}
""")
    (eni,) = cloud.network.interfaces_of("Fleet")
    assert [one.needs for one in eni.security_group_ids] == [("Which",)]


@pytest.mark.parametrize(
    ("number", "by_template", "public"),
    [(1, False, [True]), (1, True, [True]), (2, False, [False, False]), (2, True, [False])],
)
def test_an_instance_with_several_interfaces_has_no_public_address_of_its_subnet(cloud_of, number, by_template, public):
    interfaces = ", ".join(f"{{SubnetId: !Ref A, DeviceIndex: {index}}}" for index in range(number))
    launch = f"""
  Launch: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{NetworkInterfaces: [{interfaces}]}}}}}}
  Box: {{Type: AWS::EC2::Instance, Properties: {{LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: "1"}}}}}}
"""
    own = f"  Box: {{Type: AWS::EC2::Instance, Properties: {{NetworkInterfaces: [{interfaces}]}}}}\n"
    found = cloud_of(NETWORK + (launch if by_template else own)).network.interfaces_of("Box")
    assert [eni.public_ip is not None for eni in found] == public


@pytest.mark.parametrize(
    "launched",
    [
        "LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber}",
        "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: {LaunchTemplateId: !Ref Template, Version: '1'}}}",
        "LaunchConfigurationName: !Ref Config",
    ],
)
def test_a_fleet_has_an_interface_a_subnet_and_registers_itself(cloud_of, launched):
    cloud = cloud_of(
        NETWORK
        + f"""
  Config: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {{SecurityGroups: [!Ref Group]}}}}
  Targets: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: 80, Protocol: HTTP, VpcId: !Ref Vpc}}}}
  Fleet: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: "1", MaxSize: "2", VPCZoneIdentifier: [!Ref A, !Ref B], TargetGroupARNs: [!Ref Targets], {launched}}}}}
"""
    )
    enis = cloud.network.interfaces_of("Fleet")
    assert [(e.subnet_id, e.security_group_ids, e.public_ip is not None) for e in enis] == [
        ("A", ("Group",), True),
        ("B", ("Group",), False),
    ]
    assert cloud.balancing.target_groups["Targets"].registered_by == (Registration("Fleet"),)


def test_an_interface_with_several_addresses_that_is_attached_apart(cloud_of):
    cloud = cloud_of(
        NETWORK
        + """
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}}
  Second:
    Type: AWS::EC2::NetworkInterface
    Properties: {SubnetId: !Ref B, PrivateIpAddresses: [{PrivateIpAddress: 10.0.1.50, Primary: true}, {PrivateIpAddress: 10.0.1.51, Primary: false}], Ipv6Addresses: [{Ipv6Address: "2001:db8::5"}]}
  Attached: {Type: AWS::EC2::NetworkInterfaceAttachment, Properties: {InstanceId: !Ref Web, NetworkInterfaceId: !Ref Second, DeviceIndex: "1"}}
"""
    )
    second = cloud.network.network_interfaces["Second"]
    assert (second.owner_id, second.device_index) == ("Web", 1)
    assert (str(second.private_ip_address), [str(a) for a in second.secondary_private_ip_addresses]) == (
        "10.0.1.50",
        ["10.0.1.51"],
    )
    assert str(second.ipv6_address) == "2001:db8::5"


def test_without_a_subnet_it_is_the_default_vpc_which_is_not_loaded(cloud_of):
    cloud = cloud_of(
        NETWORK
        + """
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql}}
"""
    )
    for name in ("Web", "Db"):
        (eni,) = cloud.network.interfaces_of(name)
        assert isinstance(eni.subnet_id, Unknown)
        assert eni.subnet_id.needs == ("the subnets of the default VPC",)


@pytest.mark.parametrize(
    ("resource", "public"),
    [
        ("AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, PubliclyAccessible: true}", True),
        ("AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places}", False),
        ("AWS::ECS::Service, Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A], AssignPublicIp: ENABLED}}}", True),
        ("AWS::ECS::Service, Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A], AssignPublicIp: DISABLED}}}", False),
        ("AWS::ECS::Service, Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}}", False),
        ("AWS::AmazonMQ::Broker, Properties: {SubnetIds: [!Ref A], PubliclyAccessible: 'true'}", True),
        ("AWS::MSK::Cluster, Properties: {BrokerNodeGroupInfo: {ClientSubnets: [!Ref A], ConnectivityInfo: {PublicAccess: {Type: SERVICE_PROVIDED_EIPS}}}}", True),
        ("AWS::MSK::Cluster, Properties: {BrokerNodeGroupInfo: {ClientSubnets: [!Ref A], ConnectivityInfo: {PublicAccess: {Type: DISABLED}}}}", False),
        ("AWS::Events::Rule, Properties: {Targets: [{Arn: a, Id: i}, {Arn: a, Id: j, EcsParameters: {NetworkConfiguration: {AwsVpcConfiguration: {Subnets: [!Ref A], AssignPublicIp: ENABLED}}}}]}", True),
        ("AWS::Scheduler::Schedule, Properties: {Target: {EcsParameters: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}}}}", False),
        ("AWS::Batch::ComputeEnvironment, Properties: {ComputeResources: {Type: EC2, Subnets: [!Ref A]}}", True),
        ("AWS::Batch::ComputeEnvironment, Properties: {ComputeResources: {Type: EC2, Subnets: [!Ref B]}}", False),
        ("AWS::Batch::ComputeEnvironment, Properties: {ComputeResources: {Type: FARGATE, Subnets: [!Ref A]}}", False),
        ("AWS::EMR::Cluster, Properties: {Instances: {Ec2SubnetId: !Ref A}}", True),
        ("AWS::Transfer::Server, Properties: {EndpointDetails: {SubnetIds: [!Ref A]}}", False),
    ],
)  # fmt: skip
def test_managed_services_have_the_public_addresses_that_they_ask_for(cloud_of, resource, public):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: {resource}}}\n")
    assert {eni.public_ip is not None for eni in cloud.network.interfaces_of("Thing")} == {public}


def test_a_member_of_a_cluster_stands_where_its_cluster_does(cloud_of):
    cloud = cloud_of(
        NETWORK
        + """
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {DBSubnetGroupName: !Ref Places, VpcSecurityGroupIds: [!Ref Group]}}
  Member: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
  Stray: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: elsewhere}}
"""
    )
    assert [(e.subnet_id, e.security_group_ids) for e in cloud.network.interfaces_of("Member")] == [
        ("A", ("Group",)),
        ("B", ("Group",)),
    ]
    (stray,) = cloud.network.interfaces_of("Stray")
    assert isinstance(stray.subnet_id, Unknown)
    assert stray.subnet_id.needs == ("elsewhere",)


def test_a_transfer_server_has_its_elastic_ips(cloud_of):
    cloud = cloud_of(
        NETWORK
        + """
  Eip: {Type: AWS::EC2::EIP}
  Files: {Type: AWS::Transfer::Server, Properties: {EndpointDetails: {SubnetIds: [!Ref A], AddressAllocationIds: [!GetAtt Eip.AllocationId]}}}
"""
    )
    (eni,) = cloud.network.interfaces_of("Files")
    assert eni.public_ip == cloud.network.elastic_ips["Eip"].public_ip


def test_a_job_of_glue_runs_where_its_connection_does(cloud_of):
    place = "PhysicalConnectionRequirements: {SubnetId: !Ref B, SecurityGroupIdList: [!Ref Group]}"
    cloud = cloud_of(
        NETWORK
        + f"""
  Named: {{Type: AWS::Glue::Connection, Properties: {{ConnectionInput: {{Name: db, {place}}}}}}}
  Job: {{Type: AWS::Glue::Job, Properties: {{Connections: {{Connections: [db]}}}}}}
  Free: {{Type: AWS::Glue::Job, Properties: {{Role: r}}}}
"""
    )
    assert [(e.subnet_id, e.security_group_ids) for e in cloud.network.interfaces_of("Job")] == [("B", ("Group",))]
    assert cloud.network.interfaces_of("Free") == ()


@pytest.mark.parametrize(("named", "known"), [("EmrManagedMasterSecurityGroup: !Ref Group,", True), ("", False)])
def test_a_primary_node_of_emr_has_the_named_group_or_one_of_awss_own(cloud_of, named, known):
    cloud = cloud_of(
        f"{NETWORK}\n  Emr: {{Type: AWS::EMR::Cluster, Properties: {{Instances: {{{named} Ec2SubnetId: !Ref B}}}}}}\n"
    )
    (eni,) = cloud.network.interfaces_of("Emr")
    assert eni.security_group_ids == ("Group",) if known else isinstance(eni.security_group_ids[0], Unknown)


@pytest.mark.parametrize(("subnet", "public"), [("A", True), ("B", False)])
def test_an_environment_of_cloud9_has_a_public_address_where_its_subnet_gives_one(cloud_of, subnet, public):
    ide = f"  Ide: {{Type: AWS::Cloud9::EnvironmentEC2, Properties: {{InstanceType: t3.small, SubnetId: !Ref {subnet}}}}}\n"
    (eni,) = cloud_of(NETWORK + ide).network.interfaces_of("Ide")
    assert (eni.public_ip is not None) is public


@pytest.mark.parametrize(("kind", "public"), [("gateway", False), ("network", True), ("application", True)])
def test_a_gateway_load_balancer_has_no_public_address(cloud_of, kind, public):
    one = f"  Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Type: {kind}, Subnets: [!Ref A]}}}}\n"
    (eni,) = cloud_of(NETWORK + one).network.interfaces_of("Balancer")
    assert (eni.public_ip is not None) is public


def test_instances_of_an_elastic_beanstalk_environment_follow_its_options(cloud_of):
    cloud = cloud_of(
        NETWORK
        + """
  Saved: {Type: AWS::ElasticBeanstalk::ConfigurationTemplate, Properties: {ApplicationName: a, OptionSettings: [
    {Namespace: "aws:ec2:vpc", OptionName: Subnets, Value: !Ref B}, {Namespace: "aws:ec2:vpc", OptionName: AssociatePublicIpAddress, Value: "true"}]}}
  Web: {Type: AWS::ElasticBeanstalk::Environment, Properties: {ApplicationName: a, OptionSettings: [
    {Namespace: "aws:ec2:vpc", OptionName: Subnets, Value: !Join [",", [!Ref A, !Ref B]]},
    {Namespace: "aws:autoscaling:launchconfiguration", OptionName: SecurityGroups, Value: !Ref Group}]}}
  Worker: {Type: AWS::ElasticBeanstalk::Environment, Properties: {ApplicationName: a, TemplateName: !Ref Saved}}
"""
    )
    web, (worker,) = cloud.network.interfaces_of("Web"), cloud.network.interfaces_of("Worker")
    assert [(e.subnet_id, e.security_group_ids[0], e.public_ip is not None) for e in web] == [
        ("A", "Group", True),
        ("B", "Group", False),
    ]
    assert (worker.subnet_id, worker.public_ip is not None) == ("B", True)
    assert isinstance(worker.security_group_ids[-1], Unknown)


@pytest.mark.parametrize(
    ("groups", "group"), [("SecurityGroupIds: [!Ref Group]", "Group"), ("VpcId: !Ref Vpc", "Vpc.default")]
)
def test_a_client_vpn_has_an_interface_in_each_associated_subnet(cloud_of, groups, group):
    cloud = cloud_of(
        NETWORK
        + f"""
  Vpn: {{Type: AWS::EC2::ClientVpnEndpoint, Properties: {{ClientCidrBlock: 172.16.0.0/22, {groups}}}}}
  Near: {{Type: AWS::EC2::ClientVpnTargetNetworkAssociation, Properties: {{ClientVpnEndpointId: !Ref Vpn, SubnetId: !Ref A}}}}
  Far: {{Type: AWS::EC2::ClientVpnTargetNetworkAssociation, Properties: {{ClientVpnEndpointId: cvpn-endpoint-1, SubnetId: !Ref B}}}}
"""
    )
    assert [(e.subnet_id, e.security_group_ids) for e in cloud.network.interfaces_of("Vpn")] == [("A", (group,))]
    assert cloud.network.interfaces_of("Far")[0].subnet_id == "B"
