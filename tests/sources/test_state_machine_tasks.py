"""Tasks that a state machine starts are in the subnets and groups of its definition."""

import pytest

from netful.engine.trace.ends.destinations import HostDestination
from netful.engine.trace.question import parse
from netful.hosts.places import hosts_of
from netful.model.core import Unknown

TEMPLATE = """
Parameters: {Given: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: r
"""
STATE = "{StartAt: Run, States: {Run: {Type: Task, Resource: arn:aws:states:::ecs:runTask.sync, Parameters: {NetworkConfiguration: {AwsvpcConfiguration: CONFIGURATION}}, End: true}}}"
TEXT = """      DefinitionString: !Sub |
        {"StartAt": "Run", "States": {"Run": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "Arguments": {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["${A}", "${B}"], "SecurityGroups": ["${Group}"]}}}, "End": true}}}
"""
FILLED = "      DefinitionSubstitutions: {First: !Ref A, Of: !Ref Group}\n"
FILLED_PUBLIC = FILLED.replace("First", "Public: ENABLED, First")
PART = """      DefinitionString: '{"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["${First}"], "SecurityGroups": ["${Of}"]}}, "TimeoutSeconds": ${Seconds}}'
"""


def written(configuration, more=""):
    return f"      Definition: {STATE.replace('CONFIGURATION', configuration)}\n{more}"


@pytest.mark.parametrize(
    ("definition", "places"),
    [
        (written("{Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}"), [("A", ("Group",), False), ("B", ("Group",), False)]),
        (written("{Subnets: [!Ref A], SecurityGroups: null, AssignPublicIp: ENABLED}"), [("A", ("Vpc.default",), True)]),
        (written('{Subnets: ["${First}"], SecurityGroups: ["${Of}"]}', FILLED), [("A", ("Group",), False)]),
        (TEXT, [("A", ("Group",), False), ("B", ("Group",), False)]),
        (written('{"Subnets.$": $.subnets}'), []),
        (written('{Subnets: "{% $states.input.subnets %}"}'), []),
        ("      DefinitionString: '{'\n", []),
        (written('{Subnets: ["${First}"], AssignPublicIp: "${Public}"}', FILLED_PUBLIC), [("A", ("Vpc.default",), True)]),
        (PART + FILLED.replace("First", "Seconds: 60, First"), [("A", ("Group",), False)]),
    ],
)  # fmt: skip
def test_tasks_are_where_the_definition_puts_them(cloud_of, definition, places):
    cloud = cloud_of(TEMPLATE + definition)
    found = cloud.network.places_of("Machine")
    assert "Machine" not in hosts_of(cloud)
    assert [(eni.subnet_id, eni.security_group_ids, eni.public_ip is not None) for eni in found] == places


def test_a_task_in_a_subnet_that_is_not_known_is_in_it(cloud_of):
    (eni,) = cloud_of(TEMPLATE + written("{Subnets: [!Ref Given], SecurityGroups: [!Ref Group]}")).network.places_of(
        "Machine"
    )
    assert eni.subnet_id.needs == ("Given",)


@pytest.mark.parametrize(
    "rest",
    [
        '"SecurityGroups.$": $.groups, "AssignPublicIp.$": $.public',
        'SecurityGroups: "{% $states.input.groups %}", AssignPublicIp: "{% $states.input.public %}"',
        'SecurityGroups: ["${Of}"], AssignPublicIp: "${Of}"',
        "SecurityGroups: [!Ref Given], AssignPublicIp: !Ref Given",
    ],
)
def test_groups_and_addresses_may_be_known_only_when_the_task_starts(cloud_of, rest):
    more = "      DefinitionSubstitutions: {Of: !Ref Given}\n"
    (eni,) = cloud_of(TEMPLATE + written(f"{{Subnets: [!Ref A], {rest}}}", more)).network.places_of("Machine")
    assert [type(group) for group in eni.security_group_ids] == [Unknown]
    assert eni.public_doubt is not None
    assert not eni.private


def test_clients_of_a_state_machine_ask_step_functions_not_its_tasks(cloud_of):
    cloud = cloud_of(TEMPLATE + written("{Subnets: [!Ref A]}"))
    assert isinstance(parse(cloud, "internet", "Machine").target, HostDestination)
