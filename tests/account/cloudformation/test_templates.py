"""Templates and parameters as clients send them: texts that clients compare, values from elsewhere, nested stacks."""

import io
import json
import zipfile

import pytest

from netful.functions.code.package import LARGEST_UNZIPPED
from tests.account.cloudformation.conftest import network
from tests.helpers.query_client import Refused

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
NAMED = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "RoleName": "mine"}}
TOPIC = {"Type": "AWS::SNS::Topic"}
SAM = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "Hello": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Runtime": "python3.12", "Handler": "index.f", "InlineCode": "def f(e, c): pass"},
        }
    },
}


def body(**resources):
    return json.dumps({"Resources": resources})


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{}", "Template format error: At least one Resources member must be defined."),
        ('{"Resources": {}}', "Template format error: At least one Resources member must be defined."),
        ("{", r"Template format error: JSON not well-formed\. \(line \d+, column \d+\)"),
        ("a: [", r"Template format error: YAML not well-formed\. \(line \d+, column \d+\)"),
        (body(A={}), r"Template format error: \[/Resources/A\] Every Resources object must contain a Type member\."),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Outputs": {"O": {}}}),
            "Template format error: Every Outputs member must contain a Value object",
        ),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": None}}}),
            r"\[/Outputs/O/Value\] 'null' values are not allowed in templates",
        ),
        (body(注文=TOPIC), "Template format error: Resource name 注文 is non alphanumeric."),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Parameters": {"a_b": {"Type": "String", "Default": "a"}}}),
            "Template format error: Parameter name a_b is non alphanumeric.",
        ),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": "x", "Export": {"Name": "輸出"}}}}),
            "Template format error: Output O is malformed. The Name field of every Export member must be specified",
        ),
        (
            json.dumps({"AWSTemplateFormatVersion": "2010-09-10", "Resources": {"A": TOPIC}}),
            "Template format error: 2010-09-10 is not a supported value for AWSTemplateFormatVersion",
        ),
        (
            json.dumps({"Resource": {}, "Resources": {"A": TOPIC}}),
            r"Invalid template property or properties \[Resource\]",
        ),
        (
            json.dumps({"Globals": {}, "Resources": {"A": TOPIC}}),
            r"Invalid template property or properties \[Globals\]",
        ),
        (
            body(A={**TOPIC, "DeletionPolicy": "Keep"}),
            "Template format error: Unrecognized DeletionPolicy Keep for resource A",
        ),
        (
            body(A={**TOPIC, "UpdateReplacePolicy": "RetainExceptOnCreate"}),
            "Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource A",
        ),
        (
            body(A={**TOPIC, "Properties": {"TopicName": {"Fn::Jion": ["-", ["a"]]}}}),
            "Template error: Encountered unsupported function: Fn::Jion Supported functions are: ",
        ),
        *(
            (
                json.dumps({"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": value}}}),
                "Template format error: The Value field of every Outputs member must evaluate to a String",
            )
            for value in (["a"], {"a": "b"})
        ),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Parameters": {"P": {"Default": "a"}}}),
            "Template format error: Every Parameters object must contain a Type member",
        ),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Parameters": {"P": {"Type": "Strin", "Default": "a"}}}),
            "Template format error: Unrecognized parameter type: Strin",
        ),
        (body(A={**TOPIC, "Conditon": "Never"}), "Invalid template resource property 'Conditon'"),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Parameters": {"P": {"Type": "String", "Defalt": "a"}}}),
            "Invalid template parameter property 'Defalt'",
        ),
        (
            body(A={**TOPIC, "Condition": "Never"}),
            "Template format error: Unresolved condition dependency Never in the Resources block of the template",
        ),
        (
            json.dumps({"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": {"Fn::If": ["Never", "a", "b"]}}}}),
            "Template format error: Unresolved condition dependency Never in the Outputs block of the template",
        ),
        (
            body(
                A=TOPIC,
                B={"Type": "AWS::IAM::Role"},
                C={**TOPIC, "Properties": {"TopicName": {"Fn::Sub": "${B.Arnn}"}}},
            ),
            "Template error: resource B does not support attribute type Arnn in Fn::GetAtt",
        ),
        (
            body(A={"Type": "AWS::SNS::Topik"}),
            r"Template format error: Unrecognized resource types: \[AWS::SNS::Topik\]",
        ),
        (
            body(A={"Type": "AWS::SNS::Topic", "DependsOn": "B"}),
            r"Template format error: Unresolved resource dependencies \[B\] in the Resources block of the template",
        ),
        (
            body(
                A={"Type": "AWS::SNS::Topic", "DependsOn": "B"},
                B={"Type": "AWS::SNS::Topic", "DependsOn": "A"},
                C=TOPIC,
            ),
            r"Circular dependency between resources: \[A, B\]",
        ),
    ],
)
def test_a_template_that_cannot_be_read(cloudformation, template, text):
    for action in ("CreateStack", "ValidateTemplate"):
        named = {"StackName": "app"} if action == "CreateStack" else {}
        with pytest.raises(Refused, match=f"^ValidationError: {text}"):
            cloudformation(action, TemplateBody=template, **named)
    assert cloudformation("DescribeStacks")["Stacks"] == []


