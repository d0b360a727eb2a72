"""Requests to APIs: door, host rule, policies, authorization, throttle, integration, and what the caller sees."""

import re
from pathlib import Path

import pytest

from netful.engine.flows.codes import Code
from netful.engine.trace.question import parse
from netful.render.text import outcome
from tests.helpers.ids import api_id
from tests.helpers.texts import replaced

NETWORK = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, EnableDnsSupport: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Sg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: all of the VPC
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
  Door:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: com.amazonaws.us-east-1.execute-api
      SubnetIds: [!Ref Subnet]
      SecurityGroupIds: [!Ref Sg]
      PrivateDnsEnabled: true
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Statement: []}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      Role: !GetAtt Role.Arn
      Code: {ZipFile: x}
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Sg]}
"""
MOCK = "{Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}"
API = """
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: a, EndpointConfiguration: {Types: [%(type)s]}%(policy)s}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: %(auth)s
      Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: live
"""
OPEN = "{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/*'%s}"
FORBIDDEN = '{"message":"Forbidden"}'
DENIED = (
    '{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: '
    f'arn:aws:execute-api:us-east-1:********9012:{api_id("Api")}/live/GET/%s"}}'
)


def template(kind="REGIONAL", statements=(), auth="NONE", more=""):
    policy = f", Policy: {{Statement: [{', '.join(statements)}]}}" if statements else ""
    return "Resources:\n" + NETWORK + API % {"type": kind, "policy": policy, "auth": auth} + more


def codes(path):
    return [hop.code for hop in path.hops if hop.verdict == "deny"]


def seen(path):
    return path.symptom.status, path.symptom.body


def test_public_api_from_the_internet(cloud_of, ask):
    path = ask(cloud_of(template()), "internet", "Api GET /live/")
    assert path.verdict == "reachable"
    assert [hop.kind for hop in path.hops][-5:] == ["host", "route", "authorization", "throttle", "integration"]


def test_private_dns_captures_public_apis(cloud_of, ask):
    path = ask(cloud_of(template()), "Fn", "Api GET /live/")
    assert codes(path) == ["NETFUL_API_PUBLIC_THROUGH_ENDPOINT"]
    assert seen(path) == (403, FORBIDDEN)
    assert path.hint


def test_private_api_through_its_endpoint(cloud_of, ask):
    cloud = cloud_of(template("PRIVATE", [OPEN % ", Condition: {StringEquals: {aws:SourceVpce: !Ref Door}}"]))
    path = ask(cloud, "Fn", "Api GET /live/")
    assert path.verdict == "reachable"
    assert "Door" in [hop.component for hop in path.hops]
    assert ask(cloud, "Fn", "https://api.execute-api.us-east-1.amazonaws.com/live/").verdict == "reachable"


def test_a_lost_answer_is_named_before_the_refusal_that_it_hides(cloud_of, ask):
    acl = """
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  OfAcl: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Near, NetworkAclId: !Ref Acl}}
  Leaving: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}}
  Near: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
"""
    text = replaced(
        template("PRIVATE", [OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-2}}"], more=acl),
        {"VpcConfig: {SubnetIds: [!Ref Subnet]": "VpcConfig: {SubnetIds: [!Ref Near]"},
    )
    path = ask(cloud_of(text), "Fn", "Api GET /live/")
    lost, refused = path.denials
    assert (lost.kind, lost.component, refused.code) == ("nacl in", "Acl", "NETFUL_API_RESOURCE_POLICY_DENY")
    assert path.symptom.kind == "timeout"
    assert outcome(path) == f"timeout at hop {lost.n} of {len(path.every_hop)}, then {refused.n}"
    assert [hint.rpartition(" ")[2] for hint in path.advice] == ["`Acl`", "`Api`"]
    assert path.to_json()["advice"] == [*path.advice]


DENYING = "{Effect: Deny, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/*', Condition: {StringNotEquals: {aws:SourceVpc: vpc-9}}}"
PUBLIC_DOMAIN = """
  Domain: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: api.example.com, RegionalCertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a', EndpointConfiguration: {Types: [REGIONAL]}}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: api.example.com, Type: A, AliasTarget: {DNSName: !GetAtt Domain.RegionalDomainName, HostedZoneId: !GetAtt Domain.RegionalHostedZoneId}}}
