"""Imports of resources that the account has into stacks."""

import json

import pytest

from tests.account.cloudformation.conftest import network
from tests.helpers.query_client import Refused


def template(**resources):
    return json.dumps({"Resources": {name: {"DeletionPolicy": "Retain", **one} for name, one in resources.items()}})


def vpc(**more):
    return {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.5.0.0/16"}, **more}


def subnet(cidr="10.5.1.0/24"):
    return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": cidr}}


@pytest.fixture
def take(cloudformation):
    def taken(body, wanted, stack="app", **more):
        resources = [
            {"ResourceType": type_, "LogicalResourceId": name, "ResourceIdentifier": identifier}
            for name, (type_, identifier) in wanted.items()
        ]
        asked = {"StackName": stack, "ChangeSetName": "import", "ChangeSetType": "IMPORT", "TemplateBody": body}
        cloudformation("CreateChangeSet", **asked, ResourcesToImport=resources, **more)
        found = cloudformation("DescribeChangeSet", StackName=stack, ChangeSetName="import")
        cloudformation("ExecuteChangeSet", StackName=stack, ChangeSetName="import")
        return [one["ResourceChange"] for one in found["Changes"]]

    return taken


@pytest.fixture
def there(clients):
    """A VPC with a subnet that calls have made."""
    vpc_id = clients.ec2("CreateVpc", CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    return vpc_id, clients.ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.5.1.0/24")["Subnet"]["SubnetId"]


def test_a_new_stack_takes_resources_of_calls_as_they_are(clients, take, there):
    wanted = {"Vpc": ("AWS::EC2::VPC", {"VpcId": there[0]}), "Subnet": ("AWS::EC2::Subnet", {"SubnetId": there[1]})}
    before = clients.ec2("DescribeSubnets")["Subnets"]
    changes = take(template(Vpc=vpc(), Subnet=subnet()), wanted)
    assert [(one["Action"], one["LogicalResourceId"], one["PhysicalResourceId"]) for one in changes] == [
        ("Import", "Vpc", there[0]), ("Import", "Subnet", there[1]),
    ]  # fmt: skip
    assert clients.status("app") == "IMPORT_COMPLETE"
    assert clients.ids("app") == {"Vpc": there[0], "Subnet": there[1]}
    assert ("Vpc", "IMPORT_COMPLETE") in clients.events("app")
    strip = lambda found: [{key: value for key, value in one.items() if key != "Tags"} for one in found]  # noqa: E731
    assert strip(clients.ec2("DescribeSubnets")["Subnets"]) == strip(before)


def test_an_imported_resource_is_updated_and_deleted_with_its_stack(clients, cloudformation, take, there):
    take(template(Vpc=vpc()), {"Vpc": ("AWS::EC2::VPC", {"VpcId": there[0]})})
    new = template(
        Vpc={**vpc(DeletionPolicy="Delete"), "Properties": {"CidrBlock": "10.5.0.0/16", "EnableDnsHostnames": True}}
    )
    cloudformation("UpdateStack", StackName="app", TemplateBody=new)
    assert (clients.status("app"), clients.ids("app")) == ("UPDATE_COMPLETE", {"Vpc": there[0]})
    clients.ec2("DeleteSubnet", SubnetId=there[1])
    cloudformation("DeleteStack", StackName="app")
    assert there[0] not in {one["VpcId"] for one in clients.ec2("DescribeVpcs")["Vpcs"]}


def test_what_a_deleted_stack_kept_is_imported_into_another_one(clients, cloudformation, take):
    cloudformation("CreateStack", StackName="old", TemplateBody=template(Vpc=vpc()))
    vpc_id = clients.ids("old")["Vpc"]
    with_policy = {"Mine": ("AWS::EC2::VPC", {"VpcId": vpc_id})}
    take(template(Mine=vpc()), with_policy, "new")
    assert clients.status("new") == "IMPORT_ROLLBACK_COMPLETE"
    assert "already exists in the stack old" in clients.reason("new", "Mine", "IMPORT_FAILED")
    cloudformation("DeleteStack", StackName="old")
    take(template(Mine=vpc()), with_policy, "newer")
    assert (clients.status("newer"), clients.ids("newer")) == ("IMPORT_COMPLETE", {"Mine": vpc_id})


def test_a_stack_that_is_there_takes_more(clients, cloudformation, take, there):
    body = json.loads(network())
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(body))
    body["Resources"]["More"] = vpc(DeletionPolicy="Retain")
    take(json.dumps(body), {"More": ("AWS::EC2::VPC", {"VpcId": there[0]})})
    assert (clients.status("app"), clients.ids("app")["More"]) == ("IMPORT_COMPLETE", there[0])


def test_a_secret_is_named_by_its_arn(clients, take):
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login-AbCdEf"
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "login"}}
    take(template(Login=secret), {"Login": ("AWS::SecretsManager::Secret", {"Id": arn})})
    assert f"with identifier '{arn}' was not found" in clients.reason("app", "Login", "IMPORT_FAILED")


def test_what_does_not_exist_fails_when_the_change_set_is_executed(clients, take):
    take(template(Vpc=vpc()), {"Vpc": ("AWS::EC2::VPC", {"VpcId": "vpc-0123456789abcdef0"})})
    assert clients.status("app") == "IMPORT_ROLLBACK_COMPLETE"
    assert "with identifier 'vpc-0123456789abcdef0' was not found" in clients.reason("app", "Vpc", "IMPORT_FAILED")
    assert clients.ids("app") == {}


def test_a_bucket_that_only_its_service_has(clients, take):
    clients.account.buckets.add("mine")
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "mine"}}
    take(template(Bucket=bucket), {"Bucket": ("AWS::S3::Bucket", {"BucketName": "mine"})})
    assert (clients.status("app"), clients.ids("app")) == ("IMPORT_COMPLETE", {"Bucket": "mine"})


def test_a_bucket_has_the_name_of_its_template(clients, take):
    clients.account.buckets.add("mine")
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "other"}}
    take(template(Bucket=bucket), {"Bucket": ("AWS::S3::Bucket", {"BucketName": "mine"})})
    assert clients.status("app") == "IMPORT_ROLLBACK_COMPLETE"


@pytest.mark.parametrize(
    ("body", "wanted", "why"),
    [
        (template(Vpc=vpc()), {}, "ResourcesToImport must be specified"),
        (json.dumps({"Resources": {"Vpc": vpc()}}), {"Vpc": "AWS::EC2::VPC"}, "must have DeletionPolicy"),
        (template(Vpc=vpc()), {"Other": "AWS::EC2::VPC"}, "do not exist in the template"),
        (template(Vpc=vpc()), {"Vpc": "AWS::EC2::Subnet"}, "is not that of the template"),
        (template(Vpc=vpc(), More=vpc()), {"Vpc": "AWS::EC2::VPC"}, "modified resources .More. in your template"),
        (
            template(Fn={"Type": "AWS::Lambda::Function", "Properties": {}}),
            {"Fn": "AWS::Lambda::Function"},
            "does not import",
        ),
        (
            template(Attached={"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {}}),
            {"Attached": "AWS::EC2::VPCGatewayAttachment"},
            "does not import",
        ),
        (
            json.dumps({**json.loads(template(Vpc=vpc())), "Outputs": {"A": {"Value": "1"}}}),
            {"Vpc": "AWS::EC2::VPC"},
            "cannot modify or add .Outputs.",
        ),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once(take, there, body, wanted, why):
    with pytest.raises(Refused, match=why):
        take(body, {name: (type_, {"VpcId": there[0]}) for name, type_ in wanted.items()})