OFF = {"Never": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
UNRESOLVED = r"Template format error: Unresolved resource dependencies \[A\] in the {} block of the template"


@pytest.mark.parametrize(
    ("conditions", "member", "output", "text"),
    [
        ({}, {"Properties": {"TopicName": {"Ref": "A"}}}, "x", UNRESOLVED.format("Resources")),
        ({}, {"Properties": {"TopicName": {"Fn::Sub": "${A.TopicName}x"}}}, "x", UNRESOLVED.format("Resources")),
        ({}, {"DependsOn": ["A"]}, "x", UNRESOLVED.format("Resources")),
        ({}, {}, {"Ref": "A"}, UNRESOLVED.format("Outputs")),
        ({"C": {"Fn::Equals": ["a"]}}, {}, "x", "Template validation error: Fn::Equals takes a list of 2"),
        ({"C": {"Fn::And": [{"Condition": "Never"}]}}, {}, "x", "Template validation error: Fn::And takes a list of 2 to 10"),
        ({"C": {"Condition": "D"}, "D": {"Condition": "C"}}, {}, "x", "Template validation error: the conditions depend on one another"),
        ({"C": {"Fn::Equals": [{"Ref": "A"}, "x"]}}, {}, "x", "Template validation error: a condition refers to the resource A"),
        ({}, {"Properties": {"TopicName": {"Fn::Select": [2, {"Ref": "Zones"}]}}}, "x", "Template validation error: Fn::Select asks for item 2 of 2"),
        ({}, {}, {"Fn::Select": [2, ["a", "b"]]}, "Template validation error: Fn::Select asks for item 2 of 2"),
    ],
)  # fmt: skip
def test_a_template_that_its_values_make_wrong(cloudformation, conditions, member, output, text):
    template = {
        "Parameters": {
            "Stage": {"Type": "String", "Default": "dev"},
            "Zones": {"Type": "CommaDelimitedList", "Default": "a,b"},
        },
        "Conditions": {**OFF, **conditions},
        "Resources": {"A": {**TOPIC, "Condition": "Never"}, "B": {**TOPIC, **member}},
        "Outputs": {"O": {"Value": output}},
    }
    for action, more in (("CreateStack", {}), ("CreateChangeSet", {"ChangeSetName": "c", "ChangeSetType": "CREATE"})):
        with pytest.raises(Refused, match=f"^ValidationError: {text}"):
            cloudformation(action, StackName="app", TemplateBody=json.dumps(template), **more)
    assert cloudformation("DescribeStacks")["Stacks"] == []


def test_a_branch_that_is_not_taken_may_refer_to_what_is_not_deployed(clients, cloudformation):
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {
            "A": {**TOPIC, "Condition": "Never"},
            "B": {**TOPIC, "Properties": {"TopicName": {"Fn::If": ["Never", {"Ref": "A"}, "b"]}}},
            "C": {**TOPIC, "Condition": "Never", "DependsOn": "A", "Properties": {"TopicName": {"Ref": "A"}}},
        },
        "Outputs": {"O": {"Condition": "Never", "Value": {"Ref": "A"}}},
    }
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(template))
    assert clients.status("app") == "CREATE_COMPLETE"


LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "A,B"}}
Resources:
  Fn::ForEach::Vpcs: [Name, !Ref Names, {"Vpc${Name}": {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}}]
Outputs:
  Fn::ForEach::Ids: [Name, !Ref Names, {"Block${Name}": {Value: !GetAtt ["Vpc${Name}", CidrBlock]}}]
