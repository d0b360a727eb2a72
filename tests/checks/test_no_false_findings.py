"""What is not found, since nothing says that it is so."""

from dataclasses import replace

import pytest

from netful.account.changes import Put, changed, new, updated
from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Certainty, Severity
from netful.checks.registry import rule_named
from netful.sources import load
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced

NETWORK = """\
Parameters: {UseNat: {Type: String, Default: "yes"}}
Conditions: {Nat: !Equals [!Ref UseNat, "yes"]}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24ZONE_A}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24ZONE_B}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref A, ConnectivityType: private}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Way:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      NatGatewayId: !If [Nat, !Ref Nat, !Ref AWS::NoValue]
      GatewayId: !If [Nat, !Ref AWS::NoValue, !Ref Gateway]
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/fn
      VpcConfig: {SubnetIds: [SUBNETS], SecurityGroupIds: [!Ref Group]}
      Code: {ZipFile: "def handler(event, context): return 1"}
"""


def found(folder, rule_id, **values):
    text = NETWORK
    for name, value in values.items():
        text = replaced(text, {name: value})
    facts = facts_of(folder, text)
    return [problem.resource for problem in rule_named(rule_id).find(facts)]


@pytest.mark.parametrize(
    ("zones", "subnets", "expected"),
    [
        (("", ""), "!Ref A, !Ref B", []),
        ((", AvailabilityZone: us-east-1a", ", AvailabilityZone: us-east-1a"), "!Ref A, !Ref B", ["Fn"]),
        ((", AvailabilityZone: us-east-1a", ", AvailabilityZone: us-east-1b"), "!Ref A, !Ref B", []),
        (("", ""), "!Ref A", ["Fn"]),
    ],
)
def test_zones_that_are_left_to_aws_are_not_one_zone(tmp_path, zones, subnets, expected):
    assert found(tmp_path, "NF107", ZONE_A=zones[0], ZONE_B=zones[1], SUBNETS=subnets) == expected


@pytest.mark.parametrize(("default", "expected"), [('"yes"', []), ('"no"', ["Way"])])
def test_a_route_leads_to_the_gateway_that_its_condition_chooses(tmp_path, default, expected):
    values = {"ZONE_A": "", "ZONE_B": "", "SUBNETS": "!Ref A", 'Default: "yes"': f"Default: {default}"}
    assert found(tmp_path, "NF702", **values) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [("com.amazonaws.us-east-1.ssm", ["Endpoint"]), ("com.amazonaws.vpce.us-east-1.vpce-svc-1", [])],
)
def test_private_dns_means_nothing_to_a_service_without_a_name_of_its_own(tmp_path, service, expected):
    endpoint = f"\n  Endpoint: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: {service}, SubnetIds: [!Ref A]}}}}\n"
    values = {"ZONE_A": "", "ZONE_B": "", "SUBNETS": "!Ref A", "  Fn:": f"{endpoint}  Fn:"}
    assert found(tmp_path, "NF711", **values) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [("Name=event['name']", ["Fn"]), ("Name=name", ["Fn"]), ("Name='/colour'", []), ("Name=os.environ['NAME']", [])],
)
def test_function_that_takes_nothing_from_the_event_does_not_transport_it(tmp_path, arguments, expected):
    code = f"""
          import os, boto3
          ssm = boto3.client('ssm')
          def handler(event, context):
              name = event['pathParameters']['name']
              return ssm.get_parameter({arguments})
"""
    api = """  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP, Target: !GetAtt Fn.Arn}}
  Fn:"""
    values = {"ZONE_A": "", "ZONE_B": "", "SUBNETS": "!Ref A", "  Fn:": api}
    values['{ZipFile: "def handler(event, context): return 1"}'] = "\n        ZipFile: |" + code
    assert found(tmp_path, "NF402", **values) == expected


ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: ACTIONS, Resource: "*"}]}}]
"""


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ("[sns:Publish, kms:Decrypt, kms:GenerateDataKey*]", {"aws:sns"}),
        ("[sqs:ReceiveMessage, kms:Decrypt]", set()),
        ("[kms:Decrypt]", {"aws:kms"}),
        ("[sns:Publish, kms:Sign]", {"aws:sns", "aws:kms"}),
    ],
)
def test_a_key_that_services_use_for_their_caller_is_no_call_of_the_function(tmp_path, actions, expected):
    text = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    text = replaced(text, {"arn:aws:iam::123456789012:role/fn": "!GetAtt Role.Arn"}) + replaced(
        ROLE, {"ACTIONS": actions}
    )
    facts = facts_of(tmp_path, text)
    assert {walked.use.destination for walked in facts.walked} == expected


@pytest.mark.parametrize(
    ("endpoint", "word"),
    [
        ("", "an interface endpoint is cheaper"),
        ("{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, PrivateDnsEnabled: false, SubnetIds: [!Ref A]}", "set `PrivateDnsEnabled: true` on `Endpoint`"),
        ("{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, PrivateDnsEnabled: true, SubnetIds: [!Ref A]}", "set `EnableDnsHostnames: true` on `Vpc`"),
    ],
)  # fmt: skip
def test_an_endpoint_that_is_there_is_not_asked_for_again(tmp_path, endpoint, word):
    text = replaced(NETWORK, {"SUBNETS": "!Ref B", "ZONE_A": "", "ZONE_B": ""})
    text = (
        replaced(text, {"ConnectivityType: private": "AllocationId: !GetAtt Eip.AllocationId"})
        + """
  Eip: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Public: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Public, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  Of: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Public, SubnetId: !Ref A}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref B}}
