"""Stacks of an account: created, updated and deleted with the states and events that clients wait for."""

import json
from dataclasses import replace

import pytest

from netful.account.cloudformation.deployments.drift import drifts
from netful.account.export import template_of
from netful.model.functions.function import Code
from tests.account.cloudformation.conftest import network
from tests.helpers.query_client import Refused

IN_USE = {
    "Type": "AWS::EC2::Subnet",
    "Properties": {"VpcId": {"Fn::ImportValue": "network"}, "CidrBlock": "10.0.9.0/24"},
}
GROUP = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "VpcId": {"Ref": "Vpc"}}}
NOWHERE = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.9.0/24"}}


def test_a_stack_is_created_resource_by_resource(clients, cloudformation):
    stack_id = cloudformation("CreateStack", StackName="app", TemplateBody=network())["StackId"]
    assert clients.events("app") == [
        ("app", "CREATE_IN_PROGRESS"),
        ("Vpc", "CREATE_IN_PROGRESS"),
        ("Vpc", "CREATE_IN_PROGRESS"),
        ("Subnet", "CREATE_IN_PROGRESS"),
        ("Subnet", "CREATE_IN_PROGRESS"),
        ("Vpc", "CREATE_COMPLETE"),
        ("Subnet", "CREATE_COMPLETE"),
        ("app", "CREATE_COMPLETE"),
    ]
    (stack,) = cloudformation("DescribeStacks", StackName=stack_id)["Stacks"]
    assert (stack["StackName"], stack["StackStatus"], stack["DisableRollback"]) == ("app", "CREATE_COMPLETE", False)
    assert "LastUpdatedTime" not in stack
    vpcs = {one["VpcId"] for one in clients.ec2("DescribeVpcs")["Vpcs"]}
    assert clients.ids("app")["Vpc"] == clients.outputs("app")["VpcId"]
    assert clients.outputs("app")["VpcId"] in vpcs


def test_the_first_event_of_a_resource_has_no_physical_id(cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    events = [
        one
        for one in cloudformation("DescribeStackEvents", StackName="app")["StackEvents"]
        if one["LogicalResourceId"] == "Vpc"
    ]
    done, initiated, first = events
    assert first["PhysicalResourceId"] == ""
    assert initiated["PhysicalResourceId"] == done["PhysicalResourceId"] != ""
    assert initiated["ResourceStatusReason"] == "Resource creation Initiated"
    assert json.loads(first["ResourceProperties"]) == {"CidrBlock": "10.0.0.0/16"}


def test_a_missing_security_group_is_named(clients, cloudformation):
    interface = {"SubnetId": {"Ref": "Subnet"}, "GroupSet": ["sg-0123456789abcdef0"]}
    subnet = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}
    template = network(
        Subnet={"Type": "AWS::EC2::Subnet", "Properties": subnet},
        Eni={"Type": "AWS::EC2::NetworkInterface", "Properties": interface},
    )
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    reason = clients.reason("app", "Eni", "CREATE_FAILED")
    assert "The security group 'sg-0123456789abcdef0' does not exist" in reason
    assert "HandlerErrorCode: NotFound" in reason


def test_an_id_in_a_tag_or_a_description_refers_to_nothing(clients, cloudformation):
    words = {"GroupDescription": "i-0123456789abcdef0", "Tags": [{"Key": "of", "Value": "vpc-0123456789abcdef0"}]}
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}, **words}}
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Group=group))
    assert clients.status("app") == "CREATE_COMPLETE"


def test_a_creation_that_fails_is_rolled_back(clients, cloudformation):
    before = clients.account.cloud
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Nowhere=NOWHERE))
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert "The vpc ID 'vpc-0123456789abcdef0' does not exist" in clients.reason("app", "Nowhere", "CREATE_FAILED")
    reason = "The following resource(s) failed to create: [Nowhere]. Rollback requested by user."
    assert clients.reason("app", "app", "ROLLBACK_IN_PROGRESS") == reason
    told = clients.events("app")
    for name, end in (("Vpc", "CREATE_COMPLETE"), ("Nowhere", "CREATE_FAILED")):
        assert told.index((name, "CREATE_IN_PROGRESS")) < told.index((name, end))
    assert clients.account.cloud == before
    with pytest.raises(Refused, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        cloudformation("UpdateStack", StackName="app", TemplateBody=network())
    cloudformation("DeleteStack", StackName="app")
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    assert clients.status("app") == "CREATE_COMPLETE"


def test_a_service_that_refuses_a_resource_fails_the_stack(clients, cloudformation):
    clients.account.refuse = "Subnet"
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert clients.reason("app", "Subnet", "CREATE_FAILED") == "it cannot be made"
    assert ("Vpc", "DELETE_COMPLETE") in clients.events("app")


@pytest.fixture(params=[{"OnFailure": "DO_NOTHING"}, {"DisableRollback": True}], ids=["do nothing", "no rollback"])
def half(request, clients, cloudformation):
    """A stack with a VPC and a subnet, and without what failed."""
    inside = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.9.0/24"}}
    broken = {**inside, "DependsOn": "Nowhere"}
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Nowhere=NOWHERE, After=broken), **request.param)
    assert clients.status("app") == "CREATE_FAILED"
    return network(Nowhere=inside, After={**broken, "Properties": {**inside["Properties"], "CidrBlock": "10.0.8.0/24"}})


def statuses(cloudformation):
    listed = cloudformation("DescribeStackResources", StackName="app")["StackResources"]
    return {one["LogicalResourceId"]: one["ResourceStatus"] for one in listed}


def blocks(clients):
    return {str(one.cidr_block) for one in clients.account.cloud.network.subnets.values()}


@pytest.mark.usefixtures("half")
def test_a_failure_without_a_rollback_keeps_what_was_made(clients, cloudformation):
    states = {"Vpc": "CREATE_COMPLETE", "Subnet": "CREATE_COMPLETE", "Nowhere": "CREATE_FAILED"}
    assert statuses(cloudformation) == states, "the resource that depends on the failed one was never begun"
    assert "10.0.1.0/24" in blocks(clients)
    assert "10.0.9.0/24" not in blocks(clients)
    reason = "The following resource(s) failed to create: [Nowhere]. "
    assert clients.reason("app", "app", "CREATE_FAILED") == reason
    (vpc,) = (one for one in clients.account.cloud.template.resources.values() if one.id == "Vpc")
    found = cloudformation("DescribeStackResource", StackName="app", LogicalResourceId="Vpc")["StackResourceDetail"]
    assert found["PhysicalResourceId"] == clients.account.cloud.aws_id(vpc.id)


