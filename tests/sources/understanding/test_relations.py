"""Relations with an end that is not known: an answer that they may change names them, or is unknown."""

import pytest

from netful.engine.routing.subnet_kinds import subnet_kind
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.terraform_plans import everything_out, network, refers
from tests.helpers.texts import replaced

NETWORK = """\
Parameters: {Which: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, EnableDnsSupport: true}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  ToInternet: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  OfPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Out}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfInner: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Inner, RouteTableId: !Ref Table}}
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Address.AllocationId}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc}}
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Vpc}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Public, SecurityGroupIds: [!Ref Open]}}
  App: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Inner, SecurityGroupIds: [!Ref Closed]}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.test, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
"""
OPEN_TO_ALL = "GroupDescription: c, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 0.0.0.0/0}],"
OUT = ("App", "internet:tcp/443")
IN = ("Web", "App:tcp/80")
ACL = "Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}"
APIS = """\
Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: r}}
  Part: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Rest, ParentId: !GetAtt Rest.RootResourceId, PathPart: a}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, ResourceId: !Ref Part, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: "https://e.org"}}}
  Version: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Rest}}
  Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Rest, DeploymentId: !Ref Version, StageName: live}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  To: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://e.org", PayloadFormatVersion: "1.0"}}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: GET /a, Target: !Sub "integrations/${To}"}}
  Now: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: now, AutoDeploy: true}}
  Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref Inner], SecurityGroups: [!Ref Open]}}
  On: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Port: 80, Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {StatusCode: HTTP_302, Host: e.org}}]}}
"""
ENDPOINT = "{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, PrivateDnsEnabled: true, SubnetIds: [!Ref Inner]}"


def asked(folder, question, *resources, **changed):
    text = replaced(NETWORK, changed) + "".join(f"  {one}\n" for one in resources)
    (folder / "template.yaml").write_text(text)
    cloud = load([folder / "template.yaml"])
    return trace(cloud, parse(cloud, *question))


@pytest.mark.parametrize(
    ("question", "resources"),
    [
        (OUT, ["R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Which, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}"]),
        (OUT, [ACL, "A: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Inner, NetworkAclId: !Ref Acl}}",
               "R: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Which, RuleNumber: 1, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}"]),
        (OUT, [ACL, "R: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Which, NetworkAclId: !Ref Acl}}"]),
        (("App", "aws:s3"), ["R: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: [!Ref Which]}}"]),
        (("App", "aws:ssm"), [f"R: {{Type: AWS::EC2::VPCEndpoint, Properties: {replaced(ENDPOINT, {'!Ref Vpc': '!Ref Which'})}}}"]),
        (("App", "https://db.corp.test/"), ["R: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Which, Name: db.corp.test, Type: A, TTL: '60', ResourceRecords: [10.0.0.9]}}"]),
        (("internet", "Web:tcp/80"), ["R: {Type: AWS::EC2::EIPAssociation, Properties: {AllocationId: !GetAtt Address.AllocationId, InstanceId: !Ref Which}}"]),
    ],
)  # fmt: skip
def test_what_may_be_part_of_something_on_the_path_is_an_assumption(tmp_path, question, resources):
    path = asked(tmp_path, question, *resources)
    assert any("of R (" in text for text in path.assumptions)
    assert not any("of R (" in text for text in asked(tmp_path, question).assumptions)


SERVICE = "ServiceName: com.amazonaws.us-east-1.ssm"
TO_SERVICE = {SERVICE: "ServiceName: !Sub 'com.amazonaws.us-east-1.${Which}'"}
BY_NAME = {"PrivateDnsEnabled: true": "PrivateDnsEnabled: !Ref Which"}
OF_TABLE = {
    "VpcEndpointType: Interface": "VpcEndpointType: Gateway",
    "PrivateDnsEnabled: true, SubnetIds: [!Ref Inner]": "RouteTableIds: [!Ref Table]",
    **TO_SERVICE,
}
TO_NAT = "Led: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}"


