import re
from ipaddress import IPv4Address

import pytest

from netful.engine.flows.flow import Ports
from netful.engine.names import endpoint_names
from netful.engine.trace.ends.destinations import (
    AddressDestination,
    FunctionDestination,
    HostDestination,
    InterfaceDestination,
)
from netful.engine.trace.ends.sources import Outside
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError, Resource, Unknown
from netful.model.functions.function import Code, Function
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import ICMP, TCP, UDP
from tests.helpers.small_clouds import cloud, endpoint, eni, net

FN = Function("Fn", "fn", Code(), subnet_ids=("A", "B"), security_group_ids=("Sg",))
LONELY = Function("Lonely", "lonely", Code())
CLOUD = (
    cloud(FN, LONELY, endpoint(), eni("eni-Web", address="10.0.1.9", public_ip=IPv4Address("203.0.113.7")))
).having(
    resources={"Bucket": Resource("Bucket", "AWS::S3::Bucket"), "Role": Resource("Role", "AWS::IAM::Role")},
    parameters={"SubnetId": "subnet-1", "Groups": "sg-1,sg-2", "Later": Unknown("no value", ("Later",))},
)


def test_a_function_starts_from_every_subnet():
    starts = parse(CLOUD, "Fn", "internet").sources
    assert [start.interface.subnet_id for start in starts] == ["A", "B"]


def test_a_function_outside_a_vpc_starts_outside():
    assert parse(CLOUD, "Lonely", "internet").sources[0].outside is Outside.LAMBDA


def test_resources_of_the_cdk_by_their_constructs_paths():
    resources = {
        "Fn": Resource("Fn", "AWS::Lambda::Function", construct_path="App/Orders/Read"),
        "A": Resource("A", "AWS::EC2::Subnet", construct_path="App/Vpc/Private/Subnet"),
        "Ssm": Resource("Ssm", "AWS::EC2::VPCEndpoint", construct_path="App/Vpc/Endpoint"),
    }
    question = parse(CLOUD.having(resources=resources), "Orders/Read", "Vpc/Endpoint")
    assert [start.name for start in question.sources] == ["Fn", "Fn"]
    assert question.target.name == "Ssm"
    (start,) = parse(CLOUD.having(resources=resources), "subnet:Private/Subnet+Sg", "internet").sources
    assert start.interface.subnet_id == "A"


@pytest.mark.parametrize("text", ["Web", "eni-Web", "10.0.1.9", "203.0.113.7"])
def test_an_interface_by_its_owner_id_or_address(text):
    assert [start.interface.id for start in parse(CLOUD, text, "internet").sources] == ["eni-Web"]


@pytest.mark.parametrize(
    ("text", "subnet_id", "groups"),
    [
        ("subnet:A+Sg", "A", ("Sg",)),
        ("subnet:subnet-1+sg-2", "subnet-1", ("sg-2",)),
        ("subnet:SubnetId+Sg", "subnet-1", ("Sg",)),
        ("subnet:subnet-1+default", "subnet-1", ("subnet-1.default",)),
    ],
)
def test_a_place_in_a_subnet(text, subnet_id, groups):
    interface = parse(CLOUD, text, "internet").sources[0].interface
    assert (interface.subnet_id, interface.security_group_ids) == (subnet_id, groups)


def test_a_parameter_without_value_is_an_unknown_subnet():
    interface = parse(CLOUD, "subnet:Later+Sg", "internet").sources[0].interface
    assert interface.subnet_id.needs == ("Later",)


@pytest.mark.parametrize(
    ("text", "protocol", "port"),
    [
        ("internet", TCP, 443),
        ("internet:tcp/5432", TCP, 5432),
        ("10.0.1.5:udp/53", UDP, 53),
        ("10.0.0.0/24:tcp/22", TCP, 22),
        ("10.0.1.5", TCP, 443),
        ("2001:db8::5:tcp/22", TCP, 22),
        ("[2001:db8::5]:tcp/22", TCP, 22),
    ],
)
def test_addresses(text, protocol, port):
    target = parse(CLOUD, "Fn", text).target
    assert isinstance(target, AddressDestination)
    assert (target.service.protocol, target.service.ports) == (protocol, Ports(port, port))


