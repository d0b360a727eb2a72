"""Resources outside every VPC: public endpoints as destinations, and AWS's own network as a source."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError
from tests.helpers.texts import replaced

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
"""
DOMAIN = "AWS::SageMaker::Domain, Properties: {{SubnetIds: [!Ref A], DefaultUserSettings: {{SecurityGroups: [!Ref Group]}}, {}}}"
EKS = "AWS::EKS::Cluster, Properties: {ResourcesVpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]"


@pytest.mark.parametrize(
    ("resource", "start", "verdict"),
    [
        ("AWS::OpenSearchService::Domain", "internet", "reachable"),
        ("AWS::OpenSearchService::Domain", "subnet:A+Group", "blocked"),
        ("AWS::OpenSearchService::Domain, Properties: {VPCOptions: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]}}", "internet", "blocked"),
        ("AWS::AppRunner::Service", "internet", "reachable"),
        ("AWS::Transfer::Server", "internet", "reachable"),
        ("AWS::SageMaker::Endpoint", "internet", "reachable"),
        ("AWS::SageMaker::Endpoint", "subnet:A+Group", "blocked"),
        ("AWS::Cognito::UserPool", "internet", "reachable"),
        ("AWS::BedrockAgentCore::Runtime, Properties: {NetworkConfiguration: {NetworkMode: VPC, NetworkModeConfig: {Subnets: [!Ref A], SecurityGroups: [!Ref Group]}}}", "internet", "reachable"),
        (f"{EKS}}}}}", "internet", "reachable"),
        (f"{EKS}, PublicAccessCidrs: [198.51.100.0/24]}}}}", "internet", "reachable"),
        (f"{EKS}}}}}", "subnet:A+Group", "blocked"),
        (f"{EKS}, EndpointPublicAccess: false, EndpointPrivateAccess: true}}}}", "internet", "blocked"),
    ],
)  # fmt: skip
def test_public_endpoints_of_services(cloud_of, resource, start, verdict):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: {resource}}}\n")
    path = trace(cloud, parse(cloud, start, "Thing"))
    assert path.verdict == verdict
    assert any("198.51.100.0/24" in one for one in path.assumptions) == ("PublicAccessCidrs" in resource)


@pytest.mark.parametrize(
    ("resource", "to", "verdict"),
    [
        ("AWS::CodeBuild::Project", "internet:tcp/443", "reachable"),
        ("AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}", "aws:s3", "reachable"),
        ("AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group], DirectInternetAccess: Disabled}", "aws:s3", "blocked"),
        (DOMAIN.format(""), "aws:s3", "reachable"),
        (DOMAIN.format("AppNetworkAccessType: PublicInternetOnly"), "aws:s3", "reachable"),
        (DOMAIN.format("AppNetworkAccessType: VpcOnly"), "aws:s3", "blocked"),
        (DOMAIN.format(""), "10.0.0.9:tcp/5432", "blocked"),
    ],
)  # fmt: skip
def test_what_runs_in_the_network_of_aws_reaches_what_is_public(cloud_of, resource, to, verdict):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: {resource}}}\n")
    assert trace(cloud, parse(cloud, "Thing", to)).verdict == verdict


CALLS = """
  Gateway: {Type: AWS::VpcLattice::ResourceGateway, Properties: {VpcIdentifier: !Ref Vpc, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]}}
  Shared: {Type: AWS::VpcLattice::ResourceConfiguration, Properties: {ResourceGatewayId: !Ref Gateway}}
  Connection: {Type: AWS::Events::Connection, Properties: {AuthorizationType: API_KEYPRIVATE}}
  Target: {Type: AWS::Events::ApiDestination, Properties: {ConnectionArn: !GetAtt Connection.Arn, InvocationEndpoint: "https://example.com"}}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: !Sub "${Connection.Arn}"}}
"""
THROUGH = ", InvocationConnectivityParameters: {ResourceParameters: {ResourceConfigurationArn: %s}}"


