"""Role of a caller: a refusal where all that decides is read, else an assumption."""

import pytest

from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      BOUNDARY
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:Get*', Resource: '*'}]}}]
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: ROLE, Code: {ZipFile: x}}
"""
BOUNDED = """
  Limit:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: 'ssm:*', Resource: '*'}]}}
"""


def template(role: str, boundary: str = "") -> str:
    limit = f"PermissionsBoundary: {boundary}" if boundary else ""
    return replaced(TEMPLATE + BOUNDED, {"ROLE": role, "BOUNDARY": limit})


def signs(action: str) -> str:
    return f"Fn signs with its role Role, and no policy of a resource outside the sources allows {action} to it"


def other(action: str) -> str:
    instead = "Fn has other credentials, or a policy of the resource allows it"
    return f"{instead}: its role Role does not allow {action}"


@pytest.mark.parametrize(
    ("role", "destination", "verdict", "assumed"),
    [
        ("!GetAtt Role.Arn", "aws:s3:PutObject", "blocked", (signs("s3:PutObject"),)),
        ("!GetAtt Role.Arn", "aws:ssm:GetParameter", "blocked", (signs("ssm:GetParameter"),)),
        ("!GetAtt Role.Arn", "aws:s3:GetObject", "reachable", ()),
        ("!GetAtt Role.Arn", "aws:s3", "reachable", ()),
        ("!GetAtt Role.Arn", "aws:sts:GetCallerIdentity", "reachable", ()),
        ("!GetAtt Role.Arn", "aws:cognito-idp:InitiateAuth", "reachable", ()),
        ("!GetAtt Role.Arn", "aws:sts:AssumeRoleWithWebIdentity", "reachable", ()),
        (
            "!GetAtt Role.Arn",
            "aws:dynamodb:TransactWriteItems",
            "reachable",
            ("the policies of Role allow dynamodb:TransactWriteItems",),
        ),
        ("!GetAtt Role.Arn", "aws:backup:ListTags", "reachable", (other("backup:ListTags"),)),
        ("!GetAtt Role.Arn", "aws:execute-api:Invoke", "reachable", (other("execute-api:Invoke"),)),
        ("arn:aws:iam::123456789012:role/elsewhere", "aws:s3:PutObject", "reachable", ()),
    ],
)
def test_an_action_that_the_role_does_not_allow_is_refused(cloud_of, ask, role, destination, verdict, assumed):
    path = ask(cloud_of(template(role)), "Fn", destination)
    assert (path.verdict, path.assumptions) == (verdict, assumed)


def test_the_refusal_is_that_of_the_role_with_what_to_change(cloud_of, ask):
    path = ask(cloud_of(template("!GetAtt Role.Arn")), "Fn", "aws:s3:PutObject")
    assert (str(path.symptom), path.hops[-1].component, path.hops[-1].code) == (
        "403",
        "Role",
        "NETFUL_ROLE_POLICY_DENY",
    )
    assert path.hint == "allow `s3:PutObject` in the policies of `Role`"


@pytest.mark.parametrize(
    ("boundary", "verdict", "assumed"),
    [
        ("!Ref Limit", "blocked", (signs("s3:GetObject"),)),
        ("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "reachable", ()),
        (
            "arn:aws:iam::123456789012:policy/elsewhere",
            "reachable",
            ("the permissions boundary of Role allows s3:GetObject",),
        ),
    ],
)
def test_an_action_is_allowed_by_the_policies_and_by_the_permissions_boundary(
    cloud_of, ask, boundary, verdict, assumed
):
    path = ask(cloud_of(template("!GetAtt Role.Arn", boundary)), "Fn", "aws:s3:GetObject")
    assert (path.verdict, path.assumptions) == (verdict, assumed)
    if verdict == "blocked":
        assert path.hint == "allow `s3:GetObject` in the permissions boundary of `Role`"


BUCKET = """
  Bucket: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !Ref Bucket, PolicyDocument: DOCUMENT}