def test_icmp_has_no_port():
    assert parse(CLOUD, "Fn", "10.0.1.5:icmp").target.service.protocol == ICMP


@pytest.mark.parametrize(
    ("text", "host", "port", "action"),
    [
        ("aws:ssm", "ssm.us-east-1.amazonaws.com", 443, ""),
        ("aws:s3:GetObject", "s3.us-east-1.amazonaws.com", 443, "s3:GetObject"),
        ("aws:firehose", "firehose.us-east-1.amazonaws.com", 443, ""),
        ("aws:execute-api", "any.execute-api.us-east-1.amazonaws.com", 443, ""),
        ("https://example.com/x?y", "example.com", 443, ""),
        ("http://example.com:8080/", "example.com", 8080, ""),
        ("internet:example.com", "example.com", 443, ""),
        ("internet:example.com:tcp/25", "example.com", 25, ""),
        ("db.corp.example:tcp/5432", "db.corp.example", 5432, ""),
    ],
)
def test_hosts(text, host, port, action):
    target = parse(CLOUD, "Fn", text).target
    assert isinstance(target, HostDestination)
    assert (target.host, target.service.ports.first, target.action) == (host, port, action)


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        ("bedrock-runtime:InvokeModel", "bedrock:InvokeModel"),
        ("bedrock-runtime:Converse", "bedrock:InvokeModel"),
        ("monitoring:PutMetricData", "cloudwatch:PutMetricData"),
        ("kinesis-streams:PutRecord", "kinesis:PutRecord"),
        ("email:SendEmail", "ses:SendEmail"),
        ("stepfunctions:StartExecution", "states:StartExecution"),
        ("cloudwatch-logs:PutLogEvents", "logs:PutLogEvents"),
        ("sagemaker-runtime:InvokeEndpoint", "sagemaker:InvokeEndpoint"),
        ("sagemaker.metrics:BatchPutMetrics", "sagemaker:BatchPutMetrics"),
        ("eventbridge:PutEvents", "events:PutEvents"),
        ("elbv2:DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("efs:DescribeFileSystems", "elasticfilesystem:DescribeFileSystems"),
        ("ecr.dkr:BatchGetImage", "ecr:BatchGetImage"),
        ("iot-data:Publish", "iot:Publish"),
        ("geo.maps:GetMapTile", "geo:GetMapTile"),
        ("airflow.env:CreateCliToken", "airflow:CreateCliToken"),
        ("codeartifact.repositories:ReadFromRepository", "codeartifact:ReadFromRepository"),
        ("runtime-v2-lex:RecognizeText", "lex:RecognizeText"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
        ("sqs:SendMessageBatch", "sqs:SendMessage"),
        ("s3:ListObjectsV2", "s3:ListBucket"),
        ("kms:ReEncrypt", "kms:ReEncrypt"),
    ],
)
def test_an_operation_of_a_service_needs_an_action_of_iam(asked, action):
    target = parse(CLOUD, "Fn", f"aws:{asked}").target
    assert isinstance(target, HostDestination)
    assert target.action == action


def test_a_host_is_an_assumption():
    question = parse(CLOUD, "Fn", "db.corp.example:tcp/5432")
    assert question.assumptions == ("`db.corp.example` is a host: nothing that is loaded has this name",)


def test_the_own_name_of_an_endpoint_is_none():
    name = endpoint_names.regional_name(CLOUD, CLOUD.network.vpc_endpoints[endpoint().id])
    assert parse(CLOUD, "Fn", f"{name}:tcp/443").assumptions == ()
    assert len(parse(CLOUD, "Fn", f"x{name}:tcp/443").assumptions) == 1


