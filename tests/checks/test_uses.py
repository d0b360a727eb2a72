"""Which destinations a function is known to use."""

from pathlib import Path

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import destinations_in_use, sources
from netful.checks.findings.finding import Severity
from netful.checks.registry import rule_named, selected
from netful.checks.run import check
from netful.sources import load
from tests.helpers.facts import facts_of
from tests.helpers.ids import api_id
from tests.helpers.texts import replaced

NETWORK = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  FnSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  DbSg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref FnSg}]
  DbSubnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBSubnetGroupName: !Ref DbSubnets, VPCSecurityGroups: [!Ref DbSg]}
  Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ACTIONS, Resource: '*'}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref GROUP]}
      Environment: {Variables: VARIABLES}
      Code:
        ZipFile: |
CODE
"""
HANDLER = "def handler(event, context):\n    pass\n"


def _uses(
    folder: Path,
    *,
    code: str = HANDLER,
    variables: str = "{}",
    actions: str = "'logs:*'",
    group: str = "B2",
    more: str = "",
):
    text = replaced(NETWORK, {"CODE": "\n".join("          " + line for line in code.splitlines())})
    text = replaced(text, {"VARIABLES": variables, "ACTIONS": actions})
    text = replaced(text, {"GROUP": "FnSg" if group == "FnSg" else "DbSg"})
    return {use.question: use.certainty.value for use in facts_of(folder, text + more).uses["Fn"]}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import boto3\nc = boto3.client('ssm')\n" + HANDLER, {"aws:ssm": "proven"}),
        ("import boto3\ns = boto3.Session()\nc = s.client('kinesis')\n" + HANDLER, {"aws:kinesis-streams": "proven"}),
        ("import boto3\nt = boto3.resource('dynamodb').Table('x')\n" + HANDLER, {"aws:dynamodb": "proven"}),
        ("U = 'https://api.example.com/v1'\n" + HANDLER, {"https://api.example.com/v1": "proven"}),
        ("U = 'https://sqs.us-east-1.amazonaws.com/1/q'\n" + HANDLER, {"aws:sqs": "proven"}),
        (HANDLER, {}),
        ("def handler(:\n", {}),
    ],
)
def test_code(tmp_path: Path, code: str, expected: dict[str, str]) -> None:
    assert _uses(tmp_path, code=code) == expected


def test_environment_names_a_table_and_a_database(tmp_path: Path) -> None:
    found = _uses(tmp_path, variables="{TABLE: !Ref Orders, HOST: !GetAtt Db.Endpoint.Address}")
    assert found == {"aws:dynamodb": "likely", "Db": "proven"}


def test_environment_names_instances_by_their_private_names(tmp_path: Path) -> None:
    given = {"Given": "PrivateIpAddress: 10.0.1.77, ", "Chosen": ""}
    instances = "".join(
        f"  {name}: {{Type: AWS::EC2::Instance, Properties: {{{address}ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref DbSg]}}}}\n"
        for name, address in given.items()
    )
    variables = "{ONE: !Sub 'http://${Given.PrivateDnsName}:8080', TWO: !GetAtt Chosen.PrivateDnsName}"
    assert _uses(tmp_path, variables=variables, more=instances) == {"Given:tcp/8080": "proven", "Chosen": "proven"}


@pytest.mark.parametrize(
    ("named", "destination"),
    [
        ("https://ssm.us-east-1.amazonaws.com", "aws:ssm"),
        ("ssm.us-east-1.amazonaws.com", "aws:ssm"),
        ("https://123456789012.dkr.ecr.us-east-1.amazonaws.com", "aws:ecr.dkr"),
        ("https://ssm.eu-west-1.amazonaws.com", "https://ssm.eu-west-1.amazonaws.com"),
        ("ssm.eu-west-1.amazonaws.com", "https://ssm.eu-west-1.amazonaws.com"),
        ("https://sts.amazonaws.com", "https://sts.amazonaws.com"),
    ],
)
def test_environment_names_a_service_here_or_in_another_region(tmp_path: Path, named: str, destination: str) -> None:
    assert _uses(tmp_path, variables=f"{{PLACE: '{named}'}}") == {destination: "proven"}


def test_environment_that_names_the_own_host(tmp_path: Path) -> None:
    assert _uses(tmp_path, variables="{EXTENSION: 'http://127.0.0.1:2773/systemsmanager'}") == {}


def test_role_without_what_lambda_does_itself(tmp_path: Path) -> None:
    actions = "['logs:PutLogEvents', 'xray:PutTraceSegments', 'sqs:ReceiveMessage', 'ec2:CreateNetworkInterface', 'mq:DescribeBroker', 's3:GetObject']"
    assert _uses(tmp_path, actions=actions) == {"aws:s3:GetObject": "likely"}


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ("bedrock:InvokeModel", {"aws:bedrock-runtime:InvokeModel"}),
        ("bedrock:ListFoundationModels", {"aws:bedrock:ListFoundationModels"}),
        ("bedrock:Retrieve", {"aws:bedrock-agent-runtime:Retrieve"}),
        ("sagemaker:InvokeEndpoint", {"aws:sagemaker.runtime:InvokeEndpoint"}),
        ("sagemaker:CreateModel", {"aws:sagemaker.api:CreateModel"}),
        ("appconfig:GetLatestConfiguration", {"aws:appconfigdata:GetLatestConfiguration"}),
        ("states:StartSyncExecution", {"aws:sync-states:StartSyncExecution"}),
        ("airflow:InvokeRestApi", {"aws:airflow.env:InvokeRestApi"}),
        ("aps:RemoteWrite", {"aws:aps-workspaces:RemoteWrite"}),
        ("cloudformation:GetResource", {"aws:cloudcontrolapi:GetResource"}),
        ("cloudwatch:PutMetricData", {"aws:monitoring:PutMetricData"}),
        ("kinesis:PutRecord", {"aws:kinesis-streams:PutRecord"}),
        ("lambda:Invoke*", {"aws:lambda"}),
        ("es:DescribeDomain", {"aws:es:DescribeDomain"}),
        ("es:Describe*", {"aws:es"}),
        *((action, set()) for action in (
            "es:ESHttp*", "es:ESHttpGet", "es:*", "iot:Publish", "dax:GetItem", "elasticache:Connect", "memorydb:Connect",
            "aoss:APIAccessAll", "lambda:InvokeFunctionUrl", "timestream:Select", "execute-api:Invoke", "rds-db:connect",
            "kafka-cluster:Connect", "personalize:GetRecommendations", "iam:GetRole",
        )),
    ],
)  # fmt: skip
def test_an_action_is_called_at_the_endpoint_for_it(tmp_path: Path, actions: str, expected: set[str]) -> None:
    assert set(_uses(tmp_path, actions=f"'{actions}'")) == expected


@pytest.mark.parametrize("service", ["bedrock", "bedrock-runtime", "bedrock-agent-runtime"])
def test_an_action_with_wildcards_is_called_at_an_endpoint_that_is_reached(tmp_path: Path, service: str) -> None:
    endpoint = f"""
  Opens: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: o, VpcId: !Ref Vpc,
    SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}}]}}}}
  Endpoint: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, VpcEndpointType: Interface, PrivateDnsEnabled: true,
    ServiceName: com.amazonaws.us-east-1.{service}, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Opens]}}}}
