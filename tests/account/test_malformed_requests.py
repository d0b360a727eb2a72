"""Requests that no client library sends: they are refused in the service's words, and none of them is an error of the server."""

import asyncio
import json
from urllib.parse import urlencode

import pytest

from netful.account.cloud_control import CloudControlApi
from netful.account.ecs.api import EcsApi
from netful.account.elbv2.api import ElbV2Api
from netful.account.wafv2.api import WafApi
from netful.services.http.message import Request
from tests.helpers.account_client import Client, Running, no_bundles
from tests.helpers.query_client import HERE

MANY = "9" * 5_000
DEEP = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.fixture
def interface(ec2, subnet_id):
    return ec2("CreateNetworkInterface", SubnetId=subnet_id)["NetworkInterface"]["NetworkInterfaceId"]


def code_of(ec2, **form):
    """The code with which EC2 refuses a form."""
    body = urlencode({"Version": "2016-11-15", **form}).encode()
    answer = asyncio.run(ec2.handle(Request("POST", "/", (("Host", "ec2"),), body, HERE)))
    assert 400 <= answer.status < 500, answer.body
    return answer.body.decode().partition("<Code>")[2].partition("<")[0]


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("MissingParameter", {"Action": "CreateFlowLogs"}),
        ("MissingParameter", {"Action": "DeleteFlowLogs"}),
        ("MissingParameter", {"Action": "ModifyVpcBlockPublicAccessOptions"}),
        ("MissingParameter", {"Action": "CreateTags", "ResourceId.1": "vpc-1"}),
        ("MissingParameter", {"Action": "CreateTags", "ResourceId.1": "vpc-1", "Tag.1.Value": "x"}),
        ("MissingParameter", {"Action": "DeleteTags", "ResourceId.1": "vpc-1", "Tag.1.Value": "x"}),
        ("MissingParameter", {"Action": "TerminateInstances"}),
        ("MissingParameter", {"Action": "CreateNetworkInsightsPath", "Source": "i-1"}),
        ("MissingParameter", {"Action": "CreateManagedPrefixList", "PrefixListName": "p", "MaxEntries": "1",
                              "AddressFamily": "IPv4", "Entry.1.Description": "x"}),
        ("InvalidParameterValue", {"Action": "CreateManagedPrefixList", "PrefixListName": "com.amazonaws.x", "MaxEntries": "1",
                                   "AddressFamily": "IPv4"}),
        ("InvalidParameterValue", {"Action": "DescribeVpcs", "Filter.1.Value.1": "x"}),
        ("InvalidParameterValue", {"Action": "DescribeVpcs", "MaxResults": "-1"}),
        ("InvalidParameterValue", {"Action": "DescribeVpcs", "MaxResults": "1_0"}),
        ("InvalidParameterValue", {"Action": "DescribeVpcs", "MaxResults": MANY}),
        ("InvalidParameterValue", {"Action": "DescribeVpcs", "NextToken": MANY}),
    ],
)  # fmt: skip
def test_a_form_without_what_an_operation_needs_is_refused(ec2, code, form):
    assert code_of(ec2, **form) == code


def test_what_a_request_names_has_to_have_its_parts(ec2, interface, subnet_id):
    image = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet_id}
    instance = ec2("RunInstances", **image)["Instances"][0]["InstanceId"]
    group = ec2("DescribeSecurityGroups")["SecurityGroups"][0]["GroupId"]
    assert ec2("AssociateIamInstanceProfile", InstanceId=instance, IamInstanceProfile={}) == "MissingParameter"
    assert (
        ec2("CreateNetworkInterface", SubnetId=subnet_id, PrivateIpAddresses=[{"Primary": False}]) == "MissingParameter"
    )
    number = {"NetworkInterfaceId": interface, "SecondaryPrivateIpAddressCount": -1}
    assert ec2("AssignPrivateIpAddresses", **number) == "InvalidParameterValue"
    permission = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "Ipv6Ranges": [{"Description": "x"}]}]
    described = ec2("UpdateSecurityGroupRuleDescriptionsIngress", GroupId=group, IpPermissions=permission)
    assert described == "InvalidParameterValue"


def test_bounds_of_versions_are_numbers(ec2):
    ec2("CreateLaunchTemplate", LaunchTemplateName="lots", LaunchTemplateData={"ImageId": "ami-12345678"})
    named = {"LaunchTemplateName": "lots"}
    assert ec2("DescribeLaunchTemplateVersions", **named, MaxVersion="x") == "InvalidParameterValue"
    assert ec2("DescribeLaunchTemplateVersions", **named, MinVersion="2")["LaunchTemplateVersions"] == []


def test_a_priority_names_its_rule(running):
    elb = Client("elbv2", ElbV2Api(running, dict, no_bundles).handle)
    assert elb("SetRulePriorities", RulePriorities=[{"Priority": 1}]) == "ValidationError"


@pytest.mark.parametrize(
    ("api", "target", "body", "error"),
    [
        (EcsApi, "AmazonEC2ContainerServiceV20141113.CreateCluster", DEEP, "SerializationException"),
        (WafApi, "AWSWAF_20190729.CreateWebACL", DEEP, "SerializationException"),
        (
            CloudControlApi,
            "CloudApiService.ListResources",
            b'{"TypeName": "AWS::EC2::VPC", "NextToken": "x"}',
            "InvalidRequestException",
        ),
    ],
)
def test_a_json_body_that_cannot_be_read_is_refused(api, target, body, error):
    answer = asyncio.run(api(Running()).handle(Request("POST", "/", (("X-Amz-Target", target),), body, HERE)))
    assert (answer.status, json.loads(answer.body)["__type"]) == (400, error)