def test_a_host_with_a_record_is_none():
    records = (RecordSet("r", "db.corp.example", "A", ("10.0.1.9",)),)
    zones = {"Corp": HostedZone("Corp", "corp.example", ("Vpc",), records)}
    assert parse(CLOUD.having(hosted_zones=zones), "Fn", "DB.corp.example:tcp/5432").assumptions == ()


def test_a_url_of_an_api_names_what_is_invoked():
    target = parse(CLOUD, "Fn", "https://abc.execute-api.us-east-1.amazonaws.com/Prod/orders/1").target
    assert target.action == "execute-api:Invoke"
    assert (target.request.host, target.request.path) == ("abc.execute-api.us-east-1.amazonaws.com", "/Prod/orders/1")


def test_a_url_with_an_address():
    assert parse(CLOUD, "Fn", "https://10.0.1.9/").target.network == net("10.0.1.9/32")


def test_resources():
    assert isinstance(parse(CLOUD, "Web", "Fn").target, FunctionDestination)
    assert [eni.id for eni in parse(CLOUD, "Fn", "Ssm").target.interfaces] == ["eni-Ssm-A"]
    assert parse(CLOUD, "Fn", "endpoint:Ssm").target == parse(CLOUD, "Fn", "Ssm").target
    assert isinstance(parse(CLOUD, "Fn", "Web:tcp/22").target, InterfaceDestination)


def test_a_bucket_is_reached_by_the_name_of_its_service():
    question = parse(CLOUD, "Fn", "Bucket")
    assert question.target == parse(CLOUD, "Fn", "aws:s3").target
    assert question.assumptions == ("clients reach `Bucket` by the regional name of `aws:s3`",)


def test_a_service_of_app_runner_sends_from_its_connector():
    egress = {"EgressType": "VPC", "VpcConnectorArn": Unknown("made by AWS", ("Link.VpcConnectorArn",))}
    within = {"NetworkConfiguration": {"EgressConfiguration": egress}}
    resources = {
        "Inside": Resource("Inside", "AWS::AppRunner::Service", within, references=("Web", "Link")),
        "Outside": Resource("Outside", "AWS::AppRunner::Service"),
        "Strange": Resource("Strange", "AWS::AppRunner::Service", within),
        "Link": Resource("Link", "AWS::AppRunner::VpcConnector"),
    }
    link = eni("eni-Link", address="10.0.1.8", owner=InterfaceOwner.SERVICE)
    made = cloud(FN, eni("eni-Web", address="10.0.1.9"), link).having(resources=resources)
    assert [start.interface.id for start in parse(made, "Inside", "internet").sources] == ["eni-Link"]
    assert parse(made, "Outside", "internet").sources[0].outside is Outside.INTERNET
    with pytest.raises(QuestionError):
        parse(made, "Strange", "internet")


@pytest.mark.parametrize(
    ("source", "destination", "hint"),
    [
        ("Lonly", "internet", "`Lonely`"),
        ("Fn", "Sssm", "`Ssm`"),
        ("Fn", "Ssm:443", "`Ssm:tcp/443`"),
        ("Fn", "Ssn:443", "`Ssm`"),
        ("Fn", "db.corp.example:5432", "`db.corp.example:tcp/5432`"),
        ("Fn", "192.168.1.10:1521", "`192.168.1.10:tcp/1521`"),
        ("Fn", "10.0.1.300:tcp/22", "a resource"),
        ("Fn", "aws_instance.wbe:tcp/22", "a resource"),
        ("Fn", "Bucket.Sssm:tcp/22", "`Bucket`"),
        ("Fn", "secretsmanager", "`aws:secretsmanager`"),
        ("Fn", "Role", "aws:SERVICE"),
        ("Fn", "Bucket:tcp/443", "aws:SERVICE"),
        ("Ssm", "internet", "cannot start connections"),
        ("Bucket", "Fn", "AWS delivers its events"),
        ("10.0.1.77", "internet", "netful show"),
        ("subnet:A", "internet", "subnet:SubnetId+SgId"),
        ("subnet:AA+Sg", "internet", "subnet"),
        ("subnet:A+Sgg", "internet", "`Sg`"),
        ("Fn", "internet:tcp/70000", "tcp/443"),
        ("Fn", "internet:tcp", "tcp/443"),
        ("Fn", "https://", "host"),
        ("Fn", "https://[::1", "URL"),
        ("Fn", "aws:", "aws:ssm"),
        ("Fn", "aws:s3:GetObject@arn:aws:s3:::b/k", "one action"),
        ("Fn", "aws:s3:Get*", "one action"),
        ("Fn", "aws:ssm:443", "`aws:ssm:tcp/443`"),
        ("Fn", "", "a resource"),
        ("Fn", "subnet:A+default:tcp/443", "`subnet:` names a source"),
        ("", "internet", "a function"),
    ],
)
def test_what_names_nothing_is_refused_with_a_hint(source, destination, hint):
    with pytest.raises(QuestionError) as refused:
        parse(CLOUD, source, destination)
    assert hint in str(refused.value)