"""
VERSIONED = "  Mapping: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Domain, RestApiId: !Ref Api, Stage: !Ref Stage, BasePath: v1}}\n"


@pytest.mark.parametrize("off", ["PrivateDnsEnabled: false", "PrivateDnsEnabled: true"])
@pytest.mark.parametrize("kind", ["REGIONAL", "PRIVATE"])
def test_private_dns_is_suggested_for_private_apis_alone(cloud_of, ask, kind, off):
    text = replaced(template(kind, [OPEN % ""]), {"PrivateDnsEnabled: true": off})
    turned_on = "set `PrivateDnsEnabled: true` on `Door`, so that the name leads to the endpoint"
    path = ask(cloud_of(text), "Fn", "Api GET /live/")
    assert (path.hint == turned_on) is (kind == "PRIVATE" and off.endswith("false"))


def test_a_private_api_without_an_endpoint_needs_one(cloud_of, ask):
    text = re.sub(r"  Door:.*?  Role:", "  Role:", template("PRIVATE", [OPEN % ""]), flags=re.DOTALL)
    assert ask(cloud_of(text), "Fn", "Api GET /live/").hint.startswith("add a VPC endpoint for `aws:execute-api`")


@pytest.mark.parametrize("statements", [[OPEN % "", DENYING], [DENYING]])
def test_no_allow_is_suggested_against_an_explicit_denial(cloud_of, ask, statements):
    path = ask(cloud_of(template("PRIVATE", statements)), "Fn", "Api GET /live/")
    assert (
        path.hint
        == f"narrow statement {len(statements)} in the policy of `Api`: it denies this, whatever else allows it"
    )


@pytest.mark.parametrize(
    ("mapped", "hint"), [("", "map a base path of `Domain` to an API"), (VERSIONED, "begin the path with a base path of `Domain` (`/v1`)")]
)  # fmt: skip
def test_the_base_paths_of_a_domain_are_named(cloud_of, ask, mapped, hint):
    path = ask(cloud_of(template(more=PUBLIC_DOMAIN + mapped)), "internet", "https://api.example.com/live/")
    assert codes(path) == ["NETFUL_API_NO_BASE_PATH"]
    assert path.hint.startswith(hint)


def test_private_api_from_the_internet(cloud_of, ask):
    path = ask(cloud_of(template("PRIVATE", [OPEN % ""])), "internet", "Api GET /live/")
    assert codes(path) == ["NETFUL_API_PRIVATE_FROM_OUTSIDE"]
    assert seen(path) == (403, FORBIDDEN)
    assert codes(ask(cloud_of(template("PRIVATE", [OPEN % ""])), "internet", "Api")) == codes(path)


def test_private_api_without_a_policy_refuses_everybody(cloud_of, ask):
    path = ask(cloud_of(template("PRIVATE")), "Fn", "Api GET /live/")
    assert codes(path) == ["NETFUL_API_PRIVATE_WITHOUT_POLICY"]
    assert path.to_json()["symptom"] == {"kind": "http", "status": 403, "body": DENIED % ""}
    assert seen(path) == (403, DENIED % "")


@pytest.mark.parametrize(
    ("statements", "source", "code", "body"),
    [
        ([OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-2}}"], "Fn", "RESOURCE_POLICY_DENY", DENIED % ""),
        (
            [OPEN % "", replaced(OPEN % ", Condition: {StringNotEquals: {aws:SourceVpce: vpce-2}}", {"Allow": "Deny"})],
            "Fn",
            "RESOURCE_POLICY_DENY",
            (DENIED % "").replace('"}', ' with an explicit deny"}'),
        ),
        ([OPEN % ", Condition: {StringEquals: {aws:SourceVpc: !Ref Vpc}}"], "Fn", "", ""),
        ([OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-2}}"], "endpoint:vpce-2", "", ""),
        ([(OPEN % "").replace("/*", "/live/POST/*")], "Fn", "RESOURCE_POLICY_DENY", DENIED % ""),
        ([OPEN % ", Condition: {IpAddress: {aws:VpcSourceIp: 10.0.1.0/24}}"], "Fn", "", ""),
        ([OPEN % ", Condition: {IpAddress: {aws:SourceIp: 10.0.1.0/24}}"], "Fn", "RESOURCE_POLICY_DENY", DENIED % ""),
    ],
)
def test_resource_policy_of_a_private_api(cloud_of, ask, statements, source, code, body):
    path = ask(cloud_of(template("PRIVATE", statements)), source, "Api GET /live/")
    assert codes(path) == ([f"NETFUL_API_{code}"] if code else [])
    assert path.symptom.body == body


@pytest.mark.parametrize(("block", "verdict"), [("0.0.0.0/0", "reachable"), ("203.0.113.7/32", "blocked")])
def test_ip_allow_list_of_a_public_api(cloud_of, ask, block, verdict):
    cloud = cloud_of(template(statements=[OPEN % f", Condition: {{IpAddress: {{aws:SourceIp: {block}}}}}"]))
    assert ask(cloud, "internet", "Api GET /live/").verdict == verdict


@pytest.mark.parametrize(
    ("condition", "headers", "verdict"),
    [
        ("StringLike: {aws:Referer: 'https://shop.example/*'}", " Referer: https://shop.example/cart", "reachable"),
        ("StringLike: {aws:Referer: 'https://shop.example/*'}", " Referer: https://x.example/", "blocked"),
        ("StringNotLike: {aws:UserAgent: 'curl/*'}", " User-Agent: curl/8", "blocked"),
        ("StringLike: {aws:Referer: 'https://shop.example/*'}", "", "unknown"),  # a client may send any
    ],
)
def test_policies_see_headers_of_the_question(cloud_of, ask, condition, headers, verdict):
    cloud = cloud_of(template(statements=[OPEN % f", Condition: {{{condition}}}"]))
    assert ask(cloud, "internet", f"Api GET /live/{headers}").verdict == verdict


@pytest.mark.parametrize(
    ("statements", "source", "verdict", "status"),
    [
        ([], "internet", "blocked", 403),
        ([OPEN % ""], "endpoint:vpce-1", "blocked", 403),
        ([OPEN % ""], "endpoint:vpce-1+signed", "reachable", None),
        ([OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-1}}"], "endpoint:vpce-2+signed", "unknown", None),
        ([OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-1}}"], "Fn", "blocked", 403),
        (
            [replaced(OPEN % "", {"'*', Action": "{AWS: '123456789012'}, Action"})],
            "endpoint:vpce-1+signed",
            "unknown",
            None,
        ),
        (
            [replaced(OPEN % "", {"'*', Action": "{AWS: '999999999999'}, Action"})],
            "endpoint:vpce-1+signed",
            "unknown",
            None,
        ),
    ],
)
def test_iam_authorization(cloud_of, ask, statements, source, verdict, status):
    kind = "REGIONAL" if source == "internet" else "PRIVATE"
    statements = statements or [OPEN % ""] * (kind == "PRIVATE")
    path = ask(cloud_of(template(kind, statements, "AWS_IAM")), source, "Api GET /live/")
    assert (path.verdict, path.symptom.status) == (verdict, status)


def test_identity_policy_of_a_function_suffices_within_an_account(cloud_of, ask):
    fenced = [OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-1}}"]
    allows = "{Effect: Allow, Action: execute-api:Invoke, Resource: 'arn:aws:execute-api:*:*:*/live/GET/*'}"
    role = f"Properties: {{Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{allows}]}}}}], "
    text = replaced(template("PRIVATE", fenced, "AWS_IAM"), {"Properties: {Assume": role + "Assume"})
    path = ask(cloud_of(text), "Fn", "Api GET /live/")
    assert path.verdict == "reachable"
    assert "the client signs its requests (SigV4)" in path.assumptions


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [
        ("{Effect: Allow, Action: 'execute-api:*', Resource: '*'}", "reachable"),
        ("{Effect: Allow, Action: 's3:*', Resource: '*'}", "blocked"),
        ("{Effect: Deny, Action: '*', Resource: '*'}", "blocked"),
    ],
)
def test_permissions_boundary_of_a_function_limits_what_its_policy_allows(cloud_of, ask, limit, verdict):
    fenced = [OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-1}}"]
    allows = "{Effect: Allow, Action: execute-api:Invoke, Resource: '*'}"
    role = f"Properties: {{PermissionsBoundary: !Ref Limit, Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{allows}]}}}}], "
    policy = f"  Limit: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Statement: [{limit}]}}}}}}\n"
    text = replaced(template("PRIVATE", fenced, "AWS_IAM", policy), {"Properties: {Assume": role + "Assume"})
    assert ask(cloud_of(text), "Fn", "Api GET /live/").verdict == verdict


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("aws:PrincipalType: AssumedRole", "reachable"),
        ("aws:PrincipalType: User", "blocked"),
        ("aws:PrincipalTag/team: blue", "reachable"),
        ("aws:PrincipalTag/team: red", "blocked"),
        ("aws:PrincipalTag/other: blue", "blocked"),
    ],
)
def test_policy_sees_the_signer_s_role(cloud_of, ask, condition, verdict):
    allows = (
        f"{{Effect: Allow, Action: execute-api:Invoke, Resource: '*', Condition: {{StringEquals: {{{condition}}}}}}}"
    )
    role = f"Properties: {{Tags: [{{Key: team, Value: blue}}], Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{allows}]}}}}], "
    fenced = [OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-1}}"]
    text = replaced(template("PRIVATE", fenced, "AWS_IAM"), {"Properties: {Assume": role + "Assume"})
    assert ask(cloud_of(text), "Fn", "Api GET /live/").verdict == verdict


OWN, OTHER, ROOT = "!GetAtt Role.Arn", "'arn:aws:iam::123456789012:role/other'", "'arn:aws:iam::123456789012:root'"
SESSION = "!Sub 'arn:aws:sts::${AWS::AccountId}:assumed-role/${Role}/${Fn}'"
INVOKE = "Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: 'execute-api:*', Resource: '*'}]}}], "
LIMIT = "PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', "
TAGS = "Tags: [{Key: team, Value: blue}], "


def allow(principal, effect="Allow", element="Principal"):
    return replaced(OPEN % "", {"Allow": effect, "Principal: '*'": f"{element}: {{AWS: [{principal}]}}"})


@pytest.mark.parametrize(
    ("statements", "role", "verdict"),
    [
        ([allow(OWN)], "", "reachable"),
        ([allow(SESSION)], "", "reachable"),
        ([allow(OTHER)], "", "blocked"),
        ([allow(OTHER)], INVOKE, "reachable"),
        ([allow(ROOT)], "", "blocked"),  # which delegates to the policies of the role
        ([allow(ROOT)], INVOKE, "reachable"),
        ([allow(OWN)], LIMIT, "blocked"),
        ([allow(SESSION)], LIMIT, "reachable"),
        ([OPEN % "", allow(OWN, "Deny")], "", "blocked"),
        ([OPEN % "", allow(ROOT, "Deny")], "", "blocked"),
        ([OPEN % "", allow(OTHER, "Deny")], "", "reachable"),
        ([OPEN % "", allow(f"{OWN}, {SESSION}, {ROOT}", "Deny", "NotPrincipal")], "", "reachable"),
        ([OPEN % "", allow(f"{OTHER}, {ROOT}", "Deny", "NotPrincipal")], "", "blocked"),
        ([OPEN % ", Condition: {StringEquals: {'aws:PrincipalTag/team': blue}}"], TAGS, "reachable"),
        ([OPEN % ", Condition: {StringEquals: {'aws:PrincipalTag/team': red}}"], TAGS, "blocked"),
        ([OPEN % ", Condition: {StringEquals: {'aws:Unheard': blue}}"], "", "unknown"),
        ([OPEN % ", Condition: {StringEquals: {'aws:Unheard': blue}}"], INVOKE, "reachable"),
    ],
)
def test_resource_policy_names_the_role_that_signs(cloud_of, ask, statements, role, verdict):
    text = replaced(template("PRIVATE", statements, "AWS_IAM"), {"Properties: {Assume": f"Properties: {{{role}Assume"})
    assert ask(cloud_of(text), "Fn", "Api GET /live/").verdict == verdict


@pytest.mark.parametrize(("principal", "verdict"), [(OWN, "reachable"), (OTHER, "blocked"), (ROOT, "reachable")])
def test_endpoint_policy_names_the_role_that_signs(cloud_of, ask, principal, verdict):
    policy = f"PrivateDnsEnabled: true\n      PolicyDocument: {{Statement: [{allow(principal).replace('execute-api:/*', '*')}]}}"
    text = replaced(template("PRIVATE", [OPEN % ""], "AWS_IAM"), {"PrivateDnsEnabled: true": policy})
    assert ask(cloud_of(text), "Fn", "Api GET /live/").verdict == verdict


TASK = """
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      TaskRoleArn: !GetAtt Role.Arn
      ContainerDefinitions: [{Name: a, Image: a}]
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      LaunchType: FARGATE
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet], SecurityGroups: [!Ref Sg]}}
"""


@pytest.mark.parametrize(("principal", "verdict"), [(OWN, "reachable"), (OTHER, "blocked")])
def test_task_signs_with_its_role(cloud_of, ask, principal, verdict):
    cloud = cloud_of(template("PRIVATE", [allow(principal)], "AWS_IAM", TASK))
    assert ask(cloud, "Service", "Api GET /live/").verdict == verdict


@pytest.mark.parametrize(
    ("managed", "verdict"),
    [
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "blocked"),
        ("arn:aws:iam::aws:policy/AdministratorAccess", "reachable"),
        ("arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess", "reachable"),
        ("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "blocked"),
        ("arn:aws:iam::aws:policy/Unread", "unknown"),
        ("!ImportValue policy", "unknown"),
    ],
)
def test_managed_policies_of_a_function_may_allow_it(cloud_of, ask, managed, verdict):
    fenced = [OPEN % ", Condition: {StringEquals: {aws:SourceVpce: vpce-1}}"]
    text = replaced(
        template("PRIVATE", fenced, "AWS_IAM"),
        {"Properties: {Assume": f"Properties: {{ManagedPolicyArns: [{managed}], Assume"},
    )
    assert ask(cloud_of(text), "Fn", "Api GET /live/").verdict == verdict


def test_endpoint_policy_comes_before_the_api_s_own(cloud_of, ask):
    policy = "PrivateDnsEnabled: true\n      PolicyDocument: {Statement: [%s]}"
    other = "{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: 'arn:aws:execute-api:*:*:other/*'}"
    text = replaced(template("PRIVATE", [OPEN % ""]), {"PrivateDnsEnabled: true": policy % other})
    path = ask(cloud_of(text), "Fn", "Api GET /live/")
    assert codes(path) == ["NETFUL_ENDPOINT_POLICY_DENY"]
    assert seen(path) == (403, DENIED % "")
    refused = ask(cloud_of(text), "Fn", "https://zzzzz99999.execute-api.us-east-1.amazonaws.com/live/")
    assert refused.verdict == "blocked"
    assert ask(cloud_of(text), "Fn", "https://other.execute-api.us-east-1.amazonaws.com/live/").verdict == "reachable"


@pytest.mark.parametrize(
    ("request_", "code", "body"),
    [
        ("GET /wrong/", "NETFUL_API_NO_STAGE", FORBIDDEN),
        ("GET /live/missing", "NETFUL_API_NO_ROUTE", '{"message":"Missing Authentication Token"}'),
        ("POST /live/", "NETFUL_API_NO_ROUTE", '{"message":"Missing Authentication Token"}'),
    ],
)
def test_what_is_not_deployed(cloud_of, ask, request_, code, body):
    path = ask(cloud_of(template()), "internet", f"Api {request_}")
    assert codes(path) == [code]
    assert seen(path) == (403, body)


def test_a_limit_of_zero_refuses_everything(cloud_of, ask):
    settings = "StageName: live\n      MethodSettings: [{ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: 0}]"
    path = ask(cloud_of(replaced(template(), {"StageName: live": settings})), "internet", "Api GET /live/")
    assert codes(path) == ["NETFUL_API_THROTTLED"]
    assert seen(path) == (429, '{"message":"Too Many Requests"}')


def test_required_key_without_a_plan_is_unknown(cloud_of, ask):
    text = replaced(template(), {"HttpMethod: GET\n": "HttpMethod: GET\n      ApiKeyRequired: true\n"})
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert path.verdict == "unknown"
    assert path.missing == ("the usage plan of Api",)


FUNCTION = (
    "{Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/"
    "2015-03-31/functions/${Fn.Arn}/invocations'}"
)
PERMISSION = """
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref Fn, Principal: apigateway.amazonaws.com}
"""


OF_URL = replaced(PERMISSION, {"apigateway.amazonaws.com": "'*', InvokedViaFunctionUrl: true"})
OF_ANOTHER_ACTION = replaced(PERMISSION, {"lambda:InvokeFunction": "lambda:GetFunction"})


@pytest.mark.parametrize(
    ("permission", "status"), [("", 500), (PERMISSION, None), (OF_URL, 500), (OF_ANOTHER_ACTION, 500)]
)
def test_function_must_permit_api_gateway(cloud_of, ask, permission, status):
    text = replaced(template(more=permission), {MOCK: FUNCTION})
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert path.symptom.status == status
    assert codes(path) == (["NETFUL_API_NO_INVOKE_PERMISSION"] if status else [])


@pytest.mark.parametrize(("method", "status"), [("GET", None), ("POST", 500)])
def test_permission_of_a_route_for_any_method_is_for_the_method_of_the_request(cloud_of, ask, method, status):
    arn = "!Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/'"
    more = replaced(PERMISSION, {"apigateway.amazonaws.com}": f"apigateway.amazonaws.com, SourceArn: {arn}}}"})
    text = replaced(template(more=more), {MOCK: FUNCTION, "HttpMethod: GET\n": "HttpMethod: ANY\n"})
    path = ask(cloud_of(text), "internet", f"Api {method} /live/")
    assert path.symptom.status == status
    assert path.hops[-1].rule.startswith(
        "no `AWS::Lambda::Permission` lets API Gateway invoke Fn for Api/live/POST/" if status else "AWS_PROXY"
    )


ALIAS = """
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Fn, FunctionVersion: "1", Name: live}}
"""


@pytest.mark.parametrize("called", ["Fn.Arn", "Alias"])
@pytest.mark.parametrize("permitted", ["!Ref Fn", "!Ref Alias", "!Sub '${Fn}:live'"])
def test_an_alias_has_permissions_of_its_own(cloud_of, ask, called, permitted):
    more = ALIAS + replaced(PERMISSION, {"!Ref Fn": permitted})
    text = replaced(template(more=more), {MOCK: replaced(FUNCTION, {"Fn.Arn": called})})
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert (path.verdict == "reachable") == ((called == "Fn.Arn") == (permitted == "!Ref Fn"))
    if path.verdict != "reachable":
        to = "Fn" if called == "Fn.Arn" else "Fn:live"
        assert path.hint == f"add a permission for `apigateway.amazonaws.com` to invoke `{to}`"


@pytest.mark.parametrize(
    ("source", "permitted"),
    [
        ("${Api}/*", True),
        ("${Api}/live/GET/", True),
        ("${Api}/*/*/", True),
        ("*/live/*", True),
        ("${Api}", False),
        ("${Api}/test/GET/", False),
        ("${Api}/live/POST/", False),
        ("${Api}/*/GET/orders", False),
        ("other/*", False),
    ],
)
def test_permission_is_for_a_stage_a_method_and_a_path(cloud_of, ask, source, permitted):
    arn = f"!Sub 'arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{source}'"
    more = replaced(PERMISSION, {"apigateway.amazonaws.com}": f"apigateway.amazonaws.com, SourceArn: {arn}}}"})
    path = ask(cloud_of(replaced(template(more=more), {MOCK: FUNCTION})), "internet", "Api GET /live/")
    assert path.symptom.status == (None if permitted else 500)
    if not permitted:
        assert "Api/live/GET/" in path.hops[-1].rule


@pytest.mark.parametrize(("associated", "code"), [("Door", ""), ("vpce-2", "NETFUL_API_NOT_ASSOCIATED")])
def test_alias_of_an_association(cloud_of, ask, associated, code):
    text = replaced(
        template("PRIVATE", [OPEN % ""]), {"Types: [PRIVATE]": f"Types: [PRIVATE], VpcEndpointIds: [{associated}]"}
    )
    path = ask(cloud_of(text), "Fn", "https://api-vpce-door.execute-api.us-east-1.amazonaws.com/live/")
    assert codes(path) == ([code] if code else [])
    assert path.hint == ("add `Door` to the `VpcEndpointIds` of `Api`" if code else "")


def test_endpoint_s_own_name_names_no_api(cloud_of, ask):
    cloud = cloud_of(template("PRIVATE", [OPEN % ""]))
    from netful.engine.names.endpoint_names import regional_name

    name = regional_name(cloud, cloud.network.vpc_endpoints["Door"])
    path = ask(cloud, "Fn", f"https://{name}/live/")
    assert codes(path) == ["NETFUL_API_HOST_UNKNOWN"]
    assert path.hint == "send `x-apigw-api-id` with the id of `Api`, or its own name as Host"


DOMAIN = """
  Domain: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: api.example.com}}
  Mapping:
    Type: AWS::ApiGateway::BasePathMapping
    Properties: {DomainName: !Ref Domain, RestApiId: !Ref Api, BasePath: orders, Stage: live}
