"""Load balancers, transit gateways, VPNs and managed services of templates."""

import re

import pytest

from netful.engine.names.managed_places import nodes_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.balancing.load_balancers import LoadBalancerType, Registration
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.transit_gateways import AttachmentKind
from tests.helpers.texts import replaced

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
"""


@pytest.mark.parametrize(
    ("resource", "owner"),
    [
        ("{Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, VPCSecurityGroups: [!Ref Group]}}", InterfaceOwner.DATABASE),
        ("{Type: AWS::MSK::Cluster, Properties: {BrokerNodeGroupInfo: {ClientSubnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}}", InterfaceOwner.SERVICE),
        ("{Type: AWS::ECS::Service, Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}}}", InterfaceOwner.SERVICE),
        ("{Type: AWS::ElastiCache::ServerlessCache, Properties: {SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref Group]}}", InterfaceOwner.CACHE),
        ("{Type: AWS::BedrockAgentCore::Runtime, Properties: {NetworkConfiguration: {NetworkMode: VPC, NetworkModeConfig: {Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}}}", InterfaceOwner.SERVICE),
        ("{Type: AWS::KinesisAnalyticsV2::Application, Properties: {ApplicationConfiguration: {VpcConfigurations: [{SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref Group]}]}}}", InterfaceOwner.SERVICE),
        ("{Type: AWS::VpcLattice::ResourceGateway, Properties: {VpcIdentifier: !Ref Vpc, SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref Group]}}", InterfaceOwner.SERVICE),
        ("{Type: AWS::Timestream::InfluxDBInstance, Properties: {VpcSubnetIds: [!Ref A, !Ref B], VpcSecurityGroupIds: [!Ref Group]}}", InterfaceOwner.DATABASE),
    ],
)  # fmt: skip
def test_managed_services_have_an_interface_a_subnet(cloud_of, resource, owner):
    cloud = cloud_of(
        f"{NETWORK}\n  Places: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{SubnetIds: [!Ref A, !Ref B]}}}}\n  Thing: {resource}\n"
    )
    enis = cloud.network.interfaces_of("Thing")
    assert [(e.owner, e.subnet_id, e.security_group_ids) for e in enis] == [
        (owner, "A", ("Group",)),
        (owner, "B", ("Group",)),
    ]


MEMBER = "{{Type: AWS::RDS::DBInstance, Properties: {{DBClusterIdentifier: !Ref Thing, {}}}}}"
MEMCACHED = "{{Type: AWS::ElastiCache::CacheCluster, Properties: {{Engine: memcached, NumCacheNodes: 2, AZMode: cross-az, CacheSubnetGroupName: !Ref Caches, {}}}}}"
SHARDED = "{{Type: AWS::ElastiCache::ReplicationGroup, Properties: {{CacheSubnetGroupName: !Ref Caches, NodeGroupConfiguration: [{}]}}}}"
CLUSTER = "{Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Places}}"


def placed(thing, *members):
    groups = "".join(
        f"  {name}: {{Type: {kind}, Properties: {{SubnetIds: [!Ref A, !Ref B]}}}}\n"
        for name, kind in (("Places", "AWS::RDS::DBSubnetGroup"), ("Caches", "AWS::ElastiCache::SubnetGroup"))
    )
    more = "".join(f"  Member{at}: {MEMBER.format(one)}\n" for at, one in enumerate(members))
    return f"{NETWORK}\n{groups}  Thing: {thing}\n{more}"


@pytest.mark.parametrize(
    ("resource", "members", "subnets"),
    [
        ("{Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, AvailabilityZone: us-east-1b}}", (), "B"),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, AvailabilityZone: us-east-1f}}", (), "AB"),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, MultiAZ: true}}", (), "AB"),
        ("{Type: AWS::ElastiCache::CacheCluster, Properties: {CacheSubnetGroupName: !Ref Caches, PreferredAvailabilityZone: us-east-1b}}", (), "B"),
        ("{Type: AWS::ElastiCache::ReplicationGroup, Properties: {CacheSubnetGroupName: !Ref Caches, PreferredCacheClusterAZs: [us-east-1b]}}", (), "B"),
        (MEMCACHED.format("PreferredAvailabilityZones: [us-east-1b, us-east-1b]"), (), "BB"),
        (SHARDED.format("{PrimaryAvailabilityZone: us-east-1b, ReplicaAvailabilityZones: [us-east-1b]}"), (), "B"),
        (SHARDED.format("{PrimaryAvailabilityZone: us-east-1b, ReplicaCount: 0}"), (), "B"),
        (SHARDED.format("{PrimaryAvailabilityZone: us-east-1b, ReplicaAvailabilityZones: [us-east-1a]}"), (), "AB"),
        (SHARDED.format("{PrimaryAvailabilityZone: us-east-1b}"), (), "AB"),
        (SHARDED.format("{ReplicaAvailabilityZones: [us-east-1b]}"), (), "AB"),
        (CLUSTER, ("AvailabilityZone: us-east-1b",), "B"),
        (CLUSTER, ("AvailabilityZone: us-east-1b", "AvailabilityZone: us-east-1a"), "AB"),
        (CLUSTER, ("AvailabilityZone: us-east-1b", "PromotionTier: 2"), "AB"),
        (CLUSTER, (), "AB"),
    ],
)  # fmt: skip
def test_a_managed_server_is_in_the_zone_that_it_names(cloud_of, resource, members, subnets):
    cloud = cloud_of(placed(resource, *members))
    assert [eni.subnet_id for eni in cloud.network.interfaces_of("Thing")] == [*subnets]


@pytest.mark.parametrize(
    ("members", "public", "private"),
    [
        (("PubliclyAccessible: true",), True, False),
        (("PubliclyAccessible: true", "PubliclyAccessible: true"), True, False),
        (("PubliclyAccessible: true", "PubliclyAccessible: false"), True, False),
        (("PubliclyAccessible: false", "PubliclyAccessible: true"), False, True),
        (("PubliclyAccessible: true", "PubliclyAccessible: !Ref P"), True, False),
        (("PubliclyAccessible: !Ref P", "PubliclyAccessible: true"), False, False),
        (("PubliclyAccessible: false",), False, True),
        ((), False, True),
    ],
)
def test_a_cluster_is_as_public_as_its_writer(cloud_of, members, public, private):
    cloud = cloud_of(f"Parameters: {{P: {{Type: String}}}}\n{placed(CLUSTER, *members)}")
    enis = cloud.network.interfaces_of("Thing")
    assert {(eni.public_ip is not None, eni.private) for eni in enis} == {(public, private)}
    path = trace(cloud, parse(cloud, "internet", "Thing"))
    unclear = [hop.verdict for hop in path.hops if hop.kind == "igw"].count("unknown")
    assert any("P" in eni.public_doubt.needs for eni in enis if eni.public_doubt) is bool(unclear)
    assert any("writer" in note for note in path.assumptions) is (len({*members}) > 1)


PLACED = "SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]"


@pytest.mark.parametrize("switch", ["true", "false"])
@pytest.mark.parametrize(
    "thing",
    [
        "It: {{Type: AWS::Neptune::DBInstance, Properties: {{DBClusterIdentifier: !Ref Thing, PubliclyAccessible: {}}}}}",
        f"It: {{{{Type: AWS::M2::Environment, Properties: {{{{PubliclyAccessible: {{}}, {PLACED}}}}}}}}}",
        "It: {{Type: AWS::WorkSpaces::Directory, Properties: {{SubnetIds: [!Ref A], WorkspaceCreationProperties: {{EnableInternetAccess: {}}}}}}}",
    ],
)
def test_a_service_with_a_public_address(cloud_of, thing, switch):
    cloud = cloud_of(f"""{NETWORK}
  Places: {{Type: AWS::Neptune::DBSubnetGroup, Properties: {{SubnetIds: [!Ref A, !Ref B]}}}}
  Thing: {{Type: AWS::Neptune::DBCluster, Properties: {{DBSubnetGroupName: !Ref Places}}}}
  {thing.format(switch)}