"""


def test_a_loop_makes_outputs(cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=LOOP, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    (stack,) = cloudformation("DescribeStacks", StackName="app")["Stacks"]
    assert {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]} == {
        "BlockA": "10.9.0.0/16",
        "BlockB": "10.9.0.0/16",
    }


def test_a_failed_transform_is_named(cloudformation):
    template = LOOP.replace('"Vpc${Name}", CidrBlock', '"Not${Name}", CidrBlock')
    with pytest.raises(Refused, match="Transform AWS::LanguageExtensions failed with"):
        cloudformation("CreateStack", StackName="app", TemplateBody=template, Capabilities=["CAPABILITY_AUTO_EXPAND"])


def test_outputs_have_the_addresses_of_instances(clients, cloudformation):
    web = {"Type": "AWS::EC2::Instance", "Properties": {"SubnetId": {"Ref": "Subnet"}, "ImageId": "ami-1"}}
    template = json.loads(network(Web=web))
    url = {"Value": {"Fn::Sub": "http://${Web.PrivateIp}/"}, "Export": {"Name": "url"}}
    template["Outputs"] = {"Name": {"Value": {"Fn::GetAtt": ["Web", "PrivateDnsName"]}}, "Url": url}
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(template))
    assert clients.outputs("app") == {"Name": "ip-10-0-1-4.ec2.internal", "Url": "http://10.0.1.4/"}
    (export,) = cloudformation("ListExports")["Exports"]
    assert export["Value"] == "http://10.0.1.4/"


def test_a_resource_may_have_a_version_as_custom_resources_of_the_serverless_framework(cloudformation):
    vpc = {"Type": "AWS::EC2::VPC", "Version": 1, "Properties": {"CidrBlock": "10.9.0.0/16"}}
    assert cloudformation("ValidateTemplate", TemplateBody=body(Vpc=vpc))["Parameters"] == []


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({}, "Either Template URL or Template Body must be specified."),
        ({"TemplateURL": "https://example.com/x"}, "TemplateURL must be a supported URL."),
        ({"TemplateURL": "s3://bucket/key"}, "S3 error: Domain name specified in bucket is not a valid S3 domain"),
        ({"TemplateBody": "#" * 51_201}, "Member must have length less than or equal to 51200"),
    ],
)
def test_a_template_that_is_not_there(cloudformation, request_, text):
    with pytest.raises(Refused, match=text):
        cloudformation("CreateStack", StackName="app", **request_)


@pytest.mark.parametrize("name", ["1app", "a_b", ""])
def test_a_name_that_is_none(cloudformation, name):
    with pytest.raises(Refused, match="at 'stackName' failed to satisfy constraint"):
        cloudformation("DescribeStackEvents", StackName=name)


@pytest.mark.parametrize(
    ("template", "given", "needed"),
    [
        (body(R=ROLE), (), "CAPABILITY_IAM"),
        (body(R=NAMED), ("CAPABILITY_IAM",), "CAPABILITY_NAMED_IAM"),
        (json.dumps(SAM), ("CAPABILITY_AUTO_EXPAND",), "CAPABILITY_IAM"),
        (json.dumps(SAM), ("CAPABILITY_IAM",), "CAPABILITY_AUTO_EXPAND"),
    ],
)
def test_capabilities_are_asked_for(cloudformation, template, given, needed):
    text = rf"InsufficientCapabilitiesException: Requires capabilities : \[{needed}\]"
    with pytest.raises(Refused, match=text):
        cloudformation("CreateStack", StackName="app", TemplateBody=template, Capabilities=[*given])
    cloudformation("CreateStack", StackName="app", TemplateBody=template, Capabilities=[*given, needed])


@pytest.mark.parametrize(
    "url", ["https://s3.amazonaws.com/bkt/t", "https://bkt.s3.eu-west-1.amazonaws.com/t", "http://127.0.0.1:4566/bkt/t"]
)
def test_a_template_in_a_bucket(clients, cloudformation, url):
    clients.account.objects["bkt", "t"] = network().encode()
    cloudformation("CreateStack", StackName="app", TemplateURL=url)
    assert clients.status("app") == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("declared", "sent", "text"),
    [
        ({"Type": "String"}, [], r"Parameters: \[P\] must have values"),
        ({"Type": "String"}, [("P", "x"), ("Q", "x")], r"Parameters: \[Q\] do not exist in the template"),
        ({"Type": "String", "AllowedValues": ["a"]}, [("P", "x")], "Parameter 'P' must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, [("P", "1")], "Parameter 'P' must match pattern"),
        (
            {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]+"},
            [("P", "a,1")],
            "Parameter 'P' must match pattern",
        ),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a"]}, [("P", "a,b")], "must be one of AllowedValues"),
        ({"Type": "Number"}, [("P", "x")], "Parameter 'P' must be a number"),
        ({"Type": "List<Number>"}, [("P", "7, 8,a")], "Parameter 'P' must be a list of numbers"),
        ({"Type": "Number", "MaxValue": 5}, [("P", "6")], "Parameter 'P' must be a number not greater than 5"),
        ({"Type": "String", "MinLength": 3}, [("P", "ab")], "Parameter 'P' must contain at least 3"),
    ],
)
def test_values_that_are_refused(cloudformation, declared, sent, text):
    template = json.dumps({"Parameters": {"P": declared}, "Resources": {"A": TOPIC}})
    values = [{"ParameterKey": key, "ParameterValue": value} for key, value in sent]
    with pytest.raises(Refused, match=text):
        cloudformation("CreateStack", StackName="app", TemplateBody=template, Parameters=values)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (["M", "a", "zz"], "Template error: Unable to get mapping for M::a::zz"),
        (["M", {"Ref": "Stage"}, "b"], "Template error: Unable to get mapping for M::dev::b"),
        (["M", {"Ref": "AWS::Region"}, "b"], r"Template error: Unable to get mapping for M::[\w-]+::b"),
        (["X", "a", "b"], "Template error: Mapping named 'X' is not present in the 'Mappings' section of template"),
    ],
)
def test_a_mapping_has_what_a_template_asks_for_whatever_its_conditions(cloudformation, asked, text):
    queue = {"Type": "AWS::SQS::Queue"}
    never = {"Fn::If": ["Never", {"Fn::FindInMap": asked}, "name"]}
    template = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Mappings": {"M": {"a": {"b": "c"}}},
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Queue": queue, "Named": {**queue, "Properties": {"QueueName": never}}},
    }
    sent = [{"ParameterKey": "Stage", "ParameterValue": "dev"}]
    with pytest.raises(Refused, match=text):
        cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(template), Parameters=sent)


@pytest.mark.parametrize("type_", ["AWS::EC2::Subnet::Id", "List<AWS::EC2::Subnet::Id>"])
def test_a_subnet_that_a_parameter_names_exists(clients, cloudformation, type_):
    template = json.loads(network())
    template["Outputs"] = {"Subnet": {"Value": {"Ref": "Subnet"}}}
    cloudformation("CreateStack", StackName="net", TemplateBody=json.dumps(template))
    subnet = clients.outputs("net")["Subnet"]
    user = json.dumps({"Parameters": {"P": {"Type": type_}}, "Resources": {"A": TOPIC}})

    def create(value):
        sent = [{"ParameterKey": "P", "ParameterValue": value}]
        cloudformation("CreateStack", StackName="app", TemplateBody=user, Parameters=sent)

    with pytest.raises(Refused, match="parameter value subnet-12345678 for parameter name P does not exist"):
        create("subnet-12345678")
    create(subnet)
    assert clients.status("app") == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("type_", "properties", "lacking"),
    [
        ("AWS::DynamoDB::Table", {"BillingMode": "PAY_PER_REQUEST"}, "KeySchema"),
        ("AWS::IAM::Role", {}, "AssumeRolePolicyDocument"),
        ("AWS::SSM::Parameter", {"Type": "String"}, "Value"),
    ],
)
def test_a_property_that_a_type_needs(clients, cloudformation, type_, properties, lacking):
    one = {"Type": type_, "Properties": properties}
    cloudformation("CreateStack", StackName="app", TemplateBody=body(One=one), Capabilities=["CAPABILITY_IAM"])
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    reason = clients.reason("app", "One", "CREATE_FAILED")
    assert reason.endswith(f"[#: required key [{lacking}] not found]")


def named(name):
    return {**TOPIC, "Properties": {"TopicName": name}}


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("{{resolve:ssm:/none}}", "Parameters: [ssm:/none] cannot be found."),
        ("a {{resolve:ssm:/there:7}}", "Parameters: [ssm:/there:7] cannot be found."),
        ("{{resolve:secretsmanager:none:SecretString:user}}", "Secrets Manager can't find the specified secret."),
    ],
)
def test_a_value_that_a_template_reads_exists(clients, cloudformation, reference, reason):
    clients.account.parameters["/there"] = "topic"
    cloudformation("CreateStack", StackName="app", TemplateBody=body(A=named("{{resolve:ssm:/there}}")))
    assert clients.status("app") == "CREATE_COMPLETE"
    cloudformation("CreateStack", StackName="other", TemplateBody=body(A=named(reference)))
    assert (clients.status("other"), clients.reason("other", "A", "CREATE_FAILED")) == ("ROLLBACK_COMPLETE", reason)


def test_a_value_may_be_that_of_a_secret_that_the_stack_makes(clients, cloudformation):
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "login", "SecretString": '{"user": "a"}'}}
    by_ref = {"Fn::Sub": "{{resolve:secretsmanager:${Login}:SecretString:user}}"}
    template = body(Login=secret, A=named(by_ref), B=named("{{resolve:secretsmanager:login}}"))
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    assert clients.status("app") == "CREATE_COMPLETE"


def test_few_properties_have_secure_values(clients, cloudformation):
    secure = "{{resolve:ssm-secure:/word:1}}"
    variables = {"Variables": {"WORD": {"Fn::Sub": secure}}}
    function = {**SAM["Resources"]["Hello"]["Properties"], "Environment": variables}
    template = {**SAM, "Resources": {"Hello": {"Type": "AWS::Serverless::Function", "Properties": function}}}
    capable = {"Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]}
    text = r"not supported in: \[AWS::Lambda::Function/Properties/Environment/Variables/WORD\]"
    with pytest.raises(Refused, match=f"^ValidationError: SSM Secure reference is {text}"):
        cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(template), **capable)
    clients.account.parameters["/word:1"] = "hush-hush"
    user = {"Type": "AWS::IAM::User", "Properties": {"LoginProfile": {"Password": secure}}}
    cloudformation("CreateStack", StackName="app", TemplateBody=body(User=user), **capable)
    assert clients.status("app") == "CREATE_COMPLETE"


def test_each_value_of_a_list_is_allowed_by_itself(clients, cloudformation):
    declared = {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"], "AllowedPattern": "[a-z]"}
    template = json.dumps({"Parameters": {"P": declared}, "Resources": {"A": TOPIC}})
    values = [{"ParameterKey": "P", "ParameterValue": "b, a"}]
    cloudformation("CreateStack", StackName="app", TemplateBody=template, Parameters=values)
    assert clients.status("app") == "CREATE_COMPLETE"


def test_values_are_kept_hidden_and_looked_up(clients, cloudformation):
    clients.account.parameters["/cidr"] = "10.7.0.0/16"
    template = json.dumps({
        "Parameters": {
            "Cidr": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cidr"},
            "Secret": {"Type": "String", "NoEcho": True},
            "Name": {"Type": "String"},
        },
        "Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Cidr"}}}},
        "Outputs": {"Cidr": {"Value": {"Ref": "Cidr"}}, "Name": {"Value": {"Ref": "Name"}}},
    })  # fmt: skip
    sent = [{"ParameterKey": "Secret", "ParameterValue": "s"}, {"ParameterKey": "Name", "ParameterValue": "n"}]
    cloudformation("CreateStack", StackName="app", TemplateBody=template, Parameters=sent)
    assert clients.outputs("app") == {"Cidr": "10.7.0.0/16", "Name": "n"}
    (stack,) = cloudformation("DescribeStacks", StackName="app")["Stacks"]
    shown = {one["ParameterKey"]: (one["ParameterValue"], one.get("ResolvedValue")) for one in stack["Parameters"]}
    assert shown == {"Cidr": ("/cidr", "10.7.0.0/16"), "Secret": ("****", None), "Name": ("n", None)}
    clients.account.parameters["/cidr"] = "10.8.0.0/16"
    previous = [{"ParameterKey": key, "UsePreviousValue": True} for key in ("Secret", "Name", "Cidr")]
    cloudformation("UpdateStack", StackName="app", UsePreviousTemplate=True, Parameters=previous)
    assert clients.outputs("app") == {"Cidr": "10.8.0.0/16", "Name": "n"}


def test_a_summary_has_what_a_client_asks_before_it_deploys(cloudformation):
    template = json.dumps({
        "Description": "text",
        "Metadata": {"key": 1},
        "Parameters": {"P": {"Type": "String", "Default": "d", "AllowedValues": ["d", "e"]}},
        "Resources": {"R": NAMED, "T": TOPIC},
    })  # fmt: skip
    found = cloudformation("GetTemplateSummary", TemplateBody=template)
    assert found["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert found["ResourceTypes"] == ["AWS::IAM::Role", "AWS::SNS::Topic"]
    assert json.loads(found["Metadata"]) == {"key": 1}
    (parameter,) = found["Parameters"]
    assert (parameter["ParameterKey"], parameter["DefaultValue"]) == ("P", "d")
    assert parameter["ParameterConstraints"] == {"AllowedValues": ["d", "e"]}


def test_a_transform_is_told_as_processed(cloudformation):
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(SAM), Capabilities=capabilities)
    original = cloudformation("GetTemplate", StackName="app")["TemplateBody"]
    processed = json.loads(cloudformation("GetTemplate", StackName="app", TemplateStage="Processed")["TemplateBody"])
    assert json.loads(original) == SAM
    assert {one["Type"] for one in processed["Resources"].values()} == {"AWS::Lambda::Function", "AWS::IAM::Role"}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"Blok": "10.9.0.0/16"}, "Parameters: [Blok] do not exist in the template"),
        ({}, "Parameters: [Block] must have values"),
    ],
)
def test_a_nested_stack_declares_what_its_parent_gives_it(clients, cloudformation, given, text):
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Block"}}}
    child = {
        "Parameters": {"Block": {"Type": "String"}, "Other": {"Type": "String", "Default": "x"}},
        "Resources": {"Vpc": vpc},
    }
    clients.account.objects["b", "child.json"] = json.dumps(child).encode()
    nested = {"TemplateURL": "https://s3.amazonaws.com/b/child.json", "Parameters": given}
    cloudformation(
        "CreateStack", StackName="app",
        TemplateBody=body(Inner={"Type": "AWS::CloudFormation::Stack", "Properties": nested}),
    )  # fmt: skip
    assert (clients.status("app"), clients.reason("app", "Inner", "CREATE_FAILED")) == ("ROLLBACK_COMPLETE", text)


@pytest.mark.parametrize(
    ("kind", "properties", "place"),
    [
        ("EC2::SecurityGroup", {"GroupDescription": "d", "GroupNam": "x"}, "#: extraneous key [GroupNam]"),
        (
            "EC2::SecurityGroup",
            {"GroupDescription": "d", "SecurityGroupIngress": [{"IpProtocol": "-1", "CidrIpp": "10.0.0.0/8"}]},
            "#/SecurityGroupIngress: extraneous key [CidrIpp]",
        ),
        ("SQS::Queue", {"VisibilityTimout": 5}, "#: extraneous key [VisibilityTimout]"),
        ("SQS::Queue", {"Colour": "red"}, "#: extraneous key [Colour]"),
        ("EC2::VPC", {"CidrBlock": "10.0.0.0/16", "Colour": "red"}, "#: extraneous key [Colour]"),
    ],
)
def test_a_property_that_a_type_does_not_have_fails(clients, cloudformation, kind, properties, place):
    made = {"Type": f"AWS::{kind}", "Properties": properties}
    cloudformation("CreateStack", StackName="app", TemplateBody=body(Made=made))
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    reason = clients.reason("app", "Made", "CREATE_FAILED")
    assert f"failed for resource Made with message: [{place} is not permitted]" in reason
    assert ("a newer netful may know it" if "Colour" in place else "; did you mean") in reason


def test_a_nested_stack_is_described_with_its_parameters(clients, cloudformation):
    texts = {name: {"Type": "String"} for name in ("Cidr", "Name")}
    child = {
        "Parameters": {**texts, "Zones": {"Type": "CommaDelimitedList"}, "Secret": {"Type": "String", "NoEcho": True},
                       "Usual": {"Type": "String", "Default": "d"}},
        "Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Cidr"}}}},
    }  # fmt: skip
    clients.account.objects["b", "child.json"] = json.dumps(child).encode()
    given = {"Cidr": "10.9.0.0/16", "Name": {"Ref": "AWS::StackName"}, "Zones": ["a", "b"], "Secret": "s"}
    nested = {"TemplateURL": "https://s3.amazonaws.com/b/child.json", "Parameters": given}
    template = body(Inner={"Type": "AWS::CloudFormation::Stack", "Properties": nested})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    (stack,) = cloudformation("DescribeStacks", StackName=clients.ids("app")["Inner"])["Stacks"]
    shown = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert shown == {"Cidr": "10.9.0.0/16", "Name": "app", "Zones": "a,b", "Secret": "****", "Usual": "d"}


def test_a_nested_template_that_aws_refuses_fails_its_resource(clients, cloudformation):
    clients.account.objects["b", "child.json"] = body(A={**TOPIC, "DeletionPolicy": "Keep"}).encode()
    nested = {"TemplateURL": "https://s3.amazonaws.com/b/child.json"}
    template = body(Inner={"Type": "AWS::CloudFormation::Stack", "Properties": nested})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    assert "Unrecognized DeletionPolicy Keep" in clients.reason("app", "Inner", "CREATE_FAILED")


def test_a_nested_stack_follows_its_parent(clients, cloudformation):
    clients.account.objects["b", "child.json"] = network().encode()
    parent = body(
        Inner={
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "https://s3.amazonaws.com/b/child.json"},
        },
        Subnet={
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Fn::GetAtt": ["Inner", "Outputs.VpcId"]}, "CidrBlock": "10.0.5.0/24"},
        },
    )
    root = cloudformation("CreateStack", StackName="app", TemplateBody=parent)["StackId"]
    stacks = {one["StackId"]: one for one in cloudformation("DescribeStacks")["Stacks"]}
    inner = stacks[clients.ids("app")["Inner"]]
    assert (inner["ParentId"], inner["RootId"], inner["StackStatus"]) == (root, root, "CREATE_COMPLETE")
    assert inner["StackName"].startswith("app-Inner-")
    (subnet,) = clients.ec2("DescribeSubnets", SubnetIds=[clients.ids("app")["Subnet"]])["Subnets"]
    assert subnet["VpcId"] == clients.outputs(inner["StackName"])["VpcId"]
    clients.ec2("DeleteSubnet", SubnetId=clients.ids(inner["StackName"])["Subnet"])
    drifts = cloudformation("DescribeStackResourceDrifts", StackName=inner["StackName"])["StackResourceDrifts"]
    assert [one["LogicalResourceId"] for one in drifts if one["StackResourceDriftStatus"] == "DELETED"] == ["Subnet"]
    clients.account.objects["b", "child.json"] = network(subnet="10.0.2.0/24").encode()
    cloudformation("UpdateStack", StackName="app", UsePreviousTemplate=True)
    assert clients.status(inner["StackName"]) == "UPDATE_COMPLETE"
    cloudformation("CreateChangeSet", StackName="app", ChangeSetName="same", UsePreviousTemplate=True)
    same = cloudformation("DescribeChangeSet", StackName="app", ChangeSetName="same")
    (change,) = [one["ResourceChange"] for one in same["Changes"]]
    assert (change["LogicalResourceId"], change["Details"][0]["ChangeSource"]) == ("Inner", "Automatic")
    cloudformation("UpdateStack", StackName="app", UsePreviousTemplate=True)  # as `sam sync` does at each start
    assert clients.status("app") == "UPDATE_COMPLETE"
    cloudformation("DeleteStack", StackName="app")
    assert cloudformation("DescribeStacks")["Stacks"] == []


def test_a_nested_stack_is_updated_by_values_of_its_parent(clients, cloudformation):
    child = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"A": named({"Ref": "P"})}}
    clients.account.objects["b", "child.json"] = json.dumps(child).encode()

    def parent(value):
        nested = {"TemplateURL": "https://s3.amazonaws.com/b/child.json", "Parameters": {"P": value}}
        return body(Inner={"Type": "AWS::CloudFormation::Stack", "Properties": nested})

    cloudformation("CreateStack", StackName="app", TemplateBody=parent("a"))
    inner = clients.ids("app")["Inner"]
    assert clients.status(inner) == "CREATE_COMPLETE"
    cloudformation("UpdateStack", StackName="app", TemplateBody=parent("b"))
    assert (clients.ids("app")["Inner"], clients.status(inner)) == (inner, "UPDATE_COMPLETE")


def test_a_nested_template_that_refers_to_what_is_not_deployed_fails_its_resource(clients, cloudformation):
    resources = {"A": {**TOPIC, "Condition": "Never"}, "B": {**TOPIC, "DependsOn": "A"}}
    child = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}, "Resources": resources}
    clients.account.objects["b", "child.json"] = json.dumps(child).encode()
    nested = {"TemplateURL": "https://s3.amazonaws.com/b/child.json"}
    template = body(Inner={"Type": "AWS::CloudFormation::Stack", "Properties": nested})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    reason = clients.reason("app", "Inner", "CREATE_FAILED")
    assert (
        reason == "Template format error: Unresolved resource dependencies [A] in the Resources block of the template"
    )


@pytest.mark.parametrize("stage", ["Original", "Processed"])
def test_the_url_of_a_nested_template_is_one_of_s3(clients, cloudformation, stage):
    clients.account.objects["b", "child.json"] = network().encode()
    nested = {"TemplateURL": "http://127.0.0.1:4566/b/child.json"}
    template = body(Inner={"Type": "AWS::CloudFormation::Stack", "Properties": nested})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    found = cloudformation("GetTemplate", StackName="app", TemplateStage=stage)["TemplateBody"]
    assert (
        json.loads(found)["Resources"]["Inner"]["Properties"]["TemplateURL"]
        == "https://s3.us-east-1.amazonaws.com/b/child.json"
    )


def too_large():
    """A zip file that states more bytes than Lambda unzips."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.py", bytes(LARGEST_UNZIPPED + 1))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [(lambda: b"no zip", "Could not unzip"), (too_large, "Unzipped size must be smaller than 262144000 bytes")],
    ids=["no zip", "too large"],
)
def test_code_that_lambda_does_not_unzip_fails_its_function(clients, cloudformation, content, why):
    clients.account.objects["b", "code"] = content()
    code = {
        "Code": {"S3Bucket": "b", "S3Key": "code"},
        "Runtime": "python3.12",
        "Handler": "a.b",
        "Role": "arn:aws:iam::123456789012:role/r",
    }
    template = body(F={"Type": "AWS::Lambda::Function", "Properties": code})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    assert why in clients.reason("app", "F", "CREATE_FAILED")