"""


@pytest.mark.parametrize(("path_", "code"), [("/orders", ""), ("/orders/", ""), ("/other", "NETFUL_API_NO_BASE_PATH")])
def test_custom_domain_has_no_stage_in_its_path(cloud_of, ask, path_, code):
    path = ask(cloud_of(template(more=DOMAIN)), "internet", f"https://api.example.com{path_}")
    assert codes(path) == ([code] if code else [])


@pytest.mark.parametrize(
    ("mode", "hint"),
    [("BASE_PATH_MAPPING_ONLY", "begin the path with a base path of `Domain` (`/orders`), or map this one to an API"), ("ROUTING_RULE_ONLY", "add a routing rule to `Domain`")],
)  # fmt: skip
def test_the_hint_is_what_the_routing_mode_of_a_domain_permits(cloud_of, ask, mode, hint):
    text = template(more=DOMAIN.replace("api.example.com}", f"api.example.com, RoutingMode: {mode}}}"))
    assert ask(cloud_of(text), "internet", "https://api.example.com/other").hint == hint


WILDCARD = """
  Every: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: '*.example.com', EndpointConfiguration: {Types: [REGIONAL]}}}
"""


@pytest.mark.parametrize("more", [DOMAIN + WILDCARD, WILDCARD + DOMAIN])
@pytest.mark.parametrize(("host", "code"), [("api", []), ("other", ["NETFUL_API_NO_BASE_PATH"])])
def test_exact_custom_domain_comes_before_a_wildcard(cloud_of, ask, more, host, code):
    assert codes(ask(cloud_of(template(more=more)), "internet", f"https://{host}.example.com/orders")) == code


@pytest.mark.parametrize(
    ("path_", "code"),
    [
        ("/ping", "NETFUL_API_RESERVED_PATH"),
        ("/sping", "NETFUL_API_RESERVED_PATH"),
        ("/orders", ""),
        ("/pings", "NETFUL_API_NO_BASE_PATH"),
    ],
)
def test_reserved_path_of_a_custom_domain(cloud_of, ask, path_, code):
    path = ask(cloud_of(template(more=DOMAIN)), "internet", f"https://api.example.com{path_}")
    assert codes(path) == ([code] if code else [])
    if code == "NETFUL_API_RESERVED_PATH":
        assert seen(path) == (200, "healthy")


def test_domain_that_asks_for_a_client_certificate(cloud_of, ask):
    """Whether a client has one nobody can know beforehand: the path says what it takes for granted."""
    properties = (
        "MutualTlsAuthentication: {TruststoreUri: s3://stores/clients.pem}, EndpointConfiguration: {Types: [REGIONAL]}"
    )
    asks = DOMAIN.replace("DomainName: api.example.com", f"DomainName: api.example.com, {properties}", 1)
    path = ask(cloud_of(template(more=asks)), "internet", "https://api.example.com/orders")
    assert path.verdict == "reachable"
    assumed = "the client shows api.example.com a certificate of an authority in s3://stores/clients.pem"
    assert assumed in path.assumptions


HTTP_API = """
Resources:
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  Get: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: GET /a, Target: !Sub "integrations/${Web}"}}
  Web: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: https://e.org}}
