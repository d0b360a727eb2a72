"""Functions as they are described: published versions beside the function itself."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.described_answers import ANSWERS, OWNER, account, interface

ARN = f"arn:aws:lambda:eu-west-1:{OWNER}:function:fn"
INSIDE = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"}
FUNCTION = {"FunctionName": "fn", "FunctionArn": ARN, "Version": "$LATEST", "VpcConfig": INSIDE}
OF_FUNCTION = {
    "InterfaceType": "lambda", "Attachment": {"Status": "attached"},
    "Description": "AWS Lambda VPC ENI-fn-11111111-1111-1111-1111-111111111111",
}  # fmt: skip
CLOSED = {"SecurityGroups": [{"GroupId": "sg-shut", "VpcId": "vpc-1", "GroupName": "shut", "IpPermissions": [], "IpPermissionsEgress": []}]}  # fmt: skip


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "version",
    [
        {"Version": "7", "FunctionArn": f"{ARN}:7"},
        {"Version": "7"},
        {"FunctionArn": f"{ARN}:7"},
    ],
)
def test_a_version_is_not_the_function(tmp_path, before, version):
    unqualified = {name: value for name, value in FUNCTION.items() if name not in ("Version", "FunctionArn")}
    other = unqualified | version | {"VpcConfig": INSIDE | {"SecurityGroupIds": ["sg-shut"]}}
    listed = [other, FUNCTION] if before else [FUNCTION, other]
    cloud = account(tmp_path, functions={"Functions": listed}, **{"groups-shut": CLOSED})
    assert trace(cloud, parse(cloud, "fn", "10.0.0.10:tcp/22")).verdict == "reachable"


def test_an_interface_with_a_version_s_groups_is_not_the_function_s(tmp_path):
    shut = interface(21, "i-2") | OF_FUNCTION | {"Groups": [{"GroupId": "sg-shut"}]}
    own = interface(20, "i-2") | OF_FUNCTION
    interfaces = {"NetworkInterfaces": [*ANSWERS["interfaces"]["NetworkInterfaces"], own, shut]}
    cloud = account(tmp_path, functions={"Functions": [FUNCTION]}, interfaces=interfaces, **{"groups-shut": CLOSED})
    assert [eni.id for eni in cloud.network.interfaces_of("fn")] == ["eni-20"]
    assert trace(cloud, parse(cloud, "fn", "10.0.0.10:tcp/22")).verdict == "reachable"