def test_an_object_that_is_not_there_fails_its_resource(clients, cloudformation):
    code = {
        "Code": {"S3Bucket": "b", "S3Key": "none"},
        "Runtime": "python3.12",
        "Handler": "a.b",
        "Role": "arn:aws:iam::1:role/r",
    }
    cloudformation(
        "CreateStack", StackName="app", TemplateBody=body(F={"Type": "AWS::Lambda::Function", "Properties": code})
    )
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert "S3 Error Code: NoSuchKey" in clients.reason("app", "F", "CREATE_FAILED")


def custom(word="w", token="arn:aws:lambda:::function:f"):
    return json.dumps({
        "Resources": {
            "Made": {"Type": "Custom::Thing", "Properties": {"ServiceToken": token, "Word": word, "Size": 3}}
        },
        "Outputs": {"Word": {"Value": {"Fn::GetAtt": ["Made", "Word"]}}, "Id": {"Value": {"Ref": "Made"}}},
    })  # fmt: skip


def test_a_custom_resource_is_made_changed_and_deleted_by_its_function(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=custom())
    assert clients.outputs("app") == {"Word": "hello", "Id": "made"}
    cloudformation("UpdateStack", StackName="app", TemplateBody=custom("v"))
    cloudformation("DeleteStack", StackName="app")
    events = [event for _, event in clients.account.invoked]
    assert [one["RequestType"] for one in events] == ["Create", "Update", "Delete"]
    assert events[0]["ResourceProperties"]["Size"] == "3"  # values are texts
    assert events[1]["OldResourceProperties"]["Word"] == "w"
    assert events[2]["PhysicalResourceId"] == "made"


