"""Change sets: what they would change, and what becomes of them."""

import json

import pytest

from tests.account.cloudformation.conftest import network
from tests.helpers.query_client import Refused

BROKEN = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "nonsense"}}


@pytest.fixture
def create(cloudformation):
    def create(body, name="first", kind="CREATE", **more):
        cloudformation(
            "CreateChangeSet", StackName="app", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body, **more
        )
        return cloudformation("DescribeChangeSet", StackName="app", ChangeSetName=name)

    return create


def test_a_stack_exists_from_its_first_change_set_on(clients, cloudformation, create):
    found = create(network())
    assert (found["Status"], found["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    changes = [one["ResourceChange"] for one in found["Changes"]]
    assert [(one["Action"], one["LogicalResourceId"]) for one in changes] == [("Add", "Vpc"), ("Add", "Subnet")]
    assert clients.events("app") == [("app", "REVIEW_IN_PROGRESS")]
    with pytest.raises(Refused, match="GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks"):
        cloudformation("GetTemplateSummary", StackName="app")
    assert len(clients.ec2("DescribeVpcs")["Vpcs"]) == 1
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="first")
    assert clients.status("app") == "CREATE_COMPLETE"
    assert len(clients.ec2("DescribeVpcs")["Vpcs"]) == 2
    with pytest.raises(Refused, match="cannot be executed in its current status of"):
        cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="first")


def test_a_replacement_is_told_apart_from_an_update_in_place(cloudformation, create):
    tagged = json.loads(network())
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    tagged["Resources"]["Vpc"]["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]
    tagged["Resources"]["Subnet"]["Properties"]["CidrBlock"] = "10.0.7.0/24"
    found = create(json.dumps(tagged), kind="UPDATE")
    changes = {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in found["Changes"]}
    assert (changes["Vpc"]["Replacement"], changes["Subnet"]["Replacement"]) == ("False", "True")
    (detail,) = changes["Subnet"]["Details"]
    assert detail["Target"] == {"Attribute": "Properties", "Name": "CidrBlock", "RequiresRecreation": "Always"}
    assert "BeforeContext" not in changes["Subnet"]
    told = cloudformation("DescribeChangeSet", StackName="app", ChangeSetName="first", IncludePropertyValues=True)[
        "Changes"
    ]
    (subnet,) = [one["ResourceChange"] for one in told if one["ResourceChange"]["LogicalResourceId"] == "Subnet"]
    assert json.loads(subnet["BeforeContext"])["Properties"]["CidrBlock"] == "10.0.1.0/24"
    assert json.loads(subnet["AfterContext"])["Properties"]["CidrBlock"] == "10.0.7.0/24"


def test_a_change_set_without_changes_fails_in_the_words_that_clients_compare(cloudformation, create):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    found = create(network(), kind="UPDATE")
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert found["StatusReason"] == (
        "The submitted information didn't contain changes. Submit different information to create a change set."
    )


def test_what_cannot_be_made_fails_when_it_is_executed(clients, cloudformation, create):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    found = create(network(Broken=BROKEN), kind="UPDATE")
    assert found["Status"] == "CREATE_COMPLETE"
    assert [one["ResourceChange"]["LogicalResourceId"] for one in found["Changes"]] == ["Broken"]
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="first")
    assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert "nonsense" in clients.reason("app", "Broken", "CREATE_FAILED")


def test_the_other_change_sets_are_obsolete_after_one_is_executed(cloudformation, create):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    create(network(subnet="10.0.2.0/24"), "one", "UPDATE")
    create(network(subnet="10.0.3.0/24"), "two", "UPDATE")
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="one")
    listed = cloudformation("ListChangeSets", StackName="app")["Summaries"]
    assert {one["ChangeSetName"]: one["ExecutionStatus"] for one in listed} == {
        "one": "EXECUTE_COMPLETE",
        "two": "OBSOLETE",
    }


def test_drift_is_not_reverted(clients, cloudformation, create):
    create(network())
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="first")
    create(network(), "without drift", "UPDATE", DeploymentMode="REVERT_DRIFT")
    clients.ec2("DeleteSubnet", SubnetId=clients.ids("app")["Subnet"])
    with pytest.raises(Refused) as refused:
        create(network(), "with drift", "UPDATE", DeploymentMode="REVERT_DRIFT")
    assert (refused.value.code, "[Subnet]" in refused.value.message) == ("ValidationError", True)


def test_a_name_is_free_again_after_its_change_set_is_deleted(cloudformation, create):
    create(network(), "cdk")
    with pytest.raises(Refused, match="ChangeSet cdk cannot be created due to a mismatch"):
        create(network(), "cdk")
    cloudformation("DeleteChangeSet", StackName="app", ChangeSetName="cdk")
    with pytest.raises(Refused, match=r"ChangeSet \[cdk\] does not exist") as refused:
        cloudformation("DescribeChangeSet", StackName="app", ChangeSetName="cdk")
    assert (refused.value.code, refused.value.status) == ("ChangeSetNotFound", 404)
    create(network(), "cdk")
    cloudformation("DeleteChangeSet", StackName="app", ChangeSetName="none")  # of none: no error


def test_a_name_is_free_again_after_its_change_set_has_failed(cloudformation, create):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    assert create(network(), "deploy", "UPDATE")["Status"] == "FAILED"
    assert create(network(subnet="10.0.2.0/24"), "deploy", "UPDATE")["Status"] == "CREATE_COMPLETE"


def test_a_name_is_free_again_after_its_change_set_is_executed(clients, cloudformation, create):
    first = create(network(), "deploy")
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="deploy")
    second = create(network(subnet="10.0.2.0/24"), "deploy", "UPDATE")
    assert second["ChangeSetId"] != first["ChangeSetId"]
    told = cloudformation("DescribeChangeSet", ChangeSetName=first["ChangeSetId"])
    assert told["ExecutionStatus"] == "EXECUTE_COMPLETE"
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="deploy")
    assert clients.status("app") == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("kind", "exists", "text"),
    [
        ("UPDATE", False, r"Stack \[app\] does not exist"),
        ("CREATE", True, r"Stack \[app\] already exists and cannot be created again with the changeSet \[first\]."),
    ],
)
def test_the_kind_must_fit_the_stack(cloudformation, create, kind, exists, text):
    if exists:
        cloudformation("CreateStack", StackName="app", TemplateBody=network())
    with pytest.raises(Refused, match=text):
        create(network(), kind=kind)


def test_a_change_set_that_may_import_what_exists_makes_what_does_not_as_that_of_cdk_bootstrap(cloudformation, create):
    create(network(), kind="CREATE", ImportExistingResources=True)
    cloudformation("ExecuteChangeSet", StackName="app", ChangeSetName="first")
    (stack,) = cloudformation("DescribeStacks", StackName="app")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