@pytest.mark.parametrize("caller", ["Connection", "Target", "Machine"])
@pytest.mark.parametrize(("private", "owner"), [(THROUGH % "!GetAtt Shared.Arn", "Gateway"), ("", None)])
def test_a_connection_calls_from_its_resource_gateway(cloud_of, caller, private, owner):
    cloud = cloud_of(NETWORK + CALLS.replace("KEYPRIVATE", f"KEY{private}"))
    (source,) = parse(cloud, caller, "internet").sources
    assert (source.interface.owner_id if source.interface else None) == owner


@pytest.mark.parametrize(
    ("resolution", "host", "verdict"),
    [
        ("", "shop.internal", "blocked"),
        (", ResourceConfigDnsResolution: PUBLIC", "shop.internal", "blocked"),
        (", ResourceConfigDnsResolution: IN_VPC", "shop.internal", "reachable"),
        (", ResourceConfigDnsResolution: !Ref P", "shop.internal", "unknown"),
        ("", "shop.example.com", "reachable"),
    ],
)
def test_a_connection_asks_public_dns_unless_its_gateway_resolves_in_its_vpc(cloud_of, resolution, host, verdict):
    calls = CALLS.replace("KEYPRIVATE", "KEY" + THROUGH % "!GetAtt Shared.Arn")
    record = "Type: A, TTL: '60', ResourceRecords: [!GetAtt Server.PrivateIp]"
    cloud = cloud_of(f"""Parameters: {{P: {{Type: String}}}}
{NETWORK.replace("16}", "16, EnableDnsHostnames: true}")}{calls.replace("[!Ref Group]}}", f"[!Ref Group]{resolution}}}}}", 1)}
  Open: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{GroupId: !Ref Group, IpProtocol: '-1', CidrIp: 10.0.0.0/16}}}}
  Server: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}}}}
  Private: {{Type: AWS::Route53::HostedZone, Properties: {{Name: internal, VPCs: [{{VPCId: !Ref Vpc, VPCRegion: us-east-1}}]}}}}
  Public: {{Type: AWS::Route53::HostedZone, Properties: {{Name: example.com}}}}
  Shop: {{Type: AWS::Route53::RecordSet, Properties: {{HostedZoneId: !Ref Private, Name: shop.internal, {record}}}}}
  Shown: {{Type: AWS::Route53::RecordSet, Properties: {{HostedZoneId: !Ref Public, Name: shop.example.com, {record}}}}}
""")
    path = trace(cloud, parse(cloud, "Connection", f"https://{host}/"))
    assert path.verdict == verdict
    assert ("IN_VPC" in path.hint) == (verdict == "blocked")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("AWS::Transfer::WebApp, Properties: {EndpointDetails: {Vpc: {SubnetIds: [!Ref A]}}}", "interfaces netful does not read"),
        ("AWS::EC2::VerifiedAccessEndpoint, Properties: {SecurityGroupIds: [!Ref Group]}", "interfaces netful does not read"),
        ("AWS::SSM::Document", "has no interface"),
    ],
)  # fmt: skip
def test_a_resource_whose_interfaces_are_not_read_is_not_said_to_have_none(cloud_of, resource, reason):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: {resource}}}\n")
    with pytest.raises(QuestionError, match=reason):
        parse(cloud, "subnet:A+Group", "Thing:tcp/443")


def test_a_connection_by_a_gateway_that_is_not_loaded_has_no_place(cloud_of):
    cloud = cloud_of(NETWORK + CALLS.replace("KEYPRIVATE", "KEY" + THROUGH % "!ImportValue shared"))
    with pytest.raises(QuestionError):
        parse(cloud, "Connection", "internet")


FILES = "CustomFileSystemConfigs: [{EFSFileSystemConfig: {FileSystemId: !Ref Files}}]"
WITH_FILES = DOMAIN.replace("[!Ref Group]}}", f"[!Ref Group], {FILES.replace('{', '{{').replace('}', '}}')}}}}}")