@pytest.mark.usefixtures("half")
def test_a_stack_that_kept_what_was_made_is_rolled_back(clients, cloudformation):
    cloudformation("RollbackStack", StackName="app")
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert statuses(cloudformation) == {}
    assert "10.0.1.0/24" not in blocks(clients)


def test_a_stack_that_kept_what_was_made_is_completed_by_an_update(clients, cloudformation, half):
    kept = clients.account.cloud.aws_id("Vpc")
    cloudformation("UpdateStack", StackName="app", TemplateBody=half)
    assert clients.status("app") == "UPDATE_COMPLETE"
    assert {"10.0.1.0/24", "10.0.9.0/24", "10.0.8.0/24"} <= blocks(clients)
    assert clients.account.cloud.aws_id("Vpc") == kept


def test_a_stack_that_kept_what_was_made_is_deleted(clients, cloudformation, half):
    cloudformation("DeleteStack", StackName="app")
    assert "10.0.1.0/24" not in blocks(clients)
    assert clients.account.stacks == ()
    cloudformation("CreateStack", StackName="app", TemplateBody=half)
    assert clients.status("app") == "CREATE_COMPLETE"


def test_a_failed_update_without_a_rollback_keeps_what_is_new(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    more = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.9.0/24"}}
    asked = {"StackName": "app", "TemplateBody": network(Nowhere=NOWHERE, More=more), "DisableRollback": True}
    cloudformation("UpdateStack", **asked)
    assert clients.status("app") == "UPDATE_FAILED"
    assert (statuses(cloudformation)["More"], statuses(cloudformation)["Nowhere"]) == (
        "CREATE_COMPLETE",
        "CREATE_FAILED",
    )
    assert "10.0.9.0/24" in blocks(clients)
    cloudformation("UpdateStack", **asked)
    assert clients.status("app") == "UPDATE_FAILED"
    cloudformation("RollbackStack", StackName="app")
    assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert "10.0.9.0/24" not in blocks(clients)
    assert "10.0.1.0/24" in blocks(clients)
    assert {*statuses(cloudformation)} == {"Vpc", "Subnet"}


def test_a_failed_update_without_a_rollback_removes_nothing(clients, cloudformation):
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}}}
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Old=group))
    more = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.9.0/24"}}
    body = network(Nowhere=NOWHERE, More=more)
    cloudformation("UpdateStack", StackName="app", TemplateBody=body, DisableRollback=True)
    assert clients.status("app") == "UPDATE_FAILED"
    found = statuses(cloudformation)
    assert (found["More"], found["Nowhere"], found["Old"]) == ("CREATE_COMPLETE", "CREATE_FAILED", "CREATE_COMPLETE")
    assert "Old" in clients.account.cloud.template.resources
    assert "10.0.9.0/24" in blocks(clients)
    assert "Old" not in str(cloudformation("GetTemplate", StackName="app")["TemplateBody"])
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(More=more))
    assert clients.status("app") == "UPDATE_COMPLETE"
    assert {*statuses(cloudformation)} == {"Vpc", "Subnet", "More"}
    assert "Old" not in clients.account.cloud.template.resources


def test_a_failed_stack_can_be_deleted_at_once(cloudformation):
    template = network(Nowhere=NOWHERE)
    stack_id = cloudformation("CreateStack", StackName="app", TemplateBody=template, OnFailure="DELETE")["StackId"]
    (stack,) = cloudformation("DescribeStacks", StackName=stack_id)["Stacks"]
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(Refused, match="Stack with id app does not exist"):
        cloudformation("DescribeStacks", StackName="app")


def test_an_update_changes_what_differs(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    seen = len(clients.events("app"))
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(subnet="10.0.2.0/24", Group=GROUP))
    assert clients.events("app")[seen:] == [
        ("app", "UPDATE_IN_PROGRESS"),
        ("Subnet", "UPDATE_IN_PROGRESS"),
        ("Subnet", "UPDATE_IN_PROGRESS"),
        ("Group", "CREATE_IN_PROGRESS"),
        ("Group", "CREATE_IN_PROGRESS"),
        ("Subnet", "UPDATE_COMPLETE"),
        ("Group", "CREATE_COMPLETE"),
        ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Subnet", "DELETE_IN_PROGRESS"),
        ("Subnet", "DELETE_COMPLETE"),
        ("app", "UPDATE_COMPLETE"),
    ]
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(subnet="10.0.2.0/24"))
    assert clients.events("app")[-3:] == [
        ("Group", "DELETE_IN_PROGRESS"),
        ("Group", "DELETE_COMPLETE"),
        ("app", "UPDATE_COMPLETE"),
    ]
    assert {*clients.ids("app")} == {"Vpc", "Subnet"}


def test_an_update_that_fails_leaves_everything_as_it_was(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    before, outputs = clients.account.cloud, clients.outputs("app")
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(subnet="10.0.2.0/24", Nowhere=NOWHERE))
    assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert clients.account.cloud == before
    assert clients.outputs("app") == outputs
    body = cloudformation("GetTemplate", StackName="app")["TemplateBody"]
    assert body == network()
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(subnet="10.0.2.0/24"))
    assert clients.status("app") == "UPDATE_COMPLETE"