@pytest.mark.parametrize(
    ("changes", "destination", "verdict"),
    [
        (TO_SERVICE, "aws:ssm", "unknown"),
        (TO_SERVICE, "https://d111111abcdef8.dsql.us-east-1.on.aws/", "unknown"),
        (TO_SERVICE, "https://example.com/", "blocked"),
        (TO_SERVICE, "internet:tcp/443", "blocked"),
        ({**TO_SERVICE, "PrivateDnsEnabled: true": "PrivateDnsEnabled: false"}, "aws:ssm", "blocked"),
        (BY_NAME, "aws:ssm", "unknown"),
        (BY_NAME, "aws:sqs", "blocked"),
        (OF_TABLE, "aws:s3", "unknown"),
        (OF_TABLE, "aws:ssm", "blocked"),
    ],
)
def test_an_endpoint_of_an_unknown_service_may_lead_to_a_name_of_aws(tmp_path, changes, destination, verdict):
    endpoint = f"R: {{Type: AWS::EC2::VPCEndpoint, Properties: {replaced(ENDPOINT, changes)}}}"
    path = asked(tmp_path, ("App", destination), endpoint)
    assert path.verdict == verdict
    assert path.missing == (("Which",) if verdict == "unknown" else ())
    assert asked(tmp_path, ("App", destination), endpoint, TO_NAT).verdict == "reachable"


@pytest.mark.parametrize(
    ("port", "verdict"), [("80", "reachable"), ("81", "blocked"), ("9000", "unknown"), ("", "unknown")]
)
def test_a_listener_concerns_the_paths_to_its_port(tmp_path, port, verdict):
    """One whose own port is not known may be that of any path."""
    balanced = (
        "Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref Inner], SecurityGroups: [!Ref Wide]}}",
        f"Wide: {{Type: AWS::EC2::SecurityGroup, Properties: {{VpcId: !Ref Vpc, {OPEN_TO_ALL}}}}}",
        "On: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Port: 80, Protocol: HTTP, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: '200'}}]}}",
        f"Other: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Alb, Port: {'9000' if port else '!Ref Which'}, Protocol: !Ref Which, DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: '200'}}}}]}}}}",
    )
    assert asked(tmp_path, ("App", f"Alb:tcp/{port or 82}"), *balanced).verdict == verdict


def test_a_name_that_an_endpoint_answers_is_not_that_of_another_one(tmp_path):
    unknown = replaced(ENDPOINT, {**TO_SERVICE, "VpcId": "SecurityGroupIds: [!Ref Open], VpcId"})
    both = (
        f"S: {{Type: AWS::EC2::VPCEndpoint, Properties: {ENDPOINT}}}",
        f"R: {{Type: AWS::EC2::VPCEndpoint, Properties: {unknown}}}",
    )
    assert asked(tmp_path, ("App", "aws:ssm"), *both).verdict == "blocked"


ROUTE = "R: {Type: AWS::EC2::Route, Properties: {RouteTableId: %s, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}"
FOUND = "Found: {Type: Custom::MainRouteTable, Properties: {ServiceToken: arn:aws:lambda:us-east-1:123456789012:function:f, VpcId: %s}}"
MAIN = {"SubnetId: !Ref Inner, RouteTableId": "SubnetId: subnet-0a1b2c3d, RouteTableId"}


def test_a_route_of_some_table_may_be_one_of_the_main_table(tmp_path):
    path = asked(tmp_path, OUT, ROUTE % "!Ref Which", **MAIN)
    assert path.verdict == "blocked"
    assert any("of R (" in text for text in path.assumptions)


@pytest.mark.parametrize(
    ("vpc", "tables", "question", "verdict"),
    [
        ("!Ref Vpc", MAIN, OUT, "unknown"),
        ("vpc-0a1b2c3d", MAIN, OUT, "blocked"),
        ("!Ref Vpc", {}, OUT, "blocked"),
        ("!Ref Vpc", MAIN, IN, "blocked"),
    ],
)
def test_a_custom_resource_may_find_the_main_table_of_its_vpc(tmp_path, vpc, tables, question, verdict):
    path = asked(tmp_path, question, FOUND % vpc, ROUTE % "!GetAtt Found.RouteTableId", **tables)
    assert path.verdict == verdict
    assert path.missing == (("Found.RouteTableId",) if verdict == "unknown" else ())