"""


def test_http_api_answers_404(cloud_of, ask):
    http = (
        HTTP_API
        + "  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}\n"
    )
    assert ask(cloud_of(http), "internet", "Http GET /a").verdict == "reachable"
    assert seen(ask(cloud_of(http), "internet", "Http GET /b")) == (404, '{"message":"Not Found"}')


@pytest.mark.parametrize(
    ("stage", "deployment", "verdict"),
    [
        ("", "", "blocked"),
        ("AutoDeploy: false", "StageName: other", "blocked"),
        ("AutoDeploy: true", "", "reachable"),
        ("AutoDeploy: !Ref Given", "", "reachable"),
        ("DeploymentId: !Ref Deployed", "", "reachable"),
        ("", "StageName: !Ref Stage", "reachable"),
    ],
)
def test_a_stage_of_an_http_api_serves_what_is_deployed(cloud_of, ask, stage, deployment, verdict):
    http = (
        HTTP_API
        + f"""
  Stage: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Http, StageName: live, {stage}}}}}
  Deployed: {{Type: AWS::ApiGatewayV2::Deployment, DependsOn: Get, Properties: {{ApiId: !Ref Http, {deployment}}}}}
Parameters: {{Given: {{Type: String}}}}
"""
    )
    path = ask(cloud_of(http), "internet", "Http GET /live/a")
    assert path.verdict == verdict
    assert [hop.code for hop in path.denials] == [Code.NETFUL_API_NOT_DEPLOYED] * (verdict == "blocked")


PRIVATE_DOMAIN = """
  Domain:
    Type: AWS::ApiGateway::DomainNameV2
    Properties: {DomainName: api.corp.example, EndpointConfiguration: {Types: [PRIVATE]}}
  Mapping:
    Type: AWS::ApiGateway::BasePathMappingV2
    Properties: {DomainNameArn: !GetAtt Domain.DomainNameArn, RestApiId: !Ref Api, Stage: live}