Parameters: {Document: {Type: String}}
"""


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ("{AWS: !GetAtt Role.Arn}", "reachable"),
        ("'*'", "reachable"),
        ("{AWS: !Ref AWS::AccountId}", "blocked"),
        ("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:role/other'}", "blocked"),
        ("'*', Condition: {StringEquals: {'aws:PrincipalOrgID': o-1}}", "reachable"),
        ("{Service: logging.s3.amazonaws.com}", "blocked"),
    ],
)
def test_a_policy_of_a_resource_may_allow_what_the_role_does_not(cloud_of, ask, principal, verdict):
    statement = f"{{Effect: Allow, Principal: {principal}, Action: 's3:PutObject', Resource: !Sub '${{Bucket.Arn}}/*'}}"
    text = template("!GetAtt Role.Arn") + BUCKET.replace("DOCUMENT", f"{{Statement: [{statement}]}}")
    path = ask(cloud_of(text), "Fn", "aws:s3:PutObject")
    assert (path.verdict, path.assumptions) == (
        verdict,
        (other("s3:PutObject"),) if verdict == "reachable" else (signs("s3:PutObject"),),
    )


@pytest.mark.parametrize(("action", "verdict"), [("GetItem", "reachable"), ("PutItem", "blocked")])
def test_a_policy_of_a_replica_of_a_global_table_may_allow_it(cloud_of, ask, action, verdict):
    statement = "{Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: 'dynamodb:GetItem', Resource: '*'}"
    table = f"""
  Orders:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      Replicas: [{{Region: !Ref AWS::Region, ResourcePolicy: {{PolicyDocument: {{Statement: [{statement}]}}}}}}]
"""
    assert ask(cloud_of(template("!GetAtt Role.Arn") + table), "Fn", f"aws:dynamodb:{action}").verdict == verdict


def test_policies_of_resources_that_are_not_known_may_allow_it(cloud_of, ask):
    text = template("!GetAtt Role.Arn") + BUCKET.replace("DOCUMENT", "!Ref Document")
    assert ask(cloud_of(text), "Fn", "aws:s3:PutObject").assumptions == (other("s3:PutObject"),)


PARTS = """
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus, Policy: DOCUMENT}}
  Key: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: arn, KeyPolicy: DOCUMENT}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {KeySchema: [], ResourcePolicy: {PolicyDocument: !Ref Given}}
  Callers: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Given, Action: 'lambda:InvokeFunction', Principal: !GetAtt Role.Arn}}
  Assumed: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: !Ref Given}}
Parameters: {Given: {Type: String}}
"""


@pytest.mark.parametrize(
    "action",
    ["events:PutEvents", "kms:Decrypt", "dynamodb:GetItem", "lambda:InvokeFunction", "sts:AssumeRole"],
)
def test_every_policy_of_a_resource_may_allow_what_the_role_does_not(cloud_of, ask, action):
    document = "{Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: '*', Resource: '*'}]}"
    path = ask(cloud_of(template("!GetAtt Role.Arn") + PARTS.replace("DOCUMENT", document)), "Fn", f"aws:{action}")
    assert path.verdict == "reachable"
    assert other(action) in path.assumptions


def test_a_policy_of_a_role_that_is_not_known_may_allow_it(cloud_of, ask):
    text = """
  Attached: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [!Ref Given], PolicyDocument: {Statement: []}}}
Parameters: {Given: {Type: String}}
"""
    path = ask(cloud_of(template("!GetAtt Role.Arn") + text), "Fn", "aws:s3:PutObject")
    assert (path.verdict, path.assumptions) == ("reachable", ("the policies of Role allow s3:PutObject",))


@pytest.mark.parametrize(
    "policies",
    [
        "!If [Wide, [{PolicyName: w, PolicyDocument: WIDE}], []]",
        "[!If [Wide, {PolicyName: w, PolicyDocument: WIDE}, NONE]]",
    ],
)
def test_a_role_with_a_policy_that_is_not_known_may_allow_it(cloud_of, ask, policies):
    wide = policies.replace("WIDE", "{Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}")
    wide = wide.replace("NONE", "!Ref AWS::NoValue")
    text = template("!GetAtt Role.Arn").replace("[{PolicyName: p,", f"{wide}\n      Unused: [{{PolicyName: p,")
    text += "Parameters: {Stage: {Type: String}}\nConditions: {Wide: !Equals [!Ref Stage, prod]}\n"
    managed = "ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']\n      Policies:"
    path = ask(cloud_of(text.replace("Policies:", managed)), "Fn", "aws:s3:PutObject")
    assert (path.verdict, path.assumptions) == ("reachable", ("the policies of Role allow s3:PutObject",))


def test_a_statement_that_denies_is_not_lifted_by_a_policy_of_the_resource(cloud_of, ask):
    statement = "{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: !Sub '${Bucket.Arn}/*'}"
    text = template("!GetAtt Role.Arn").replace("Effect: Allow, Action: 's3:Get*'", "Effect: Deny, Action: 's3:Get*'")
    path = ask(cloud_of(text + BUCKET.replace("DOCUMENT", f"{{Statement: [{statement}]}}")), "Fn", "aws:s3:GetObject")
    assert (path.verdict, path.assumptions) == ("blocked", ("Fn signs with its role Role",))
    assert path.hint == "narrow the statement in the policies of `Role` that denies `s3:GetObject`"


CONDITIONAL = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Tags: [{Key: team, Value: blue}]
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: CONDITION}
              - {Effect: Allow, Action: 'dynamodb:*', Resource: '*'}
              - {Effect: Deny, Action: 'dynamodb:*', Resource: '*', Condition: CONDITION}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}
"""
REFUSED = signs("{}")
DENIED = "Fn signs with its role Role"
OPEN = "the policies of Role allow {}, which depends on `aws:MultiFactorAuthPresent` of the request"