DOMAIN = """\
  Name: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: api.example.com, EndpointConfiguration: {Types: [REGIONAL]}}}
  Led: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Name, RestApiId: !Ref Rest, Stage: live, BasePath: v1}}
"""


@pytest.mark.parametrize("known", ["Stage: live, BasePath", "BasePath: v1"])
def test_a_mapping_without_a_known_stage_or_path(tmp_path, known):
    question = ("internet", "https://api.example.com/v1/a")
    assert asked(tmp_path, question, APIS.rstrip() + "\n" + DOMAIN).verdict == "reachable"
    given = known.replace(": live", ": !Ref Which").replace(": v1", ": !Ref Which")
    path = asked(tmp_path, question, APIS.rstrip() + "\n" + replaced(DOMAIN, {known: given}))
    assert (path.verdict, path.missing) == ("unknown", ("Which",))


BODY = """\
  Written:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: "3.0.1"
        info: {title: w, version: "1"}
        paths:
          /a/{id}:
            get:
              parameters: [{name: id, in: path, required: true}]
              x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "https://e.org/{id}", responseTransferMode: STREAM, requestParameters: {integration.request.path.id: method.request.path.id}}
  Current: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Written, StageName: live}}
"""


@pytest.mark.parametrize(
    "known",
    ["name: id", "in: path", "parameters: [{name: id, in: path, required: true}]", "responseTransferMode: STREAM"],
)
def test_a_part_of_a_body_that_is_not_known_is_no_fault(tmp_path, known):
    question = ("internet", "Written GET /live/a/1")
    given = replaced(BODY, {known: f"{known.partition(':')[0]}: !Ref Which"})
    for body in (BODY, given):
        assert asked(tmp_path, question, APIS.rstrip() + "\n" + body).verdict == "reachable"


REST, HTTP, ALB = ("internet", "Rest GET /live/a"), ("internet", "Http GET /now/a"), ("Web", "Alb:tcp/80")
OPEN_ALB = {"Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o": f"Open: {{Type: AWS::EC2::SecurityGroup, Properties: {{{OPEN_TO_ALL.rstrip(',')}"}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "before", "after", "verdict"),
    [
        (REST, "StageName: live", "StageName: !Ref Which", "reachable"),
        (REST, "PathPart: a", "PathPart: !Ref Which", "unknown"),
        (REST, "HttpMethod: GET", "HttpMethod: !Ref Which", "reachable"),
        (REST, "ResourceId: !Ref Part", "ResourceId: !Ref Which", "unknown"),
        (REST, "RestApiId: !Ref Rest, DeploymentId", "RestApiId: !Ref Which, DeploymentId", "blocked"),
        (REST, "Properties: {Name: r", "Properties: {DisableExecuteApiEndpoint: !Ref Which, Name: r", "unknown"),
        (HTTP, "Properties: {Name: h", "Properties: {DisableExecuteApiEndpoint: !Ref Which, Name: h", "unknown"),
        (ALB, "Scheme: internal", "Scheme: !Ref Which", "unknown"),
        (HTTP, "StageName: now", "StageName: !Ref Which", "unknown"),
        (HTTP, "RouteKey: GET /a", "RouteKey: !Ref Which", "unknown"),
        (HTTP, 'Target: !Sub "integrations/${To}"', "Target: !Ref Which", "unknown"),
        (HTTP, "ApiId: !Ref Http, RouteKey", "ApiId: !Ref Which, RouteKey", "blocked"),
        (ALB, "Protocol: HTTP", "Protocol: !Ref Which", "unknown"),
        (ALB, "LoadBalancerArn: !Ref Alb", "LoadBalancerArn: !Ref Which", "blocked"),
    ],
)
def test_a_part_of_an_api_or_a_balancer_without_a_known_owner_or_name(tmp_path, question, before, after, verdict):
    assert asked(tmp_path, question, APIS, **OPEN_ALB).verdict == "reachable"
    path = asked(tmp_path, question, replaced(APIS, {before: after}), **OPEN_ALB)
    assert path.verdict == verdict
    assert (
        path.missing == ("Which",) if verdict == "unknown" else any("is not known" in one for one in path.assumptions)
    )