@pytest.mark.parametrize(
    ("resource", "to", "assumed"),
    [
        (DOMAIN.format("AppNetworkAccessType: !Ref Given"), "aws:s3", True),
        (DOMAIN.format("AppNetworkAccessType: !Ref Given"), "10.0.0.9:tcp/5432", True),
        (DOMAIN.format("AppNetworkAccessType: VpcOnly"), "10.0.0.9:tcp/5432", False),
        (WITH_FILES.format(""), "10.0.0.9:tcp/5432", True),
        (WITH_FILES.format(""), "Target", False),
        (WITH_FILES.format(""), "aws:s3", False),
        (WITH_FILES.format("AppNetworkAccessType: VpcOnly"), "10.0.0.9:tcp/5432", False),
        ("AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group], DirectInternetAccess: !Ref Given}", "aws:s3", True),
        ("AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}", "10.0.0.9:tcp/5432", False),
    ],
)  # fmt: skip
def test_what_may_run_in_the_network_of_aws_is_assumed_in_its_subnets(cloud_of, resource, to, assumed):
    files = "  Files: {Type: AWS::EFS::FileSystem}\n  Target: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref A, SecurityGroups: [!Ref Group]}}\n"
    cloud = cloud_of(f"Parameters: {{Given: {{Type: String}}}}\n{NETWORK}\n{files}  Thing: {{Type: {resource}}}\n")
    assert any("by its subnets" in note for note in trace(cloud, parse(cloud, "Thing", to)).assumptions) is assumed


TEMPLATE = """
Parameters: {Given: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  Inside: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}, Handler: a.b, Runtime: python3.13, VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Sg]}}}
  Outside: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}, Handler: a.b, Runtime: python3.13}}
  End: {Type: TYPE, Properties: {PROPERTIES}}
"""
SYNC, RUNNER = "AWS::AppSync::GraphQLApi", "AWS::AppRunner::Service"
PRIVATE = "NetworkConfiguration: {IngressConfiguration: {IsPubliclyAccessible: false}}"
PUBLIC = "clients reach `End` at its public endpoint, whose own policies are not evaluated"
POLICIES = "the network policies of `End` admit the client"


def asked(cloud_of, ask, source, type_, properties=""):
    return ask(cloud_of(replaced(TEMPLATE, {"TYPE": type_, "PROPERTIES": properties})), source, "End")


@pytest.mark.parametrize(
    ("type_", "host", "assumed"),
    [
        (SYNC, "any.appsync-api.us-east-1.amazonaws.com", PUBLIC),
        (RUNNER, "any.us-east-1.awsapprunner.com", PUBLIC),
        ("AWS::DSQL::Cluster", "any.dsql.us-east-1.on.aws", PUBLIC),
        ("AWS::OpenSearchServerless::Collection", "any.us-east-1.aoss.amazonaws.com", POLICIES),
        ("AWS::ECS::ExpressGatewayService", "any.ecs.us-east-1.on.aws", "the subnets of `End` are public, so its load balancer is on the internet"),
    ],
)  # fmt: skip
def test_a_public_host_is_reached_over_the_internet(cloud_of, ask, type_, host, assumed):
    path = asked(cloud_of, ask, "Outside", type_)
    assert path.verdict == "reachable"
    assert path.hops[0].asks == host
    assert assumed in path.assumptions
    assert asked(cloud_of, ask, "Inside", type_).symptom.kind == "timeout"


@pytest.mark.parametrize(
    ("type_", "endpoint"),
    [
        ("AWS::DSQL::Cluster", "{Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, SubnetIds: [!Ref A], ServiceName: com.amazonaws.us-east-1.dsql-abcd}}"),
        ("AWS::OpenSearchServerless::Collection", "{Type: AWS::OpenSearchServerless::VpcEndpoint, Properties: {VpcId: !Ref Given, SubnetIds: [!Ref Given]}}"),
    ],
)  # fmt: skip
def test_an_endpoint_of_its_own_may_lead_to_such_a_host(cloud_of, ask, type_, endpoint):
    text = replaced(TEMPLATE, {"TYPE": type_, "PROPERTIES": ""}) + f"  Endpoint: {endpoint}\n"
    assert "the client's VPC has no endpoint with the name of `End`" in ask(cloud_of(text), "Inside", "End").assumptions