""")
    assert {eni.public_ip is not None for eni in cloud.network.interfaces_of("It")} == {switch == "true"}


def test_a_cache_in_a_subnet_of_ipv6_alone_has_ipv6(cloud_of):
    native = "Ipv6Native: true, Ipv6CidrBlock: '2001:db8:0:100::/64',"
    cache = "{Type: AWS::ElastiCache::ReplicationGroup, Properties: {CacheSubnetGroupName: !Ref Natives}}"
    cloud = cloud_of(f"""{placed(cache)}
  Six: {{Type: AWS::EC2::VPCCidrBlock, Properties: {{VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}}}
  Native: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, {native} AvailabilityZone: us-east-1a}}}}
  Natives: {{Type: AWS::ElastiCache::SubnetGroup, Properties: {{SubnetIds: [!Ref Native]}}}}
""")
    (eni,) = cloud.network.interfaces_of("Thing")
    assert (eni.private_ip_address is None, eni.ipv6_address is None) == (True, False)


def test_whether_a_server_with_an_unknown_public_state_reaches_the_internet_is_not_known(cloud_of):
    text = placed(
        "{Type: AWS::DMS::ReplicationInstance, Properties: {PubliclyAccessible: !Ref P, ReplicationSubnetGroupIdentifier: !Ref Group0}}"
    )
    cloud = cloud_of(f"""Parameters: {{P: {{Type: String}}}}
{text}
  Group0: {{Type: AWS::DMS::ReplicationSubnetGroup, Properties: {{SubnetIds: [!Ref A]}}}}
  Igw: {{Type: AWS::EC2::InternetGateway}}
  Attached: {{Type: AWS::EC2::VPCGatewayAttachment, Properties: {{VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Out: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}}}
  Uses: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref Table, SubnetId: !Ref A}}}}
