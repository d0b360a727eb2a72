import pytest

from netful.model.core import Unknown
from tests.helpers.ids import ec2_id

TEMPLATE = """
    Parameters:
      Name: {{Type: String, Default: net}}
      Zones: {{Type: CommaDelimitedList, Default: "a, b,c"}}
      Missing: {{Type: String}}
    Conditions:
      Yes: !Equals [!Ref Name, net]
      No: !Not [!Condition Yes]
      Perhaps: !Equals [!Ref Missing, x]
    Mappings:
      Sizes:
        net: {{small: 1, list: [x, y]}}
    Resources:
      Vpc: {{Type: "AWS::EC2::VPC", Properties: {{CidrBlock: 10.1.0.0/16}}}}
      Fn: {{Type: "AWS::Lambda::Function", Properties: {{FunctionName: orders}}}}
      Queue: {{Type: "AWS::SQS::Queue", Properties: {{QueueName: jobs}}}}
      Table: {{Type: "AWS::DynamoDB::Table", Properties: {{TableName: t, StreamSpecification: {{StreamViewType: KEYS_ONLY}}}}}}
      Still: {{Type: "AWS::DynamoDB::Table"}}
      Balancer: {{Type: "AWS::ElasticLoadBalancingV2::LoadBalancer"}}
      Topic:
        Type: AWS::SNS::Topic
        Properties:
          Value: {value}
"""


@pytest.fixture
def resolved(cloud_of):
    def resolved_(value, **parameters):
        return (
            cloud_of(TEMPLATE.format(value=value), **parameters)
            .template.resources["Topic"]
            .properties.get("Value", "absent")
        )

    return resolved_


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref Name", "net"),
        ("!Ref Zones", ["a", "b", "c"]),
        ("!Ref Vpc", ec2_id("vpc", "Vpc")),
        ("!Ref Fn", "orders"),
        ("!Ref Queue", "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref AWS::NoValue", "absent"),
        ("!GetAtt Vpc.CidrBlock", "10.1.0.0/16"),
        ("!GetAtt Vpc.DefaultSecurityGroup", ec2_id("sg", "Vpc.default")),
        ("!GetAtt Fn.Arn", "arn:aws:lambda:us-east-1:123456789012:function:orders"),
        (
            "!GetAtt Table.StreamArn",
            "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2026-01-01T00:00:00.000",
        ),
        ('!Sub "${Name}-${!Name}-${AWS::Region}-${Vpc.CidrBlock}"', "net-${Name}-us-east-1-10.1.0.0/16"),
        ('!Sub ["${x}/${Name}", {x: !Ref Vpc}]', f"{ec2_id('vpc', 'Vpc')}/net"),
        ('!Join ["-", [a, !Ref Name, 1, true]]', "a-net-1-true"),
        ('!Join [",", !Ref Zones]', "a,b,c"),
        ("!Select [1, !Ref Zones]", "b"),
        ('!Select [1, !Split ["/", "x/y"]]', "y"),
        ("!Select [0, !GetAZs '']", "us-east-1a"),
        ("!GetAZs eu-west-1", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ("!Cidr [!GetAtt Vpc.CidrBlock, 2, 8]", ["10.1.0.0/24", "10.1.1.0/24"]),
        ('!Cidr ["2001:db8::/56", 1, 64]', ["2001:db8::/64"]),
        ("!FindInMap [Sizes, !Ref Name, small]", 1),
        ("!FindInMap [Sizes, other, small, {DefaultValue: 7}]", 7),
        ("!If [Yes, y, n]", "y"),
        ("!If [No, y, !Ref AWS::NoValue]", "absent"),
        ("!If [Perhaps, same, same]", "same"),
        ("!Base64 abc", "YWJj"),
        ("{'Fn::Length': !Ref Zones}", 3),
        ("{'Fn::ToJsonString': {a: !Ref Name}}", '{"a":"net"}'),
    ],
)
def test_functions(resolved, written, value):
    assert resolved(written) == value


@pytest.mark.parametrize(
    ("written", "needs"),
    [
        ("!Ref Missing", ("Missing",)),
        ('!Sub "${Name}-${Missing}"', ("Missing",)),
        ("!If [Perhaps, y, n]", ("Missing",)),
        ("!GetAtt Balancer.CanonicalHostedZoneID", ("Balancer.CanonicalHostedZoneID",)),
        ("!GetAtt Still.StreamArn", ("Still.StreamArn",)),
        ("!ImportValue net-VpcId", ("import net-VpcId",)),
        ('"{{resolve:ssm:/db/host}}"', ("resolve:ssm:/db/host",)),
    ],
)
def test_what_cannot_be_known_is_unknown_and_names_what_to_supply(resolved, written, needs):
    value = resolved(written)
    assert isinstance(value, Unknown)
    assert value.needs == needs


def test_an_unknown_item_leaves_the_others_known(resolved):
    assert resolved("!Select [0, [a, !Ref Missing]]") == "a"


def test_an_item_of_a_list_that_a_deployment_gives_is_unknown(resolved):
    assert isinstance(resolved("!Select [0, !Ref 'AWS::NotificationARNs']"), Unknown)


def test_a_dynamic_reference_takes_a_given_value(resolved):
    assert resolved('"x-{{resolve:ssm:/db/host}}"', **{"resolve:ssm:/db/host": "db"}) == "x-db"


@pytest.mark.parametrize(
    ("condition", "present"),
    [
        ("!And [!Equals [a, a], !Equals [1, '1']]", True),
        ("!Or [!Equals [a, b], !Equals [c, d]]", False),
        ("!And [!Equals [a, b], !Equals [!Ref Missing, x]]", False),
        ("!Or [!Equals [a, a], !Equals [!Ref Missing, x]]", True),
        ("!Not [!Equals [true, 'true']]", False),
    ],
)
def test_conditions_decide_what_is_there(cloud_of, condition, present):
    cloud = cloud_of(f"""
        Parameters: {{Missing: {{Type: String}}}}
        Conditions: {{Here: {condition}}}
        Resources:
          Always: {{Type: AWS::SNS::Topic}}
          Topic: {{Type: AWS::SNS::Topic, Condition: Here}}
    """)
    assert ("Topic" in cloud.template.resources) is present


def test_an_undecided_condition_is_taken_to_hold_and_says_so(cloud_of):
    cloud = cloud_of("""
        Parameters: {Missing: {Type: String}}
        Conditions: {Here: !Equals [!Ref Missing, x]}
        Resources: {Topic: {Type: AWS::SNS::Topic, Condition: Here}}
    """)
    assert "Topic" in cloud.template.resources
    assert cloud.template.warnings == (
        "template.yaml:3: condition `Here` is taken to hold: parameter `Missing` has no value",
    )


def test_a_reference_to_what_is_not_deployed_is_a_warning(cloud_of):
    cloud = cloud_of("""
        Conditions: {Never: !Equals [a, b]}
        Resources:
          Gone: {Type: AWS::SNS::Topic, Condition: Never}
          Used: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [Never, !Ref Gone, fine]}}
          Later: {Type: AWS::SNS::Topic, DependsOn: Gone}
        Outputs:
          Dangling: {Value: !Ref Gone}
    """)
    found = [(one.owner, one.target, one.condition) for one in cloud.template.dangling_references]
    assert found == [("Later", "Gone", "Never"), ("Outputs.Dangling", "Gone", "Never")]
    assert cloud.template.warnings == (
        "template.yaml:6: `Later` refers to `Gone`, which is not deployed: condition `Never` is false",
        "template.yaml:8: `Dangling` refers to `Gone`, which is not deployed: condition `Never` is false",
    )
