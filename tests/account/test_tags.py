"""Tags whose values are numbers, booleans or unknown: answers have texts, and a change of one tag keeps the others as written."""

import asyncio

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.ecs.api import EcsApi
from netful.account.efs.api import EfsApi
from netful.account.elbv2.api import ElbV2Api
from netful.account.managed.autoscaling_api import AutoScalingApi
from netful.account.managed.rds_api import RdsApi
from netful.account.profiles.api import ProfilesApi
from netful.account.resolver.api import ResolverApi
from netful.account.route53.api import Route53Api
from netful.account.tagging.tagged_resources import TaggingApi
from netful.account.wafv2.api import WafApi
from netful.model.names.service_names import service
from netful.services.backends.frames import FrameCall
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Response
from netful.services.moto.dispatch import Dispatcher
from netful.sources import load
from tests.account.test_databases import elsewhere
from tests.helpers.account_client import Client, Running, no_bundles

TAGS = "[{Key: cost, Value: 1}, {Key: live, Value: true}, {Key: later, Value: !Ref P}]"
TEMPLATE = f"""
Parameters: {{P: {{Type: String}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, Tags: {TAGS}}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}}}
  Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Subnets: [!Ref A, !Ref B], Scheme: internal, Tags: {TAGS}}}}}
  Files: {{Type: AWS::EFS::FileSystem, Properties: {{FileSystemTags: {TAGS}}}}}
  Cluster: {{Type: AWS::ECS::Cluster, Properties: {{ClusterName: c, Tags: {TAGS}}}}}
  Set: {{Type: AWS::WAFv2::IPSet, Properties: {{Scope: REGIONAL, IPAddressVersion: IPV4, Addresses: [], Tags: {TAGS}}}}}
  Zone: {{Type: AWS::Route53::HostedZone, Properties: {{Name: corp, VPCs: [{{VPCId: !Ref Vpc, VPCRegion: eu-west-1}}], HostedZoneTags: {TAGS}}}}}
  Rule: {{Type: AWS::Route53Resolver::ResolverRule, Properties: {{DomainName: a.example, RuleType: SYSTEM, Tags: {TAGS}}}}}
  Profile: {{Type: AWS::Route53Profiles::Profile, Properties: {{Name: p, Tags: {TAGS}}}}}
  Subnets: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{DBSubnetGroupName: g, DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B], Tags: {TAGS}}}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      {{AutoScalingGroupName: g, MinSize: "1", MaxSize: "1", VPCZoneIdentifier: [!Ref A],
       Tags: [{{Key: cost, Value: 1, PropagateAtLaunch: true}}, {{Key: live, Value: true, PropagateAtLaunch: true}}, {{Key: later, Value: !Ref P, PropagateAtLaunch: true}}]}}
"""
APIS = {
    "ec2": lambda running: Ec2Api(running, ()),
    "elbv2": lambda running: ElbV2Api(running, dict, no_bundles),
    "efs": EfsApi,
    "ecs": EcsApi,
    "wafv2": WafApi,
    "route53": Route53Api,
    "route53resolver": ResolverApi,
    "route53profiles": ProfilesApi,
    "rds": lambda running: RdsApi(running, elsewhere),
    "autoscaling": AutoScalingApi,
}
NEW = [{"Key": "new", "Value": "2"}]
IN_GROUP = {"ResourceId": "g", "ResourceType": "auto-scaling-group"}
LISTED = {
    "ec2": ("DescribeVpcs", {}, "Vpcs", "VpcId"),
    "elbv2": ("DescribeLoadBalancers", {}, "LoadBalancers", "LoadBalancerArn"),
    "efs": ("DescribeFileSystems", {}, "FileSystems", "FileSystemId"),
    "wafv2": ("ListIPSets", {"Scope": "REGIONAL"}, "IPSets", "ARN"),
    "route53": ("ListHostedZones", {}, "HostedZones", "Id"),
    "route53resolver": (
        "ListResolverRules",
        {"Filters": [{"Name": "Type", "Values": ["SYSTEM"]}]},
        "ResolverRules",
        "Arn",
    ),
    "route53profiles": ("ListProfiles", {}, "ProfileSummaries", "Arn"),
    "rds": ("DescribeDBSubnetGroups", {}, "DBSubnetGroups", "DBSubnetGroupArn"),
}
"""The operations that list the tagged things: with parameters, the list, and the member that names one."""