""")
    path = trace(cloud, parse(cloud, "Thing", "internet:tcp/443"))
    assert (path.verdict, path.missing) == ("unknown", ("P",))


@pytest.mark.parametrize(
    ("resource", "families"),
    [
        ("{Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, NetworkType: DUAL}}", (True, True)),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, NetworkType: IPV4}}", (True, False)),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places}}", (True, False)),
        ("{Type: AWS::RDS::DBCluster, Properties: {DBSubnetGroupName: !Ref Places}}", (True, False)),
        ("{Type: AWS::ElastiCache::ReplicationGroup, Properties: {CacheSubnetGroupName: !Ref Caches}}", (True, False)),
        ("{Type: AWS::ElastiCache::ReplicationGroup, Properties: {CacheSubnetGroupName: !Ref Caches, NetworkType: dual_stack}}", (True, True)),
        ("{Type: AWS::ElastiCache::ReplicationGroup, Properties: {CacheSubnetGroupName: !Ref Caches, NetworkType: ipv6}}", (False, True)),
        ("{Type: AWS::OpenSearchService::Domain, Properties: {IPAddressType: dualstack, VPCOptions: {SubnetIds: [!Ref A]}}}", (True, True)),
        ("{Type: AWS::MSK::Cluster, Properties: {BrokerNodeGroupInfo: {ClientSubnets: [!Ref A], ConnectivityInfo: {NetworkType: DUAL}}}}", (True, True)),
    ],
)  # fmt: skip
def test_a_managed_server_has_the_address_families_that_it_names(cloud_of, resource, families):
    assigned = "AssignIpv6AddressOnCreation: true"
    six = {
        f"10.0.{at}.0/24,": f"10.0.{at}.0/24, {assigned}, Ipv6CidrBlock: '2001:db8:0:10{at}::/64'," for at in range(2)
    }
    blocks = "  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}\n"
    cloud = cloud_of(replaced(placed(resource), six) + blocks)
    enis = cloud.network.interfaces_of("Thing")
    assert {(eni.private_ip_address is not None, eni.ipv6_address is not None) for eni in enis} == {families}


JOB = "{{Type: AWS::Batch::JobDefinition, Properties: {{PlatformCapabilities: [FARGATE], {}}}}}"
ASKING = "ContainerProperties: {NetworkConfiguration: {AssignPublicIp: ENABLED}}"
ASKING_TASKS = "EcsProperties: {TaskProperties: [{NetworkConfiguration: {AssignPublicIp: ENABLED}}]}"


@pytest.mark.parametrize(
    ("jobs", "public", "warned"),
    [
        ((), False, False),
        (("ContainerProperties: {}",), False, False),
        ((ASKING,), True, False),
        ((ASKING_TASKS,), True, False),
        ((ASKING, "ContainerProperties: {}"), True, True),
    ],
)
def test_jobs_of_batch_on_fargate_ask_for_public_addresses(cloud_of, jobs, public, warned):
    more = "".join(f"  Job{at}: {JOB.format(one)}\n" for at, one in enumerate(jobs))
    environment = (
        "{Type: AWS::Batch::ComputeEnvironment, Properties: {ComputeResources: {Type: FARGATE, Subnets: [!Ref A]}}}"
    )
    cloud = cloud_of(f"{NETWORK}\n  Thing: {environment}\n{more}")
    (eni,) = cloud.network.interfaces_of("Thing")
    assert (eni.public_ip is not None, any("Job1" in one for one in cloud.template.warnings)) == (public, warned)


@pytest.mark.parametrize(
    ("more", "public"), [("EnableDefaultInternetAccess: true", True), ("FleetType: ON_DEMAND", False)]
)
def test_fleets_of_appstream_ask_for_public_addresses(cloud_of, more, public):
    fleet = f"{{Type: AWS::AppStream::Fleet, Properties: {{VpcConfig: {{SubnetIds: [!Ref A]}}, {more}}}}}"
    (eni,) = cloud_of(f"{NETWORK}\n  Thing: {fleet}\n").network.interfaces_of("Thing")
    assert (eni.public_ip is not None) is public


@pytest.mark.parametrize(("more", "noted"), [("", True), (", AvailabilityZone: us-east-1b", False)])
def test_the_subnet_that_aws_chooses_is_an_assumption(cloud_of, ask, more, noted):
    database = f"{{Type: AWS::RDS::DBInstance, Properties: {{DBSubnetGroupName: !Ref Places, VPCSecurityGroups: [!Ref Open]{more}}}}}"
    cloud = cloud_of(
        placed(database)
        + """
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 0.0.0.0/0}]}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  Denies: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref B, NetworkAclId: !Ref Acl}}
  Client: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}}