def test_an_attachment_of_an_unknown_gateway_is_an_assumption(tmp_path):
    path = asked(
        tmp_path, ("internet", "Web:tcp/80"), **{"InternetGatewayId: !Ref Gateway": "InternetGatewayId: !Ref Which"}
    )
    assert any("`InternetGatewayId` of Attached" in one for one in path.assumptions)


PLACE = "{Subnets: [!Ref Public], SecurityGroups: [!Ref Open], AssignPublicIp: !Ref Which}"
SERVICE = f"Own: {{Type: AWS::ECS::Service, Properties: {{LaunchType: FARGATE, TaskDefinition: t, NetworkConfiguration: {{AwsvpcConfiguration: {PLACE}}}}}}}"
INTERFACE = "{DeviceIndex: '0', SubnetId: !Ref Public, GroupSet: [!Ref Open], AssociatePublicIpAddress: !Ref Which}"
SERVER = f"Own: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, NetworkInterfaces: [{INTERFACE}]}}}}"


@pytest.mark.parametrize("own", [SERVICE, SERVER])
@pytest.mark.parametrize(
    ("source", "destination", "verdict"),
    [
        ("Own", "internet:tcp/443", "unknown"),
        ("internet", "Own:tcp/80", "unknown"),
        ("App", "Own:tcp/80", "reachable"),
        ("Own", "App:tcp/80", "blocked"),
    ],
)
def test_a_public_address_that_may_be_there(tmp_path, own, source, destination, verdict):
    opened = {
        "Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o,": f"Open: {{Type: AWS::EC2::SecurityGroup, Properties: {{{OPEN_TO_ALL}"
    }
    path = asked(tmp_path, (source, destination), own, **opened)
    assert (path.verdict, path.missing) == (verdict, ("Which",) if verdict == "unknown" else ())


@pytest.mark.parametrize("unknown", ["TransitGatewayId: !Ref Hub", "VpcId: !Ref Vpc"])
def test_a_vpc_attached_to_an_unknown_transit_gateway(tmp_path, unknown):
    parts = [
        "Hub: {Type: AWS::EC2::TransitGateway}",
        "Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}",
        "There: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.1.0.0/24}}",
        "FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}",
        "OfThere: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref There, RouteTableId: !Ref FarTable}}",
        "FarOpen: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Far, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/8}]}}",
        "Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref There, SecurityGroupIds: [!Ref FarOpen]}}",
        "A: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref Inner]}}",
        "B: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Far, SubnetIds: [!Ref There]}}",
        "To: {Type: AWS::EC2::Route, DependsOn: A, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.1.0.0/16, TransitGatewayId: !Ref Hub}}",
        "Back: {Type: AWS::EC2::Route, DependsOn: B, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, TransitGatewayId: !Ref Hub}}",
    ]  # fmt: skip
    assert asked(tmp_path, ("App", "Server:tcp/80"), *parts).verdict == "reachable"
    given = unknown.partition(":")[0] + ": !Ref Which"
    path = asked(
        tmp_path,
        ("App", "Server:tcp/80"),
        *(one.replace(unknown, given) if one.startswith("A:") else one for one in parts),
    )
    assert any(f"`{unknown.partition(':')[0]}` of A" in one for one in path.assumptions)