"""
    )
    text = replaced(text, {"def handler": r"import boto3\nssm = boto3.client('ssm')\ndef handler"})
    text += f"  Endpoint: {{Type: AWS::EC2::VPCEndpoint, Properties: {endpoint}}}\n" if endpoint else ""
    facts = facts_of(tmp_path, text)
    assert [p.hint[: len(word)] for p in rule_named("NF201").find(facts)] == [word]


def test_the_clients_of_a_handler_are_one_finding(tmp_path):
    text = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    made = r"import boto3\ndef handler(event, context):\n  boto3.client('iam')\n  boto3.client('config')\n  boto3.client('iam')"
    facts = facts_of(tmp_path, replaced(text, {"def handler(event, context): return 1": made}))
    (problem,) = rule_named("NF601").find(facts)
    assert all(name in problem.message for name in ("`Fn`", "`iam`", "`config`"))


@pytest.mark.parametrize(
    ("condition", "found"),
    [("Condition: {ArnEquals: {'lambda:SourceFunctionArn': 'arn:aws:lambda:us-east-1:123456789012:function:f'}}", False),
     ("Condition: {ArnEquals: {'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/other'}}", True), ("", True)],
)  # fmt: skip
def test_a_deny_for_the_code_of_a_function_does_not_concern_lambda(tmp_path, condition, found):
    actions = "['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface']"
    allow = f"{{Effect: Allow, Action: {actions}, Resource: '*'}}"
    deny = f"{{Effect: Deny, Action: {actions}, Resource: '*'{condition and ', '}{condition}}}"
    policies = f"[{{PolicyName: p, PolicyDocument: {{Statement: [{allow}, {deny}]}}}}]"
    role = f"  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: []}}, Policies: {policies}}}}}\n"
    network = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    facts = facts_of(tmp_path, replaced(network, {"arn:aws:iam::123456789012:role/fn": "!GetAtt Role.Arn"}) + role)
    assert bool([*rule_named("NF104").find(facts)]) is found


@pytest.mark.parametrize(
    ("role", "remedy"),
    [
        ("PermissionsBoundary: !Ref Limit", "boundary"),
        ("PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess", None),
        ("Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Deny, Action: 'ec2:*', Resource: '*'}]}}]", "denies"),
        ("Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Deny, Action: 'ec2:*', Resource: '*', Condition: {StringEquals: {'aws:RequestedRegion': eu-west-1}}}]}}]", None),
    ],
)  # fmt: skip
def test_a_boundary_and_a_denial_limit_the_policy_of_aws(tmp_path, role, remedy):
    managed = "['arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole']"
    made = f"""  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: []}}, ManagedPolicyArns: {managed}, {role}}}}}
  Limit: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Statement: [{{Effect: Allow, Action: 's3:*', Resource: '*'}}]}}}}}}