def test_an_update_without_a_difference_is_refused(cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    with pytest.raises(Refused, match=r"^ValidationError: No updates are to be performed.$"):
        cloudformation("UpdateStack", StackName="app", UsePreviousTemplate=True)


def test_what_a_call_changed_stays_where_the_template_says_the_same(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Group=GROUP))
    group = clients.ids("app")["Group"]
    ssh = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    clients.ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=ssh)
    other = clients.ec2("CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(subnet="10.0.2.0/24", Group=GROUP))
    (described,) = clients.ec2("DescribeSecurityGroups", GroupIds=[group])["SecurityGroups"]
    assert [one["FromPort"] for one in described["IpPermissions"]] == [22]
    assert clients.ec2("DescribeVpcs", VpcIds=[other])["Vpcs"]
    cloudformation("DeleteStack", StackName="app")
    assert {one["CidrBlock"] for one in clients.ec2("DescribeVpcs")["Vpcs"]} == {"172.31.0.0/16", "10.9.0.0/16"}


def test_drift_is_what_calls_changed(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Group=GROUP))
    detected = cloudformation("DetectStackDrift", StackName="app")["StackDriftDetectionId"]
    state = cloudformation("DescribeStackDriftDetectionStatus", StackDriftDetectionId=detected)
    assert (state["DetectionStatus"], state["StackDriftStatus"]) == ("DETECTION_COMPLETE", "IN_SYNC")
    ssh = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    clients.ec2("AuthorizeSecurityGroupIngress", GroupId=clients.ids("app")["Group"], IpPermissions=ssh)
    clients.ec2("DeleteSubnet", SubnetId=clients.ids("app")["Subnet"])
    drifts = cloudformation("DescribeStackResourceDrifts", StackName="app")["StackResourceDrifts"]
    assert {one["LogicalResourceId"]: one["StackResourceDriftStatus"] for one in drifts} == {
        "Vpc": "IN_SYNC",
        "Subnet": "DELETED",
        "Group": "MODIFIED",
    }


def test_a_property_that_the_template_does_not_set_is_no_drift(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    vpc = clients.ids("app")["Vpc"]
    clients.ec2("ModifyVpcAttribute", VpcId=vpc, EnableDnsHostnames={"Value": True})
    clients.ec2("CreateTags", Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}])
    drifts = cloudformation("DescribeStackResourceDrifts", StackName="app")["StackResourceDrifts"]
    assert {one["StackResourceDriftStatus"] for one in drifts} == {"IN_SYNC"}


@pytest.mark.parametrize(
    ("changed", "paths", "memory"),
    [
        ({"timeout": 77}, [], 256),  # the template does not set it
        ({"memory_size": 512}, [("/MemorySize", "256", "512")], 512),
        ({"environment": {"AB": "2"}}, [("/Environment/Variables", '{"AB": "1"}', '{"AB": "2"}')], 256),
        ({"code": Code(inline="h = 2")}, [("/Code", "", "")], 256),
    ],
)
def test_drift_of_a_function(clients, cloudformation, changed, paths, memory):
    role = "arn:aws:iam::123456789012:role/r"
    properties = {
        "Role": role,
        "Runtime": "python3.13",
        "Handler": "index.h",
        "Code": {"ZipFile": "h = 1"},
        "MemorySize": 256,
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {**properties, "Environment": {"Variables": {"AB": "1"}}},
    }
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Fn=function))
    running = clients.account.cloud
    (before,) = running.compute.functions.values()
    after = running.having(functions={before.id: replace(before, **changed)})
    (found,) = [one for one in drifts("id", "app", running, after) if one["LogicalResourceId"] == "Fn"]
    told = [(one["PropertyPath"], one["ExpectedValue"], one["ActualValue"]) for one in found["PropertyDifferences"]]
    assert (found["StackResourceDriftStatus"], told) == ("MODIFIED" if paths else "IN_SYNC", paths)
    assert json.loads(found["ActualProperties"])["MemorySize"] == memory


def test_drift_is_of_the_resource_that_a_call_deleted(clients, cloudformation):
    attachment = {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Igw"}}
    route = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "Igw"}}
    resources = {
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Igw": {"Type": "AWS::EC2::InternetGateway"},
        "Attached": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": attachment},
        "Out": {"Type": "AWS::EC2::Route", "Properties": route, "DependsOn": "Attached"},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
    }
    cloudformation("CreateStack", StackName="app", TemplateBody=network(**resources))
    table = clients.ids("app")["Table"]
    clients.ec2("DeleteRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    drifts = cloudformation("DescribeStackResourceDrifts", StackName="app")["StackResourceDrifts"]
    found = {one["LogicalResourceId"]: one["StackResourceDriftStatus"] for one in drifts}
    assert (found["Out"], found["Table"], found["Queue"]) == ("DELETED", "IN_SYNC", "NOT_CHECKED")
    detected = cloudformation("DetectStackDrift", StackName="app")["StackDriftDetectionId"]
    state = cloudformation("DescribeStackDriftDetectionStatus", StackDriftDetectionId=detected)
    assert state["DriftedStackResourceCount"] == 1


def test_deletion_is_told_in_the_reverse_order(clients, cloudformation):
    before = clients.account.cloud
    stack_id = cloudformation("CreateStack", StackName="app", TemplateBody=network())["StackId"]
    cloudformation("DeleteStack", StackName="app")
    assert clients.events(stack_id)[-6:] == [
        ("app", "DELETE_IN_PROGRESS"),
        ("Subnet", "DELETE_IN_PROGRESS"),
        ("Vpc", "DELETE_IN_PROGRESS"),
        ("Subnet", "DELETE_COMPLETE"),
        ("Vpc", "DELETE_COMPLETE"),
        ("app", "DELETE_COMPLETE"),
    ]
    assert clients.account.cloud.network == before.network
    cloudformation("DeleteStack", StackName="app")  # of none: no error
    (listed,) = cloudformation("ListStacks", StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert listed["StackName"] == "app"


def test_a_retained_resource_stays_in_the_account(clients, cloudformation):
    body = json.loads(network())
    body["Resources"]["Vpc"]["DeletionPolicy"] = "Retain"
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(body))
    vpc = clients.ids("app")["Vpc"]
    stack_id = cloudformation("DescribeStacks", StackName="app")["Stacks"][0]["StackId"]
    cloudformation("DeleteStack", StackName="app")
    assert ("Vpc", "DELETE_SKIPPED") in clients.events(stack_id)
    assert clients.ec2("DescribeVpcs", VpcIds=[vpc])["Vpcs"]
    assert len(clients.ec2("DescribeSubnets", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]) == 0


def test_a_resource_that_an_update_retains_leaves_the_stack(clients, cloudformation):
    kept = {"Type": "AWS::EC2::VPC", "DeletionPolicy": "Retain", "Properties": {"CidrBlock": "10.9.0.0/16"}}
    queue = {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}
    stack_id = cloudformation("CreateStack", StackName="app", TemplateBody=network(Kept=kept, Queue=queue))["StackId"]
    ids = clients.ids("app")
    cloudformation("UpdateStack", StackName="app", TemplateBody=network())
    events = clients.events(stack_id)
    assert {one for one in events if one[0] in ("Kept", "Queue") and one[1].startswith(("UPDATE", "DELETE"))} == {
        ("Kept", "DELETE_SKIPPED"),
        ("Queue", "DELETE_SKIPPED"),
    }
    listed = cloudformation("ListStackResources", StackName="app")["StackResourceSummaries"]
    assert [one["LogicalResourceId"] for one in listed] == ["Vpc", "Subnet"]
    cloudformation("DeleteStack", StackName="app")
    assert ("Queue", "DELETE_COMPLETE") not in clients.events(stack_id)
    assert clients.ec2("DescribeVpcs", VpcIds=[ids["Kept"]])["Vpcs"]


def test_a_network_in_use_is_not_deleted(clients, cloudformation):
    """By what a call made in it, and by what the stack itself leaves there."""
    group = {"Type": "AWS::EC2::SecurityGroup", "DeletionPolicy": "Retain",
             "Properties": {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}}}  # fmt: skip
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Group=group))
    ids = clients.ids("app")
    cloudformation("DeleteStack", StackName="app")
    (stack,) = cloudformation("DescribeStacks", StackName="app")["Stacks"]
    assert stack["StackStatus"] == "DELETE_FAILED"
    assert ("Vpc", "DELETE_FAILED") in clients.events("app")
    clients.ec2("DeleteSecurityGroup", GroupId=ids["Group"])
    eni = clients.ec2("CreateNetworkInterface", SubnetId=ids["Subnet"])["NetworkInterface"]["NetworkInterfaceId"]
    cloudformation("DeleteStack", StackName="app")
    (stack,) = cloudformation("DescribeStacks", StackName="app")["Stacks"]
    assert stack["StackStatusReason"] == "The following resource(s) failed to delete: [Subnet]. "
    clients.ec2("DeleteNetworkInterface", NetworkInterfaceId=eni)
    cloudformation("DeleteStack", StackName="app")
    assert cloudformation("DescribeStacks")["Stacks"] == []


