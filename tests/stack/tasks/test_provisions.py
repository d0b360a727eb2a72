"""The check that a task's interface reaches what Fargate fetches, and its secrets."""

import asyncio
import json
from contextlib import nullcontext
from dataclasses import replace

import pytest

from netful.engine.tasks.definition import Container, definition_of
from netful.model.cloud import Cloud
from netful.services.http.message import Response
from netful.stack.tasks import provisions
from netful.stack.tasks.provisions import NotProvisionedError
from tests.helpers.texts import replaced

TEMPLATE = """
    Resources:
      Web:
        Type: AWS::ECS::Service
        Properties:
          LaunchType: {launch}
          TaskDefinition: !Ref Definition
          NetworkConfiguration: {{AwsvpcConfiguration: {{Subnets: [!Ref A]}}}}
      Definition:
        Type: AWS::ECS::TaskDefinition
        Properties:
          ContainerDefinitions:
            - {{Name: web, Image: "{image}"{more}}}
      Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
      A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
"""
OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"
ELSEWHERE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1"  # of another region: not judged
SECRETS = ", Secrets: [{{Name: A, ValueFrom: '{}'}}]"
FILES = ", EnvironmentFiles: [{Type: s3, Value: 'arn:aws:s3:::b/a.env'}]"
LOGS = ", LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: g}}"


@pytest.mark.parametrize(
    ("image", "more", "reason"),
    [
        (OWN, "", "ResourceInitializationError: unable to pull secrets or registry auth"),
        ("nginx:1", "", "CannotPullContainerError"),
        (ELSEWHERE, SECRETS.format("/a"), "unable to retrieve secrets from ssm"),
        (
            ELSEWHERE,
            SECRETS.format("arn:aws:secretsmanager:us-east-1:1:secret:a"),
            "unable to retrieve secret from asm",
        ),
        (ELSEWHERE, LOGS, "failed to validate logger args"),
        (ELSEWHERE, FILES, "failed to download env files"),
    ],
)
def test_a_task_in_a_subnet_that_leads_nowhere(cloud_of, image, more, reason):
    cloud = cloud_of(TEMPLATE.format(launch="FARGATE", image=image, more=more))
    with pytest.raises(NotProvisionedError) as refused:
        provisions.check(cloud, definition_of(cloud, "Web"), "eni-Web-A")
    assert reason in str(refused.value)
    assert "eni-Web-A" in str(refused.value)


def test_a_container_instance_fetches_by_itself(cloud_of):
    cloud = cloud_of(TEMPLATE.format(launch="EC2", image=OWN, more=""))
    provisions.check(cloud, definition_of(cloud, "Web"), "eni-Web-A")


def test_a_task_that_needs_nothing_starts(cloud_of):
    cloud = cloud_of(TEMPLATE.format(launch="FARGATE", image=ELSEWHERE, more=""))
    provisions.check(cloud, definition_of(cloud, "Web"), "eni-Web-A")


def read(place):
    """Return the value that a container gets from a place."""
    parameters = {"/shop/word": "hush", "plain": "simple"}

    async def call_host(_host, request):
        asked = json.loads(request.body)
        if "SecretId" in asked:
            found = json.dumps({"user": "ann", "stage": asked.get("VersionStage")})
            there = asked["SecretId"].endswith(":secret:shop-AbCdEf")
            return Response(200, (), json.dumps({"SecretString": found}).encode()) if there else Response(400)
        name = asked["Name"]
        answer = json.dumps({"Parameter": {"Value": parameters.get(name)}}).encode()
        return Response(200, (), answer) if name in parameters else Response(400)

    container = Container("web", "web:1", secrets={"A": place})
    return asyncio.run(provisions.secrets(container, "us-east-1", call_host))["A"]


SECRET = "arn:aws:secretsmanager:us-east-1:1:secret:shop-AbCdEf"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/shop/word", "hush"),
        ("arn:aws:ssm:us-east-1:1:parameter/shop/word", "hush"),
        ("arn:aws:ssm:us-east-1:1:parameter/plain", "simple"),
        (f"{SECRET}:user::", "ann"),
        (f"{SECRET}:stage:AWSPREVIOUS:", "AWSPREVIOUS"),
        (SECRET, '{"user": "ann", "stage": null}'),
    ],
)
def test_a_secret_by_its_place(place, value):
    assert read(place) == value