"""
    text = replaced(NETWORK, {"CidrBlock: 10.0.0.0/16": "CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true"})
    text = replaced(text, {"CODE": "          pass", "VARIABLES": "{}", "ACTIONS": "'bedrock:*'", "GROUP": "DbSg"})
    facts = facts_of(tmp_path, text + endpoint)
    assert [(walked.use.service, walked.path.verdict) for walked in facts.walked] == [(service, "reachable")]
    assert [problem.message for problem in rule_named("NF103").find(facts)] == []


def test_an_action_with_wildcards_is_a_fault_if_no_endpoint_is_reached(tmp_path: Path) -> None:
    text = replaced(NETWORK, {"CODE": "          pass", "VARIABLES": "{}", "ACTIONS": "'bedrock:*'", "GROUP": "DbSg"})
    assert [problem.affected for problem in rule_named("NF103").find(facts_of(tmp_path, text))] == ["Fn"]


@pytest.mark.parametrize(
    ("actions", "found"), [("['sqs:SendMessage', 'iam:GetRole']", ["Fn"]), ("['sqs:SendMessage', 'es:*']", [])]
)
def test_a_permission_for_a_host_of_ones_own_may_need_the_vpc(tmp_path: Path, actions: str, found: list[str]) -> None:
    text = replaced(NETWORK, {"CODE": "          pass", "VARIABLES": "{}", "ACTIONS": actions, "GROUP": "DbSg"})
    assert [problem.resource for problem in rule_named("NF101").find(facts_of(tmp_path, text))] == found


@pytest.mark.parametrize("named", ["!Ref Secret", "!Ref Attached"])
def test_a_function_that_rotates_a_secret_uses_its_database(tmp_path: Path, named: str) -> None:
    more = f"""
  Secret: {{Type: AWS::SecretsManager::Secret}}
  Attached: {{Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {{SecretId: !Ref Secret, TargetId: !Ref Db, TargetType: AWS::RDS::DBInstance}}}}
  Rotates: {{Type: AWS::SecretsManager::RotationSchedule, Properties: {{SecretId: {named}, RotationLambdaARN: !GetAtt Fn.Arn}}}}
