"""Sessions that sign requests: whose they are, by their access keys."""

from netful.account.iam.roles import Described, following
from netful.engine.authorization.sessions import STATES, keys_of, keys_of_machine, keys_of_task, sessions
from netful.engine.iam.role_sessions import caller_of, may_assume
from netful.model.functions.function import Role
from netful.model.functions.images import Image

TEMPLATE = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: runs, AssumeRolePolicyDocument: {}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, Role: !GetAtt Role.Arn, Handler: a.b, Runtime: python3.13}}
  Unsure: {Type: AWS::IAM::Role, Properties: {RoleName: unsure, ManagedPolicyArns: [arn:x], Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: "*"}, {Effect: Deny, Action: "s3:*", Resource: "*"}]}}], AssumeRolePolicyDocument: {}}}
  Doubted: {Type: AWS::Lambda::Function, Properties: {FunctionName: doubted, Role: !GetAtt Unsure.Arn, Handler: a.b, Runtime: python3.13}}
  Other: {Type: AWS::Lambda::Function, Properties: {FunctionName: other, Role: "arn:aws:iam::123456789012:role/team/not-here", Handler: a.b, Runtime: python3.13}}
  Definition: {Type: AWS::ECS::TaskDefinition, Properties: {TaskRoleArn: !GetAtt Role.Arn, ContainerDefinitions: [{Name: web, Image: web}]}}
  Web: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Definition}}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineName: m, RoleArn: !GetAtt Role.Arn, DefinitionString: "{}"}}
"""


def test_sessions_of_functions_tasks_and_state_machines(cloud_of):
    cloud = cloud_of(TEMPLATE).having(images={"web": Image("web")})
    role, machine = cloud.access.roles["Role"], str(cloud.template.resources["Machine"].ref)
    found = sessions(cloud)
    assert len(found) == 6
    doubted = found[keys_of(cloud.compute.functions["Doubted"]).access_key_id].caller
    assert (doubted.document, doubted.denials) == (
        None,
        {"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]},
    )
    function = found[keys_of(cloud.compute.functions["Fn"]).access_key_id]
    by_role = found[keys_of_machine(f"arn:aws:iam::{cloud.account_id}:role/runs").access_key_id]
    of_other = found[keys_of(cloud.compute.functions["Other"]).access_key_id]
    assert (of_other.role, of_other.caller.arn.rpartition(":")[2]) == (None, "assumed-role/not-here/other")
    by_task = found[keys_of_task("Web").access_key_id]
    assert [(one.role, one.caller.arn.rpartition(":")[2]) for one in (function, by_role, by_task)] == [
        (role, "assumed-role/runs/fn"),
        (role, "assumed-role/runs/states"),
        (role, "assumed-role/runs/Web"),
    ]
    as_service = found[keys_of_machine(machine).access_key_id]
    assert (as_service.role, as_service.caller.arn, as_service.caller.names, as_service.caller.party) == (
        None, machine, (STATES,), True,
    )  # fmt: skip


def test_a_role_that_was_deleted_allows_nothing_and_one_that_nobody_made_may_be_there(cloud_of):
    cloud = cloud_of(TEMPLATE)
    gone = following(cloud, {}, {"runs"})
    found = [gone.access.role_named(f"arn:aws:iam::123456789012:role/{name}") for name in ("runs", "team/not-here")]
    assert [may_assume(role, "lambda.amazonaws.com") for role in found] == [False, True]
    assert caller_of(gone, gone.compute.functions["Fn"]).document == {"Statement": []}
    made = following(gone, {"runs": Described(Role("runs", "runs"), frozenset())}, {"runs"})
    assert not made.access.deleted_roles


def test_keys_of_one_name_differ_by_what_signs():
    assert keys_of_task("x").access_key_id != keys_of_machine("x").access_key_id