"""
    )
    path = ask(cloud, "Client", "Thing:tcp/3306")
    assert (path.verdict, any("may be in any" in note for note in path.assumptions)) == ("blocked", noted)


@pytest.mark.parametrize(
    ("resource", "attribute", "port"),
    [
        ("{Type: AWS::RDS::DBInstance, Properties: {Engine: postgres}}", "Endpoint.Port", 5432),
        ("{Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, Port: 5433}}", "Endpoint.Port", 5433),
        ("{Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-postgresql, DBClusterIdentifier: !Ref Cluster}}", "Endpoint.Port", 5999),
        ("{Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-postgresql, DBClusterIdentifier: orders}}", "Endpoint.Port", 5432),
        ("{Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql}}", "Endpoint.Port", 3306),
        ("{Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: memcached}}", "ConfigurationEndpoint.Port", 11211),
        ("{Type: AWS::ElastiCache::ReplicationGroup, Properties: {}}", "PrimaryEndPoint.Port", 6379),
        ("{Type: AWS::Redshift::Cluster, Properties: {}}", "Endpoint.Port", 5439),
        ("{Type: AWS::Neptune::DBCluster, Properties: {DBPort: 9182}}", "Port", 9182),
        ("{Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: other}}", "Endpoint.Port", None),
        ("{Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Ref Source}}", "Endpoint.Port", 5433),
        ("{Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !GetAtt Source.DBInstanceArn}}", "Endpoint.Port", 5433),
        ("{Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Sub 'arn:aws:rds:us-east-1:${AWS::AccountId}:db:${Source}'}}", "Endpoint.Port", 5433),
        ("{Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Sub 'arn:aws:rds:eu-west-1:${AWS::AccountId}:db:${Source}'}}", "Endpoint.Port", None),
        ("{Type: AWS::ElastiCache::ServerlessCache, Properties: {Engine: valkey}}", "ReaderEndpoint.Port", 6380),
        ("{Type: AWS::RDS::DBInstance, Properties: {Engine: !Ref Missing}}", "Endpoint.Port", None),
    ],
)  # fmt: skip
def test_port_of_a_database_is_its_engines(cloud_of, resource, attribute, port):
    cloud = cloud_of(f"""
Parameters: {{Missing: {{Type: String}}}}
{NETWORK}
  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: aurora-postgresql, Port: 5999}}}}
  Source: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: postgres, Port: 5433}}}}
  Other: {{Type: AWS::EKS::Cluster, Properties: {{Name: orders}}}}
  Thing: {resource}
  Rule: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{GroupId: !Ref Group, IpProtocol: tcp, FromPort: !GetAtt Thing.{attribute}, ToPort: !GetAtt Thing.{attribute}, CidrIp: 10.0.0.0/8}}}}