"""
    network = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    facts = facts_of(tmp_path, replaced(network, {"arn:aws:iam::123456789012:role/fn": "!GetAtt Role.Arn"}) + made)
    assert [remedy in problem.hint for problem in rule_named("NF104").find(facts)] == ([True] if remedy else [])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"MemorySize": "64"}, "memorySize"), ({"Timeout": "0"}, "timeout"), ({"EphemeralStorage": "{Size: 100}"}, "ephemeralStorage.size"),
        ({"Environment": "{Variables: {AWS_REGION: x}}"}, "AWS_REGION"), ({"VpcConfig": "{SubnetIds: [!Ref A], SecurityGroupIds: []}"}, "must coexist"),
        ({"Environment": f"{{Variables: {{TEXT: {'x' * 4096}}}}}"}, "4KB"), ({"Environment": f"{{Variables: {{TEXT: {'é' * 1500}}}}}"}, None),
        ({"Runtime": "python3.99"}, "'runtime'"), ({"Runtime": "!ImportValue r"}, None), ({"Runtime": "provided.al2023"}, None),
        ({"MemorySize": "10240", "Timeout": "900"}, None), ({"MemorySize": "!ImportValue m"}, None), ({"VpcConfig": "{SubnetIds: [], SecurityGroupIds: []}"}, None),
    ],
)  # fmt: skip
def test_settings_that_lambda_does_not_accept(tmp_path, changes, text):
    written = {
        "Runtime": "python3.13",
        "Handler": "a.b",
        "Role": "arn:aws:iam::123456789012:role/r",
        "Code": "{ZipFile: x}",
    } | changes
    own = ", ".join(f"{name}: {value}" for name, value in written.items())
    network = NETWORK.partition("  Fn:")[0].replace("ZONE_A", "").replace("ZONE_B", "")
    facts = facts_of(tmp_path, f"{network}  Own: {{Type: AWS::Lambda::Function, Properties: {{{own}}}}}\n")
    assert [text in problem.message for problem in rule_named("NF733").find(facts)] == ([True] if text else [])


def test_roles_of_the_same_name_in_several_stacks_are_not_mixed_up(tmp_path):
    network = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    stack = replaced(network, {"arn:aws:iam::123456789012:role/fn": "!GetAtt Role.Arn"})
    role = "  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}, ManagedPolicyArns: [MANAGED]}}\n"
    managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    (tmp_path / "other.yaml").write_text("Resources:\n" + replaced(role, {"MANAGED": ""}))
    (tmp_path / "own.yaml").write_text(stack + replaced(role, {"MANAGED": managed}))
    facts = Facts(load([tmp_path / "other.yaml", tmp_path / "own.yaml"]))
    assert [*rule_named("NF104").find(facts)] == []
    assert facts.cloud.access.role_of(facts.cloud.compute.functions["Fn"]).id == "own/Role"


@pytest.mark.parametrize("apart", [True, False])
def test_a_policy_of_another_stack_is_deleted_after_what_imports_its_role(tmp_path, apart):
    trust = "{Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}"
    allows = "{Statement: [{Effect: Allow, Action: 'ec2:*', Resource: '*'}]}"
    rights = f"""\
  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {trust}}}}}
  Rights: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [!Ref Role], PolicyDocument: {allows}}}}}