CALLS = {
    "ec2": ("CreateTags", lambda one: {"Resources": [one], "Tags": NEW}, "DescribeVpcs", lambda one: {"VpcIds": [one]}),
    "elbv2": ("AddTags", lambda one: {"ResourceArns": [one], "Tags": NEW}, "DescribeTags", lambda one: {"ResourceArns": [one]}),
    "efs": ("TagResource", lambda one: {"ResourceId": one, "Tags": NEW}, "ListTagsForResource", lambda one: {"ResourceId": one}),
    "ecs": ("TagResource", lambda one: {"resourceArn": one, "tags": [{"key": "new", "value": "2"}]}, "ListTagsForResource", lambda one: {"resourceArn": one}),
    "wafv2": ("TagResource", lambda one: {"ResourceARN": one, "Tags": NEW}, "ListTagsForResource", lambda one: {"ResourceARN": one}),
    "route53": ("ChangeTagsForResource", lambda one: {"ResourceType": "hostedzone", "ResourceId": one, "AddTags": NEW}, "ListTagsForResource", lambda one: {"ResourceType": "hostedzone", "ResourceId": one}),
    "route53resolver": ("TagResource", lambda one: {"ResourceArn": one, "Tags": NEW}, "ListTagsForResource", lambda one: {"ResourceArn": one}),
    "route53profiles": ("TagResource", lambda one: {"ResourceArn": one, "Tags": {"new": "2"}}, "ListTagsForResource", lambda one: {"ResourceArn": one}),
    "rds": ("AddTagsToResource", lambda one: {"ResourceName": one, "Tags": NEW}, "ListTagsForResource", lambda one: {"ResourceName": one}),
    "autoscaling": ("CreateOrUpdateTags", lambda _one: {"Tags": [{**IN_GROUP, **NEW[0], "PropagateAtLaunch": True}]}, "DescribeTags", lambda _one: {}),
}  # fmt: skip
"""The operations that add a tag and list tags, each with its parameters for a thing."""


def tags_in(answer):
    """The tags somewhere in an answer, by key."""
    if isinstance(answer, list):
        return {key: value for one in answer for key, value in tags_in(one).items()}
    if not isinstance(answer, dict):
        return {}
    folded = {name.lower(): value for name, value in answer.items()}
    if "key" in folded:
        return {folded["key"]: folded.get("value")}
    if isinstance(folded.get("tags"), dict):
        return folded["tags"]
    return {key: value for one in answer.values() for key, value in tags_in(one).items()}


@pytest.mark.parametrize("service", CALLS)
def test_tags_are_texts_and_a_change_keeps_the_others(tmp_path, service):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    running = Running(load([tmp_path / "template.yaml"], region="eu-west-1"))
    client = Client(service, APIS[service](running).handle)
    one = "g"
    if service == "ecs":
        one = client("ListClusters")["clusterArns"][0]
    elif service in LISTED:
        operation, asked, member, name = LISTED[service]
        one = client(operation, **asked)[member][-1][name].removeprefix("/hostedzone/")
    add, added, read, named = CALLS[service]
    assert tags_in(client(read, **named(one))) == {"cost": "1", "live": "true"}
    assert isinstance(client(add, **added(one)), dict)
    assert tags_in(client(read, **named(one))) == {"cost": "1", "live": "true", "new": "2"}
    tagged = (
        value
        for one in running.cloud.template.resources.values()
        for name, value in one.properties.items()
        if name.endswith("Tags")
    )
    (kept,) = (tags for tags in tagged if any(tag["Key"] == "new" for tag in tags))
    assert [tag["Key"] for tag in kept] == ["cost", "live", "later", "new"]


@pytest.mark.parametrize(
    ("aws_id", "code"),
    [
        ("subnet-0123456789abcdef0", "InvalidSubnetID.NotFound"),
        ("i-0123456789abcdef0", "InvalidInstanceID.NotFound"),
        ("nonsense", "InvalidID"),
    ],
)
def test_tags_of_what_is_not_there_are_refused_as_its_kind(ec2, aws_id, code):
    assert ec2("CreateTags", Resources=[aws_id], Tags=[{"Key": "a", "Value": "b"}]) == code


def test_keys_of_aws_are_refused_also_where_a_thing_is_made(ec2):
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "aws:team", "Value": "b"}]}]
    assert ec2("CreateVpc", CidrBlock="10.0.0.0/16", TagSpecifications=tags) == "InvalidParameterValue"


TAGGED_BY_ARN = {
    "ec2": lambda cloud: f"arn:aws:ec2:eu-west-1:123456789012:vpc/{cloud.aws_id('Vpc')}",
    "elasticloadbalancing": lambda cloud: cloud.aws_id("Balancer"),
    "elasticfilesystem": lambda cloud: (
        f"arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/{cloud.aws_id('Files')}"
    ),
    "ecs": lambda _cloud: "arn:aws:ecs:eu-west-1:123456789012:cluster/c",
    "rds": lambda _cloud: "arn:aws:rds:eu-west-1:123456789012:subgrp:g",
}
ASKED = {"elasticloadbalancing": "elbv2", "elasticfilesystem": "efs"}