def test_a_retained_resource_stays_beside_another_of_its_logical_id(clients, cloudformation):
    """Of the same stack, of one that has its name, and of another one."""
    group = {"Type": "AWS::EC2::SecurityGroup", "DeletionPolicy": "Retain", "Properties": {"GroupDescription": "d"}}
    queue = {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}
    made = []
    for stack in ("app", "app", "other"):
        cloudformation("CreateStack", StackName=stack, TemplateBody=network(Group=group, Queue=queue))
        made.append(clients.ids(stack))
        cloudformation("UpdateStack", StackName=stack, TemplateBody=network())
        cloudformation("UpdateStack", StackName=stack, TemplateBody=network(Group=group, Queue=queue))
        made.append(clients.ids(stack))
        cloudformation("DeleteStack", StackName=stack)
    groups = {one["GroupId"] for one in clients.ec2("DescribeSecurityGroups")["SecurityGroups"]}
    assert {one["Group"] for one in made} <= groups
    queues = {one.ref for one in clients.account.cloud.template.resources.values() if one.type == "AWS::SQS::Queue"}
    assert [len({one[name] for one in made}) for name in ("Group", "Queue")] == [6, 6]
    assert {one["Queue"] for one in made} == queues


def test_what_a_resource_was_before_its_replacement_stays_by_its_policy(clients, cloudformation):
    def template(**properties):
        group = {"Type": "AWS::EC2::SecurityGroup", "UpdateReplacePolicy": "Retain",
                 "Properties": {"GroupDescription": "d", **properties}}  # fmt: skip
        rule = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {
            "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1,
            "CidrIp": "10.0.0.0/8"}}  # fmt: skip
        return json.dumps({"Resources": {"Group": group, "Rule": rule}})

    cloudformation("CreateStack", StackName="app", TemplateBody=template())
    made = [clients.ids("app")["Group"]]
    for number in range(2):
        cloudformation("UpdateStack", StackName="app", TemplateBody=template(GroupName=f"group-{number}"))
        assert clients.status("app") == "UPDATE_COMPLETE"
        made.append(clients.ids("app")["Group"])
    events = clients.events("app")
    assert (events.count(("Group", "DELETE_SKIPPED")), ("Group", "DELETE_COMPLETE") in events) == (2, False)
    groups = {one["GroupId"]: one for one in clients.ec2("DescribeSecurityGroups", GroupIds=made)["SecurityGroups"]}
    assert [len(groups[one]["IpPermissions"]) for one in made] == [0, 0, 1]
    cloudformation("DeleteStack", StackName="app")
    left = {one["GroupId"] for one in clients.ec2("DescribeSecurityGroups")["SecurityGroups"]}
    assert left & {*made} == {*made[:2]}


def test_a_resource_with_the_policy_snapshot_is_deleted(cloudformation):
    body = json.loads(network())
    body["Resources"]["Subnet"]["DeletionPolicy"] = "Snapshot"
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(body))
    cloudformation("DeleteStack", StackName="app")
    assert cloudformation("DescribeStacks")["Stacks"] == []


def test_a_stack_is_described_with_its_rollback_triggers(cloudformation):
    alarm = {"Arn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a", "Type": "AWS::CloudWatch::Alarm"}
    asked = {"RollbackTriggers": [alarm], "MonitoringTimeInMinutes": 1}
    cloudformation("CreateStack", StackName="app", TemplateBody=network(), RollbackConfiguration=asked)
    assert cloudformation("DescribeStacks", StackName="app")["Stacks"][0]["RollbackConfiguration"] == asked