"""
    exported = "Outputs: {Arn: {Value: !GetAtt Role.Arn, Export: {Name: role}}}\n"
    role = "!ImportValue role" if apart else "!GetAtt Role.Arn"
    text = replaced(
        NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": "", "arn:aws:iam::123456789012:role/fn": role}
    )
    texts = {"a": f"Resources:\n{rights}{exported}", "b": text} if apart else {"a": text + rights}
    for name, one in texts.items():
        (tmp_path / f"{name}.yaml").write_text(one)
    facts = Facts(load(sorted(tmp_path.glob("*.yaml"))))
    assert [one.resource for one in rule_named("NF110").find(facts)] == ([] if apart else ["Fn"])


@pytest.mark.parametrize(("port", "expected"), [(80, []), (5432, ["Group"])])
def test_a_load_balancer_answers_only_where_it_listens(tmp_path, port, expected):
    (tmp_path / "template.yaml").write_text(f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{{IpProtocol: -1, CidrIp: 0.0.0.0/0}}]}}}}
  Nlb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Type: network, Subnets: [!Ref A], SecurityGroups: [!Ref Group]}}}}
  Targets: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: 80, Protocol: TCP, VpcId: !Ref Vpc}}}}
  Listener: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Nlb, Port: {port}, Protocol: TCP, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Targets}}]}}}}
""")
    facts = Facts(load([tmp_path / "template.yaml"]))
    assert [problem.resource for problem in rule_named("NF707").find(facts)] == expected


ATTACHED = """
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
"""

MEMBER = """
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Out: {{Type: AWS::EC2::Route, DependsOn: Attached, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  OfSubnet: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref Table, SubnetId: !Ref Subnet}}}}
  Member: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, NetworkInterfaces: [{{DeviceIndex: "0", AssociatePublicIpAddress: {public}, SubnetId: !Ref Subnet, GroupSet: [!Ref Group]}}]}}}}
"""

IPV6_BLOCK = "Ipv6CidrBlock: '2001:db8::/64', AssignIpv6AddressOnCreation: true,"


@pytest.mark.parametrize(
    ("gateway", "severity", "said"),
    [
        ("", Severity.LOW, "though its VPC has no internet gateway"),
        (ATTACHED, Severity.MEDIUM, "admits ssh, redis from 0.0.0.0/0"),
        (ATTACHED + MEMBER.format(public="false"), Severity.LOW, "though the internet does not reach its members"),
        (ATTACHED + MEMBER.format(public="true"), Severity.HIGH, "admits ssh, redis from 0.0.0.0/0"),
    ],
)
def test_what_a_group_opens_to_the_world_is_one_finding(tmp_path, gateway, severity, said):
    (tmp_path / "template.yaml").write_text(
        """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 6379, ToPort: 6379, CidrIp: 0.0.0.0/0}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
"""
        + gateway
    )
    (problem,) = rule_named("NF707").find(Facts(load([tmp_path / "template.yaml"])))
    assert problem.severity == severity
    assert said in problem.message


@pytest.mark.parametrize(
    ("peer", "block", "way", "severity"),
    [
        ("CidrIpv6: '::/0'", "", "DestinationCidrBlock: 0.0.0.0/0", Severity.LOW),
        ("CidrIp: 0.0.0.0/0", "", "DestinationCidrBlock: 0.0.0.0/0", Severity.HIGH),
        ("CidrIp: 0.0.0.0/0", IPV6_BLOCK, "DestinationIpv6CidrBlock: '::/0'", Severity.LOW),
        ("CidrIpv6: '::/0'", IPV6_BLOCK, "DestinationCidrBlock: 0.0.0.0/0", Severity.LOW),
        ("CidrIpv6: '::/0'", IPV6_BLOCK, "DestinationIpv6CidrBlock: '::/0'", Severity.HIGH),
    ],
)
def test_a_group_opens_a_port_to_the_ip_versions_of_its_members(tmp_path, peer, block, way, severity):
    changes = {
        "{VpcId: !Ref Vpc, CidrBlock": f"{{{block} VpcId: !Ref Vpc, CidrBlock",
        "DestinationCidrBlock: 0.0.0.0/0": way,
    }
    member = replaced(MEMBER.format(public="true"), changes)
    facts = facts_of(
        tmp_path,
        f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Six: {{Type: AWS::EC2::VPCCidrBlock, Properties: {{VpcId: !Ref Vpc, Ipv6CidrBlock: '2001:db8::/56', Ipv6Pool: p}}}}
  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 22, ToPort: 22, {peer}}}]}}}}
{ATTACHED}{member}""",
    )
    assert [problem.severity for problem in rule_named("NF707").find(facts)] == [severity]


LED = """
Parameters: {{Service: {{Type: String}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  OfA: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref Table, SubnetId: !Ref A}}}}
  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc}}}}
  Way: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, ServiceName: !Sub 'com.amazonaws.us-east-1.{service}', RouteTableIds: [!Ref Table]}}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/fn
      Code: {{ZipFile: "import boto3\\ns3 = boto3.client('s3')\\ndef handler(e, c): s3.list_buckets()"}}
      VpcConfig: {{SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]}}