"""
    assert _uses(tmp_path, more=more) == {"aws:secretsmanager": "proven", "Db": "proven"}


def test_a_function_that_rotates_a_secret_may_need_its_vpc(tmp_path: Path) -> None:
    rotates = "\n  Rotates: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: s, RotationLambdaARN: !GetAtt Fn.Arn}}\n"
    text = replaced(NETWORK, {"CODE": "          pass", "VARIABLES": "{}", "ACTIONS": "'logs:*'", "GROUP": "DbSg"})
    facts = facts_of(tmp_path, text + rotates)
    assert {rule: bool([*rule_named(rule).find(facts)]) for rule in ("NF101", "NF103")} == {
        "NF101": False,
        "NF103": True,
    }


@pytest.mark.parametrize(
    ("layer", "actions", "expected"),
    [
        ("AWS-Parameters-and-Secrets-Lambda-Extension:11", "'logs:*'", {"aws:secretsmanager": "likely"}),
        (
            "AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:11",
            "'ssm:GetParameter'",
            {"aws:ssm:GetParameter": "likely"},
        ),
        ("AWS-AppConfig-Extension:128", "'logs:*'", {"aws:appconfigdata": "likely"}),
        ("LambdaInsightsExtension:38", "'logs:*'", {"aws:logs": "likely"}),
        ("AWSLambdaPowertoolsPythonV3-python312-x86_64:5", "'logs:*'", {}),
    ],
)
def test_an_extension_in_a_layer_calls_its_service(tmp_path: Path, layer, actions, expected) -> None:
    text = replaced(
        NETWORK,
        {"Handler: index": f"Layers: ['arn:aws:lambda:us-east-1:177933569100:layer:{layer}']\n      Handler: index"},
    )
    text = replaced(text, {"CODE": "          pass", "VARIABLES": "{}", "ACTIONS": actions, "GROUP": "DbSg"})
    assert {use.question: use.certainty.value for use in facts_of(tmp_path, text).uses["Fn"]} == expected


def test_group_that_admits_the_function(tmp_path: Path) -> None:
    assert _uses(tmp_path, group="FnSg") == {"Db:tcp/5432": "likely"}


def test_a_mounted_file_system_is_used_through_its_mount_targets(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  FnSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  FilesSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  Files: {Type: AWS::EFS::FileSystem}
  Mount: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref A, SecurityGroups: [!Ref FilesSg]}}
  Point: {Type: AWS::EFS::AccessPoint, Properties: {FileSystemId: !Ref Files}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: pass}
      VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref FnSg]}
      FileSystemConfigs: [{Arn: !GetAtt Point.Arn, LocalMountPath: /mnt/files}]
""",
    )
    assert [(use.destination, use.certainty.value) for use in facts.uses["Fn"]] == [("Files", "proven")]
    path = facts.path("Fn", "Files")
    assert path is not None
    assert [(hop.component, hop.asks) for hop in path.hops if hop.verdict == "deny"] == [
        ("FilesSg", "tcp/2049 to 10.0.1.4")
    ]
    assert sources(facts) == ("Fn",)


HOSTS = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  FnSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Vpc}}
  Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Closed]}}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP, VpcId: !Ref Vpc, TargetType: ip}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  DbSubnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBSubnetGroupName: !Ref DbSubnets, VPCSecurityGroups: [!Ref Closed]}}
  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, PrivateDnsEnabled: false, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref FnSg]}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/fn
      PLACE
      Environment: {Variables: {VALUE: TEXT}}
      Code: {ZipFile: ""}