def test_an_endpoint_in_a_vpc_of_another_stack(tmp_path):
    subnet, group = "subnet-0123456789abcdef0", "Lone: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: l, VpcId: vpc-0123456789abcdef0}}"  # fmt: skip
    function = f"Fn: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: a.b, Role: 'arn:aws:iam::123456789012:role/r', Code: {{ZipFile: x}}, VpcConfig: {{SubnetIds: [{subnet}], SecurityGroupIds: [!Ref Lone]}}}}}}"  # fmt: skip
    endpoint = ENDPOINT.replace("!Ref Vpc", "vpc-0123456789abcdef0").replace("!Ref Inner", subnet)
    own = f"R: {{Type: AWS::EC2::VPCEndpoint, Properties: {endpoint.replace('PrivateDnsEnabled: true', 'PrivateDnsEnabled: !Ref Which')}}}"
    path = asked(tmp_path, ("Fn", "aws:ssm"), group, function, own)
    assert any("`PrivateDnsEnabled` of R" in one for one in path.assumptions)


@pytest.mark.parametrize(
    ("question", "resources", "changed"),
    [
        (OUT, [], {"RouteTableId: !Ref Table}": "RouteTableId: !Ref Which}"}),
        (OUT, ["R: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Inner, NetworkAclId: !Ref Which}}"], {}),
        (("App", "https://example.com/"), ["R: {Type: AWS::EC2::VPCDHCPOptionsAssociation, Properties: {VpcId: !Ref Vpc, DhcpOptionsId: !Ref Which}}"], {}),
        (OUT, ["R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}"],
         {"!GetAtt Address.AllocationId": "!GetAtt Address.AllocationId, ConnectivityType: !Ref Which"}),
        (OUT, ["R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}",
               "E: {Type: AWS::EC2::GatewayRouteTableAssociation, Properties: {GatewayId: !Ref Gateway, RouteTableId: !Ref Which}}"], {}),
    ],
)  # fmt: skip
def test_what_a_known_resource_has_and_is_not_known_decides(tmp_path, question, resources, changed):
    path = asked(tmp_path, question, *resources, **changed)
    assert (path.verdict, "Which" in " ".join(path.missing)) == ("unknown", True)


@pytest.mark.parametrize(
    ("id_", "association"),
    [
        ("rtb-0a1b2c3d", {"RouteTableId: !Ref Table}": "RouteTableId: rtb-0a1b2c3d}"}),
        ("acl-0a1b2c3d", {"Address: ": "R: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Inner, NetworkAclId: acl-0a1b2c3d}}\n  Address: "}),
    ],
)  # fmt: skip
def test_an_id_of_what_was_not_loaded_decides(tmp_path, id_, association):
    """Neither the main table nor the default ACL takes its place."""
    path = asked(tmp_path, OUT, **association)
    assert (path.verdict, path.missing) == ("unknown", (id_,))


def test_names_do_not_concern_a_path_by_address(tmp_path):
    options = "R: {Type: AWS::EC2::VPCDHCPOptionsAssociation, Properties: {VpcId: !Ref Vpc, DhcpOptionsId: !Ref Which}}"
    assert asked(tmp_path, IN, options).verdict == "blocked"


@pytest.mark.parametrize("rule", ["!Ref Which", "rslvr-rr-0a1b2c3d"])
def test_a_rule_that_was_not_loaded_may_lead_a_name_where_a_route_goes(tmp_path, rule):
    association = f"R: {{Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {{VPCId: !Ref Vpc, ResolverRuleId: {rule}}}}}"
    blocked = asked(tmp_path, ("App", "aws:sqs"), association)
    assert (blocked.verdict, blocked.missing) == ("unknown", (rule.removeprefix("!Ref "),))
    assert asked(tmp_path, OUT, association).verdict == "blocked"
    way_out = "Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}"
    reachable = asked(tmp_path, ("App", "aws:sqs"), association, way_out)
    assert reachable.verdict == "reachable"
    assert any("`ResolverRuleId` of R" in text for text in reachable.assumptions)


def test_a_subnet_with_a_known_table_is_not_the_one_of_another_association(tmp_path):
    association = (
        "R: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Which, RouteTableId: !Ref Out}}"
    )
    path = asked(tmp_path, OUT, association)
    assert (path.verdict, path.assumptions) == ("blocked", ())