"""


@pytest.mark.parametrize(
    ("service", "found"),
    [
        ("dynamodb", {"NF103": Certainty.PROVEN, "NF202": Certainty.PROVEN}),
        ("${Service}", {"NF103": Certainty.UNKNOWN}),
        ("s3", {}),
    ],
)
def test_what_a_missing_value_may_turn_is_not_proven(tmp_path, service, found):
    facts = facts_of(tmp_path, LED.format(service=service))
    rules = {rule: rule_named(rule).find(facts) for rule in ("NF103", "NF202")}
    assert {rule: problem.certainty for rule, problems in rules.items() for problem in problems} == found


SENDING = """
  Failed: {Type: AWS::SQS::Queue}
  Config:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {FunctionName: !Ref Fn, Qualifier: $LATEST, DestinationConfig: {OnFailure: {Destination: !GetAtt Failed.Arn}}}
"""


@pytest.mark.parametrize(("more", "expected"), [("", {"aws:sqs"}), (SENDING, set())])
def test_what_lambda_sends_for_a_function_does_not_pass_its_network(tmp_path, more, expected):
    text = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    text = replaced(text, {"arn:aws:iam::123456789012:role/fn": "!GetAtt Role.Arn"})
    facts = facts_of(tmp_path, text + replaced(ROLE, {"ACTIONS": "[sqs:SendMessage]"}) + more)
    assert {walked.use.destination for walked in facts.walked} == expected


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        *((called, ["Endpoint"]) for called in ("get_object", "head_object", "download_file", "delete_objects", "put_bucket_cors")),
        *((called, []) for called in ("put_object", "upload_file", "copy_object", "get_paginator")),
    ],
)  # fmt: skip
def test_an_endpoint_policy_may_deny_what_the_role_allows_and_the_code_never_calls(tmp_path, called, expected):
    text = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    code = rf"import boto3\ns3 = boto3.client('s3')\ndef handler(event, context): return s3.{called}(Bucket='b')"
    text = replaced(text, {"arn:aws:iam::123456789012:role/fn": "!GetAtt Role.Arn"})
    text = replaced(text, {"def handler(event, context): return 1": code})
    endpoint = """
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.us-east-1.s3
      RouteTableIds: [!Ref Table]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: s3:PutObject, Resource: "*"}]}
"""
    role = replaced(ROLE, {"ACTIONS": "[s3:GetObject, s3:PutObject, s3:DeleteObject, s3:PutBucketCORS]"})
    assert [p.resource for p in rule_named("NF206").find(facts_of(tmp_path, text + role + endpoint))] == expected


@pytest.mark.parametrize(("peer", "expected"), [("0.0.0.0/0", ["Fn"]), ("192.168.0.0/16", [])])
def test_a_group_that_opens_to_private_blocks_needs_the_vpc(tmp_path, peer, expected):
    text = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    text = replaced(text, {"def handler": r"import boto3\nssm = boto3.client('ssm')\ndef handler"})
    rule = f"{{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: {peer}}}"
    text = replaced(text, {"{GroupDescription: g,": f"{{GroupDescription: g, SecurityGroupEgress: [{rule}],"})
    assert [p.resource for p in rule_named("NF101").find(facts_of(tmp_path, text))] == expected


@pytest.mark.parametrize(
    ("host", "expected"), [("api.example.com", ["Fn"]), ("api.corp.example", []), ("wiki.site.example", [])]
)
def test_a_url_of_a_name_that_only_the_vpc_resolves_needs_the_vpc(tmp_path, host, expected):
    text = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    text = replaced(text, {"Runtime:": f"Environment: {{Variables: {{API: 'https://{host}/'}}}}\n      Runtime:"})
    text = replaced(text, {"{CidrBlock: 10.0.0.0/16}": "{CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}"})
    names = """
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.example, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: api.corp.example, Type: A, TTL: 60, ResourceRecords: [192.168.1.5]}}
  Out: {Type: AWS::Route53Resolver::ResolverEndpoint, Properties: {Direction: OUTBOUND, SecurityGroupIds: [!Ref Group], IpAddresses: [{SubnetId: !Ref A}]}}
  Forward: {Type: AWS::Route53Resolver::ResolverRule, Properties: {RuleType: FORWARD, DomainName: site.example, ResolverEndpointId: !Ref Out, TargetIps: [{Ip: 192.168.1.53}]}}
  Forwards: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {ResolverRuleId: !Ref Forward, VPCId: !Ref Vpc}}
