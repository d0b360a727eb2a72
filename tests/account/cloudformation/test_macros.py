"""Macros of an account: functions that change a template before it is deployed."""

import json

import pytest

from tests.account.cloudformation.conftest import network
from tests.helpers.query_client import Refused

MACRO = json.dumps({
    "Resources": {
        name: {"Type": "AWS::CloudFormation::Macro", "Properties": {"Name": name, "FunctionName": f"arn:aws:lambda:::function:{name}"}}
        for name in ("Wide", "Named")
    }
})  # fmt: skip
AUTO_EXPAND = ["CAPABILITY_AUTO_EXPAND"]
WIDE = {
    "Transform": {"Name": "Wide", "Parameters": {"Size": 8}},
    "Parameters": {"Where": {"Type": "String", "Default": "here"}},
    "Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}},
}


@pytest.fixture
def macros(clients, cloudformation):
    cloudformation("CreateStack", StackName="macros", TemplateBody=MACRO)
    return clients


def widened(event):
    """The macro: every VPC gets another block."""
    fragment = event["fragment"]
    for one in fragment.get("Resources", {"": fragment}).values():
        (one.get("Properties") or one)["CidrBlock"] = f"10.0.0.0/{event['params'].get('Size', 20)}"
    return {"status": "success", "fragment": fragment}


def cidr(clients, stack="app"):
    (vpc,) = clients.ec2("DescribeVpcs", VpcIds=[clients.ids(stack)["Vpc"]])["Vpcs"]
    return vpc["CidrBlock"]


def test_a_macro_changes_the_whole_template(macros, cloudformation):
    macros.account.transform = widened
    text = json.dumps(WIDE).replace('"Size": 8', '"Size": 18')
    cloudformation("CreateStack", StackName="app", TemplateBody=text, Capabilities=AUTO_EXPAND)
    assert (macros.status("app"), cidr(macros)) == ("CREATE_COMPLETE", "10.0.0.0/18")
    ((function, event),) = macros.account.invoked
    assert function == "arn:aws:lambda:::function:Wide"
    assert (event["region"], event["accountId"], event["transformId"]) == (
        "us-east-1",
        "123456789012",
        "123456789012::Wide",
    )
    assert (event["params"], event["templateParameterValues"]) == ({"Size": 18}, {"Where": "here"})
    assert "Transform" not in event["fragment"]
    original = json.loads(cloudformation("GetTemplate", StackName="app")["TemplateBody"])
    processed = json.loads(cloudformation("GetTemplate", StackName="app", TemplateStage="Processed")["TemplateBody"])
    assert original == json.loads(text)
    assert processed["Resources"]["Vpc"]["Properties"] == {"CidrBlock": "10.0.0.0/18"}


def test_a_macro_changes_a_part_of_a_template_the_deepest_first(macros, cloudformation):
    def transformed(event):
        if event["transformId"].endswith("::Named"):
            return {"status": "success", "fragment": [{"Key": "Name", "Value": "by the macro"}]}
        assert event["fragment"]["Tags"] == [{"Key": "Name", "Value": "by the macro"}]
        return widened(event)

    macros.account.transform = transformed
    properties = {
        "CidrBlock": "10.0.0.0/16",
        "Tags": {"Fn::Transform": {"Name": "Named"}},
        "Fn::Transform": {"Name": "Wide"},
    }
    text = json.dumps({"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": properties}}})
    cloudformation("CreateStack", StackName="app", TemplateBody=text, Capabilities=AUTO_EXPAND)
    assert cidr(macros) == "10.0.0.0/20"


def test_the_previous_template_is_given_to_its_macro_again(macros, cloudformation):
    macros.account.transform = widened
    text = json.dumps(WIDE).replace('"Size": 8', '"Size": 18')
    cloudformation("CreateStack", StackName="app", TemplateBody=text, Capabilities=AUTO_EXPAND)
    macros.account.transform = lambda event: widened({**event, "params": {"Size": 24}})
    cloudformation("UpdateStack", StackName="app", UsePreviousTemplate=True, Capabilities=AUTO_EXPAND)
    assert cidr(macros) == "10.0.0.0/24"


def test_transforms_are_applied_in_the_order_of_their_list(macros, cloudformation):
    """The macro after SAM's transform sees functions, not SAM's resources."""
    seen = []

    def transformed(event):
        seen.append({one["Type"] for one in event["fragment"]["Resources"].values()})
        return {"status": "success", "fragment": event["fragment"]}

    macros.account.transform = transformed
    function = {"Type": "AWS::Serverless::Function",
                "Properties": {"Runtime": "python3.12", "Handler": "index.f", "InlineCode": "def f(e, c): pass"}}  # fmt: skip
    transforms = ["Named", "AWS::Serverless-2016-10-31", "Wide"]
    text = json.dumps({"Transform": transforms, "Resources": {"Hello": function}})
    capabilities = [*AUTO_EXPAND, "CAPABILITY_IAM"]
    cloudformation("CreateStack", StackName="app", TemplateBody=text, Capabilities=capabilities)
    assert seen == [{"AWS::Serverless::Function"}, {"AWS::Lambda::Function", "AWS::IAM::Role"}]
    assert macros.status("app") == "CREATE_COMPLETE"


def test_a_nested_template_has_macros_too(macros, cloudformation):
    macros.account.transform = lambda event: widened({**event, "params": {"Size": 18}})
    macros.account.objects["b", "child.json"] = json.dumps(WIDE).encode()
    child = {"Type": "AWS::CloudFormation::Stack",
             "Properties": {"TemplateURL": "https://s3.amazonaws.com/b/child.json", "Parameters": {"Where": "there"}}}  # fmt: skip
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps({"Resources": {"Inner": child}}))
    (inner,) = (one["StackName"] for one in cloudformation("DescribeStacks")["Stacks"] if one.get("ParentId"))
    assert cidr(macros, inner) == "10.0.0.0/18"
    assert macros.account.invoked[0][1]["templateParameterValues"] == {"Where": "there"}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"status": "failure", "errorMessage": "no luck", "fragment": {}}, "no luck"),
        ({"status": "success"}, "Received malformed response from transform"),
        ({"status": "success", "fragment": {}, "requestId": "another"}, "Received malformed response from transform"),
    ],
)
def test_a_macro_that_fails_refuses_the_template(macros, cloudformation, answer, text):
    macros.account.transform = lambda _event: answer
    refused = rf"ValidationError: Transform 123456789012::Wide failed with: {text}\. Rollback requested by user\."
    with pytest.raises(Refused, match=refused):
        cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(WIDE), Capabilities=AUTO_EXPAND)


def test_what_macros_need(macros, cloudformation):
    with pytest.raises(Refused, match=r"Requires capabilities : \[CAPABILITY_AUTO_EXPAND\]"):
        cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(WIDE))
    none = json.dumps({**json.loads(network()), "Transform": "None"})
    with pytest.raises(Refused, match="No transform named 123456789012::None found"):
        cloudformation("CreateStack", StackName="app", TemplateBody=none, Capabilities=AUTO_EXPAND)
    macros.account.transform = widened
    text = json.dumps(WIDE).replace('"Size": 8', '"Size": 18')
    cloudformation("CreateChangeSet", StackName="app", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=text)
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="c")
    assert macros.status("app") == "CREATE_COMPLETE"