def test_a_rule_of_some_group_of_the_plan_may_only_open(tmp_path):
    """It turns neither a path that is open nor one that something else blocks."""
    plan = everything_out(network())
    plan.add("aws_security_group.closed", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...)
    some = {"security_group_id": {"references": ["local.group"]}}
    rule = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}
    plan.add("aws_vpc_security_group_egress_rule.some", some, security_group_id=..., **rule)
    cloud = load([plan.write(tmp_path)])
    verdicts = {
        source: trace(cloud, parse(cloud, source, "internet:tcp/443")).verdict
        for source in (
            "aws_lambda_function.orders",
            "subnet:aws_subnet.private+aws_security_group.closed",
            "subnet:aws_subnet.public[0]+aws_security_group.fn",
        )
    }
    assert [*verdicts.values()] == ["reachable", "unknown", "blocked"]


def test_a_plan_whose_table_of_a_subnet_is_known_after_apply(tmp_path):
    plan = everything_out(network())
    place = next(
        one for one in plan.configuration["resources"] if one["name"] == "private" and "association" in one["type"]
    )
    place["expressions"]["route_table_id"] = {"references": ["local.table"]}
    cloud = load([plan.write(tmp_path)])
    path = trace(cloud, parse(cloud, "aws_lambda_function.orders", "internet:tcp/443"))
    assert path.verdict == "unknown"


@pytest.mark.parametrize(
    ("kind", "admits", "question", "expected"),
    [
        ("Ingress", "FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8", IN, "unknown"),
        ("Ingress", "FromPort: 81, ToPort: 81, CidrIp: 10.0.0.0/8", IN, "blocked"),
        ("Ingress", "FromPort: 80, ToPort: 80, CidrIp: 172.16.0.0/12", IN, "blocked"),
        ("Egress", "FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8", IN, "blocked"),
        ("Ingress", "FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8", OUT, "blocked"),
    ],
)
@pytest.mark.parametrize("groups", ["[!Ref Closed]", "[!Ref Closed, !Ref Open]"])
def test_a_rule_of_an_unknown_group_may_admit_what_it_covers(tmp_path, kind, admits, question, expected, groups):
    """A parameter names no group of its own stack."""
    rule = f"R: {{Type: AWS::EC2::SecurityGroup{kind}, Properties: {{GroupId: !Ref Which, IpProtocol: tcp, {admits}}}}}"
    changed = {"SecurityGroupIds: [!Ref Closed]": f"SecurityGroupIds: {groups}"}
    assert asked(tmp_path, question, rule, **changed).verdict == "blocked"
    asked(tmp_path, question, **changed)
    other = tmp_path / "other.yaml"
    other.write_text(f"Parameters: {{Which: {{Type: 'AWS::EC2::SecurityGroup::Id'}}}}\nResources:\n  {rule}\n")
    cloud = load([tmp_path / "template.yaml", other])
    path = trace(cloud, parse(cloud, *question))
    assert (path.verdict, path.missing) == (expected, ("Which",) if expected == "unknown" else ())


@pytest.mark.parametrize("value", ["!Ref Which", "rtb-0123456789abcdef0"])
def test_a_subnet_whose_table_is_not_known(tmp_path, value):
    """Every table has a route within its VPC. Of the others nothing is known."""
    changed = {"RouteTableId: !Ref Table}": f"RouteTableId: {value}}}", "GroupDescription: c,": OPEN_TO_ALL}
    assert asked(tmp_path, IN, **changed).verdict == "reachable"
    found = asked(tmp_path, OUT, **changed)
    assert (found.verdict, found.missing) == ("unknown", ("Which" if "Which" in value else value,))
    assert subnet_kind(load([tmp_path / "template.yaml"]), "Inner") == "unknown"