"""
    assert [p.resource for p in rule_named("NF101").find(facts_of(tmp_path, text + names))] == expected


CONDITIONED = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {On: {Type: String, Default: "no"}}
Conditions: {Make: !Equals [!Ref On, "yes"]}
Globals: {Api: {Auth: {ApiKeyRequired: true, UsagePlan: {CreateUsagePlan: SHARED}}}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Condition: Make}
  Conditional: {Type: AWS::Serverless::Api, Condition: Make, Properties: {StageName: p}}
  Always: {Type: AWS::Serverless::Api, Properties: {StageName: p}}
  Fn:
    Type: AWS::Serverless::Function
    CONDITION
    Connectors: {ToQueue: {Properties: {Destination: {Id: Queue}, Permissions: [Write]}}}
    Properties:
      Runtime: python3.12
      Handler: index.handler
      InlineCode: "def handler(event, context): return 1"
      Policies: [{SQSSendMessagePolicy: {QueueName: !GetAtt Queue.QueueName}}]
"""


@pytest.mark.parametrize(("condition", "expected"), [("Condition: Make", set()), ("DependsOn: Always", {"FnRole"})])
def test_what_sam_makes_refers_only_to_what_the_template_names(tmp_path, condition, expected):
    facts = facts_of(tmp_path, replaced(CONDITIONED, {"CONDITION": condition}))
    found = {(p.resource, p.message.split("`")[3]) for p in rule_named("NF710").find(facts)}
    assert {resource for resource, target in found if target == "Queue"} >= expected
    assert {target for _, target in found} <= ({"Queue"} if expected else set())


@pytest.mark.parametrize(
    ("more", "expected"),
    [("", ["Fn"]), ("  Made: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Fn.Arn}}\n", [])],
)
def test_function_of_a_custom_resource_runs_once_a_deployment(tmp_path, more, expected):
    text = replaced(NETWORK, {"SUBNETS": "!Ref A", "ZONE_A": "", "ZONE_B": ""})
    made = r"import boto3\ndef handler(event, context): boto3.client('iam')"
    facts = facts_of(tmp_path, replaced(text, {"def handler(event, context): return 1": made}) + more)
    assert [problem.resource for problem in rule_named("NF601").find(facts)] == expected


@pytest.mark.parametrize(
    ("old", "new", "severities"),
    [
        ("EnableDnsHostnames: true", "EnableDnsHostnames: true", [Severity.HIGH]),
        ("EnableDnsHostnames: true", "EnableDnsHostnames: false", []),
        ("${Api}.execute-api", "abcdefghij.execute-api", [Severity.LOW]),
    ],
)
def test_private_dns_shadows_public_apis_that_are_known(tmp_path, old, new, severities):
    facts = facts_of(tmp_path, replaced(rule_named("NF302").example("bad"), {old: new}))
    assert [problem.severity or Severity.HIGH for problem in rule_named("NF302").find(facts)] == severities


@pytest.mark.parametrize(
    ("made", "severity"), [(r"import boto3\nc = boto3.client('sqs')\n", None), ("", Severity.MEDIUM)]
)
def test_public_subnet_breaks_a_function_that_calls_out(tmp_path, made, severity):
    handler = "def handler(event, context): return 1"
    text = replaced(rule_named("NF102").example("bad"), {f"'{handler}'": f'"{made}{handler}"'})
    assert [problem.severity for problem in rule_named("NF102").find(facts_of(tmp_path, text))] == [severity]