"""
ACCESS = """
  Access:
    Type: AWS::ApiGateway::DomainNameAccessAssociation
    Properties:
      DomainNameArn: !GetAtt Domain.DomainNameArn
      AccessAssociationSource: !Ref Door
      AccessAssociationSourceType: VPCE
"""


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("PRIVATE", "", "NETFUL_API_NOT_ASSOCIATED"),
        ("PRIVATE", ACCESS, ""),
        ("REGIONAL", ACCESS, "NETFUL_API_PUBLIC_THROUGH_ENDPOINT"),
    ],
)
def test_private_domain_needs_an_access_association(cloud_of, ask, kind, more, code):
    cloud = cloud_of(template(kind, [OPEN % ""], more=PRIVATE_DOMAIN + more))
    path = ask(cloud, "endpoint:Door", "https://api.corp.example/")
    assert codes(path) == ([code] if code else [])
    assert path.verdict == ("blocked" if code else "reachable")
    assert ("with `Door` by an `AWS::ApiGateway::DomainNameAccessAssociation`" in path.hint) is (not more)


@pytest.mark.parametrize(("policy", "assumes"), [("", True), (f", Policy: {{Statement: [{OPEN % ''}]}}", False)])
def test_private_domain_without_a_policy_is_an_assumption(cloud_of, ask, policy, assumes):
    domain = replaced(PRIVATE_DOMAIN, {"{DomainName: api.corp.example": "{DomainName: api.corp.example" + policy})
    cloud = cloud_of(template("PRIVATE", [OPEN % ""], more=domain + ACCESS))
    path = ask(cloud, "endpoint:Door", "https://api.corp.example/")
    assert (path.verdict, any("policy" in text for text in path.assumptions)) == ("reachable", assumes)


@pytest.mark.parametrize(
    ("arn", "verdict", "code"),
    [
        ("arn:aws:apigateway:us-east-1:999999999999:/domainnames/api.corp.example+abcd123456", "reachable", []),
        ("arn:aws:apigateway:us-east-1:999999999999:/domainnames/other.corp.example+abcd123456", "blocked", ["NETFUL_API_HOST_UNKNOWN"]),
        ("!Ref Arn", "unknown", []),
    ],
)  # fmt: skip
def test_private_domain_of_another_account(cloud_of, ask, arn, verdict, code):
    access = replaced(ACCESS, {"!GetAtt Domain.DomainNameArn": arn})
    text = "Parameters: {Arn: {Type: String}}\n" + template("PRIVATE", [OPEN % ""], more=access)
    path = ask(cloud_of(text), "endpoint:Door", "https://api.corp.example/")
    assert (path.verdict, codes(path)) == (verdict, code)
    assert verdict != "unknown" or path.missing == ("Arn",)


@pytest.mark.parametrize(("path", "verdict"), [("/orders", "reachable"), ("/new", "unknown")])
def test_base_path_that_is_not_known(cloud_of, ask, path, verdict):
    more = """
  Other:
    Type: AWS::ApiGateway::BasePathMapping
    Properties: {DomainName: !Ref Domain, RestApiId: !Ref Api, Stage: live, BasePath: !Ref Base}
