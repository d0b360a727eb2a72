"""Sessions that sign requests: whose they are, by their access keys."""

from netful.engine.authorization.sessions import STATES, keys_of, keys_of_machine, keys_of_task, sessions

TEMPLATE = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: runs, AssumeRolePolicyDocument: {}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, Role: !GetAtt Role.Arn, Handler: a.b, Runtime: python3.13}}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineName: m, RoleArn: !GetAtt Role.Arn, DefinitionString: "{}"}}
"""


def test_sessions_of_functions_and_of_state_machines(cloud_of):
    cloud = cloud_of(TEMPLATE)
    role, machine = cloud.access.roles["Role"], str(cloud.template.resources["Machine"].ref)
    found = sessions(cloud)
    assert len(found) == 3
    function = found[keys_of(cloud.compute.functions["Fn"]).access_key_id]
    by_role = found[keys_of_machine(f"arn:aws:iam::{cloud.account_id}:role/runs").access_key_id]
    assert [(one.role, one.caller.arn.rpartition("/")[2]) for one in (function, by_role)] == [
        (role, "fn"),
        (role, "states"),
    ]
    as_service = found[keys_of_machine(machine).access_key_id]
    assert (as_service.role, as_service.caller.arn, as_service.caller.names, as_service.caller.party) == (
        None, machine, (STATES,), True,
    )  # fmt: skip


def test_keys_of_one_name_differ_by_what_signs():
    assert keys_of_task("x").access_key_id != keys_of_machine("x").access_key_id
