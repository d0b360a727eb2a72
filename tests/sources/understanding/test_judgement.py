"""What is not read of a template: its weight, what it touches, and the warnings about misspelt names."""

import pytest

from netful.model.core import Unknown
from netful.sources import load

VPC = """
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: x, VpcId: !Ref Vpc}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Role: "arn:aws:iam::123456789012:role/r", Code: {ZipFile: x}, Handler: index.h, Runtime: python3.12}
"""


def unread(cloud):
    return [(one.resource_id, one.what, one.weight.value, one.touches) for one in cloud.template.unread]


@pytest.mark.parametrize(
    ("type_", "weight"),
    [
        ("AWS::EC2::VpcShield", "assumed"),
        ("AWS::Quantum::Firewall", "assumed"),
        ("Acme::Net::Filter::MODULE", "assumed"),
        ("AWS::GlobalAccelerator::EndpointGroup", "assumed"),
        ("AWS::WAFRegional::WebACLAssociation", "blocks"),
        ("AWS::EC2::RouteServerPropagation", "decides"),
        ("AWS::EC2::IPAMPrefixListResolverTarget", "decides"),
        ("AWS::NetworkManager::TransitGatewayRouteTableAttachment", "opens"),
        ("Custom::Peering", "assumed"),
    ],
)
def test_an_unread_type_touches_what_it_refers_to(cloud_of, type_, weight):
    cloud = cloud_of(VPC + f"  It: {{Type: '{type_}', Properties: {{VpcId: !Ref Vpc, ServiceToken: !GetAtt Fn.Arn}}}}")
    touched = ("It", "Vpc") if type_.startswith("Custom::") else ("It", "Vpc", "Fn")
    assert [(id_, what, of, set(touches)) for id_, what, of, touches in unread(cloud)] == [
        ("It", type_, weight, {*touched})
    ]


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::EC2::FlowLog",
        "AWS::CloudWatch::Alarm",
        "AWS::Logs::LogGroup",
        "AWS::EC2::Volume",
        "AWS::SNS::Topic",
        "AWS::DeviceFarm::InstanceProfile",  # of one region
        "AWS::NetworkManager::Connection",
    ],
)
def test_types_that_change_no_path_are_silent(cloud_of, type_):
    cloud = cloud_of(
        VPC + f"  It: {{Type: '{type_}', Properties: {{ResourceId: !Ref Vpc, Tags: [{{Key: a, Value: b}}]}}}}"
    )
    assert (cloud.template.unread, cloud.template.warnings) == ((), ())


@pytest.mark.parametrize("window", ["night", "!ImportValue hours"])
def test_a_part_touches_what_it_is_a_part_of(cloud_of, window):
    """Also if the value of the unread property is not known."""
    rule = f"{{GroupId: !Ref Group, IpProtocol: tcp, FromPort: 1, ToPort: 2, CidrIp: 10.0.0.0/8, Window: {window}}}"
    cloud = cloud_of(VPC + f"  Rule: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {rule}}}")
    assert unread(cloud) == [("Rule", "Window", "assumed", ("Rule", "Group"))]


def test_a_property_within_a_list_is_named_with_its_way(cloud_of):
    group = "{GroupDescription: x, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, CidrIp: 10.0.0.0/8, Window: night}]}"
    cloud = cloud_of(VPC + f"  It: {{Type: AWS::EC2::SecurityGroup, Properties: {group}}}")
    assert unread(cloud) == [("It", "SecurityGroupIngress.Window", "assumed", ("It",))]


def test_an_endpoint_of_a_new_kind_is_an_assumption_elsewhere_in_its_vpc(cloud_of):
    endpoint = "{VpcId: !Ref Vpc, VpcEndpointType: Tunnel, ServiceName: com.amazonaws.us-east-1.ssm}"
    cloud = cloud_of(VPC + f"  It: {{Type: AWS::EC2::VPCEndpoint, Properties: {endpoint}}}")
    (one,) = cloud.template.unread
    assert (one.what, one.weight, one.touches, one.nearby) == ("VpcEndpointType: Tunnel", "decides", ("It",), ("Vpc",))