def test_a_custom_resource_of_a_topic_is_asked_by_its_subscribers(clients, cloudformation):
    topic = "arn:aws:sns:us-east-1:123456789012:asks"
    cloudformation("CreateStack", StackName="app", TemplateBody=custom(token=topic))
    assert clients.outputs("app") == {"Word": "hello", "Id": "made"}
    ((function, event),) = clients.account.invoked
    assert (function, event["RequestType"], event["ServiceToken"]) == (topic, "Create", topic)


def test_a_custom_resource_that_fails_takes_its_stack_back(clients, cloudformation):
    before = clients.account.cloud
    clients.account.answer = lambda _event: {"Status": "FAILED", "Reason": "no luck"}
    cloudformation("CreateStack", StackName="app", TemplateBody=custom())
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert "no luck" in clients.reason("app", "Made", "CREATE_FAILED")
    assert clients.account.cloud.template.resources == before.template.resources


def test_included_files_are_part_of_the_template(clients, cloudformation):
    objects = clients.account.objects
    objects["bkt", "group.json"] = b'{"GroupDescription": "included"}'
    objects["bkt", "more.yaml"] = b"More: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}"
    include = {"Name": "AWS::Include", "Parameters": {"Location": "s3://bkt/group.json"}}
    template = json.dumps({
        "Parameters": {"Where": {"Type": "String"}},
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}, "Fn::Transform": include}},
            "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": {"Ref": "Where"}}},
        },
        "Outputs": {"More": {"Value": {"Ref": "More"}}},
    })  # fmt: skip
    where = [{"ParameterKey": "Where", "ParameterValue": "s3://bkt/more.yaml"}]
    expands = {"StackName": "app", "TemplateBody": template, "Capabilities": ["CAPABILITY_AUTO_EXPAND"]}
    cloudformation("CreateStack", Parameters=where, **expands)
    assert clients.status("app") == "CREATE_COMPLETE"
    (group,) = clients.ec2("DescribeSecurityGroups", GroupIds=[clients.ids("app")["Group"]])["SecurityGroups"]
    assert group["Description"] == "included"
    assert clients.outputs("app")["More"] == clients.ids("app")["More"]
    where = [{"ParameterKey": "Where", "ParameterValue": "s3://bkt/none.yaml"}]
    with pytest.raises(Refused, match="Transform AWS::Include failed with"):
        cloudformation("UpdateStack", Parameters=where, **expands)