"""
    text = "Parameters: {Base: {Type: String}}\n" + template(more=DOMAIN + more)
    found = ask(cloud_of(text), "internet", f"https://api.example.com{path}")
    assert found.verdict == verdict
    assert found.missing == (("Base",) if verdict == "unknown" else ())
    assert verdict == "unknown" or any("base path of Other" in one for one in found.assumptions)


def test_private_domain_whose_endpoint_is_not_known(cloud_of, ask):
    access = replaced(ACCESS, {"!Ref Door": "!Ref Endpoint"})
    text = "Parameters: {Endpoint: {Type: String}}\n" + template("PRIVATE", [OPEN % ""], more=PRIVATE_DOMAIN + access)
    path = ask(cloud_of(text), "endpoint:Door", "https://api.corp.example/")
    assert (path.verdict, path.missing) == ("unknown", ("Endpoint",))


VIA = "{Effect: Deny, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/*', Condition: {%s: {execute-api:viaDomainArn: %s}}}"
DOMAIN_ARN = (
    "!Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:/domainnames/api.corp.example+${Domain.DomainNameId}'"
)


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        (("StringNotEquals", DOMAIN_ARN), ["API"]),
        (("ArnLike", "'arn:aws:execute-api:*:*:/domainnames/api.corp.example+*'"), ["the domain name"]),
        (("StringNotEquals", "'arn:aws:execute-api:us-east-1:123456789012:/domainnames/api.corp.example+0123456789'"), ["API", "the domain name"]),
    ],
)  # fmt: skip
def test_policy_heeds_the_private_domain_name_of_a_request(cloud_of, ask, condition, denied):
    cloud = cloud_of(template("PRIVATE", [OPEN % "", VIA % condition], more=PRIVATE_DOMAIN + ACCESS))
    hosts = {"API": f"https://{api_id('Api')}.execute-api.us-east-1.amazonaws.com/live/", "the domain name": "https://api.corp.example/"}  # fmt: skip
    found = {of: codes(ask(cloud, "endpoint:Door", host)) for of, host in hosts.items()}
    assert found == {of: ["NETFUL_API_RESOURCE_POLICY_DENY"] if of in denied else [] for of in hosts}


@pytest.mark.parametrize("named", ["!Ref Domain", "!GetAtt Domain.DomainNameArn"])
def test_private_domain_is_named_by_its_arn(cloud_of, named):
    text = replaced(template(more=PRIVATE_DOMAIN), {"!GetAtt Domain.DomainNameArn": named})
    cloud = cloud_of(text)
    id_ = cloud.aws_id("Domain")
    assert re.fullmatch("[a-z0-9]{10}", id_)
    [mapping] = cloud.apis.base_path_mappings.values()
    assert mapping.domain == f"arn:aws:apigateway:us-east-1:123456789012:/domainnames/api.corp.example+{id_}"


def test_private_domain_assumes_much_without_private_dns(cloud_of, ask):
    text = template("PRIVATE", [OPEN % ""], more=PRIVATE_DOMAIN + ACCESS)
    without = replaced(text, {"PrivateDnsEnabled: true": "PrivateDnsEnabled: false"})
    told = [ask(cloud_of(one), "endpoint:Door", "https://api.corp.example/").assumptions for one in (text, without)]
    assert [any("private DNS" in one for one in said) for said in told] == [False, True]


LINK = """
  LinkSg:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: link, VpcId: !Ref Vpc}
  Link: {Type: AWS::ApiGatewayV2::VpcLink, Properties: {Name: l, SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref LinkSg]}}
  Alb:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Type: application, Subnets: [!Ref Subnet], SecurityGroups: [!Ref Sg]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Alb
      Port: 443
      Protocol: HTTPS
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: ip, Protocol: HTTPS, Port: 443, VpcId: !Ref Vpc, Targets: [{Id: !GetAtt Host.PrivateIp}]}
  Host:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Sg], PrivateIpAddress: 10.0.1.77}
"""
THROUGH_LINK = "{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: !Sub 'https://${Alb.DNSName}/', ConnectionType: VPC_LINK, ConnectionId: !Ref Link}"


@pytest.mark.parametrize(("port", "verdict"), [("443", "reachable"), ("8443", "blocked")])
def test_vpc_link_is_followed_to_the_target(cloud_of, ask, port, verdict):
    text = replaced(
        template(more=LINK),
        {MOCK: THROUGH_LINK, "FromPort: 443, ToPort: 443": f"FromPort: {port}, ToPort: {port}"},
    )
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert path.verdict == verdict
    components = [hop.component for hop in path.hops]
    assert components.index("Link") < components.index("LinkSg") < components.index("Alb") < components.index("Targets")
    if verdict == "blocked":
        assert path.symptom.status == 504


MAPPED = "IntegrationResponses: [{StatusCode: 200}, {StatusCode: 502, SelectionPattern: '5..'}]"


@pytest.mark.parametrize(
    ("own", "type_", "status"),
    [
        ("{Type: fixed-response, FixedResponseConfig: {StatusCode: '404', MessageBody: none}}", "HTTP_PROXY", 404),
        ("{Type: fixed-response, FixedResponseConfig: {StatusCode: '503'}}", f"HTTP, {MAPPED}", 502),
        ("{Type: fixed-response, FixedResponseConfig: {StatusCode: '404'}}", f"HTTP, {MAPPED}", 200),
    ],
)
def test_the_client_gets_what_the_balancer_behind_a_link_answers(cloud_of, ask, own, type_, status):
    text = replaced(template(more=LINK), {MOCK: THROUGH_LINK.replace("HTTP_PROXY", type_)})
    path = ask(
        cloud_of(replaced(text, {"{Type: forward, TargetGroupArn: !Ref Targets}": own})), "internet", "Api GET /live/"
    )
    assert (path.verdict, path.symptom.status) == ("blocked", status)


@pytest.mark.parametrize(
    ("link", "uri", "missing"),
    [
        ("!ImportValue link", "'https://example.com/'", "import link"),
        ("!Ref Link", "!ImportValue uri", "import uri"),
        ("!Ref Link", "'https://example.com/'", "what Link leads to"),
    ],
)
def test_vpc_link_that_leads_to_something_unknown(cloud_of, ask, link, uri, missing):
    integration = (
        f"{{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: {uri}, ConnectionType: VPC_LINK, ConnectionId: {link}}}"
    )
    path = ask(cloud_of(replaced(template(more=LINK), {MOCK: integration})), "internet", "Api GET /live/")
    assert (path.verdict, path.missing) == ("unknown", (missing,))


SECOND = "{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}}"


@pytest.mark.parametrize(
    ("second", "verdict", "told"),
    [("", "reachable", "the URL of Get has the port 443"), (f"  Second: {SECOND}\n", "unknown", "import uri")],
)
def test_an_unknown_url_has_the_port_of_the_only_listener(cloud_of, ask, second, verdict, told):
    integration = "{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: !ImportValue uri, ConnectionType: VPC_LINK, ConnectionId: !Ref Link, IntegrationTarget: !Ref Alb}"
    path = ask(cloud_of(replaced(template(more=LINK + second), {MOCK: integration})), "internet", "Api GET /live/")
    assert path.verdict == verdict
    assert told in (*path.assumptions, *path.missing)


@pytest.mark.parametrize(("block", "verdict"), [("198.51.100.0/28", "reachable"), ("198.51.101.0/28", "blocked")])
def test_the_address_of_a_client_that_the_project_declares(cloud_of, ask, block, verdict):
    Path("netful.toml").write_text('[clients.Office]\naddresses = "198.51.100.0/28"\n')
    cloud = cloud_of(template(statements=[OPEN % f", Condition: {{IpAddress: {{aws:SourceIp: {block}}}}}"]))
    assert ask(cloud, "Office", "Api GET /live/").verdict == verdict


def test_a_request_by_method_and_path_names_what_is_invoked(cloud_of):
    target = parse(cloud_of(template()), "internet", "Api get /live/").target
    assert (target.action, target.request.method, target.request.path) == ("execute-api:Invoke", "GET", "/live/")


def test_firewall_is_named(cloud_of, ask):
    waf = """
  Waf:
    Type: AWS::WAFv2::WebACLAssociation
    Properties: {ResourceArn: !Sub "arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/live", WebACLArn: arn:x}