@pytest.mark.parametrize(
    ("resource", "meant"),
    [
        ("{Type: AWS::EC2::SecurtyGroup, Properties: {GroupDescription: x}}", "AWS::EC2::SecurityGroup"),
        ("{Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16, EnableDnsHostname: true}}", "EnableDnsHostnames"),
        (
            "{Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interfaces, ServiceName: x}}",
            "Interface",
        ),
        (
            "{Type: AWS::ApiGateway::RestApi, Properties: {Name: x, EndpointConfiguration: {Types: [REGIONALL]}}}",
            "REGIONAL",
        ),
        ("{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: aplication}}", "application"),
        (
            "{Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, SecurityGroupIngress: [{IpProtocol: icmp, CidrIP: 10.0.0.0/8}]}}",
            "CidrIp",
        ),
    ],
)
def test_a_misspelt_name_is_warned_of_with_the_nearest(cloud_of, resource, meant):
    (warning,) = cloud_of(f"{VPC}  It: {resource}").template.warnings
    assert f"did you mean `{meant}`?" in warning
    assert warning.split(":")[0].endswith("template.yaml")


def test_the_heaviest_comes_first(cloud_of):
    cloud = cloud_of(
        VPC
        + "  A: {Type: AWS::EC2::New, Properties: {Of: !Ref Vpc}}\n"
        + "  B: {Type: AWS::WAFRegional::WebACLAssociation, Properties: {VpcId: !Ref Vpc}}\n"
        + "  C: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: acl-1, RuleNumber: 1, Protocol: 6,"
        + " RuleAction: maybe, CidrBlock: 10.0.0.0/8, PortRange: {From: 1, To: 2}}}\n"
    )
    assert [one.resource_id for one in cloud.template.unread] == ["C", "B", "A"]


@pytest.mark.parametrize(
    "resource",
    [
        "{Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: {InternetGatewayBlockMode: block-weekends}}",
        "{Type: AWS::EC2::NatGateway, Properties: {VpcId: !Ref Vpc, AvailabilityMode: global}}",
        "{Type: AWS::ApiGateway::RestApi, Properties: {Name: x, EndpointConfiguration: {Types: [LUNAR]}}}",
        "{Type: AWS::EC2::Route, Properties: {RouteTableId: rtb-1, DestinationCidrBlock: 0.0.0.0/0, OdbNetworkArn: arn}}",
        "{Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, IpProtocol: -1, PeerServiceId: x}}",
    ],
)
def test_what_aws_may_have_added_is_not_refused(cloud_of, resource):
    cloud = cloud_of(f"{VPC}  It: {resource}")
    assert [one.resource_id for one in cloud.template.unread] == ["It"]
    assert cloud.template.warnings == ()


def test_a_nested_stack_is_an_assumption_unless_it_is_loaded(write):
    inner = write("Resources: {Topic: {Type: AWS::SNS::Topic}}", "inner.yaml")
    nested = (
        "  It: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {}, Parameters: {{Vpc: !Ref Vpc}}}}}}"
    )
    away = load([write(VPC + nested.format("https://s3.example.org/away.yaml"), "away.yaml")])
    here = load([write(VPC + nested.format(f"./{inner.name}"), "here.yaml")])
    assert ([one.touches for one in away.template.unread], here.template.unread) == ([("It", "Vpc")], ())


def test_a_stack_set_is_an_assumption(cloud_of):
    stack_set = "Parameters: [{ParameterKey: Vpc, ParameterValue: !Ref Vpc}], TemplateBody: 'Resources: {}'"
    cloud = cloud_of(f"{VPC}  It: {{Type: AWS::CloudFormation::StackSet, Properties: {{{stack_set}}}}}")
    assert [one.touches for one in cloud.template.unread] == [("It", "Vpc")]


OPENAPI = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: 3.0.1
        {top}
        paths:
          /a:
            get:
              {operation}
              x-amazon-apigateway-integration: {{type: mock, {member}}}
