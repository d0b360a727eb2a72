from pathlib import Path

import pytest

from netful.model.core import SourceError, Unknown

FUNCTION = """
    Parameters:
      Subnets: {Type: CommaDelimitedList}
      Group: {Type: String, Default: sg-1}
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]
          Policies: [{PolicyName: p, PolicyDocument: {Statement: {Effect: Allow, Action: "ssm:*", Resource: "*"}}}]
      More:
        Type: AWS::IAM::Policy
        Properties: {PolicyName: m, Roles: [!Ref Role], PolicyDocument: {Statement: [{Effect: Deny, Action: "s3:*", Resource: "*"}]}}
      Fn:
        Type: AWS::Lambda::Function
        Properties:
          Handler: index.handler
          Runtime: python3.12
          Timeout: 10
          Role: !GetAtt Role.Arn
          Code: {ZipFile: "def handler(e, c): pass"}
          Environment: {Variables: {NAME: !Ref Parameter, COUNT: 3}}
          VpcConfig: {SubnetIds: !Ref Subnets, SecurityGroupIds: [!Ref Group]}
      Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /app/greeting, Value: hello, Type: String, Tier: Advanced}}
"""


def test_a_function_in_a_vpc(cloud_of):
    cloud = cloud_of(FUNCTION, Subnets="subnet-a,subnet-b")
    fn = cloud.compute.functions["Fn"]
    assert (fn.subnet_ids, fn.security_group_ids) == (("subnet-a", "subnet-b"), ("sg-1",))
    assert (fn.timeout, fn.handler, fn.code.inline) == (10, "index.handler", "def handler(e, c): pass")
    assert fn.environment == {"NAME": "/app/greeting", "COUNT": "3"}
    assert fn.role == f"arn:aws:iam::123456789012:role/{cloud.access.roles['Role'].role_name}"
    assert len(cloud.network.interfaces_of("Fn")) == 2
    assert cloud.compute.ssm_parameters["Parameter"].settings == {"Tier": "Advanced"}


def test_subnets_that_are_a_missing_parameter_are_unknown(cloud_of):
    fn = cloud_of(FUNCTION).compute.functions["Fn"]
    assert isinstance(fn.subnet_ids, Unknown)
    assert fn.subnet_ids.needs == ("Subnets",)
    assert fn.in_vpc


def test_a_role_has_the_text_of_the_template_s_managed_policies_in_place_of_their_arns(cloud_of):
    text = FUNCTION.replace("service-role/AWSLambdaVPCAccessExecutionRole]", "job-function/Billing, !Ref Own]")
    own = """
      Own:
        Type: AWS::IAM::ManagedPolicy
        Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:*", Resource: "*"}]}}
    """
    role = cloud_of(f"{text.rstrip()}\n{own}").access.roles["Role"]
    assert role.managed_policy_arns == ("arn:aws:iam::aws:policy/job-function/Billing",)
    assert [one["Action"] for one in role.statements if one["Effect"] == "Allow"][-1] == "sqs:*"


def test_a_role_has_its_inline_and_its_separate_statements(cloud_of):
    role = cloud_of(FUNCTION).access.roles["Role"]
    assert [s["Effect"] for s in role.statements] == ["Allow", "Deny"]
    assert role.managed_policy_arns == ("arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",)


def test_parameters_of_systems_manager(cloud_of):
    parameter = cloud_of(FUNCTION).compute.ssm_parameters["Parameter"]
    assert (parameter.name, parameter.value) == ("/app/greeting", "hello")


def test_code_is_found_beside_the_template(cloud_of, write):
    write("", "src/app.py")
    code = (
        cloud_of("""
        Resources:
          Fn: {Type: AWS::Lambda::Function, Properties: {Code: src, Handler: app.handler}}
    """)
        .compute.functions["Fn"]
        .code
    )
    assert code.local_path == str(Path("src").resolve())


def test_code_in_s3_says_why_it_cannot_run(cloud_of):
    code = (
        cloud_of("""
        Resources:
          Fn: {Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: b, S3Key: k}}}
    """)
        .compute.functions["Fn"]
        .code
    )
    assert code.local_path is None
    assert "s3://b/k" in code.why


def test_packaged_code_lies_beside_its_template(write, cloud_of):
    code = "{S3Bucket: !Ref Deployments, S3Key: serverless/shop/dev/1700000000000/shop.zip}"
    template = f"Resources:\n  Fn: {{Type: AWS::Lambda::Function, Properties: {{Handler: a.b, Runtime: python3.12, Code: {code}}}}}\n  Deployments: {{Type: AWS::S3::Bucket}}\n"
    assert cloud_of(template).compute.functions["Fn"].code.local_path is None
    zipped = write("", "shop.zip")
    assert cloud_of(template).compute.functions["Fn"].code.local_path == str(zipped.resolve())


@pytest.mark.parametrize(
    ("path", "valid"),
    [("/mnt/a-b_c.1", True), ("/mnt/..", False), ("/mnt/a/b", False), ("/data", False), ("/mnt/" + "a" * 156, False)],
)
def test_a_mount_path_is_below_mnt(cloud_of, path, valid):
    template = f"""
        Resources:
          Fn:
            Type: AWS::Lambda::Function
            Properties:
              Code: {{ZipFile: x}}
              Role: r
              FileSystemConfigs: [{{Arn: arn:aws:elasticfilesystem:us-east-1:1:access-point/fsap-1, LocalMountPath: {path}}}]
    """
    if valid:
        (mount,) = cloud_of(template).compute.functions["Fn"].file_mounts
        assert mount.path == path
        return
    with pytest.raises(SourceError) as refused:
        cloud_of(template)
    assert refused.value.origin.line == 8
