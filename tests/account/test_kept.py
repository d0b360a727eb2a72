"""The account that outlives its process: what is written is read back; what was at work is rolled back."""

import pytest

from netful.account.changes import Put, Remove, new
from netful.account.cloudformation.records import StackRecord
from netful.account.kept import kept_account
from netful.model.core import StackError
from netful.sources.account.deployed_stack import DeployedStack


@pytest.fixture
def account(tmp_path):
    record = StackRecord("app", "arn:app")
    record.set("CREATE_IN_PROGRESS", "User Initiated")
    record.set_member("Vpc", "AWS::EC2::VPC", "CREATE_COMPLETE", physical_id="vpc-1")
    stack = DeployedStack(
        "app",
        tmp_path / "template.yaml",
        {"AWS::StackId": "arn:app"},
        {("bucket", "key"): tmp_path / "object"},
        {("app", "Made"): {"Ref": "made", "Word": ["a"]}},
        tags={"team": "green"},
    )
    edits = [
        new("AWS::EC2::VPC", "vpc-2", {"CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "a", "Value": "b"}]}),
        Remove("Old"),
    ]
    return record, stack, edits


def test_what_is_written_is_read_back(tmp_path, account):
    record, stack, edits = account
    made = kept_account.MadeByCalls(edits)
    kept_account.write(
        tmp_path, kept_account.as_bytes(kept_account.kept_account([record], [stack], {"app": {"Vpc": "Vpc"}}, made))
    )
    found = kept_account.read(tmp_path)
    assert found.records == [record]
    assert found.deployed() == (stack,)
    assert found.known_ids == {"app": {"Vpc": "Vpc"}}
    put, gone = found.edits()
    assert isinstance(put, Put)
    assert (put.resource.id, put.resource.properties) == ("vpc-2", edits[0].resource.properties)
    assert gone == Remove("Old")


def test_a_deployment_at_work_is_rolled_back(account):
    record, *_ = account
    record.interrupted()
    assert record.status == "ROLLBACK_COMPLETE"
    states = ["ROLLBACK_IN_PROGRESS", "DELETE_COMPLETE", "ROLLBACK_COMPLETE"]
    assert [one.status for one in record.events][-3:] == states
    assert not record.members["Vpc"].there


@pytest.mark.parametrize(
    ("work", "member", "status", "after"),
    [
        ("UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_COMPLETE"),
        ("UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE"),
        ("ROLLBACK_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"),
        ("DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_FAILED", "DELETE_FAILED"),
        ("UPDATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE"),
    ],
)
def test_work_that_was_interrupted_ends_in_a_state_that_can_be_changed(account, work, member, status, after):
    record, *_ = account
    record.set(work)
    record.set_member("Vpc", "AWS::EC2::VPC", member)
    record.interrupted()
    assert (record.status, record.members["Vpc"].status) == (status, after)


def test_a_folder_without_an_account_has_none(tmp_path):
    assert kept_account.read(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"records": 1}', '{"things": [["dragons", "Id", 1]]}', '{"things": [["roles", "R", {"$object": 1}]]}'],
)
def test_what_cannot_be_read_is_an_error_with_a_hint(tmp_path, text):
    (tmp_path / kept_account.FILE).write_text(text)
    with pytest.raises(StackError, match=r"account\.json` cannot be read") as refused:
        kept_account.read(tmp_path)
    assert refused.value.hint