@pytest.mark.parametrize("arn", TAGGED_BY_ARN.values(), ids=TAGGED_BY_ARN)
def test_the_tagging_api_asks_the_service_of_a_resource(cloud_of, arn):
    running = Running(cloud_of(TEMPLATE, region="eu-west-1"))
    handlers = {code: APIS[ASKED.get(code, code)](running) for code in TAGGED_BY_ARN}

    async def nothing_there(_host, request):
        refused = request.header("x-amz-target").endswith("TagResources")
        return Response(400 if refused else 200, (), b'{"__type": "InvalidParameterException"}' if refused else b"{}")

    tagging = Client(
        "resourcegroupstaggingapi",
        TaggingApi(running, nothing_there, lambda code, request: handlers[code].handle(request)).handle,
    )
    named = arn(running.cloud)

    def keys():
        (found,) = tagging("GetResources", ResourceARNList=[named])["ResourceTagMappingList"]
        return {one["Key"] for one in found["Tags"]}

    before = keys()
    wrong = f"{named}-none"
    failed = tagging("TagResources", ResourceARNList=[named, wrong], Tags={"new": "2"})["FailedResourcesMap"]
    assert [*failed] == [wrong]
    assert failed[wrong]["ErrorCode"] == "InvalidParameterException"
    assert keys() == {*before, "new"}
    assert tagging("TagResources", ResourceARNList=["arn:aws:ec2"], Tags={"new": "2"}) == "InvalidParameterException"
    assert tagging("UntagResources", ResourceARNList=[named], TagKeys=["new"])["FailedResourcesMap"] == {}
    assert keys() == before


URL = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"}
PARAMETER = {"Value": "x", "Type": "String", "Overwrite": True}
ECR = "AmazonEC2ContainerRegistry_V20150921"
HERE = "eu-west-1:123456789012"
IN_BACK_ENDS = {
    f"sqs:{HERE}:q": ("AmazonSQS.CreateQueue", {"QueueName": "q"}, "AmazonSQS.ListQueueTags", URL),
    f"ssm:{HERE}:parameter/a/b": (
        "AmazonSSM.PutParameter", {"Name": "/a/b", **PARAMETER},
        "AmazonSSM.ListTagsForResource", {"ResourceType": "Parameter", "ResourceId": "/a/b"}),
    f"ssm:{HERE}:parameter/c": (
        "AmazonSSM.PutParameter", {"Name": "c", **PARAMETER},
        "AmazonSSM.ListTagsForResource", {"ResourceType": "Parameter", "ResourceId": "c"}),
    f"kinesis:{HERE}:stream/s": (
        "Kinesis_20131202.CreateStream", {"StreamName": "s", "ShardCount": 1},
        "Kinesis_20131202.ListTagsForStream", {"StreamName": "s"}),
    f"ecr:{HERE}:repository/a/r": (
        f"{ECR}.CreateRepository", {"repositoryName": "a/r"},
        f"{ECR}.ListTagsForResource", {"resourceArn": f"arn:aws:ecr:{HERE}:repository/a/r"}),
}  # fmt: skip


@pytest.mark.parametrize("named", IN_BACK_ENDS)
def test_the_tagging_api_asks_back_ends(cloud_of, monkeypatch, named):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    dispatcher = Dispatcher()
    create, made, list_tags, asked = IN_BACK_ENDS[named]

    async def ask(code, request):
        host = service(code).host("eu-west-1")
        answer = dispatcher.answer(FrameCall(1, host, request.method, request.target, request.headers, request.body))
        return Response(answer.status, (), answer.body)

    def sent(target, members):
        return asyncio.run(ask(named.partition(":")[0], json_request(target, members, "1.0"))).body

    tagging = Client("resourcegroupstaggingapi", TaggingApi(Running(cloud_of(TEMPLATE)), ask, ask).handle)
    sent(create, made)
    failed, tagged = [], []
    for operation, tags in (("TagResources", {"Tags": {"new": "2"}}), ("UntagResources", {"TagKeys": ["new"]})):
        failed.append(tagging(operation, ResourceARNList=[f"arn:aws:{named}"], **tags)["FailedResourcesMap"])
        tagged.append(b'"new"' in sent(list_tags, asked))
    assert (failed, tagged) == ([{}, {}], [True, False])