@pytest.mark.parametrize("place", ["/shop/none", "arn:aws:secretsmanager:us-east-1:1:secret:none", f"{SECRET}:none::"])
def test_a_secret_that_is_not_there(place):
    with pytest.raises(NotProvisionedError) as refused:
        read(place)
    assert place in str(refused.value)


ROLE = """
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {{Statement: []}}
          Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{{Effect: Allow, Action: {}, Resource: "*"}}]}}}}]
      Secret: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: shop}}}}
"""


@pytest.mark.parametrize(
    ("allowed", "place", "refused"),
    [
        ("secretsmanager:GetSecretValue", "!Ref Secret", ""),
        ("logs:PutLogEvents", "!Ref Secret", "retrieve secret from asm"),
        ("logs:PutLogEvents", f"'{SECRET}:user::'", ""),  # its ARN may have another end
        ("logs:PutLogEvents", "/shop/word", "retrieve secrets from ssm"),
        ("ssm:GetParameters", "/shop/word", ""),
    ],
)
def test_the_execution_role_reads_the_secrets(cloud_of, allowed, place, refused):
    written = TEMPLATE.format(launch="FARGATE", image=OWN, more=f", Secrets: [{{Name: A, ValueFrom: {place}}}]")
    role = "Properties:\n          ExecutionRoleArn: !GetAtt Role.Arn\n          ContainerDefinitions"
    cloud = cloud_of(replaced(written, {"Properties:\n          ContainerDefinitions": role}) + ROLE.format(allowed))
    definition = definition_of(cloud, "Web")
    if refused:
        with pytest.raises(NotProvisionedError, match=refused):
            provisions.check_secrets(cloud, definition)
    else:
        provisions.check_secrets(cloud, definition)


@pytest.mark.parametrize(("allowed", "refused"), [("s3:GetObject", False), ("logs:PutLogEvents", True)])
def test_the_execution_role_reads_the_files_of_variables(cloud_of, allowed, refused):
    written = TEMPLATE.format(launch="FARGATE", image=OWN, more=FILES)
    role = "Properties:\n          ExecutionRoleArn: !GetAtt Role.Arn\n          ContainerDefinitions"
    cloud = cloud_of(replaced(written, {"Properties:\n          ContainerDefinitions": role}) + ROLE.format(allowed))
    definition = definition_of(cloud, "Web")
    with pytest.raises(NotProvisionedError, match="AccessDenied") if refused else nullcontext():
        provisions.check_secrets(cloud, definition)


def test_variables_that_a_container_lacks_are_named(cloud_of):
    more = ", Environment: [{Name: A, Value: !GetAtt Gone.Own}, {Name: B, Value: b}], EnvironmentFiles: [{Type: s3, Value: !GetAtt Gone.Own}]"
    cloud = cloud_of(TEMPLATE.format(launch="FARGATE", image=OWN, more=more) + "      Gone: {Type: Custom::Gone}\n")
    first, second = provisions.missing(definition_of(cloud, "Web"))
    assert "`A`" in first
    assert "EnvironmentFiles" in second


@pytest.mark.parametrize(
    ("files", "variables"),
    [
        ({"b/a.env": "# no\nA=1\nB= 'x y'\n\nC=of the file\nnothing"}, {"A": "1", "B": " 'x y'"}),
        ({"b/a.env": "A=1", "b/c.env": "A=2\r\nD=4"}, {"A": "1", "D": "4"}),
    ],
)
def test_files_of_variables(files, variables):
    async def call_host(host, request):
        assert host == "s3.us-east-1.amazonaws.com"
        content = files.get(request.path.lstrip("/"))
        return Response(404, (), b"NoSuchKey") if content is None else Response(200, (), content.encode())

    cloud = Cloud.of(region="us-east-1")
    arns = tuple(f"arn:aws:s3:::{place}" for place in files)
    container = Container("web", "web:1", environment={"C": "own"}, environment_files=arns)
    assert asyncio.run(provisions.variables(container, cloud, call_host)) == variables
    with pytest.raises(NotProvisionedError, match=r"failed to download env files.*NoSuchKey"):
        asyncio.run(
            provisions.variables(replace(container, environment_files=("arn:aws:s3:::b/none",)), cloud, call_host)
        )
