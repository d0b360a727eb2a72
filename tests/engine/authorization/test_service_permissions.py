import pytest

from netful.engine.authorization.service_permissions import permits
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.functions.function import Code, Function

TOPIC = "arn:aws:sns:us-east-1:123456789012:orders"
OPEN = {"FunctionName": "fn", "Principal": "sns.amazonaws.com", "Action": "lambda:InvokeFunction"}
UNKNOWN = Unknown("no value")


def asked(*permissions, type_="AWS::Lambda::Permission", function="fn"):
    resources = {f"P{n}": Resource(f"P{n}", type_, properties) for n, properties in enumerate(permissions)}
    functions = {"Fn": Function("Fn", "fn", Code(inline=""))}
    cloud = Cloud.of(account_id="123456789012", functions=functions, resources=resources)
    return permits(cloud, "sns.amazonaws.com", TOPIC, f"arn:aws:lambda:us-east-1:123456789012:function:{function}")


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, True),
        ({"Principal": "*"}, True),
        ({"Principal": "s3.amazonaws.com"}, False),
        ({"FunctionName": "other"}, False),
        ({"FunctionName": "Fn"}, True),
        ({"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:fn:live"}, False),
        ({"FunctionName": "fn:$LATEST"}, True),
        ({"Qualifier": "live"}, False),
        ({"Qualifier": UNKNOWN}, False),
        ({"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:other:1"}, False),
        ({"SourceArn": TOPIC}, True),
        ({"SourceArn": "arn:aws:sns:*:*:ord*"}, True),
        ({"SourceArn": "arn:aws:sns:*:*:bills"}, False),
        ({"SourceAccount": "123456789012"}, True),
        ({"SourceAccount": "999999999999"}, False),
        ({"SourceArn": TOPIC, "SourceAccount": "999999999999"}, False),
        ({"PrincipalOrgID": "o-a1b2c3d4e5"}, False),
        ({"Principal": "*", "PrincipalOrgID": "o-a1b2c3d4e5"}, False),
        ({"PrincipalOrgID": UNKNOWN}, None),
        ({"EventSourceToken": "token"}, False),
        ({"FunctionName": UNKNOWN}, None),
        ({"Principal": UNKNOWN}, None),
        ({"SourceArn": UNKNOWN}, None),
        ({"Action": "lambda:*"}, True),
        ({"Action": "lambda:GetFunction"}, False),
        ({"Action": "lambda:InvokeFunctionUrl"}, False),
        ({"Action": UNKNOWN}, None),
        ({"Principal": "*", "InvokedViaFunctionUrl": True}, False),
        ({"InvokedViaFunctionUrl": "false"}, True),
        ({"InvokedViaFunctionUrl": UNKNOWN}, None),
        ({"SourceArn": UNKNOWN, "FunctionName": "other"}, False),
    ],
)
def test_a_permission(changes, answer):
    assert asked({**OPEN, **changes}) is answer


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, False),
        ({"FunctionName": "fn:live"}, True),
        ({"Qualifier": "live"}, True),
        ({"Qualifier": "next"}, False),
        ({"Qualifier": UNKNOWN}, None),
    ],
)
def test_an_alias_has_permissions_of_its_own(changes, answer):
    assert asked({**OPEN, **changes}, function="fn:live") is answer


def test_one_of_several_permissions_is_enough():
    assert asked() is False
    assert asked({**OPEN, "SourceArn": UNKNOWN}, {**OPEN, "FunctionName": "other"}) is None
    assert asked({**OPEN, "SourceArn": UNKNOWN}, OPEN) is True
    assert asked(OPEN, type_="AWS::Lambda::LayerVersionPermission") is False