def test_an_endpoint_is_no_evidence_that_a_function_uses_it(tmp_path):
    text = replaced(rule_named("NF204").example("bad"), {'boto3.client("ssm")': "1", "ssm.get_parameter": "dict"})
    assert [
        problem.affected for problem in rule_named("NF204").find(facts_of(tmp_path, text)) if problem.affected
    ] == []


@pytest.mark.parametrize(("port", "found"), [(443, False), (444, True)])
def test_a_rule_of_an_unknown_group_may_admit_to_an_endpoint(tmp_path, port, found):
    endpoint, other = tmp_path / "endpoint.yaml", tmp_path / "other.yaml"
    endpoint.write_text(rule_named("NF204").example("bad"))
    other.write_text(f"""
Parameters: {{Which: {{Type: 'AWS::EC2::SecurityGroup::Id'}}}}
Resources:
  FromElsewhere:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {{GroupId: !Ref Which, IpProtocol: tcp, FromPort: {port}, ToPort: {port}, CidrIp: 10.0.0.0/8}}
""")
    assert bool([*rule_named("NF204").find(Facts(load([endpoint, other])))]) is found


@pytest.mark.parametrize(("service", "expected"), [("sns", ["Fn"]), ("apigatewaymanagementapi", [])])
def test_a_client_whose_address_is_in_the_event_is_made_there(tmp_path, service, expected):
    code = f"""
          import boto3
          def handler(event, context):
              context = event["requestContext"]
              client = boto3.client("{service}", endpoint_url="https://" + context["domainName"])
"""
    values = {"ZONE_A": "", "ZONE_B": "", "SUBNETS": "!Ref A"}
    values['{ZipFile: "def handler(event, context): return 1"}'] = "\n        ZipFile: |" + code
    assert found(tmp_path, "NF601", **values) == expected


CACHED = """\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, EndpointConfiguration: {Types: [REGIONAL]}}}
  Authorizer: {Type: AWS::ApiGateway::Authorizer, Properties: {Name: a, RestApiId: !Ref Api, Type: TOKEN,
    IdentitySource: method.request.header.X-Token, AuthorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/x'}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET,
    AuthorizationType: CUSTOM, AuthorizerId: !Ref Authorizer, RequestParameters: {KEY: true},
    Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: 'https://example.com/', CacheKeyParameters: [KEY],
      RequestParameters: {integration.request.header.who: method.request.header.X-Token}}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: v,
    CacheClusterEnabled: true, CacheClusterSize: '0.5', MethodSettings: [{HttpMethod: '*', ResourcePath: '/*', CachingEnabled: true}]}}
"""


@pytest.mark.parametrize(
    ("key", "hints"),
    [
        ("method.request.header.X-Token", []),
        ("integration.request.header.who", []),
        ("method.request.querystring.page", ["add `method.request.header.X-Token` to `CacheKeyParameters`"]),
    ],
)
def test_the_caller_is_who_the_authorizer_says(tmp_path, key, hints):
    facts = facts_of(tmp_path, replaced(CACHED, {"KEY": key}))
    assert [problem.hint for problem in rule_named("NF503").find(facts)] == hints


ENFORCED = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Control: {Type: AWS::EC2::VPCEncryptionControl, Properties: {VpcId: !Ref PLACE, Mode: enforce, LambdaExclusionInput: enable}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Zonal: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref A, ConnectivityType: private}}
  Regional: {Type: AWS::EC2::NatGateway, Properties: {AvailabilityMode: regional, VpcId: !Ref Vpc}}
  Files: {Type: AWS::EFS::FileSystem}
  Mount: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref A, SecurityGroups: [!Ref Group]}}