def test_a_false_assertion_of_a_rule_is_refused_before_anything_is_made(cloudformation):
    assertion = {"Assert": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}, "AssertDescription": "only prod"}
    stage = {"Type": "String", "Default": "prod"}
    rules = {"Parameters": {"Stage": stage}, "Rules": {"Prod": {"Assertions": [assertion]}}}
    template = json.dumps({**rules, "Resources": {"A": TOPIC}})
    other = {"TemplateBody": template, "Parameters": [{"ParameterKey": "Stage", "ParameterValue": "test"}]}
    change_set = {"ChangeSetName": "c", "ChangeSetType": "CREATE"}
    for action, more in (("CreateStack", {}), ("CreateChangeSet", change_set)):
        with pytest.raises(Refused, match=r"ValidationError: .*Prod.*only prod"):
            cloudformation(action, StackName="app", **other, **more)
    assert cloudformation("DescribeStacks")["Stacks"] == []
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    with pytest.raises(Refused, match=r"ValidationError: .*Prod.*only prod"):
        cloudformation("UpdateStack", StackName="app", **other)
    (stack,) = cloudformation("DescribeStacks", StackName="app")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_what_cannot_be_read_fails_also_where_another_stack_is(clients, cloudformation):
    cloudformation("CreateStack", StackName="first", TemplateBody=body(A=TOPIC))
    site = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Enabled": True}}}
    cloudformation("CreateStack", StackName="app", TemplateBody=body(A=TOPIC, Site=site))
    assert "has no TargetOriginId" in clients.reason("app", "Site", "CREATE_FAILED")
