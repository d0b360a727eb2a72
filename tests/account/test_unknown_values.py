"""Resources of which values are unknown: answers leave them out, and have all other values in the types of the service's model."""

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.ecs.api import EcsApi
from netful.account.efs.api import EfsApi
from netful.account.elbv2.api import ElbV2Api
from netful.account.managed.rds_api import RdsApi
from netful.account.resolver.api import ResolverApi
from netful.account.route53.api import Route53Api
from netful.account.wafv2.api import WafApi
from netful.sources import load
from tests.account.test_databases import elsewhere
from tests.helpers.account_client import Client, Running, no_bundles, without_metadata

TEMPLATE = """
Parameters: {P: {Type: String}, N: {Type: Number, Default: 5}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      {GroupDescription: !Ref P, GroupName: !Ref P, VpcId: !Ref Vpc,
       SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 5, CidrIp: !Ref P, Description: !Ref P}]}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3,
       PolicyDocument: {Statement: [{Effect: Allow, Action: !Ref P, Resource: "*", Principal: "*"}]}}
  Gateway: {Type: AWS::EC2::TransitGateway, Properties: {AmazonSideAsn: !Ref P, Description: !Ref P}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  Entry:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: !Ref P, PortRange: {From: 1, To: 5}}
  Any:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: !Ref P, Protocol: 6, RuleAction: allow, CidrBlock: 10.0.0.0/8, Egress: !Ref P}
  Other:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !GetAtt Vpc.DefaultNetworkAcl, RuleNumber: !Ref P, Protocol: 6, RuleAction: allow, CidrBlock: 10.0.0.0/8}
  List: {Type: AWS::EC2::PrefixList, Properties: {PrefixListName: !Ref P, AddressFamily: IPv4, MaxEntries: !Ref N, Entries: [{Cidr: !Ref P}]}}
  Launch: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateName: !Ref P, LaunchTemplateData: {UserData: !Ref P}}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      {Subnets: [!Ref A, !Ref B], Scheme: internal,
       LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: !Ref N}, {Key: deletion_protection.enabled, Value: !Ref P}]}
  Files:
    Type: AWS::EFS::FileSystem
    Properties:
      {Encrypted: "true", BackupPolicy: {Status: !Ref P}, LifecyclePolicies: [{TransitionToIA: !Ref P}],
       FileSystemPolicy: {Statement: [{Effect: Allow, Action: !Ref P, Principal: "*"}]}}
  Access: {Type: AWS::EFS::AccessPoint, Properties: {FileSystemId: !Ref Files, PosixUser: {Uid: "1000", Gid: !Ref P}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      {Family: f, NetworkMode: awsvpc, Cpu: 256, Memory: !Ref P,
       ContainerDefinitions: [{Name: a, Image: !Ref P, PortMappings: [{ContainerPort: "80"}], Essential: "true"}]}
  Out: {Type: AWS::Route53Resolver::ResolverEndpoint, Properties: {Direction: OUTBOUND, SecurityGroupIds: [!Ref Group], IpAddresses: [{SubnetId: !Ref A}, {SubnetId: !Ref B}]}}
  Rule: {Type: AWS::Route53Resolver::ResolverRule, Properties: {DomainName: a.example, RuleType: FORWARD, ResolverEndpointId: !Ref Out, TargetIps: [{Ip: !Ref P, Port: !Ref P}]}}
  Database: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBInstanceClass: db.t4g.micro, AllocatedStorage: !Ref N, MultiAZ: !Ref P}}
  Check: {Type: AWS::Route53::HealthCheck, Properties: {HealthCheckConfig: {Type: HTTP, Port: "80", Inverted: !Ref P}}}
  Disk: {Type: AWS::EC2::Volume, Properties: {Size: "8", AvailabilityZone: eu-west-1a, Encrypted: !Ref P}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      {LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {StatusCode: HTTP_301, Port: !Ref P}}]}
  Set: {Type: AWS::WAFv2::IPSet, Properties: {Scope: REGIONAL, IPAddressVersion: IPV4, Addresses: [10.0.0.0/8, !Ref P]}}
  Web:
    Type: AWS::WAFv2::WebACL
    Properties:
      Scope: REGIONAL
      DefaultAction: {Allow: {}}
      VisibilityConfig: &seen {SampledRequestsEnabled: "true", CloudWatchMetricsEnabled: !Ref P, MetricName: m}
      Rules:
        - {Name: a, Priority: !Ref N, Action: {Block: {}}, VisibilityConfig: *seen, Statement: {IPSetReferenceStatement: {Arn: !GetAtt Set.Arn}}}
        - Name: b
          Priority: 6
          Action: {Block: {}}
          VisibilityConfig: *seen
          Statement: {ByteMatchStatement: {SearchString: hunt, FieldToMatch: {UriPath: {}}, PositionalConstraint: EXACTLY, TextTransformations: [{Priority: 0, Type: NONE}]}}
"""
APIS = {
    "ec2": lambda running: Ec2Api(running, ()),
    "elbv2": lambda running: ElbV2Api(running, dict, no_bundles),
    "efs": EfsApi,
    "ecs": EcsApi,
    "route53resolver": ResolverApi,
    "wafv2": WafApi,
    "rds": lambda running: RdsApi(running, elsewhere),
    "route53": Route53Api,
}


