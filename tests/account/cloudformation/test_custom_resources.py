"""Custom resources: in which order they are made, changed, taken back and deleted, as their functions see it."""

import json

import pytest

from netful.account.cloudformation.deployments.stack_view import dependents, in_order
from netful.model.core import Resource
from netful.sources import load


@pytest.fixture
def functions(clients):
    """The requests that the functions have received since the last look; a resource of size `0` fails."""

    def answer(event):
        wanted = event["ResourceProperties"]
        fails = wanted["Size"] == "0" and event["RequestType"] != "Delete"
        return {
            "Status": "FAILED" if fails else "SUCCESS",
            "PhysicalResourceId": f"{event['LogicalResourceId']}-{wanted.get('Id', 1)}",
            "Data": {"Made": f"made {wanted['Size']}"},
        }

    def requests():
        found = [event for _, event in clients.account.invoked]
        clients.account.invoked.clear()
        return [
            (one["RequestType"], one.get("PhysicalResourceId") or one["LogicalResourceId"], one["ResourceProperties"]["Size"])
            for one in found
        ]  # fmt: skip

    clients.account.answer = answer
    return requests


def thing(size, depends_on=(), **more):
    properties = {"ServiceToken": "arn:aws:lambda:::function:f", "Size": size}
    attributes = {name: more.pop(name) for name in ("DeletionPolicy", "UpdateReplacePolicy") if name in more}
    return {"Type": "Custom::Thing", "DependsOn": [*depends_on], "Properties": {**properties, **more}, **attributes}


QUEUE = {"Type": "AWS::SQS::Queue"}
SIZE_OF_FIRST = {"Fn::GetAtt": ["First", "Made"]}


def body(**resources):
    return json.dumps({"Resources": {"Queue": QUEUE, **resources}})


def test_a_resource_is_made_after_those_whose_answers_it_uses_and_changed_with_them(cloudformation, functions):
    cloudformation("CreateStack", StackName="app", TemplateBody=body(Second=thing(SIZE_OF_FIRST), First=thing(7)))
    assert functions() == [("Create", "First", "7"), ("Create", "Second", "made 7")]
    cloudformation("UpdateStack", StackName="app", TemplateBody=body(Second=thing(SIZE_OF_FIRST), First=thing(8)))
    assert functions() == [("Update", "First-1", "8"), ("Update", "Second-1", "made 8")]
    cloudformation("DeleteStack", StackName="app")
    assert functions() == [("Delete", "Second-1", "made 8"), ("Delete", "First-1", "8")]


@pytest.mark.parametrize("asking", ["Resources", "Outputs"])
def test_an_answer_has_what_the_template_asks_for(clients, cloudformation, functions, asking):
    absent = {"Fn::GetAtt": ["First", "None"]}
    more = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": absent}}}
    template = json.loads(body(First=thing(7), **(more if asking == "Resources" else {})))
    template["Outputs"] = {"O": {"Value": absent if asking == "Outputs" else SIZE_OF_FIRST}}
    cloudformation("CreateStack", StackName="app", TemplateBody=json.dumps(template))
    assert clients.status("app") == "ROLLBACK_COMPLETE"
    told = cloudformation("DescribeStackEvents", StackName="app")["StackEvents"]
    assert any("response doesn't contain None attribute" in one.get("ResourceStatusReason", "") for one in told)
    assert functions() == [("Create", "First", "7"), ("Delete", "First-1", "7")]


@pytest.mark.parametrize(("after", "status"), [(["First"], "CREATE_COMPLETE"), ([], "ROLLBACK_COMPLETE")])
def test_a_value_may_be_made_by_the_function_of_a_custom_resource(clients, cloudformation, functions, after, status):
    reads = {"Type": "AWS::SNS::Topic", "DependsOn": after, "Properties": {"DisplayName": "{{resolve:ssm:/made}}"}}
    cloudformation("CreateStack", StackName="app", TemplateBody=body(First=thing(7), Reads=reads))
    assert (clients.status("app"), bool(functions())) == (status, bool(after))


def test_what_an_update_replaces_or_removes_is_deleted_after_it(clients, cloudformation, functions):
    before = body(Gone=thing(1), Queued=thing(2, ["Gone"]), Stays=thing(3, ["Queued"]))
    cloudformation("CreateStack", StackName="app", TemplateBody=before)
    functions()
    cloudformation("UpdateStack", StackName="app", TemplateBody=body(Stays=thing(4, Id=2)))
    assert functions() == [
        ("Update", "Stays-1", "4"),
        ("Delete", "Stays-1", "3"),
        ("Delete", "Queued-1", "2"),
        ("Delete", "Gone-1", "1"),
    ]
    assert clients.ids("app")["Stays"] == "Stays-2"
    cloudformation(
        "UpdateStack", StackName="app", TemplateBody=body(Stays=thing(4, Id=2), Gone=thing(5, Id=3), New=thing(6))
    )
    assert functions() == [("Create", "Gone", "5"), ("Create", "New", "6")]
    assert (clients.status("app"), clients.ids("app")["New"]) == ("UPDATE_COMPLETE", "New-1")


