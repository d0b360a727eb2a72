"""WAF's API: things are created, read back, updated under their lock, associated and deleted."""

import pytest

from netful.account.wafv2.api import WafApi
from netful.engine.waf.associations import acl_of, association_of
from tests.helpers.account_client import Client, Running

TEMPLATE = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod, DeploymentId: d}}
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties: {Name: written, Scope: REGIONAL, DefaultAction: {Allow: {}}, VisibilityConfig: {}}
"""
SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}


@pytest.fixture
def cloud(cloud_of):
    return cloud_of(TEMPLATE)


@pytest.fixture
def waf(running):
    return Client("wafv2", WafApi(running).handle)


def create_acl(waf, **more):
    asked = {"Name": "acl", "Scope": "REGIONAL", "DefaultAction": {"Block": {}}, "VisibilityConfig": SEEN, **more}
    return waf("CreateWebACL", **asked)["Summary"]


def rule(search=b"bad\x00"):
    field = {"FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "CONTAINS"}
    match = {"SearchString": search, "TextTransformations": [{"Priority": 0, "Type": "NONE"}], **field}
    statement = {"ByteMatchStatement": match}
    return {"Name": "r", "Priority": 0, "Statement": statement, "Action": {"Block": {}}, "VisibilityConfig": SEEN}


def test_a_web_acl_is_read_back_and_updated_under_its_lock(waf):
    made = create_acl(waf, Rules=[rule()])
    named = {"Name": "acl", "Scope": "REGIONAL", "Id": made["Id"]}
    read = waf("GetWebACL", **named)
    assert read["WebACL"]["Rules"] == [rule()]
    assert read["LockToken"] == made["LockToken"]
    changed = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": SEEN}
    following = waf("UpdateWebACL", **named, **changed, LockToken=made["LockToken"])["NextLockToken"]
    assert waf("UpdateWebACL", **named, **changed, LockToken=made["LockToken"]) == "WAFOptimisticLockException"
    read = waf("GetWebACL", **named)
    assert (read["WebACL"]["DefaultAction"], "Rules" in read["WebACL"]) == ({"Allow": {}}, False)
    waf("DeleteWebACL", **named, LockToken=following)
    assert waf("GetWebACL", **named) == "WAFNonexistentItemException"


def test_things_of_templates_are_listed_beside_those_of_calls(waf, running):
    create_acl(waf)
    listed = waf("ListWebACLs", Scope="REGIONAL")["WebACLs"]
    assert sorted(one["Name"] for one in listed) == ["acl", "written"]
    assert create_acl_again(waf) == "WAFDuplicateItemException"
    assert waf("ListWebACLs", Scope="CLOUDFRONT")["WebACLs"] == []
    (written,) = [one for one in listed if one["Name"] == "written"]
    read = waf("GetWebACL", Name="written", Scope="REGIONAL", Id=written["Id"])["WebACL"]
    assert (read["ARN"], read["DefaultAction"]) == (written["ARN"], {"Allow": {}})
    assert {acl.name for acl in running.cloud.access.web_acls.values()} == {"acl", "written"}


def create_acl_again(waf):
    return waf("CreateWebACL", Name="acl", Scope="REGIONAL", DefaultAction={"Block": {}}, VisibilityConfig=SEEN)


def test_a_stage_is_protected_until_its_acl_is_taken_away(waf, running):
    made = create_acl(waf)
    stage = running.cloud.apis.stages["Stage"]
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{running.cloud.aws_ids['Api']}/stages/prod"
    waf("AssociateWebACL", WebACLArn=made["ARN"], ResourceArn=arn)
    assert acl_of(running.cloud, association_of(running.cloud, stage)).id == made["Id"]
    assert waf("GetWebACLForResource", ResourceArn=arn)["WebACL"]["Name"] == "acl"
    assert waf("ListResourcesForWebACL", WebACLArn=made["ARN"])["ResourceArns"] == [arn]
    deleted = {"Name": "acl", "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}
    assert waf("DeleteWebACL", **deleted) == "WAFAssociatedItemException"
    waf("DisassociateWebACL", ResourceArn=arn)
    assert association_of(running.cloud, stage) is None
    waf("DeleteWebACL", **deleted)


def test_a_stage_that_a_template_protects(cloud_of):
    association = (
        "{ResourceArn: !Sub 'arn:aws:apigateway:us-east-1::/restapis/${Api}/stages/prod', WebACLArn: !GetAtt Acl.Arn}"
    )
    cloud = cloud_of(f"{TEMPLATE}  Link: {{Type: AWS::WAFv2::WebACLAssociation, Properties: {association}}}\n")
    waf = Client("wafv2", WafApi(Running(cloud)).handle)
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{cloud.aws_ids['Api']}/stages/prod"
    found = waf("GetWebACLForResource", ResourceArn=arn)["WebACL"]
    assert found["Name"] == "written"
    assert waf("ListResourcesForWebACL", WebACLArn=found["ARN"])["ResourceArns"] == [arn]


def test_sets_and_groups(waf, running):
    addresses = {"Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["192.0.2.0/24"]}
    made = waf("CreateIPSet", Name="set", **addresses)["Summary"]
    assert [one.addresses for one in running.cloud.access.ip_sets.values()] == [("192.0.2.0/24",)]
    waf("UpdateIPSet", Name="set", Scope="REGIONAL", Id=made["Id"], Addresses=[], LockToken=made["LockToken"])
    read = waf("GetIPSet", Name="set", Scope="REGIONAL", Id=made["Id"])["IPSet"]
    assert (read["Addresses"], read["IPAddressVersion"]) == ([], "IPV4")
    expressions = [{"RegexString": "a+"}]
    made = waf("CreateRegexPatternSet", Name="p", Scope="REGIONAL", RegularExpressionList=expressions)["Summary"]
    read = waf("GetRegexPatternSet", Name="p", Scope="REGIONAL", Id=made["Id"])["RegexPatternSet"]
    assert read["RegularExpressionList"] == expressions
    waf("TagResource", ResourceARN=made["ARN"], Tags=[{"Key": "a", "Value": "b"}])
    assert waf("ListTagsForResource", ResourceARN=made["ARN"])["TagInfoForResource"]["TagList"] == [
        {"Key": "a", "Value": "b"}
    ]
    waf("UntagResource", ResourceARN=made["ARN"], TagKeys=["a"])
    assert waf("ListTagsForResource", ResourceARN=made["ARN"])["TagInfoForResource"]["TagList"] == []


@pytest.mark.parametrize(
    ("action", "asked", "code"),
    [
        (
            "AssociateWebACL",
            {"WebACLArn": "arn:aws:wafv2:::none" + "x" * 20, "ResourceArn": "arn:aws:x" + "y" * 20},
            "WAFNonexistentItemException",
        ),
        (
            "GetIPSet",
            {"Name": "n", "Scope": "REGIONAL", "Id": "0" * 8 + "-0000-0000-0000-" + "0" * 12},
            "WAFNonexistentItemException",
        ),
        ("GetSampledRequests", None, "UnknownOperationException"),
    ],
)
def test_what_is_refused(waf, action, asked, code):
    if asked is None:
        moment = {"StartTime": 0, "EndTime": 1}
        asked = {"WebAclArn": "a" * 20, "RuleMetricName": "m", "Scope": "REGIONAL", "TimeWindow": moment, "MaxItems": 1}
    assert waf(action, **asked) == code


def test_a_web_acl_has_one_logging_configuration_which_goes_with_it(waf):
    made = create_acl(waf)
    first, second = (
        {"ResourceArn": made["ARN"], "LogDestinationConfigs": [f"arn:aws:logs:eu-west-1:123456789012:log-group:{name}"]}
        for name in ("aws-waf-logs-a", "aws-waf-logs-b")
    )
    assert waf("GetLoggingConfiguration", ResourceArn=made["ARN"]) == "WAFNonexistentItemException"
    for asked in (first, second):
        assert waf("PutLoggingConfiguration", LoggingConfiguration=asked)["LoggingConfiguration"] == asked
    assert waf("GetLoggingConfiguration", ResourceArn=made["ARN"])["LoggingConfiguration"] == second
    assert waf("ListLoggingConfigurations", Scope="REGIONAL")["LoggingConfigurations"] == [second]
    waf("DeleteLoggingConfiguration", ResourceArn=made["ARN"])
    assert waf("DeleteLoggingConfiguration", ResourceArn=made["ARN"]) == "WAFNonexistentItemException"
    waf("PutLoggingConfiguration", LoggingConfiguration=first)
    waf("DeleteWebACL", Name="acl", Scope="REGIONAL", Id=made["Id"], LockToken=made["LockToken"])
    assert waf("ListLoggingConfigurations", Scope="REGIONAL")["LoggingConfigurations"] == []