def test_only_places_are_suggested_as_a_start():
    association = Resource("Fnn", "AWS::EC2::SubnetRouteTableAssociation", {})
    with pytest.raises(QuestionError) as refused:
        parse(CLOUD.having(resources={"Fnn": association, "FnM": association}), "FnN", "internet")
    assert refused.value.hint == "did you mean `Fn`?"
    with pytest.raises(QuestionError) as refused:
        parse(CLOUD, "A", "internet")
    assert "subnet:A+" in refused.value.hint


@pytest.mark.parametrize(
    ("kind", "properties", "port"),
    [
        ("AWS::RDS::DBInstance", {"Engine": "postgres"}, 5432),
        ("AWS::RDS::DBCluster", {"Engine": "aurora-mysql"}, 3306),
        ("AWS::RDS::DBCluster", {"Engine": "aurora-postgresql", "Port": 6000}, 6000),
        ("AWS::RDS::DBProxy", {"EngineFamily": "POSTGRESQL"}, 5432),
        ("AWS::ElastiCache::CacheCluster", {"Engine": "memcached"}, 11211),
        ("AWS::ElastiCache::ReplicationGroup", {}, 6379),
        ("AWS::EC2::Instance", {"Port": 9}, 443),
    ],
)
def test_the_port_that_is_meant_where_none_is_given(kind, properties, port):
    made = CLOUD.having(resources={"Web": Resource("Web", kind, properties)})
    assert parse(made, "Fn", "Web").target.service.ports == Ports(port, port)


def test_a_name_with_a_port_suggests_what_listens_there():
    made = CLOUD.having(resources={"Web": Resource("Web", "AWS::RDS::DBInstance", {"Engine": "postgres"})})
    with pytest.raises(QuestionError) as refused:
        parse(made, "Fn", "Db:5432")
    assert refused.value.hint == "did you mean `Web:tcp/5432`?"


@pytest.mark.parametrize(
    ("kind", "properties", "service", "assumed"),
    [
        ("AWS::RDS::DBInstance", {"Engine": "postgres"}, "tcp/5432", False),
        ("AWS::RDS::DBInstance", {"Engine": "postgres"}, "tcp/5000-6000", False),
        ("AWS::RDS::DBInstance", {"Engine": "postgres"}, "tcp/3306", True),
        ("AWS::RDS::DBCluster", {"Engine": "aurora-mysql", "Port": 3307}, "tcp/3306", True),
        ("AWS::RDS::DBInstance", {"Engine": "postgres"}, "icmp", False),
        ("AWS::EC2::Instance", {}, "tcp/3306", False),
        ("AWS::ElastiCache::ServerlessCache", {"Engine": "valkey"}, "tcp/6379", False),
        ("AWS::ElastiCache::ServerlessCache", {"Engine": "valkey"}, "tcp/6380", False),
        ("AWS::ElastiCache::ReplicationGroup", {"Engine": "valkey"}, "tcp/6380", True),
    ],
)
def test_another_port_than_the_engines_is_an_assumption(kind, properties, service, assumed):
    made = CLOUD.having(resources={"Web": Resource("Web", kind, properties)})
    said = parse(made, "Fn", f"Web:{service}").assumptions
    assert bool(said) == assumed
    assert all("the engine of `Web` listens on" in one for one in said)