@pytest.fixture
def client(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    running = Running(load([tmp_path / "template.yaml"], region="eu-west-1"))
    return lambda service: Client(service, APIS[service](running).handle)


def only(answer):
    """The single thing in the only list of an answer."""
    ((one,),) = (value for value in without_metadata(answer).values() if isinstance(value, list))
    return one


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        *(("ec2", f"Describe{name}") for name in (
            "VpcEndpoints", "SecurityGroups", "SecurityGroupRules", "TransitGateways", "NetworkAcls", "PrefixLists",
            "ManagedPrefixLists", "LaunchTemplates", "Tags", "NetworkInterfaces",
        )),
        ("efs", "DescribeFileSystems"), ("efs", "DescribeAccessPoints"), ("route53resolver", "ListResolverRules"),
    ],
)  # fmt: skip
def test_an_unknown_value_is_in_no_list(client, service, operation):
    answer = client(service)(operation)
    assert isinstance(answer, dict)
    assert "no value" not in str(answer)


def test_a_filter_does_not_find_an_unknown_value(client):
    groups = [{"Name": "group-name", "Values": ["*"]}]
    assert [one["GroupName"] for one in client("ec2")("DescribeSecurityGroups", Filters=groups)["SecurityGroups"]] == [
        "default"
    ]


def test_a_policy_with_an_unknown_part_is_left_out(client):
    assert "PolicyDocument" not in only(client("ec2")("DescribeVpcEndpoints"))
    file_system = only(client("efs")("DescribeFileSystems"))["FileSystemId"]
    assert "Policy" not in client("efs")("DescribeFileSystemPolicy", FileSystemId=file_system)


def test_settings_of_a_file_system_are_those_that_are_known(client):
    efs = client("efs")
    file_system = only(efs("DescribeFileSystems"))["FileSystemId"]
    assert efs("DescribeBackupPolicy", FileSystemId=file_system)["BackupPolicy"] == {}
    assert only(efs("DescribeAccessPoints"))["PosixUser"] == {"Uid": 1000}


def test_an_unknown_attribute_has_no_value_by_default(client):
    elb = client("elbv2")
    arn = only(elb("DescribeLoadBalancers"))["LoadBalancerArn"]
    changed = [{"Key": "idle_timeout.timeout_seconds", "Value": "7"}]
    answers = (
        elb("DescribeLoadBalancerAttributes", LoadBalancerArn=arn),
        elb("ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=changed),
    )
    for answer, seconds in zip(answers, ("5", "7"), strict=True):
        found = {one["Key"]: one["Value"] for one in answer["Attributes"]}
        assert found["idle_timeout.timeout_seconds"] == seconds
        assert "deletion_protection.enabled" not in found


def test_an_unknown_property_is_not_its_default(client):
    database = only(client("rds")("DescribeDBInstances"))
    assert (database["AllocatedStorage"], database["BackupRetentionPeriod"], "MultiAZ" in database) == (5, 1, False)
    check = only(client("route53")("ListHealthChecks"))["HealthCheckConfig"]
    assert (check["Port"], check["Disabled"], "Inverted" in check) == (80, False, False)
    disk = only(client("ec2")("DescribeVolumes"))
    assert (disk["Size"], "Encrypted" in disk) == (8, False)
    elb = client("elbv2")
    listener = only(elb("DescribeListeners", LoadBalancerArn=only(elb("DescribeLoadBalancers"))["LoadBalancerArn"]))
    redirect = listener["DefaultActions"][0]["RedirectConfig"]
    assert (redirect["StatusCode"], redirect["Host"], "Port" in redirect) == ("HTTP_301", "#{host}", False)


def test_numbers_and_flags_have_the_types_of_the_model(client):
    task = client("ecs")("DescribeTaskDefinition", taskDefinition="f")["taskDefinition"]
    (container,) = task["containerDefinitions"]
    assert (task["cpu"], task.get("memory")) == ("256", None)
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert container["essential"] is True


def test_a_web_acl_has_the_names_and_types_of_the_model(client):
    waf = client("wafv2")
    head = only(waf("ListWebACLs", Scope="REGIONAL"))
    found = waf("GetWebACL", Scope="REGIONAL", Id=head["Id"], Name=head["Name"])["WebACL"]
    by_set, by_text = found["Rules"]
    assert (by_set["Priority"], by_set["VisibilityConfig"]) == (5, {"SampledRequestsEnabled": True, "MetricName": "m"})
    (listed,) = waf("ListIPSets", Scope="REGIONAL")["IPSets"]
    assert by_set["Statement"]["IPSetReferenceStatement"]["ARN"] == listed["ARN"]
    assert by_text["Statement"]["ByteMatchStatement"]["SearchString"] == b"hunt"
    addresses = waf("GetIPSet", Scope="REGIONAL", Id=listed["Id"], Name=listed["Name"])["IPSet"]["Addresses"]
    assert addresses == ["10.0.0.0/8"]


@pytest.mark.parametrize("default", [False, True])
def test_an_entry_is_made_beside_one_whose_number_is_unknown(client, default):
    ec2 = client("ec2")
    acl = next(one["NetworkAclId"] for one in ec2("DescribeNetworkAcls")["NetworkAcls"] if one["IsDefault"] is default)
    entry = {"NetworkAclId": acl, "RuleNumber": 7, "Protocol": "-1", "CidrBlock": "10.0.0.0/8", "Egress": False}
    ec2("CreateNetworkAclEntry", **entry, RuleAction="allow")
    (changed,) = ec2("DescribeNetworkAcls", NetworkAclIds=[acl])["NetworkAcls"]
    assert 7 in [one.get("RuleNumber") for one in changed["Entries"] if not one["Egress"]]