"""
    path = ask(cloud_of(template(more=waf)), "internet", "Api GET /live/")
    assert "the web ACL of Waf lets the request through" in path.assumptions


PARTNER = (
    '[identities.Partner]\narn = "arn:aws:iam::444455556666:role/r"\naccess_key_id = "AKIA"\nsecret_access_key = "s"\n'
    'policies = ["all.json"]\n'
)


@pytest.mark.parametrize(
    ("principal", "answer"),
    [
        ("arn:aws:iam::444455556666:role/r", None),
        ("444455556666", None),
        ("arn:aws:iam::444455556666:role/other", "NETFUL_ENDPOINT_POLICY_DENY"),
        ("123456789012", "NETFUL_ENDPOINT_POLICY_DENY"),
    ],
)
@pytest.mark.parametrize("auth", ["AWS_IAM", "NONE"])
def test_endpoint_policy_knows_who_signs(cloud_of, ask, principal, answer, auth):
    Path("netful.toml").write_text(PARTNER)
    Path("all.json").write_text('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    allowed = f"{{Statement: [{{Effect: Allow, Principal: {{AWS: '{principal}'}}, Action: '*', Resource: '*'}}]}}"
    text = template("PRIVATE", [OPEN % ""], auth)
    text = replaced(text, {"PrivateDnsEnabled: true": f"PrivateDnsEnabled: true\n      PolicyDocument: {allowed}"})
    path = ask(cloud_of(text), "endpoint:Door+Partner", "Api GET /live/")
    assert codes(path) == ([answer] if answer else [])


@pytest.mark.parametrize(("auth", "found"), [("AWS_IAM", []), ("NONE", ["NETFUL_ENDPOINT_POLICY_DENY"])])
def test_endpoint_policy_takes_it_that_a_client_signs_where_the_route_asks(cloud_of, ask, auth, found):
    allowed = "{Statement: [{Effect: Allow, Principal: {AWS: '123456789012'}, Action: '*', Resource: '*'}]}"
    text = template("PRIVATE", [OPEN % ""], auth)
    text = replaced(text, {"PrivateDnsEnabled: true": f"PrivateDnsEnabled: true\n      PolicyDocument: {allowed}"})
    assert codes(ask(cloud_of(text), "Fn", "Api GET /live/")) == found


@pytest.mark.parametrize(
    ("signer", "verdict"), [("user/team/alice", "reachable"), ("user/bob", "blocked"), ("role/alice", "blocked")]
)
def test_a_policy_on_the_name_of_a_user(cloud_of, ask, signer, verdict):
    Path("netful.toml").write_text(PARTNER.replace("role/r", signer))
    Path("all.json").write_text('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    text = template("PRIVATE", [OPEN % ", Condition: {StringEquals: {aws:username: alice}}"], "AWS_IAM")
    assert ask(cloud_of(text), "endpoint:Door+Partner", "Api GET /live/").verdict == verdict


def test_identity_that_is_not_declared(cloud_of, ask):
    from netful.model.core import QuestionError

    with pytest.raises(QuestionError):
        ask(cloud_of(template()), "internet+Partner", "Api GET /live/")


def test_endpoint_of_a_parameter_without_a_value(cloud_of, ask):
    text = template("PRIVATE", [OPEN % ", Condition: {StringEquals: {aws:SourceVpce: !Ref Other}}"])
    path = ask(cloud_of("Parameters: {Other: {Type: String}}\n" + text), "endpoint:Other", "Api GET /live/")
    assert path.verdict == "unknown"


@pytest.mark.parametrize("question", ["Nothing GET /live/", "endpoint:Door+sealed"])
def test_questions_that_name_nothing(cloud_of, ask, question):
    from netful.model.core import QuestionError

    source, destination = ("internet", question) if " " in question else (question, "Api GET /live/")
    with pytest.raises(QuestionError):
        ask(cloud_of(template()), source, destination)


def test_http_api_reaches_a_listener_through_its_link(cloud_of, ask):
    http = (
        LINK
        + """
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  All: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${Web}"}}
  Web:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Http
      IntegrationType: HTTP_PROXY
      IntegrationUri: !Ref Listener
      ConnectionType: VPC_LINK
      ConnectionId: !Ref Link
      TlsConfig: {ServerNameToVerify: web.example}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
"""
    )
    path = ask(cloud_of(template(more=http)), "internet", "Http GET /any/where")
    assert path.verdict == "reachable"
    assert path.hops[-1].component == "Sg"
    assert "Targets" in [hop.component for hop in path.hops]


RULED = """
  Ruled: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: !Ref Listener, Priority: 1, Conditions: CONDITIONS,
    Actions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: '503'}}]}}