HUB = """\
Tgw: {Type: AWS::EC2::TransitGateway, Properties: {DefaultRouteTableAssociation: enable, DefaultRouteTablePropagation: enable}}
  Here: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref Inner]}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  FarA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.1.0.0/24}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  OfFarA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref FarA, RouteTableId: !Ref FarTable}}
  There: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Far, SubnetIds: [!Ref FarA]}}
  ToFar: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.1.0.0/16, TransitGatewayId: !Ref Tgw}}
  Back: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, TransitGatewayId: !Ref Tgw}}
  FarSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Far, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/8}]}}
  FarHost: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref FarA, SecurityGroupIds: [!Ref FarSg]}}
"""
CLUSTER = """\
Eks: {Type: AWS::EKS::Cluster, Properties: {RoleArn: r, ResourcesVpcConfig: {SubnetIds: [!Ref Inner], EndpointPublicAccess: false, EndpointPrivateAccess: true}}}
"""
ENTRY = """\
Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  OfIt: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Inner, NetworkAclId: !Ref Acl}}
  Enters: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, Egress: false, CidrBlock: 0.0.0.0/0}}
  Leaves: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}}
"""
BALANCER = """\
Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, IpAddressType: ipv4, Subnets: [!Ref Inner], SecurityGroups: [!Ref OfAlb]}}
  OfAlb: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: a, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref Open}]}}
  On: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Port: 80, Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {StatusCode: HTTP_302, Host: e.org}}]}}
"""

FORWARDED = """\
Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internal, Subnets: [!Ref Inner]}}
  On: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Nlb, Port: 80, Protocol: TCP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Vpc
      Port: 80
      Protocol: TCP
      TargetType: instance
      IpAddressType: ipv4
      TargetGroupAttributes: [{Key: preserve_client_ip.enabled, Value: 'true'}, {Key: load_balancing.cross_zone.enabled, Value: 'false'}]
      Targets: [{Id: !Ref App}]
"""
NARROW = {
    "GroupDescription: c,": "GroupDescription: c, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 192.0.2.0/24}],"
}
SIX = """\
Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  OfSix: {Type: AWS::EC2::Subnet, DependsOn: Six, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.6.0/24, Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]]}}
  Alone: {Type: AWS::EC2::Subnet, DependsOn: Six, Properties: {VpcId: !Ref Vpc, Ipv6Native: true, Ipv6CidrBlock: !Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]]}}
  Admits: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: s, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: '-1', CidrIpv6: '::/0'}]}}
  Counted: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref OfSix, SecurityGroupIds: [!Ref Admits], Ipv6AddressCount: 0}}
  Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Alone, SecurityGroupIds: [!Ref Admits]}}
  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, SubnetIds: [!Ref OfSix], SecurityGroupIds: [!Ref Admits], IpAddressType: ipv4}}
"""
TO_NLB, TO_SIX, FROM_SIX = ("Web", "Nlb:tcp/80"), ("Counted", "Server:tcp/80"), ("Server", "Counted:tcp/80")


@pytest.mark.parametrize(
    ("resources", "question", "before", "after", "verdict"),
    [
        (HUB, ("App", "FarHost:tcp/80"), "Association: enable", "Association: !Ref Which", "reachable"),
        (HUB, ("App", "FarHost:tcp/80"), "Propagation: enable", "Propagation: !Ref Which", "reachable"),
        (CLUSTER, ("internet", "Eks"), "PublicAccess: false", "PublicAccess: !Ref Which", "blocked"),
        (ENTRY, ("Web", "App:tcp/80"), "Egress: true", "Egress: !Ref Which", "reachable"),
        (BALANCER, ("Web", "Alb:tcp/80"), "Scheme: internal", "Scheme: !Ref Which", "reachable"),
        (FORWARDED, TO_NLB, "Type: network", "Type: !Ref Which", "reachable"),
        (FORWARDED, TO_NLB, "TargetType: instance", "TargetType: !Ref Which", "reachable"),
        (FORWARDED, TO_NLB, "IpAddressType: ipv4", "IpAddressType: !Ref Which", "reachable"),
        (FORWARDED, TO_NLB, "Value: 'true'", "Value: !Ref Which", "reachable"),
        (FORWARDED, TO_NLB, "Value: 'false'", "Value: !Ref Which", "reachable"),
        (FORWARDED, TO_NLB, "Type: network", "Type: !Ref Which", "blocked"),
        (FORWARDED, TO_NLB, "Value: 'true'", "Value: !Ref Which", "blocked"),
        (SIX, TO_SIX, "AddressCount: 0", "AddressCount: !Ref Which", "blocked"),
        (SIX, FROM_SIX, "AddressCount: 0", "AddressCount: !Ref Which", "blocked"),
        (SIX, ("Server", "Endpoint:tcp/443"), "IpAddressType: ipv4", "IpAddressType: !Ref Which", "blocked"),
    ],
)
def test_a_setting_that_decides_and_is_not_known(tmp_path, resources, question, before, after, verdict):
    opened = NARROW if verdict == "blocked" else {"GroupDescription: c,": OPEN_TO_ALL}
    assert asked(tmp_path, question, resources, **opened).verdict == verdict
    path = asked(tmp_path, question, replaced(resources, {before: after}), **opened)
    assert (path.verdict, "Which" in path.missing) == ("unknown", True)