@pytest.mark.parametrize(("text", "assumed"), [("aws:ssm", False), ("aws:kinesis", False), ("aws:smm", True)])
def test_a_service_that_is_none_of_those_known_is_an_assumption(text, assumed):
    said = parse(CLOUD, "Fn", text).assumptions
    assert said == (
        (
            "AWS has a service `smm`, at smm.us-east-1.amazonaws.com: it is not in the list of known services; did you mean `ssm`?",
        )
        if assumed
        else ()
    )


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("http://abc123.execute-api.us-east-1.amazonaws.com/prod", "execute-api"),
        ("http://ssm.us-east-1.amazonaws.com/", "ssm"),
        ("aws:ssm:tcp/80", "ssm"),
        ("Ssm:tcp/80", "ssm"),
        ("https://ssm.us-east-1.amazonaws.com/", ""),
        ("aws:ssm:tcp/443", ""),
        ("http://sqs.us-east-1.amazonaws.com/", ""),
        ("aws:dynamodb:tcp/80", ""),
        ("http://example.com/", ""),
        ("Fn:tcp/80", ""),
    ],
)
def test_plain_http_to_a_service_of_https_alone_is_an_assumption(text, service):
    said = parse(CLOUD, "Fn", text).assumptions
    assert [one.endswith(f"AWS lists only HTTPS for `{service}`") for one in said] == [True] * bool(service)


def test_a_service_may_be_asked_at_a_port():
    found = parse(CLOUD, "Fn", "aws:ssm:tcp/8443")
    assert (found.target.host, found.target.service.ports.first) == ("ssm.us-east-1.amazonaws.com", 8443)
    assert found.target.action == ""


@pytest.mark.parametrize("question", [("Fn", "https://" + "a." * 10_000), ("a" * 20_001, "internet")])
def test_an_endless_question_is_refused(question):
    with pytest.raises(QuestionError):
        parse(CLOUD, *question)


@pytest.mark.parametrize(
    ("url", "assumes"),
    [
        ("https://site.s3-website-us-east-1.amazonaws.com/", True),
        ("https://site.s3-website.eu-central-1.amazonaws.com/", True),
        ("http://site.s3-website-us-east-1.amazonaws.com/", False),
        ("https://site.s3.us-east-1.amazonaws.com/", False),
    ],
)
def test_a_website_of_a_bucket_over_tls_is_an_assumption(url, assumes):
    said = parse(CLOUD, "internet", url).assumptions
    assert any("websites of S3 have only HTTP" in text for text in said) is assumes


FRONTS = """
Resources:
  Web: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: web, Subnets: [subnet-0123456789abcdef0]}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Web
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "200"}}]
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: a, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all}
  Orders: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}
"""


@pytest.mark.parametrize(("front", "scheme"), [("Web", "http"), ("Edge", "https")])
def test_a_request_to_what_is_no_api_suggests_its_url(cloud_of, front, scheme):
    with pytest.raises(QuestionError) as refused:
        parse(cloud_of(FRONTS), "internet", f"{front} post /orders")
    suggested = re.fullmatch(rf"ask for `(POST {scheme}://\S+/orders)`", refused.value.hint)
    assert suggested
    assert trace(cloud_of(FRONTS), parse(cloud_of(FRONTS), "internet", suggested[1])).hops


def test_only_apis_are_suggested_for_a_request(cloud_of):
    with pytest.raises(QuestionError) as refused:
        parse(cloud_of(FRONTS), "internet", "Order GET /prod")
    assert refused.value.hint == "did you mean `Orders`?"