"""
INSIDE = "VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref FnSg]}"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('!Sub "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/prod"', "NF103"),
        ('!Sub "${Api}.execute-api.${AWS::Region}.amazonaws.com"', "NF103"),
        ('!Join ["", ["https://", !Ref Api, ".execute-api.", !Ref AWS::Region, ".", !Ref AWS::URLSuffix]]', "NF103"),
        ("!GetAtt Api.ApiEndpoint", "NF103"),
        ("!GetAtt Alb.DNSName", "NF716"),
        ('!Sub "http://${Alb.DNSName}/orders"', "NF716"),
        ("!GetAtt Db.Endpoint.Address", "NF716"),
        ('!Sub "postgres://shop:secret@${Db.Endpoint.Address}:5432/shop"', "NF716"),
        ('!Sub "jdbc:postgresql://${Db.Endpoint.Address}:5432/shop?ssl=true"', "NF716"),
        ('!Select [1, !Split [":", !Select [0, !GetAtt Endpoint.DnsEntries]]]', "NF204"),
        ('!Sub "sqs.${AWS::Region}.amazonaws.com"', "NF103"),
        ("https://sqs.us-east-1.amazonaws.com", "NF103"),
    ],
)
def test_host_of_the_environment_that_the_network_does_not_reach(tmp_path: Path, text: str, rule: str) -> None:
    facts = facts_of(tmp_path, replaced(HOSTS, {"PLACE": INSIDE, "TEXT": text}))
    found = check(facts, selected(("NF103", "NF108", "NF204", "NF716"), ()))
    assert {(f.id, f.affected) for f in found if f.severity.rank >= Severity.HIGH.rank and f.affected} == {(rule, "Fn")}


@pytest.mark.parametrize("text", ["https://www.example.com", "api.example.com", "10.0.1.77", "a@b.com", "user.name"])
def test_text_of_the_environment_that_may_be_no_destination(tmp_path: Path, text: str) -> None:
    facts = facts_of(tmp_path, replaced(HOSTS, {"PLACE": INSIDE, "TEXT": text}))
    assert {f.severity for f in check(facts, selected(("NF103", "NF716"), ()))} <= {Severity.LOW}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!GetAtt Db.Endpoint.Address", ["Fn"]),
        ('!Sub "http://${Alb.DNSName}/orders"', ["Fn"]),
        ("!Ref Db", []),
        ("!Sub 'https://${Api}.execute-api.${AWS::Region}.amazonaws.com'", []),
    ],
)
def test_function_outside_a_vpc_reaches_no_server_inside(tmp_path: Path, text: str, expected: list[str]) -> None:
    facts = facts_of(tmp_path, replaced(HOSTS, {"PLACE": "Timeout: 3", "TEXT": text}))
    assert [finding.resource for finding in check(facts, selected(("NF1", "NF716"), ()))] == expected


@pytest.mark.parametrize(
    ("files", "variable"),
    [
        ({"own.yaml": "{TABLE}{FN}"}, "!Ref Orders"),
        ({"own.yaml": "{FN}", "tables.yaml": "{TABLE}{OUTPUT}"}, "!ImportValue t"),
    ],
    ids=["of its own stack", "of another stack"],
)
def test_a_table_that_a_variable_names(tmp_path, files, variable):
    table = "  Orders: {Type: AWS::DynamoDB::Table}\n"
    function = f"  Fn: {{Type: AWS::Lambda::Function, Properties: {{Code: {{ZipFile: x}}, Environment: {{Variables: {{T: {variable}}}}}}}}}\n"
    output = "Outputs: {T: {Value: !Ref Orders, Export: {Name: t}}}\n"
    for name, text in files.items():
        (tmp_path / name).write_text("Resources:\n" + text.format(TABLE=table, FN=function, OUTPUT=output))
    facts = Facts(load([tmp_path / name for name in files]))
    assert [use.destination for use in facts.uses["Fn"]] == ["aws:dynamodb"]


@pytest.mark.parametrize(
    ("routes", "called", "asked"),
    [
        (["get /items"], "prod", "prod/items"),
        (["get /items"], "prod/", "prod/items"),
        (["post /items/{id}", "get /users/{name}"], "prod", "prod/users/17"),
        (["post /items/{id}", "get /users/{name}"], "prod/items", "POST prod/items/17"),
        (["options /items", "put /items"], "prod", "PUT prod/items"),
        (["any /{proxy+}"], "prod", "prod/17"),
        (["get /items"], "prod/items", "prod/items"),
        (["get /items"], "prod/item", "prod/item"),
        (["get /items"], "test", "test"),
    ],
)
def test_the_base_of_an_api_s_urls_is_asked_by_a_route_below(tmp_path, routes, called, asked):
    events = ", ".join(
        f"E{n}: {{Type: Api, Properties: {{RestApiId: !Ref Api, Method: {method}, Path: '{path}'}}}}"
        for n, (method, path) in enumerate(map(str.split, routes))
    )
    text = f"""\
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: prod}}}}
  Served: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.12, Handler: i.h, InlineCode: x, Events: {{{events}}}}}}}
  Caller:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: i.h
      InlineCode: x
      Environment: {{Variables: {{API: !Sub "https://${{Api}}.execute-api.us-east-1.amazonaws.com/{called}"}}}}
"""
    used, *_ = destinations_in_use(facts_of(tmp_path, text))
    method, _, path = asked.rpartition(" ")
    assert used == f"{method} https://{api_id('Api')}.execute-api.us-east-1.amazonaws.com/{path}".strip()


@pytest.mark.parametrize(("tables", "expected"), [("[!Ref Table]", []), ("[]", [])])
def test_a_policy_that_asks_for_an_endpoint_is_no_fault_where_the_network_is(tmp_path, tables, expected):
    good = rule_named("NF738").example("good")
    facts = facts_of(tmp_path, replaced(good, {"RouteTableIds: [!Ref Table]": f"RouteTableIds: {tables}"}))
    assert [one.resource for one in rule_named("NF738").find(facts)] == expected
