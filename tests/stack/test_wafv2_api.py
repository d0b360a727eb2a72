"""WAF's API of a running account: a web ACL blocks requests from its association on."""

import http.client
from urllib.parse import urlsplit

import pytest

from tests.helpers.places import ROOT

pytestmark = pytest.mark.packets
MOCK = ROOT / "tests/templates/mock-api.yaml"
SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}


def test_a_web_acl_blocks_while_it_is_associated(account):
    cloudformation, waf = account.client("cloudformation"), account.client("wafv2")
    cloudformation.create_stack(StackName="mock", TemplateBody=MOCK.read_text())
    (output,) = cloudformation.describe_stacks(StackName="mock")["Stacks"][0]["Outputs"]
    api = output["OutputValue"]

    def status():
        connection = http.client.HTTPConnection(urlsplit(account.exports["AWS_ENDPOINT_URL"]).netloc)
        connection.request("GET", f"/_execute-api/{api}/prod/")
        return connection.getresponse().status

    assert status() == 200
    acl = waf.create_web_acl(Name="closed", Scope="REGIONAL", DefaultAction={"Block": {}}, VisibilityConfig=SEEN)[
        "Summary"
    ]
    stage = f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/prod"
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=stage)
    assert status() == 403
    waf.update_web_acl(
        Name="closed", Scope="REGIONAL", Id=acl["Id"], LockToken=acl["LockToken"],
        DefaultAction={"Allow": {}}, VisibilityConfig=SEEN,
    )  # fmt: skip
    assert status() == 200
    waf.disassociate_web_acl(ResourceArn=stage)
    assert waf.list_resources_for_web_acl(WebACLArn=acl["ARN"])["ResourceArns"] == []