def test_a_stack_that_cannot_be_deleted_is_deleted_by_force(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    ids = clients.ids("app")
    clients.ec2("CreateNetworkInterface", SubnetId=ids["Subnet"])
    for expected in (1, 0):
        cloudformation("DeleteStack", StackName="app", DeletionMode="FORCE_DELETE_STACK")
        assert len(cloudformation("DescribeStacks")["Stacks"]) == expected
    assert clients.ec2("DescribeSubnets", SubnetIds=[ids["Subnet"]])["Subnets"]
    assert clients.ec2("DescribeVpcs", VpcIds=[ids["Vpc"]])["Vpcs"]


def test_resources_have_the_tags_of_their_stack(clients, cloudformation):
    team, own = {"Key": "team", "Value": "green"}, {"Key": "Name", "Value": "vpc"}
    body = json.loads(network())
    body["Resources"]["Vpc"]["Properties"]["Tags"] = [own]
    asked = {"StackName": "app", "TemplateBody": json.dumps(body)}
    stack_id = cloudformation("CreateStack", **asked, Tags=[team])["StackId"]
    vpc, subnet = (clients.ids("app")[name] for name in ("Vpc", "Subnet"))

    def tags():
        return clients.ec2("DescribeVpcs", VpcIds=[vpc])["Vpcs"][0]["Tags"]

    named = {"stack-name": "app", "stack-id": stack_id, "logical-id": "Vpc"}
    system = [{"Key": f"aws:cloudformation:{key}", "Value": value} for key, value in named.items()]
    assert tags() == [own, team, *system]
    of_stack = [{"Name": "tag:aws:cloudformation:stack-name", "Values": ["app"]}]
    assert clients.ec2("DescribeSubnets", Filters=of_stack)["Subnets"][0]["SubnetId"] == subnet
    with pytest.raises(Refused, match="No updates are to be performed"):
        cloudformation("UpdateStack", **asked)
    blue = {"Key": "team", "Value": "blue"}
    cloudformation("UpdateStack", **asked, Tags=[blue])
    assert tags() == [own, blue, *system]
    assert clients.ids("app")["Vpc"] == vpc
    written = template_of(clients.account.cloud)["Resources"]["Vpc"]["Properties"]
    assert written["Tags"] == [own, blue]


def test_a_protected_stack_stays(cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network(), EnableTerminationProtection=True)
    with pytest.raises(Refused, match=r"Stack \[app\] cannot be deleted while TerminationProtection is enabled"):
        cloudformation("DeleteStack", StackName="app")
    cloudformation("UpdateTerminationProtection", StackName="app", EnableTerminationProtection=False)
    cloudformation("DeleteStack", StackName="app")


def test_an_export_in_use_stays(clients, cloudformation):
    cloudformation("CreateStack", StackName="network", TemplateBody=network())
    cloudformation("CreateStack", StackName="user", TemplateBody=json.dumps({"Resources": {"Mine": IN_USE}}))
    assert clients.status("user") == "CREATE_COMPLETE"
    assert cloudformation("ListImports", ExportName="network")["Imports"] == ["user"]
    (export,) = cloudformation("ListExports")["Exports"]
    assert export["Name"] == "network"
    cloudformation("DeleteStack", StackName="network")
    assert clients.status("network") == "CREATE_COMPLETE"
    refused = "Export network cannot be deleted as it is in use by user"
    assert clients.reason("network", "network", "CREATE_COMPLETE") == refused
    cloudformation("DeleteStack", StackName="user")
    cloudformation("DeleteStack", StackName="network")
    assert cloudformation("DescribeStacks")["Stacks"] == []


def test_an_import_of_nothing_fails(clients, cloudformation):
    cloudformation("CreateStack", StackName="user", TemplateBody=json.dumps({"Resources": {"Mine": IN_USE}}))
    assert clients.status("user") == "ROLLBACK_COMPLETE"
    assert "No export named network found" in clients.reason("user", "user", "ROLLBACK_IN_PROGRESS")


def test_two_stacks_may_use_the_same_logical_ids(clients, cloudformation):
    cloudformation("CreateStack", StackName="one", TemplateBody=network())
    other = network("10.1.0.0/16", "10.1.1.0/24").replace('"network"', '"other"')
    cloudformation("CreateStack", StackName="two", TemplateBody=other)
    first, second = clients.ids("one"), clients.ids("two")
    assert not {*first.values()} & {*second.values()}
    cloudformation("DeleteStack", StackName="one")
    assert clients.ids("two") == second
    (subnet,) = clients.ec2("DescribeSubnets", SubnetIds=[second["Subnet"]])["Subnets"]
    assert subnet["VpcId"] == second["Vpc"]


def test_the_same_token_gets_the_same_stack(cloudformation):
    token = {"ClientRequestToken": "once"}
    first = cloudformation("CreateStack", StackName="app", TemplateBody=network(), **token)["StackId"]
    assert cloudformation("CreateStack", StackName="app", TemplateBody=network(), **token)["StackId"] == first
    with pytest.raises(Refused, match=r"AlreadyExistsException: Stack \[app\] already exists"):
        cloudformation("CreateStack", StackName="app", TemplateBody=network())


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("DescribeStacks", "Stack with id nobody does not exist"),
        ("GetTemplate", "Stack with id nobody does not exist"),
        ("ListStackResources", "Stack with id nobody does not exist"),
        ("DescribeStackEvents", r"Stack \[nobody\] does not exist"),
    ],
)
def test_a_stack_that_is_not_there(cloudformation, action, text):
    with pytest.raises(Refused, match=f"^ValidationError: {text}$"):
        cloudformation(action, StackName="nobody")


def test_an_operation_that_is_not_served_is_unknown(cloudformation):
    with pytest.raises(Refused, match=r"InvalidAction: The action ListStackSets is not valid for this web service."):
        cloudformation("ListStackSets")


POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "Update:Replace", "Resource": "LogicalResourceId/Sub*"},
    ]
}


def test_a_stack_policy_stops_the_update_that_it_denies(clients, cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network(), StackPolicyBody=json.dumps(POLICY))
    assert json.loads(cloudformation("GetStackPolicy", StackName="app")["StackPolicyBody"]) == POLICY
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(subnet="10.0.2.0/24"))
    assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    denied = "Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [Subnet]"
    assert clients.reason("app", "Subnet", "UPDATE_FAILED") == denied
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(Group=GROUP))
    assert clients.status("app") == "UPDATE_COMPLETE"
    open_one = json.dumps({"Statement": POLICY["Statement"][:1]})
    changed = network(subnet="10.0.2.0/24", Group=GROUP)
    cloudformation("UpdateStack", StackName="app", TemplateBody=changed, StackPolicyDuringUpdateBody=open_one)
    assert clients.status("app") == "UPDATE_COMPLETE"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Statement": 1}'])
def test_a_stack_policy_that_cannot_be_read_is_refused(cloudformation, text):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    with pytest.raises(Refused, match="Error validating stack policy"):
        cloudformation("SetStackPolicy", StackName="app", StackPolicyBody=text or "x")