""")
    (rule,) = cloud.network.security_groups["Group"].ingress
    assert (rule.from_port == port) if port else isinstance(rule.peer, Unknown)


@pytest.mark.parametrize(
    ("resource", "attribute", "end"),
    [
        ("{Type: AWS::RDS::DBCluster, Properties: {DBClusterIdentifier: Orders}}", "DBClusterArn", "rds:us-east-1:123456789012:cluster:orders"),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: db}}", "DBInstanceArn", "rds:us-east-1:123456789012:db:db"),
        ("{Type: AWS::MemoryDB::Cluster, Properties: {ClusterName: m}}", "ARN", "memorydb:us-east-1:123456789012:cluster/m"),
        ("{Type: AWS::MemoryDB::User, Properties: {UserName: ada}}", "Arn", "memorydb:us-east-1:123456789012:user/ada"),
        ("{Type: AWS::ElastiCache::ServerlessCache, Properties: {ServerlessCacheName: c}}", "ARN", "elasticache:us-east-1:123456789012:serverlesscache:c"),
        ("{Type: AWS::ElastiCache::User, Properties: {UserId: Ada}}", "Arn", "elasticache:us-east-1:123456789012:user:Ada"),
        ("{Type: AWS::StepFunctions::Activity, Properties: {Name: wait}}", "Arn", "states:us-east-1:123456789012:activity:wait"),
    ],
)  # fmt: skip
def test_arns_that_policies_and_variables_name(cloud_of, resource, attribute, end):
    cloud = cloud_of(f"Resources:\n  Thing: {resource}\nOutputs: {{Arn: {{Value: !GetAtt Thing.{attribute}}}}}\n")
    assert cloud.template.outputs[0].value == f"arn:aws:{end}"


def test_a_service_without_groups_has_the_default_group(cloud_of):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: AWS::EFS::MountTarget, Properties: {{SubnetId: !Ref A}}}}\n")
    assert cloud.network.interfaces_of("Thing")[0].security_group_ids == ("Vpc.default",)


BALANCER = (
    NETWORK
    + """
  Eip: {Type: AWS::EC2::EIP}
  Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}
  Nlb:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: network
      SubnetMappings: [{SubnetId: !Ref A, AllocationId: !GetAtt Eip.AllocationId}]
      LoadBalancerAttributes: [{Key: load_balancing.cross_zone.enabled, Value: "true"}]
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: ip, Protocol: HTTP, Port: 8080, VpcId: !Ref Vpc, Targets: [{Id: 10.0.0.50, Port: 8081}]}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Port: 80, Protocol: HTTP, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}}]}}
  Late: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: !Ref Listener, Priority: 20, Conditions: [{Field: host-header, HostHeaderConfig: {Values: [a.example.org]}}], Actions: [{Type: forward, TargetGroupArn: !Ref Targets}]}}
  Soon: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: !Ref Listener, Priority: 10, Conditions: [{Field: path-pattern, Values: [/x/*]}], Actions: [{Type: forward, ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref Targets, Weight: 3}]}}]}}
  Service: {Type: AWS::ECS::Service, Properties: {LoadBalancers: [{TargetGroupArn: !Ref Targets, ContainerName: c, ContainerPort: 8080}]}}
Outputs: {Name: {Value: !GetAtt Alb.DNSName}}
"""
)


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("", "200"),
        (', Matcher: {HttpCode: "200-299"}', "200-299"),
        (", ProtocolVersion: GRPC", "12"),
        (', ProtocolVersion: GRPC, Matcher: {GrpcCode: "0-99"}', "0-99"),
    ],
)
def test_codes_of_healthy_targets(cloud_of, more, codes):
    text = BALANCER.replace("VpcId: !Ref Vpc, Targets: [", f"VpcId: !Ref Vpc{more}, Targets: [")
    assert cloud_of(text).balancing.target_groups["Targets"].matcher == codes


def test_load_balancers_and_their_nodes(cloud_of):
    cloud = cloud_of(BALANCER)
    alb, nlb = cloud.balancing.load_balancers["Alb"], cloud.balancing.load_balancers["Nlb"]
    assert (alb.type, alb.cross_zone, alb.vpc_id) == (LoadBalancerType.APPLICATION, True, "Vpc")
    assert (nlb.type, nlb.cross_zone, nlb.security_group_ids) == (LoadBalancerType.NETWORK, True, ())
    assert cloud.template.outputs[0].value == alb.dns_name
    assert [node.subnet_id for node in cloud.network.interfaces_of("Alb")] == ["A", "B"]
    assert cloud.network.interfaces_of("Nlb")[0].public_ip == cloud.network.elastic_ips["Eip"].public_ip
    public = [eni.public_ip for eni in cloud.network.network_interfaces.values() if eni.public_ip]
    assert len(set(public)) == 3


def test_listeners_rules_and_target_groups(cloud_of):
    cloud = cloud_of(BALANCER)
    assert cloud.balancing.listeners["Listener"].default_actions[0].config == {"StatusCode": "404"}
    assert list(cloud.balancing.listener_rules) == ["Soon", "Late"]
    soon, late = cloud.balancing.listener_rules.values()
    assert (soon.conditions[0].field, soon.conditions[0].values) == ("path-pattern", ("/x/*",))
    assert (soon.actions[0].target_group_ids, soon.actions[0].weights) == (("Targets",), (3,))
    assert late.conditions[0].values == ("a.example.org",)
    group = cloud.balancing.target_groups["Targets"]
    assert (group.targets[0].id, group.targets[0].port, group.registered_by) == (
        "10.0.0.50",
        8081,
        (Registration("Service", 8080),),
    )


TRANSIT = (
    NETWORK
    + """
  Tgw: {Type: AWS::EC2::TransitGateway}
  Attachment: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}
  Other: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: vpc-9, SubnetIds: [subnet-9], Options: {ApplianceModeSupport: enable}}}
  Table: {Type: AWS::EC2::TransitGatewayRouteTable, Properties: {TransitGatewayId: !Ref Tgw}}
  Mine: {Type: AWS::EC2::TransitGatewayRouteTableAssociation, Properties: {TransitGatewayRouteTableId: !Ref Table, TransitGatewayAttachmentId: !Ref Other}}
  Learn: {Type: AWS::EC2::TransitGatewayRouteTablePropagation, Properties: {TransitGatewayRouteTableId: !Ref Table, TransitGatewayAttachmentId: !Ref Attachment}}
  Drop: {Type: AWS::EC2::TransitGatewayRoute, Properties: {TransitGatewayRouteTableId: !Ref Table, DestinationCidrBlock: 10.7.0.0/16, Blackhole: true}}
  Default: {Type: AWS::EC2::TransitGatewayRoute, Properties: {TransitGatewayRouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, TransitGatewayAttachmentId: !Ref Attachment}}
"""
)


def test_transit_gateway_tables(cloud_of):
    cloud = cloud_of(TRANSIT)
    table, default = (
        cloud.network.transit_gateway_route_tables["Table"],
        cloud.network.transit_gateway_route_tables["Tgw.default"],
    )
    assert (table.associations, table.propagations) == (("Other",), ("Attachment",))
    assert [(str(r.destination_cidr_block), r.blackhole) for r in table.routes] == [
        ("10.7.0.0/16", True),
        ("0.0.0.0/0", False),
    ]
    assert default.associations == ("Attachment",)
    assert set(default.propagations) == {"Attachment", "Other"}
    assert cloud.network.transit_gateway_attachments["Other"].appliance_mode


VPN_GATEWAY = """
  Vgw: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  Attach: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref Vgw}}
  Vpn: {Type: AWS::EC2::VPNConnection, Properties: {VpnGatewayId: !Ref Vgw, CustomerGatewayId: cgw-1, StaticRoutesOnly: true, Type: ipsec.1}}
  Office: {Type: AWS::EC2::VPNConnectionRoute, Properties: {VpnConnectionId: !Ref Vpn, DestinationCidrBlock: 192.168.0.0/16}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Learn: {Type: AWS::EC2::VPNGatewayRoutePropagation, DependsOn: Attach, Properties: {RouteTableIds: [!Ref Table], VpnGatewayId: !Ref Vgw}}
"""


def test_vpn_routes_are_learned_by_tables_that_ask_for_them(cloud_of):
    cloud = cloud_of(NETWORK + VPN_GATEWAY)
    (route,) = cloud.network.route_tables["Table"].routes
    assert (str(route.destination_cidr_block), route.target_id, route.propagated) == ("192.168.0.0/16", "Vgw", True)
    assert cloud.network.vpn_gateways["Vgw"].vpc_id == "Vpc"


def test_blocks_that_are_announced_by_bgp_are_not_known(cloud_of):
    cloud = cloud_of(NETWORK + VPN_GATEWAY.replace("StaticRoutesOnly: true, ", ""))
    static, announced = (route.destination_cidr_block for route in cloud.network.route_tables["Table"].routes)
    assert (str(static), isinstance(announced, Unknown)) == ("192.168.0.0/16", True)
    by_direct_connect = "  Direct: {Type: AWS::DirectConnect::DirectConnectGatewayAssociation, Properties: {DirectConnectGatewayId: dx-1, AssociatedGatewayId: !Ref Vgw}}\n"
    made = cloud_of(NETWORK + VPN_GATEWAY + by_direct_connect)
    assert isinstance(made.network.route_tables["Table"].routes[1].destination_cidr_block, Unknown)
    assert made.network.transit_gateway_attachments == {}
    only_direct_connect = "\n".join(one for one in VPN_GATEWAY.splitlines() if "VPNConnection" not in one)
    (route,) = cloud_of(NETWORK + only_direct_connect).network.route_tables["Table"].routes
    assert isinstance(route.destination_cidr_block, Unknown)


def test_direct_connect_on_a_transit_gateway_is_an_attachment(cloud_of):
    cloud = cloud_of(
        NETWORK
        + "  Tgw: {Type: AWS::EC2::TransitGateway}\n"
        + "  Direct: {Type: AWS::DirectConnect::DirectConnectGatewayAssociation, Properties: {DirectConnectGatewayId: dx-1, AssociatedGatewayId: !Ref Tgw}}\n"
    )
    attachment = cloud.network.transit_gateway_attachments["Direct"]
    assert (attachment.kind, attachment.transit_gateway_id) == (AttachmentKind.DIRECT_CONNECT, "Tgw")
    (table,) = cloud.network.transit_gateway_route_tables.values()
    assert (table.associations, table.propagations) == (("Direct",), ("Direct",))
    assert cloud.template.unread == ()


def test_a_vpn_on_a_transit_gateway_is_an_attachment(cloud_of):
    cloud = cloud_of(
        NETWORK
        + "  Tgw: {Type: AWS::EC2::TransitGateway}\n  Vpn: {Type: AWS::EC2::VPNConnection, Properties: {TransitGatewayId: !Ref Tgw, CustomerGatewayId: c}}\n"
    )
    attachment = cloud.network.transit_gateway_attachments["Vpn.attachment"]
    assert (attachment.kind, attachment.resource_id) == (AttachmentKind.VPN, "Vpn")


@pytest.mark.parametrize(
    ("count", "subnets"),
    [
        ("", ["A", "B"]),
        ("DesiredCount: 0, ", []),
        ("DesiredCount: 1, ", ["A", "B"]),
        ("DesiredCount: 3, ", ["A", "B", "A"]),
    ],
    ids=["not said", "none", "fewer than subnets", "more than subnets"],
)
def test_a_service_has_an_interface_a_task_and_a_subnet_at_least(cloud_of, count, subnets):
    network = "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}"
    front = "LoadBalancers: [{TargetGroupArn: !Ref Targets, ContainerPort: 8080}]"
    cloud = cloud_of(
        NETWORK
        + f"  Thing: {{Type: AWS::ECS::Service, Properties: {{{count}{front}, {network}}}}}\n"
        + "  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: ip, Port: 8080}}\n"
    )
    assert [eni.subnet_id for eni in cloud.network.interfaces_of("Thing")] == subnets
    assert cloud.balancing.target_groups["Targets"].empty is not bool(subnets)


def test_a_queue_without_a_name_has_one_all_the_same(cloud_of):
    cloud = cloud_of(
        "Resources:\n"
        "  Queue: {Type: AWS::SQS::Queue}\n"
        "  Said: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt Queue.QueueName}}\n"
    )
    name = cloud.template.resources["Said"].properties["Value"]
    assert re.fullmatch(r"[a-zA-Z0-9-]+-Queue-[a-zA-Z0-9]{12}", name)
    assert cloud.template.resources["Queue"].properties["QueueName"] == name


@pytest.mark.parametrize(
    ("more", "subnets"),
    [
        ("", ["A", "A", "A", "B"]),
        ("AZMode: cross-az", ["A", "B", "A"]),
        ("AZMode: cross-az, PreferredAvailabilityZones: [us-east-1b, us-east-1b, us-east-1a]", ["B", "B", "A"]),
        ("PreferredAvailabilityZone: us-east-1b", ["B", "B", "B"]),
    ],
)
def test_nodes_of_memcached_are_in_their_zones(cloud_of, more, subnets):
    """The last ones are where AWS may put the nodes too, if the template does not say."""
    cloud = cloud_of(f"""{NETWORK}
  Places: {{Type: AWS::ElastiCache::SubnetGroup, Properties: {{Description: d, SubnetIds: [!Ref A, !Ref B]}}}}
  Cache:
    Type: AWS::ElastiCache::CacheCluster
    Properties: {{ClusterName: mem, Engine: memcached, NumCacheNodes: 3, CacheSubnetGroupName: !Ref Places, {more}}}
""")
    assert [eni.subnet_id for eni in cloud.network.interfaces_of("Cache")] == subnets
    nodes = nodes_of(cloud, "Cache")
    assert [*nodes] == [f"mem.netful.000{number}.cache.amazonaws.com" for number in (1, 2, 3)]
    assert [eni.subnet_id for eni in nodes.values()] == subnets[:3]


@pytest.mark.parametrize(
    ("more", "replicas"), [("NumCacheClusters: 3", 2), ("ReplicasPerNodeGroup: 1", 1), ("Engine: redis", 0)]
)
def test_a_replication_group_has_a_name_for_each_node(cloud_of, more, replicas):
    cloud = cloud_of(f"""
Resources:
  Cache: {{Type: AWS::ElastiCache::ReplicationGroup, Properties: {{ReplicationGroupId: shop, ReplicationGroupDescription: d, {more}}}}}
  P: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: !Join [",", !GetAtt Cache.ReadEndPoint.Addresses.List]}}}}
""")
    names = ["shop.netful.cache.amazonaws.com", *replicas * ["shop-ro.netful.cache.amazonaws.com"]]
    assert cloud.template.resources["P"].properties["Value"] == ",".join(names)


IN_SOME_SUBNET = """
    Parameters: {Subnet: {Type: AWS::EC2::Subnet::Id}}
    Resources:
      Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: g, SubnetIds: [!Ref Subnet]}}
      Task: {Type: AWS::ECS::TaskDefinition, Properties: {NetworkMode: awsvpc, ContainerDefinitions: [{Name: web, Image: nginx}]}}
      Thing: {Type: %s, Properties: {%s}}
"""
OF_TASK = "TaskDefinition: !Ref Task, NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet]%s}}"


@pytest.mark.parametrize(
    ("type_", "properties", "verdict"),
    [
        ("AWS::RDS::DBInstance", "Engine: mysql, DBSubnetGroupName: !Ref Group", "blocked"),
        ("AWS::RDS::DBInstance", "Engine: mysql, DBSubnetGroupName: !Ref Group, PubliclyAccessible: true", "unknown"),
        ("AWS::RDS::DBInstance", "Engine: mysql, DBSubnetGroupName: default", "unknown"),
        ("AWS::RDS::DBInstance", "Engine: mysql", "unknown"),
        ("AWS::RDS::DBCluster", "Engine: aurora-mysql", "blocked"),
        ("AWS::ECS::Service", OF_TASK % "", "blocked"),
        ("AWS::ECS::Service", OF_TASK % ", AssignPublicIp: ENABLED", "unknown"),
        ("AWS::ECS::Service", OF_TASK % ", AssignPublicIp: !Ref Subnet", "unknown"),
        ("AWS::EC2::VPCEndpoint", "VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, VpcId: vpc-1, SubnetIds: [!Ref Subnet]", "blocked"),
        ("AWS::EC2::Instance", "ImageId: ami-1, SubnetId: !Ref Subnet", "unknown"),
        ("AWS::EC2::Instance", "ImageId: ami-1, NetworkInterfaces: [{DeviceIndex: 0, SubnetId: !Ref Subnet, AssociatePublicIpAddress: false}]", "blocked"),
    ],
)  # fmt: skip
def test_the_internet_does_not_reach_what_has_no_public_address_in_any_subnet(cloud_of, type_, properties, verdict):
    cloud = cloud_of(IN_SOME_SUBNET % (type_, properties))
    assert trace(cloud, parse(cloud, "internet", "Thing:tcp/443")).verdict == verdict


@pytest.mark.parametrize(("static", "verdict"), [("true", "blocked"), ("false", "unknown")])
def test_a_transit_gateway_learns_no_routes_of_a_vpn_with_static_ones_alone(cloud_of, static, verdict):
    cloud = cloud_of(
        NETWORK
        + f"""
  Tgw: {{Type: AWS::EC2::TransitGateway}}
  Attached: {{Type: AWS::EC2::TransitGatewayAttachment, Properties: {{TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}}}
  Vpn: {{Type: AWS::EC2::VPNConnection, Properties: {{Type: ipsec.1, CustomerGatewayId: cgw-1, TransitGatewayId: !Ref Tgw, StaticRoutesOnly: {static}}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Route: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 192.168.0.0/16, TransitGatewayId: !Ref Tgw}}}}
  Link: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref Table, SubnetId: !Ref A}}}}
"""
    )
    assert trace(cloud, parse(cloud, "subnet:A+Group", "192.168.7.7:tcp/22")).verdict == verdict