"""
MAPPED_URI = (
    "{Type: HTTP_PROXY, IntegrationHttpMethod: ANY, Uri: !Sub 'https://${Alb.DNSName}/inner/{a}', ConnectionType: VPC_LINK, "
    "ConnectionId: !Ref Link, RequestParameters: {integration.request.path.a: VALUE}}"
)


@pytest.mark.parametrize(
    ("value", "conditions", "verdict", "assumed"),
    [
        ("\"'b'\"", "[{Field: path-pattern, Values: ['/inner/b']}]", "blocked", False),
        ("\"'b'\"", "[{Field: path-pattern, Values: ['/live*']}]", "reachable", False),
        ("method.request.querystring.q", "[{Field: path-pattern, Values: ['/inner/7']}]", "blocked", False),
        ("\"'b'\"", "[{Field: host-header, Values: ['internal-*']}]", "blocked", False),
        ("\"'b'\"", "[{Field: host-header, Values: ['*.execute-api.*']}]", "reachable", False),
        ("\"'b'\"", "[{Field: query-string, QueryStringConfig: {Values: [{Key: q, Value: '7'}]}}]", "blocked", False),
        ("context.requestId", "[{Field: path-pattern, Values: ['/inner/b']}]", "reachable", True),
    ],
)
def test_listener_rules_judge_the_request_that_a_link_sends(cloud_of, ask, value, conditions, verdict, assumed):
    integration = MAPPED_URI.replace("VALUE", value)
    text = replaced(template(more=LINK + RULED.replace("CONDITIONS", conditions)), {MOCK: integration})
    path = ask(cloud_of(text), "internet", "Api GET /live/?q=7")
    assert path.verdict == verdict
    assert any("maps" in one for one in path.assumptions) is assumed


@pytest.mark.parametrize(
    ("parameters", "condition", "verdict"),
    [
        ("{}", "[{Field: path-pattern, Values: ['/prod/orders/7']}]", "blocked"),
        ("{'overwrite:path': '/inner/${request.path.id}'}", "[{Field: path-pattern, Values: ['/prod/*']}]", "reachable"),
        ("{'overwrite:path': '/inner/${request.path.id}'}", "[{Field: path-pattern, Values: ['/inner/7']}]", "blocked"),
        ("{'overwrite:path': '/${stageVariables.v}$x'}", "[{Field: path-pattern, Values: ['/two$x']}]", "blocked"),
        ("{'overwrite:header.host': inner.example}", "[{Field: host-header, Values: [inner.example]}]", "blocked"),
        ("{'overwrite:querystring.q': '8'}", "[{Field: query-string, QueryStringConfig: {Values: [{Key: q, Value: '7'}]}}]", "reachable"),
    ],
)  # fmt: skip
def test_listener_rules_judge_what_an_http_api_maps(cloud_of, ask, parameters, condition, verdict):
    http = f"""
  Http: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: h, ProtocolType: HTTP}}}}
  One: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Http, RouteKey: 'GET /orders/{{id}}', Target: !Sub "integrations/${{Web}}"}}}}
  Web:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {{ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: !Ref Listener, ConnectionType: VPC_LINK,
      TlsConfig: {{ServerNameToVerify: web.example}}, ConnectionId: !Ref Link, RequestParameters: {parameters}}}
  HttpStage: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Http, StageName: prod, AutoDeploy: true, StageVariables: {{v: two}}}}}}
"""
    text = template(more=LINK + RULED.replace("CONDITIONS", condition) + http)
    assert ask(cloud_of(text), "internet", "Http GET /prod/orders/7?q=7").verdict == verdict


@pytest.mark.parametrize(
    ("group", "verdict"), [("!GetAtt Sg.GroupId", "reachable"), ("!GetAtt Vpc.DefaultSecurityGroup", "blocked")]
)
def test_the_groups_of_a_link_may_name_the_group_of_the_tasks_in_cloud_map(cloud_of, ask, group, verdict):
    more = (
        replaced(
            LINK,
            {
                "{GroupDescription: link, VpcId: !Ref Vpc}": "{GroupDescription: link, VpcId: !Ref Vpc, SecurityGroupEgress: [OUT]}"
            },
        )
        + """
  Space: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: svc.local, Vpc: !Ref Vpc}}
  Svc: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: web, NamespaceId: !Ref Space, DnsConfig: {DnsRecords: [{Type: SRV, TTL: 9}]}}}
  Tasks: {Type: AWS::ECS::Service, Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet], SecurityGroups: [!Ref Sg]}},
    ServiceRegistries: [{RegistryArn: !GetAtt Svc.Arn, ContainerPort: 443}]}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  All: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${Web}"}}
  Web: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: !GetAtt Svc.Arn,
    ConnectionType: VPC_LINK, ConnectionId: !Ref Link}}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
"""
    )
    text = template(
        more=more.replace(
            "OUT", f"{{IpProtocol: tcp, FromPort: 443, ToPort: 443, DestinationSecurityGroupId: {group}}}"
        )
    )
    assert ask(cloud_of(text), "internet", "Http GET /").verdict == verdict


def test_an_instance_of_cloud_map_may_have_an_address_of_awss_choice(cloud_of, ask):
    more = (
        LINK
        + """
  Free: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Sg]}}
  Space: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: svc.local, Vpc: !Ref Vpc}}
  Svc: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: web, NamespaceId: !Ref Space, DnsConfig: {DnsRecords: [{Type: SRV, TTL: 9}]}}}
  One: {Type: AWS::ServiceDiscovery::Instance, Properties: {ServiceId: !Ref Svc,
    InstanceAttributes: {AWS_INSTANCE_IPV4: !GetAtt Free.PrivateIp, AWS_INSTANCE_PORT: NUMBER}}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  All: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${Web}"}}
  Web: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: !GetAtt Svc.Arn,
    ConnectionType: VPC_LINK, ConnectionId: !Ref Link}}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
"""
    )
    verdicts = {
        port: ask(cloud_of(template(more=replaced(more, {"NUMBER": port}))), "internet", "Http GET /x").verdict
        for port in ("443", "8080")
    }
    assert verdicts == {"443": "reachable", "8080": "blocked"}


def test_a_path_by_cloud_map_names_the_service_whose_task_answers(cloud_of, ask):
    more = (
        LINK
        + """
  Space: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: svc.local, Vpc: !Ref Vpc}}
  Names: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: web, NamespaceId: !Ref Space, DnsConfig: {DnsRecords: [{Type: SRV, TTL: 9}]}}}
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {NetworkMode: awsvpc, ContainerDefinitions: [{Name: c, PortMappings: [{ContainerPort: 443}]}]}}
  Shop: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Task, LaunchType: FARGATE, ServiceRegistries: [{RegistryArn: !GetAtt Names.Arn, ContainerPort: 443}],
    NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet], SecurityGroups: [!Ref Sg]}}}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  All: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${Web}"}}
  Web: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: !GetAtt Names.Arn,
    ConnectionType: VPC_LINK, ConnectionId: !Ref Link}}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
"""
    )
    path = ask(cloud_of(template(more=more)), "internet", "Http GET /x")
    assert path.verdict == "reachable"
    assert "leads to Names, which has Shop" in [hop.rule for hop in path.hops]