def test_a_replaced_resource_has_another_id_and_what_refers_to_it_follows(clients, cloudformation):
    endpoint = {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "VpcId": {"Ref": "Vpc"},
            "VpcEndpointType": "Interface",
            "ServiceName": "com.amazonaws.us-east-1.ssm",
            "SubnetIds": [{"Ref": "Subnet"}],
        },
    }
    cloudformation("CreateStack", StackName="app", TemplateBody=network(Endpoint=endpoint))
    before = clients.ids("app")
    cloudformation("UpdateStack", StackName="app", TemplateBody=network(subnet="10.0.2.0/24", Endpoint=endpoint))
    after = clients.ids("app")
    assert (after["Vpc"], after["Endpoint"]) == (before["Vpc"], before["Endpoint"])
    assert after["Subnet"] != before["Subnet"]
    (found,) = clients.ec2("DescribeVpcEndpoints", VpcEndpointIds=[after["Endpoint"]])["VpcEndpoints"]
    assert found["SubnetIds"] == [after["Subnet"]]
    with pytest.raises(Refused, match=r"InvalidSubnetID\.NotFound"):
        clients.ec2("DescribeSubnets", SubnetIds=[before["Subnet"]])
    cloudformation(
        "UpdateStack", StackName="app", TemplateBody=network("10.5.0.0/16", "10.5.2.0/24", Endpoint=endpoint)
    )
    last = clients.ids("app")
    assert not {last[name] for name in ("Vpc", "Subnet", "Endpoint")} & {*after.values()}


@pytest.mark.parametrize("named", [True, False])
def test_a_resource_with_a_name_of_its_own_cannot_be_replaced(clients, cloudformation, named):
    def table(key):
        name = {"TableName": "mine"} if named else {}
        schema = {"KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}
        return json.dumps({"Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {**name, **schema}}}})

    cloudformation("CreateStack", StackName="app", TemplateBody=table("a"))
    before = clients.ids("app")["Table"]
    cloudformation("UpdateStack", StackName="app", TemplateBody=table("b"))
    if named:
        assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
        assert "custom-named resource requires replacing. Rename mine" in clients.reason(
            "app", "Table", "UPDATE_FAILED"
        )
        (table,) = cloudformation("ListStackResources", StackName="app")["StackResourceSummaries"]
        assert table["ResourceStatus"] == "UPDATE_COMPLETE"
    else:
        assert clients.status("app") == "UPDATE_COMPLETE"
        assert clients.ids("app")["Table"] != before


@pytest.mark.parametrize("name", ["com.amazonaws.eu-west-1.ssm", "com.amazonaws.us-east-1.secretmanager"])
def test_an_endpoint_of_a_service_that_does_not_exist_is_named(clients, cloudformation, name):
    own = {"VpcId": {"Ref": "Vpc"}, "ServiceName": name, "VpcEndpointType": "Interface"}
    template = network(Endpoint={"Type": "AWS::EC2::VPCEndpoint", "Properties": own})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert f"The Vpc Endpoint Service '{name}' does not exist" in clients.reason("app", "Endpoint", "CREATE_FAILED")


def test_a_function_has_a_runtime_of_lambda(clients, cloudformation):
    own = {
        "Runtime": "python3.99",
        "Handler": "index.f",
        "Role": "arn:aws:iam::123456789012:role/r",
        "Code": {"ZipFile": "x"},
    }
    template = json.dumps({"Resources": {"Fn": {"Type": "AWS::Lambda::Function", "Properties": own}}})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert "Value 'python3.99' at 'runtime' failed to satisfy constraint" in clients.reason(
        "app", "Fn", "CREATE_FAILED"
    )


def test_a_resource_keeps_its_type(clients, cloudformation):
    def body(type_, **more):
        return json.dumps({"Resources": {"One": {"Type": type_}, **more}})

    other = {"Other": {"Type": "AWS::SNS::Topic"}}
    cloudformation("CreateStack", StackName="app", TemplateBody=body("AWS::SQS::Queue", **other))
    for action, named in (("UpdateStack", {}), ("CreateChangeSet", {"ChangeSetName": "c"})):
        with pytest.raises(Refused, match=r"^ValidationError: Update of resource type is not permitted.*: \[One\]$"):
            cloudformation(action, StackName="app", TemplateBody=body("AWS::S3::Bucket", **other), **named)
    assert clients.status("app") == "CREATE_COMPLETE"
    assert cloudformation("ListChangeSets", StackName="app")["Summaries"] == []


def test_another_image_is_the_next_revision_of_a_family(clients, cloudformation):
    def task(image):
        own = {"Family": "web", "ContainerDefinitions": [{"Name": "web", "Image": image}]}
        return json.dumps({"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": own}}})

    cloudformation("CreateStack", StackName="app", TemplateBody=task("nginx:1"))
    for number in (1, 2, 3):
        assert clients.ids("app")["Task"].endswith(f":task-definition/web:{number}")
        cloudformation("UpdateStack", StackName="app", TemplateBody=task(f"nginx:{number + 1}"))
        assert clients.status("app") == "UPDATE_COMPLETE"


def test_what_names_no_subnet_is_in_the_default_vpc(clients, cloudformation):
    template = {
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "d"}},
        "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "postgres", "VPCSecurityGroups": [{"Ref": "Group"}]}},
        "Web": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-1"}},
    }  # fmt: skip
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps({"Resources": template}))
    network = clients.account.cloud.network
    assert network.security_groups["Group"].vpc_id == "DefaultVpc"
    subnets = [f"DefaultSubnet{zone}" for zone in "ABC"]
    assert [one.subnet_id for one in network.interfaces_of("Db")] == subnets
    (web,) = network.interfaces_of("Web")
    assert (web.subnet_id, web.security_group_ids) == (subnets[0], ("DefaultVpc.default",))
    assert web.public_ip is not None


def test_a_signal_to_what_does_not_wait_is_refused(cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=network())
    signal = {"StackName": "app", "UniqueId": "1", "Status": "SUCCESS"}
    for name in ("Vpc", "Other"):
        with pytest.raises(Refused) as refused:
            cloudformation("SignalResource", **signal, LogicalResourceId=name)
        assert refused.value.code == "ValidationError"


def test_types_of_resources(cloudformation):
    assert cloudformation("ListTypes")["TypeSummaries"] == []
    found = cloudformation("ListTypes", Visibility="PUBLIC", Filters={"TypeNamePrefix": "AWS::EC2::VPC"})[
        "TypeSummaries"
    ]
    assert "AWS::EC2::VPC" in {one["TypeName"] for one in found}


def test_an_error_of_another_api_is_one_sentence_without_a_place(clients):
    vpc = clients.ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = clients.ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 99, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    with pytest.raises(Refused) as refused:
        clients.ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[rule])
    assert not refused.value.message.startswith(":")
    assert "\n" not in refused.value.message
    assert "99" in refused.value.message