@pytest.mark.parametrize(
    ("condition", "allowed", "denied"),
    [
        ("{StringEquals: {'aws:SourceVpce': vpce-1}}", REFUSED, ""),
        ("{StringNotEquals: {'aws:SourceVpce': vpce-1}}", "", DENIED),
        ("{IpAddress: {'aws:SourceIp': 8.8.8.8}}", OPEN.replace("MultiFactorAuthPresent", "SourceIp"), ""),
        ("{NotIpAddress: {'aws:SourceIp': 8.8.8.8}}", "", OPEN.replace("MultiFactorAuthPresent", "SourceIp")),
        ("{StringEquals: {'aws:RequestedRegion': us-east-1}}", "", DENIED),
        ("{StringEquals: {'aws:PrincipalTag/team': blue}}", "", DENIED),
        ("{StringEquals: {'aws:PrincipalTag/team': red}}", REFUSED, ""),
        ("{StringEquals: {'aws:PrincipalTag/other': blue}}", REFUSED, ""),
        ("{Bool: {'aws:MultiFactorAuthPresent': true}}", OPEN, OPEN),
    ],
)
def test_conditions_of_the_role_are_judged_by_the_way_of_the_request(cloud_of, ask, condition, allowed, denied):
    cloud = cloud_of(CONDITIONAL.replace("CONDITION", condition))
    for action, said in (("s3:GetObject", allowed), ("dynamodb:ListTables", denied)):
        path = ask(cloud, "Fn", f"aws:{action}")
        assert path.assumptions == ((said.format(action),) if said else ())
        assert path.verdict == ("blocked" if said in (REFUSED, DENIED) else "reachable")


def test_policies_whose_text_is_not_known_are_an_assumption(cloud_of, ask):
    unread = CONDITIONAL.replace("Tags:", "ManagedPolicyArns: ['arn:aws:iam::aws:policy/Unread']\n      Tags:")
    cloud = cloud_of(unread.replace("CONDITION", "{Bool: {'aws:SecureTransport': false}}"))
    assert ask(cloud, "Fn", "aws:sqs:SendMessage").assumptions == ("the policies of Role allow sqs:SendMessage",)


ENCRYPTED = """
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: '123456789012'}, Action: 'kms:*', Resource: '*'}]}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: KEY}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: KEY}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY}}]}
"""


@pytest.mark.parametrize(
    ("key", "also", "action", "named"),
    [
        ("!Ref Key", "s3:*", "sqs:SendMessage", "Queue"),
        ("!GetAtt Key.Arn", "kms:Decrypt", "sqs:SendMessage", "Queue"),
        ("!Ref Key", "kms:Decrypt", "sqs:ReceiveMessage", ""),
        ("!Ref Key", "kms:*", "sqs:SendMessage", ""),
        ("!Ref Key", "s3:*", "sqs:DeleteMessage", ""),
        ("!Ref Key", "s3:*", "secretsmanager:GetSecretValue", "Secret"),
        ("!Ref Key", "s3:*", "s3:GetObject", "Bucket"),
        ("alias/aws/sqs", "s3:*", "sqs:SendMessage", ""),
        ("arn:aws:kms:us-east-1:123456789012:key/elsewhere", "s3:*", "sqs:SendMessage", ""),
    ],
)
def test_the_key_of_an_encrypted_resource_is_used_with_the_role(cloud_of, ask, key, also, action, named):
    role = TEMPLATE.replace("BOUNDARY", "").replace("ROLE", "!GetAtt Role.Arn")
    role = role.replace("Action: 's3:Get*'", f"Action: ['sqs:*', 'secretsmanager:*', 's3:*', '{also}']")
    said = "Fn has other credentials, or asks for another resource: its role Role does not allow the use of the key of "
    found = ask(cloud_of(role + ENCRYPTED.replace("KEY", key)), "Fn", f"aws:{action}").assumptions
    assert found == ((said + named,) if named else ())