@pytest.mark.parametrize(
    ("type_", "properties"), [(SYNC, "Visibility: PRIVATE"), (SYNC, "Visibility: !Ref Given"), (RUNNER, PRIVATE)]
)
def test_a_private_host_depends_on_the_endpoint_that_leads_to_it(cloud_of, ask, type_, properties):
    path = asked(cloud_of, ask, "Inside", type_, properties)
    assert (path.verdict, "the endpoint that leads to `End`" in path.missing) == ("unknown", True)


def test_nodes_of_a_cluster_elsewhere_have_its_group_which_is_not_known(cloud_of, ask):
    path = asked(cloud_of, ask, "Inside", "AWS::EKS::Nodegroup", "Subnets: [!Ref A], ClusterName: x")
    assert (path.verdict, path.missing) == ("unknown", ("the security group of cluster `x`",))


APPSYNC = "Sync: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.appsync-api, PrivateDnsEnabled: DNS, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}}"
REQUESTS = "Requests: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.apprunner.requests, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}}"
INGRESS = "Ingress: {Type: AWS::AppRunner::VpcIngressConnection, Properties: {ServiceArn: !GetAtt End.ServiceArn, IngressVpcConfiguration: {VpcId: !Ref Vpc, VpcEndpointId: !Ref Requests}}}"
OPEN = "Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]}}"
WITH_DNS = replaced(TEMPLATE, {"CidrBlock: 10.0.0.0/16}": "CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}"})


@pytest.mark.parametrize(
    ("type_", "properties", "more", "verdict", "last"),
    [
        (SYNC, "", (APPSYNC.replace("DNS,", "true,"),), "blocked", "NETFUL_API_PUBLIC_THROUGH_ENDPOINT"),
        (SYNC, "Visibility: PRIVATE", (APPSYNC.replace("DNS,", "true,"),), "reachable", None),
        (SYNC, "Visibility: PRIVATE", (APPSYNC.replace("DNS,", "false,"),), "reachable", None),
        (SYNC, "Visibility: !Ref Given", (APPSYNC.replace("DNS,", "true,"),), "unknown", None),
        (RUNNER, PRIVATE, (REQUESTS, INGRESS), "reachable", None),
        (RUNNER, PRIVATE, (REQUESTS,), "unknown", None),
    ],
)  # fmt: skip
def test_an_endpoint_that_is_loaded_leads_to_private_services_alone(
    cloud_of, ask, type_, properties, more, verdict, last
):
    text = replaced(WITH_DNS, {"TYPE": type_, "PROPERTIES": properties})
    path = ask(cloud_of(text + "".join(f"  {one}\n" for one in (OPEN, *more))), "Inside", "End")
    assert path.verdict == verdict
    assert last is None or path.hops[-1].code == last


SEARCHED = """
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true}}
  There: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.1.0.0/24}}
  OfFar: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Far}}
  Admits: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: a, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]}}
  Near: {Type: AWS::OpenSearchServerless::VpcEndpoint, Properties: {Name: n, VpcId: !Ref Vpc, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Admits]}}
  Vectors: {Type: AWS::OpenSearchServerless::Collection, Properties: {Name: v, Type: VECTORSEARCH}}
"""
HOST_NAMES = {"CidrBlock: 10.0.0.0/16}}\n  A:": "CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}\n  A:"}


@pytest.mark.parametrize("to", ["Vectors", "https://0a1b2c3d4e5f.us-east-1.aoss.amazonaws.com/"])
@pytest.mark.parametrize(
    ("changes", "start", "verdict"),
    [
        (HOST_NAMES, "subnet:A+Group", "reachable"),
        ({}, "subnet:A+Group", "blocked"),
        ({**HOST_NAMES, "[!Ref Admits]": "[!Ref Group]"}, "subnet:A+Group", "blocked"),
        (HOST_NAMES, "subnet:There+OfFar", "blocked"),
        (HOST_NAMES, "internet", "reachable"),
    ],
)
def test_a_collection_is_at_the_endpoint_of_its_own_kind_in_the_vpc_of_the_client(
    cloud_of, changes, start, verdict, to
):
    cloud = cloud_of(replaced(NETWORK + SEARCHED, changes))
    path = trace(cloud, parse(cloud, start, to))
    assert path.verdict == verdict
    assert not any("no endpoint" in note for note in path.assumptions)