def test_a_function_that_goes_with_its_resource_still_deletes_it(clients, cloudformation, functions):
    code = {
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::1:role/r",
        "Code": {"ZipFile": "1"},
    }
    maker = {"Type": "AWS::Lambda::Function", "Properties": code}
    made = thing(1, ServiceToken={"Fn::GetAtt": ["Maker", "Arn"]})
    cloudformation("CreateStack", StackName="app", TemplateBody=body(Maker=maker, Made=made))
    functions()
    answer, there = clients.account.answer, []

    def seen(event):
        there.append("Maker" in clients.account.cloud.compute.functions)
        return answer(event)

    clients.account.answer = seen
    cloudformation("UpdateStack", StackName="app", TemplateBody=body())
    assert (functions(), there) == ([("Delete", "Made-1", "1")], [True])
    assert clients.status("app") == "UPDATE_COMPLETE"
    assert "Maker" not in clients.account.cloud.compute.functions


@pytest.mark.parametrize("policy", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_what_is_retained_is_not_deleted(cloudformation, functions, policy):
    kept = {policy: "Retain"}
    cloudformation("CreateStack", StackName="app", TemplateBody=body(Made=thing(1, **kept)))
    functions()
    if policy == "UpdateReplacePolicy":
        cloudformation("UpdateStack", StackName="app", TemplateBody=body(Made=thing(2, Id=2, **kept)))
        assert functions() == [("Update", "Made-1", "2")]
    else:
        cloudformation("DeleteStack", StackName="app")
        assert functions() == []


def test_a_failed_creation_deletes_what_was_made_and_what_failed(cloudformation, functions):
    cloudformation("CreateStack", StackName="app", TemplateBody=body(Bad=thing(0, ["Good"]), Good=thing(1)))
    assert functions() == [
        ("Create", "Good", "1"),
        ("Create", "Bad", "0"),
        ("Delete", "Bad-1", "0"),
        ("Delete", "Good-1", "1"),
    ]


def test_a_failed_update_changes_back_what_it_changed(clients, cloudformation, functions):
    cloudformation(
        "CreateStack", StackName="app", TemplateBody=body(First=thing(1), Bad=thing(2, ["First", "New"]), New=QUEUE)
    )
    functions()
    changed = body(First=thing(3, Id=2), Added=thing(4, ["First"]), Bad=thing(0, ["First", "New", "Added"]), New=QUEUE)
    cloudformation("UpdateStack", StackName="app", TemplateBody=changed)
    assert clients.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert functions() == [
        ("Update", "First-1", "3"),
        ("Create", "Added", "4"),
        ("Update", "Bad-1", "0"),
        ("Delete", "Added-1", "4"),
        ("Update", "First-2", "1"),
        ("Delete", "First-2", "3"),
        ("Update", "Bad-1", "2"),
    ]
    assert clients.ids("app")["First"] == "First-1"


@pytest.mark.usefixtures("functions")
def test_what_an_update_removes_goes_in_the_reverse_order_of_its_references(clients, cloudformation):
    cloudformation(
        "CreateStack", StackName="app", TemplateBody=body(Last=thing(2, ["First"]), First=thing(1, ["Queue"]))
    )
    rest = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    cloudformation("UpdateStack", StackName="app", TemplateBody=rest)
    gone = [name for name, status in clients.events("app") if status == "DELETE_COMPLETE"]
    assert gone == ["Last", "First", "Queue"]


@pytest.mark.usefixtures("functions")
def test_the_events_have_the_ids_that_the_functions_chose(cloudformation):
    cloudformation("CreateStack", StackName="app", TemplateBody=body(Made=thing(1)))
    cloudformation("UpdateStack", StackName="app", TemplateBody=body(Made=thing(1, Id=2)))
    events = cloudformation("DescribeStackEvents", StackName="app")["StackEvents"]
    found = [
        (one["ResourceStatus"], one.get("PhysicalResourceId", ""))
        for one in reversed(events)
        if one["LogicalResourceId"] == "Made"
    ]
    assert found == [
        ("CREATE_IN_PROGRESS", ""),
        ("CREATE_IN_PROGRESS", ""),
        ("CREATE_COMPLETE", "Made-1"),
        ("UPDATE_IN_PROGRESS", "Made-1"),
        ("UPDATE_COMPLETE", "Made-1"),
        ("DELETE_IN_PROGRESS", "Made-1"),
        ("DELETE_COMPLETE", "Made-1"),
    ]


def test_a_nested_stack_comes_after_what_is_in_it_and_before_its_users():
    nest = "AWS::CloudFormation::Stack"
    found = in_order([
        Resource("user", "Custom::Thing", {}, stack="app", references=("nest",)),
        Resource("deep", "Custom::Thing", {}, stack="app/nest/inner"),
        Resource("app/nest/inner", nest, {}, stack="app/nest"),
        Resource("nest", nest, {}, stack="app", references=("used",)),
        Resource("used", "Custom::Thing", {}, stack="app"),
    ])  # fmt: skip
    assert [one.id for one in found] == ["used", "deep", "app/nest/inner", "nest", "user"]


def test_a_resource_of_the_same_name_in_another_stack_has_other_dependents(tmp_path):
    queue = "  Queue: {Type: AWS::SQS::Queue}\n"
    user = "  User: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !ImportValue queue}}\n"
    exported = "Outputs: {Arn: {Value: !GetAtt Queue.Arn, Export: {Name: queue}}}\n"
    for name, text in {"base": queue + exported, "app": queue + user}.items():
        (tmp_path / f"{name}.yaml").write_text(f"Resources:\n{text}")
    cloud = load([tmp_path / "base.yaml", tmp_path / "app.yaml"])
    assert dependents("Queue", {}, "app", cloud) == {"Queue"}
