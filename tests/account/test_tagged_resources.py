"""Resource Groups Tagging: what the account has in the network beside what its back ends have."""

import json

import pytest

from netful.account.tagging.tagged_resources import TaggingApi
from netful.services.http.message import Response
from tests.helpers.account_client import Client, Running

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: team, Value: blue}, {Key: env, Value: test}]}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Tags: [{Key: team, Value: red}]}}
  Bare: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, Runtime: python3.13, Handler: a.b, Role: r, Code: {ZipFile: x}, Tags: [{Key: team, Value: blue}]}}
  Files: {Type: AWS::EFS::FileSystem, Properties: {FileSystemTags: [{Key: team, Value: blue}]}}
  Lb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A], Tags: [{Key: team, Value: blue}]}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q, Tags: [{Key: team, Value: blue}]}}
  Group: {Type: AWS::RDS::DBParameterGroup, Properties: {DBParameterGroupName: Own, Family: postgres16, Description: d, Tags: [{Key: team, Value: blue}]}}
  Setting: {Type: AWS::SSM::Parameter, Properties: {Name: /a/b, Type: String, Value: x, Tags: {team: blue}}}
  Pool: {Type: AWS::Cognito::UserPool, Properties: {UserPoolTags: {team: blue}}}
"""
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


@pytest.fixture
def tagging(cloud_of):
    async def back_end(_host, request):
        later = json.loads(request.body).get("PaginationToken")
        name = QUEUE if later else f"{QUEUE}-other"
        found = {"ResourceARN": name, "Tags": [{"Key": "team", "Value": "green"}]}
        answer = {"ResourceTagMappingList": [found], "PaginationToken": "" if later else "1"}
        return Response(200, (), json.dumps(answer).encode())

    cloud = cloud_of(TEMPLATE)
    return cloud, Client("resourcegroupstaggingapi", TaggingApi(Running(cloud), back_end, None).handle)


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        (
            {},
            {
                "Vpc",
                "A",
                "function:fn",
                "Files",
                "Lb",
                ":parameter/a/b",
                "rds:us-east-1:123456789012:pg:own",
                "Pool",
                "q",
                "q-other",
            },
        ),
        ({"ResourceTypeFilters": ["ec2:vpc", "lambda"]}, {"Vpc", "function:fn", "q", "q-other"}),
        ({"TagFilters": [{"Key": "team", "Values": ["red"]}]}, {"A", "q", "q-other"}),
        ({"TagFilters": [{"Key": "team"}, {"Key": "env"}]}, {"Vpc", "q", "q-other"}),
        ({"ResourceARNList": [QUEUE]}, {"q"}),
    ],
)
def test_resources(tagging, asked, ends):
    """The filters of tags and types are the back end's own, too."""
    cloud, client = tagging
    found = {one["ResourceARN"] for one in client("GetResources", **asked)["ResourceTagMappingList"]}
    assert len(found) == len(ends)
    for end in ends:
        aws_id = cloud.aws_id(end) if end in cloud.template.resources else end
        assert [arn for arn in found if arn.endswith(aws_id)], end


def test_pages_and_keys(tagging):
    _, client = tagging
    first = client("GetResources", ResourcesPerPage=6)
    rest = client("GetResources", ResourcesPerPage=6, PaginationToken=first["PaginationToken"])
    assert (len(first["ResourceTagMappingList"]), len(rest["ResourceTagMappingList"])) == (6, 4)
    assert rest["PaginationToken"] == ""
    assert client("GetTagKeys")["TagKeys"] == ["env", "team"]
    assert client("GetTagValues", Key="team")["TagValues"] == ["blue", "green", "red"]