def test_attributes_that_are_not_known_open_no_group_of_the_load_balancer(tmp_path):
    attributes = "LoadBalancerAttributes: [{Key: load_balancing.cross_zone.enabled, Value: !Ref Which}]"
    shut = {"Type: network,": f"Type: network, SecurityGroups: [!Ref Shut], {attributes},"}
    groups = "\n  Shut: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: s, VpcId: !Ref Vpc}}"
    path = asked(tmp_path, TO_NLB, replaced(FORWARDED, shut) + groups, **{"GroupDescription: c,": OPEN_TO_ALL})
    assert path.verdict == "blocked"


def test_an_address_that_is_not_known_is_an_assumption(tmp_path):
    before = "ImageId: ami-1, SubnetId: !Ref Inner, SecurityGroupIds: [!Ref Closed]"
    found = [asked(tmp_path, IN, **{before: f"{before}{more}"}) for more in ("", ", PrivateIpAddress: !Ref Which")]
    assert [any("PrivateIpAddress" in one for one in path.assumptions) for path in found] == [False, True]


DIRECTED = f"""{APIS}\
  Dir: {{Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {{ListenerArn: !Ref On, Priority: PRIORITY, Conditions: [{{Field: path-pattern, Values: [/a]}}], Actions: ACTIONS}}}}
  Named: {{Type: AWS::Route53::RecordSet, Properties: {{HostedZoneId: !Ref Zone, Name: alb.corp.test, Type: A, AliasTarget: {{DNSName: !GetAtt Alb.DNSName, HostedZoneId: !GetAtt Alb.CanonicalHostedZoneID}}}}}}"""
REDIRECT = "[{Type: redirect, RedirectConfig: {StatusCode: HTTP_302, Host: e.org}}]"


@pytest.mark.parametrize(
    ("priority", "actions", "default", "path", "verdict", "assumes"),
    [
        ("5", REDIRECT, REDIRECT, "/a", "reachable", False),
        ("5", "[!Ref Which]", REDIRECT, "/a", "unknown", False),
        ("5", "!Ref Which", REDIRECT, "/a", "unknown", False),
        ("5", "!Ref Which", REDIRECT, "/b", "reachable", False),
        ("5", REDIRECT, "!Ref Which", "/a", "reachable", False),
        ("5", REDIRECT, "[!Ref Which]", "/b", "unknown", False),
        ("!Ref Which", REDIRECT, REDIRECT, "/a", "reachable", True),
    ],
)
def test_actions_and_a_priority_that_are_not_known(tmp_path, priority, actions, default, path, verdict, assumes):
    text = DIRECTED.replace(REDIRECT, default).replace("PRIORITY", priority).replace("ACTIONS", actions)
    found = asked(tmp_path, ("Web", f"http://alb.corp.test{path}"), text, **OPEN_ALB)
    assert found.verdict == verdict
    assert any("Priority" in one for one in found.assumptions) is assumes