"""


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({}, []),
        ({"top": "x-amazon-apigateway-mesh: on"}, ["Body.x-amazon-apigateway-mesh"]),
        ({"operation": "x-amazon-apigateway-mesh: on"}, ["Body.x-amazon-apigateway-mesh"]),
        ({"member": "meshMode: on"}, ["Body.x-amazon-apigateway-integration.meshMode"]),
        ({"top": "x-acme-mesh: on", "member": "timeoutInMillis: 100"}, []),
    ],
)
def test_an_extension_of_a_body_that_is_not_read(cloud_of, parts, what):
    cloud = cloud_of(OPENAPI.format(**{"top": "x-a: b", "operation": "x-a: b", "member": "uri: x"} | parts))
    assert [(one.what, one.weight) for one in cloud.template.unread] == [(name, "assumed") for name in what]


@pytest.mark.parametrize(
    ("type_", "name", "known"),
    [
        ("LoadBalancer", "LoadBalancerAttributes", "idle_timeout.timeout_seconds"),
        ("TargetGroup", "TargetGroupAttributes", "stickiness.enabled"),
        ("Listener", "ListenerAttributes", "tcp.idle_timeout.seconds"),
    ],
)
def test_a_key_of_attributes_that_is_not_known(cloud_of, type_, name, known):
    listener = ", LoadBalancerArn: x, Protocol: HTTP, Port: 80, DefaultActions: []" if type_ == "Listener" else ""
    entries = f"[{{Key: {known}, Value: x}}, {{Key: mesh.mode, Value: on}}]"
    cloud = cloud_of(
        f"Resources: {{It: {{Type: 'AWS::ElasticLoadBalancingV2::{type_}', Properties: {{{name}: {entries}{listener}}}}}}}"
    )
    assert [(one.what, one.weight) for one in cloud.template.unread] == [(f"{name}.mesh.mode", "assumed")]


@pytest.mark.parametrize(
    ("type_", "written", "what"),
    [
        ("AWS::EC2::InstanceConnectEndpoint", "PreserveClientIp: true", "PreserveClientIp: True"),
        ("AWS::EC2::InstanceConnectEndpoint", "PreserveClientIp: 'true'", "PreserveClientIp: true"),
        ("AWS::EC2::InstanceConnectEndpoint", "PreserveClientIp: !Ref P", "PreserveClientIp"),
        ("AWS::EC2::InstanceConnectEndpoint", "PreserveClientIp: false", None),
        ("AWS::SageMaker::Model", "EnableNetworkIsolation: true", "EnableNetworkIsolation: True"),
        ("AWS::SageMaker::Model", "EnableNetworkIsolation: 'False'", None),
        ("AWS::SageMaker::ProcessingJob", "NetworkConfig: {EnableNetworkIsolation: true}", "NetworkConfig.EnableNetworkIsolation: True"),
        ("AWS::NetworkFirewall::Firewall", "FirewallPolicyArn: p, NoSourcePreservation: true", "NoSourcePreservation"),
        ("AWS::Route53Resolver::ResolverRule", "DomainName: x, RuleType: FORWARD, TargetIps: [{Ip: 10.9.0.2, Protocol: DoH}]", "TargetIps.Protocol: DoH"),
        ("AWS::Route53Resolver::ResolverRule", "DomainName: x, RuleType: FORWARD, TargetIps: [{Ip: 10.9.0.2, Protocol: Do53}]", None),
    ],
)  # fmt: skip
def test_a_value_that_the_model_does_not_hold_for_decides(cloud_of, type_, written, what):
    cloud = cloud_of(
        f"Parameters: {{P: {{Type: String}}}}\n{VPC}  It: {{Type: '{type_}', Properties: {{{written}}}}}\n"
    )
    found = [(one.what, one.weight) for one in cloud.template.unread if one.resource_id == "It"]
    assert found == ([(what, "decides")] if what else [])


def test_a_port_of_the_target_optimizer_is_an_assumption(cloud_of):
    cloud = cloud_of(
        VPC + "  It: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {TargetControlPort: 3000}}\n"
    )
    assert [(one.what, one.weight) for one in cloud.template.unread] == [("TargetControlPort", "assumed")]


@pytest.mark.parametrize("part", ["SecurityGroupIngress", "NetworkAclEntry"])
def test_a_protocol_that_netful_does_not_know_is_unknown(cloud_of, part):
    rule = {
        "SecurityGroupIngress": "GroupId: !Ref Group, IpProtocol: warp, CidrIp: 0.0.0.0/0",
        "NetworkAclEntry": "NetworkAclId: !GetAtt Vpc.DefaultNetworkAcl, Protocol: warp, RuleAction: allow, RuleNumber: 90, CidrBlock: 0.0.0.0/0",
    }[part]
    cloud = cloud_of(
        VPC
        + "  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}\n"
        + "  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}}\n"
        + f"  It: {{Type: 'AWS::EC2::{part}', Properties: {{{rule}}}}}\n"
    )
    assert any("warp" in text for text in cloud.template.warnings)
    (unsure,) = [
        one.peer if part == "SecurityGroupIngress" else one.cidr_block
        for holder in (*cloud.network.security_groups.values(), *cloud.network.network_acls.values())
        for one in holder.ingress
        if one.id.startswith("It")
    ]
    assert isinstance(unsure, Unknown)