"""


@pytest.mark.parametrize(("vpc", "expected"), [("Vpc", {"Zonal", "Regional", "Mount"}), ("Other", set())])
def test_what_a_control_refuses_is_in_its_vpc(tmp_path, vpc, expected):
    facts = facts_of(tmp_path, replaced(ENFORCED, {"PLACE": vpc}))
    assert {problem.resource for problem in rule_named("NF725").find(facts)} == expected


FIREWALL = """\
Resources:
  One: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Two: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Names: {Type: AWS::Route53Resolver::FirewallDomainList, Properties: {Domains: ["*.example.org"]}}
  Block: {Type: AWS::Route53Resolver::FirewallRuleGroup, Properties: {FirewallRules: [{Priority: 10, Action: BLOCK, BlockResponse: NXDOMAIN, FirewallDomainListId: !Ref Names}]}}
  Allow: {Type: AWS::Route53Resolver::FirewallRuleGroup, Properties: {FirewallRules: [{Priority: 10, Action: ALLOW, FirewallDomainListId: !Ref Names}]}}
  First: {Type: AWS::Route53Resolver::FirewallRuleGroupAssociation, Properties: {FirewallRuleGroupId: !Ref Allow, VpcId: !Ref One, Priority: 101}}
  Second: {Type: AWS::Route53Resolver::FirewallRuleGroupAssociation, Properties: {FirewallRuleGroupId: !Ref Block, VpcId: !Ref One, Priority: 200}}
"""
ELSEWHERE = """\
  Third: {Type: AWS::Route53Resolver::FirewallRuleGroupAssociation, Properties: {FirewallRuleGroupId: !Ref Block, VpcId: !Ref Two, Priority: 200}}
"""


@pytest.mark.parametrize(("further", "expected"), [("", ["Block"]), (ELSEWHERE, [])])
def test_a_rule_that_queries_of_another_vpc_reach_is_reached(tmp_path, further, expected):
    problems = [*rule_named("NF719").find(facts_of(tmp_path, FIREWALL + further))]
    assert [problem.resource for problem in problems] == expected
    assert all("associate `Block`" in problem.hint for problem in problems)


def test_a_name_that_a_call_or_a_description_has_is_no_plain_text(cloud_of):
    """Only a template writes references: elsewhere the names of the cloud are in their place."""
    cloud = cloud_of(
        replaced(NETWORK, {"ZONE_A": "", "ZONE_B": "", "SUBNETS": "!Ref A"})
        + "  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref A], SecurityGroups: [!Ref Group]}}\n"
    )
    front = cloud.template.resources["Front"]
    rule = new(
        "AWS::EC2::SecurityGroupIngress", "sgr-1", {"GroupId": "Group", "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
    )
    described = Put(replace(front, id="other", stack="", references=(), properties={"Subnets": ["A"]}))
    after = changed(cloud, [updated(front, Subnets=["A", "B"]), rule, described])
    assert [*rule_named("NF715").find(Facts(after))] == []


@pytest.mark.parametrize("folder", ["", "OriginPath: /site"])
@pytest.mark.parametrize(
    ("objects", "expected"),
    [("*", []), ("site/*", []), ("*.html", []), ("site/index.html", []), ("public/*", ["Edge"])],
)
def test_a_bucket_may_admit_its_distribution_to_some_objects(tmp_path, folder, objects, expected):
    rule = rule_named("NF307")
    changes = {
        "S3OriginConfig: {}": f"{folder}\n            S3OriginConfig: {{}}",
        "${Files.Arn}/*": f"${{Files.Arn}}/{objects}",
    }
    problems = rule.find(facts_of(tmp_path, replaced(rule.example("good"), changes)))
    assert [problem.resource for problem in problems] == (expected if folder else [])


@pytest.mark.parametrize(
    ("connect", "severity"),
    [("AWS_IAM", Severity.LOW), ("CUSTOM", Severity.LOW), ("NONE", Severity.MEDIUM), (None, Severity.MEDIUM)],
)
def test_a_web_socket_api_is_as_open_as_its_connect_route(tmp_path, connect, severity):
    """Its other routes cannot have authorization."""
    route = "  {}: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Api, RouteKey: {}, AuthorizationType: {}}}}}\n"
    text = """\
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: prod}}
"""
    routes = route.format("Default", "$default", "NONE") + (
        route.format("Connect", "$connect", connect) if connect else ""
    )
    (problem,) = rule_named("NF501").find(facts_of(tmp_path, text + routes))
    assert problem.severity is severity