@pytest.mark.parametrize(
    ("type_", "own", "taken"),
    [
        ("SQS::Queue", {"QueueName": "mine"}, True),
        ("Logs::LogGroup", {"LogGroupName": "/mine"}, True),
        ("EC2::SecurityGroup", {"GroupName": "mine", "GroupDescription": "d"}, True),
        ("EC2::KeyPair", {"KeyName": "mine"}, True),
        ("EC2::LaunchTemplate", {"LaunchTemplateName": "mine", "LaunchTemplateData": {"ImageId": "ami-1"}}, True),
        ("ElasticLoadBalancingV2::TargetGroup", {"Name": "mine", "TargetType": "lambda"}, True),
        ("Cognito::UserPool", {"UserPoolName": "mine"}, False),
        ("SQS::Queue", {}, False),
    ],
)
def test_a_name_that_another_stack_has_is_refused(clients, cloudformation, type_, own, taken):
    template = json.dumps({"Resources": {"One": {"Type": f"AWS::{type_}", "Properties": own}}})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    cloudformation("UpdateStack", StackName="app", TemplateBody=template.replace('"One"', '"Two"'))
    assert clients.status("app") == ("UPDATE_ROLLBACK_COMPLETE" if taken else "UPDATE_COMPLETE")
    cloudformation("CreateStack", StackName="other", TemplateBody=template)
    assert clients.status("other") == ("ROLLBACK_COMPLETE" if taken else "CREATE_COMPLETE")
    if taken:
        assert "already exists" in clients.reason("other", "One", "CREATE_FAILED")


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("SSM::Parameter", {"Name": "/there", "Type": "String", "Value": "new"}),
        ("S3::Bucket", {"BucketName": "there"}),
    ],
)
def test_a_stack_does_not_take_over_what_a_service_has(clients, cloudformation, type_, properties):
    clients.account.parameters["/there"], clients.account.buckets = "old", {"there"}
    template = json.dumps({"Resources": {"One": {"Type": f"AWS::{type_}", "Properties": properties}}})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert "already exists" in clients.reason("app", "One", "CREATE_FAILED")
    clients.account.parameters.clear()
    clients.account.buckets.clear()
    cloudformation("CreateStack", StackName="other", TemplateBody=template)
    clients.account.parameters["/there"], clients.account.buckets = "new", {"there"}
    cloudformation("UpdateStack", StackName="other", TemplateBody=template, Tags=[{"Key": "a", "Value": "b"}])
    assert clients.status("other") == "UPDATE_COMPLETE"


def test_an_export_that_another_stack_has_is_refused(clients, cloudformation):
    exported = {"A": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "mine"}}}
    template = json.dumps({**json.loads(network()), "Outputs": exported})
    cloudformation("CreateStack", StackName="app", TemplateBody=template)
    cloudformation("CreateStack", StackName="other", TemplateBody=template)
    assert clients.status("other") == "ROLLBACK_COMPLETE"
    assert [one["Name"] for one in cloudformation("ListExports")["Exports"]] == ["mine"]


@pytest.mark.parametrize("attached", [True, False])
def test_a_route_to_a_gateway_needs_its_attachment(clients, cloudformation, attached):
    route = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "Igw"}}
    attachment = {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Igw"}}
    resources = {
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Igw": {"Type": "AWS::EC2::InternetGateway"},
        "Out": {"Type": "AWS::EC2::Route", "Properties": route, "DependsOn": [*["Attached"] * attached]},
    }
    if attached:
        resources["Attached"] = {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": attachment}
    cloudformation("CreateStack", StackName="app", TemplateBody=network(**resources))
    assert clients.status("app") == ("CREATE_COMPLETE" if attached else "ROLLBACK_COMPLETE")
    if not attached:
        assert "different networks" in clients.reason("app", "Out", "CREATE_FAILED")


_OTHER = {
    "Other": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Place": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Other"}, "CidrBlock": "10.9.1.0/24"}},
    "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Other"}}},
    "Own": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
    "Far": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "d", "VpcId": {"Ref": "Other"}}},
    "Nat": {
        "Type": "AWS::EC2::NatGateway",
        "Properties": {"SubnetId": {"Ref": "Place"}, "ConnectivityType": "private"},
    },
}
_FROM_FAR = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "SourceSecurityGroupId": {"Ref": "Far"}}


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("SubnetRouteTableAssociation", {"RouteTableId": {"Ref": "Table"}, "SubnetId": {"Ref": "Subnet"}}),
        ("NetworkInterface", {"SubnetId": {"Ref": "Subnet"}, "GroupSet": [{"Ref": "Far"}]}),
        ("SecurityGroup", {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}, "SecurityGroupIngress": [_FROM_FAR]}),
        (
            "Route",
            {"RouteTableId": {"Ref": "Own"}, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": {"Ref": "Nat"}},
        ),
        (
            "Route",
            {
                "RouteTableId": {"Ref": "Table"},
                "DestinationCidrBlock": "169.254.168.0/24",
                "NatGatewayId": {"Ref": "Nat"},
            },
        ),
        ("VPCCidrBlock", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/17"}),
    ],
)
def test_what_aws_refuses_in_a_network_fails_at_its_resource(clients, cloudformation, type_, properties):
    refused = {"Type": f"AWS::EC2::{type_}", "Properties": properties}
    cloudformation("CreateStack", StackName="app", TemplateBody=network(**_OTHER, Refused=refused))
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    assert "Ec2" in clients.reason("app", "Refused", "CREATE_FAILED")


@pytest.mark.parametrize(
    ("destination", "status"), [("10.0.0.0/16", "ROLLBACK_COMPLETE"), ("10.0.1.0/24", "CREATE_COMPLETE")]
)
def test_a_route_to_the_block_of_its_vpc_is_there_already(clients, cloudformation, destination, status):
    route = {"RouteTableId": {"Ref": "Own"}, "DestinationCidrBlock": destination, "NetworkInterfaceId": {"Ref": "Eni"}}
    eni = {"Type": "AWS::EC2::NetworkInterface", "Properties": {"SubnetId": {"Ref": "Subnet"}}}
    body = network(Own=_OTHER["Own"], Eni=eni, Route={"Type": "AWS::EC2::Route", "Properties": route})
    cloudformation("CreateStack", StackName="app", TemplateBody=body)
    assert clients.status("app") == status


_PEER = {"VpcId": {"Ref": "Vpc"}, "PeerVpcId": "vpc-0123456789abcdef0"}
_OF_PEER = {"SourceSecurityGroupId": "sg-0123456789abcdef0"}
_RULE = {"GroupId": {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}, "IpProtocol": "-1", **_OF_PEER}


@pytest.mark.parametrize(
    ("type_", "properties", "status"),
    [
        ("VPCPeeringConnection", _PEER, "ROLLBACK_COMPLETE"),
        ("VPCPeeringConnection", {**_PEER, "PeerOwnerId": {"Ref": "AWS::AccountId"}}, "ROLLBACK_COMPLETE"),
        ("VPCPeeringConnection", {**_PEER, "PeerOwnerId": "210987654321"}, "CREATE_COMPLETE"),
        ("VPCPeeringConnection", {**_PEER, "PeerRegion": "eu-west-2"}, "CREATE_COMPLETE"),
        ("SecurityGroupIngress", _RULE, "ROLLBACK_COMPLETE"),
        ("SecurityGroupIngress", {**_RULE, "SourceSecurityGroupOwnerId": "210987654321"}, "CREATE_COMPLETE"),
    ],
)
def test_what_another_account_or_region_has_may_exist(clients, cloudformation, type_, properties, status):
    one = {"Type": f"AWS::EC2::{type_}", "Properties": properties}
    cloudformation("CreateStack", StackName="app", TemplateBody=network(One=one))
    assert clients.status("app") == status


_DATABASE = {"Engine": "mysql", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20", "MasterUsername": "u"}
_DOMAIN, _ENCRYPTED = {"EngineVersion": "OpenSearch_2.11"}, {"EncryptionAtRestOptions": {"Enabled": True}}
_VPC = {"CidrBlock": "10.7.0.0/16"}


@pytest.mark.parametrize(
    ("type_", "before", "more", "is_replaced"),
    [
        ("RDS::DBInstance", _DATABASE, {"MultiAZ": True}, False),
        ("RDS::DBInstance", _DATABASE, {"BackupRetentionPeriod": 7}, False),
        ("RDS::DBInstance", _DATABASE, {"DBParameterGroupName": "default.mysql8.0"}, False),
        ("RDS::DBInstance", {**_DATABASE, "DBInstanceIdentifier": "orders"}, {"MultiAZ": True}, False),
        ("RDS::DBInstance", _DATABASE, {"StorageEncrypted": True}, True),
        ("OpenSearchService::Domain", _DOMAIN, _ENCRYPTED, False),
        ("OpenSearchService::Domain", _DOMAIN | {"DomainName": "logs"}, _ENCRYPTED, False),
        ("OpenSearchService::Domain", _DOMAIN | {"EncryptionAtRestOptions": {"Enabled": False}}, _ENCRYPTED, True),
        ("EC2::VPC", _VPC, {"InstanceTenancy": "dedicated"}, True),
        ("EC2::VPC", {**_VPC, "InstanceTenancy": "dedicated"}, {"InstanceTenancy": "default"}, False),
    ],
)
def test_conditions_decide_if_a_change_replaces(clients, cloudformation, type_, before, more, is_replaced):
    def template(properties):
        return json.dumps({"Resources": {"One": {"Type": f"AWS::{type_}", "Properties": properties}}})

    cloudformation("CreateStack", StackName="app", TemplateBody=template(before))
    first = clients.ids("app")["One"]
    cloudformation("UpdateStack", StackName="app", TemplateBody=template({**before, **more}))
    assert clients.status("app") == "UPDATE_COMPLETE"
    assert (clients.ids("app")["One"] != first) == is_replaced


@pytest.mark.parametrize(
    ("name", "block", "zone", "is_made"),
    [
        ("Subnet", "10.0.1.0/24", "us-east-1b", False),  # a replacement
        ("Subnet", "10.0.2.0/24", "us-east-1b", True),
        ("Other", "10.0.1.0/25", "us-east-1a", False),  # another subnet, which is made before the first is deleted
    ],
)
def test_a_subnet_is_made_beside_the_one_that_it_follows(clients, cloudformation, name, block, zone, is_made):
    def template(logical_id, cidr, place):
        own = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": cidr, "AvailabilityZone": place}
        body = json.loads(network(**{logical_id: {"Type": "AWS::EC2::Subnet", "Properties": own}}))
        body["Resources"] = {key: body["Resources"][key] for key in ("Vpc", logical_id)}
        return json.dumps(body)

    cloudformation("CreateStack", StackName="app", TemplateBody=template("Subnet", "10.0.1.0/24", "us-east-1a"))
    cloudformation("UpdateStack", StackName="app", TemplateBody=template(name, block, zone))
    assert clients.status("app") == ("UPDATE_COMPLETE" if is_made else "UPDATE_ROLLBACK_COMPLETE")


def test_a_nat_gateway_that_moves_needs_another_address(clients, cloudformation):
    attachment = {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Igw"}}
    second = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.2.0/24"}

    def template(subnet):
        nat = {"SubnetId": {"Ref": subnet}, "AllocationId": {"Fn::GetAtt": ["Eip", "AllocationId"]}}
        return network(
            Igw={"Type": "AWS::EC2::InternetGateway"},
            Attached={"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": attachment},
            Eip={"Type": "AWS::EC2::EIP", "DependsOn": "Attached"},
            Second={"Type": "AWS::EC2::Subnet", "Properties": second},
            Nat={"Type": "AWS::EC2::NatGateway", "Properties": nat},
        )

    cloudformation("CreateStack", StackName="app", TemplateBody=template("Subnet"))
    cloudformation("UpdateStack", StackName="app", TemplateBody=template("Second"))
    assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert "already associated" in clients.reason("app", "Nat", "UPDATE_FAILED")


def test_a_group_with_a_name_of_its_own_cannot_be_replaced(clients, cloudformation):
    def group(description):
        own = {"GroupName": "mine", "GroupDescription": description, "VpcId": {"Ref": "Vpc"}}
        return network(Group={"Type": "AWS::EC2::SecurityGroup", "Properties": own})

    cloudformation("CreateStack", StackName="app", TemplateBody=group("a"))
    cloudformation("UpdateStack", StackName="app", TemplateBody=group("b"))
    assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert "Rename mine" in clients.reason("app", "Group", "UPDATE_FAILED")
