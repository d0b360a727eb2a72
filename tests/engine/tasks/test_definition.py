"""Task definitions as they run, and the places of a service's tasks."""

from dataclasses import replace
from itertools import compress
from textwrap import dedent

import pytest

from netful.engine.names.dns_answer import DnsAnswer
from netful.engine.tasks.definition import TASK, Container, HealthCheck, MountPoint, Volume, definition_of
from netful.engine.tasks.needs import needs_of
from netful.engine.tasks.places import (
    as_placed,
    desired_count,
    is_placed,
    owners,
    places,
    runs_as_tasks,
    where_tasks_are,
)
from netful.model.functions.images import Image
from netful.model.functions.programs import Program
from netful.model.functions.rollouts import Rollout

TEMPLATE = """
    Resources:
      Web:
        Type: AWS::ECS::Service
        Properties:
          TaskDefinition: !Ref Definition
          DesiredCount: {count}
          NetworkConfiguration: {{AwsvpcConfiguration: {{Subnets: [!Ref A, !Ref B]}}}}
      Definition:
        Type: AWS::ECS::TaskDefinition
        Properties:
          Family: web
          RequiresCompatibilities: [FARGATE]
          ContainerDefinitions:
            - {container}
      Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
      A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
      B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}}}
"""


@pytest.fixture
def cloud(cloud_of):
    def read(container="{Name: web, Image: 'web:1'}", count=1):
        return cloud_of(TEMPLATE.format(container=container, count=count))

    return read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", Container("web", "web:1")),
        ("EntryPoint: [a], Command: [b, 1]", Container("web", "web:1", ("a",), ("b", "1"))),
        ("EntryPoint: a, Command: []", Container("web", "web:1")),
        ("Essential: 'false', StopTimeout: '5'", Container("web", "web:1", essential=False, stop_seconds=5)),
        ("Environment: [{Name: A, Value: 1}]", Container("web", "web:1", environment={"A": "1"})),
        ("DependsOn: [{ContainerName: b, Condition: HEALTHY}]", Container("web", "web:1", depends_on={"b": "HEALTHY"})),
        (
            "HealthCheck: {Command: [CMD-SHELL, 'a && b'], Interval: 5, Timeout: 4, Retries: 2, StartPeriod: 1}",
            Container("web", "web:1", health=HealthCheck(("/bin/sh", "-c", "a && b"), 5, 4, 2, 1)),
        ),
        ("HealthCheck: {Command: [CMD, a, b]}", Container("web", "web:1", health=HealthCheck(("a", "b")))),
        ("HealthCheck: {Command: [NONE]}", Container("web", "web:1")),
        (
            "LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: g, awslogs-stream-prefix: p}}",
            Container("web", "web:1", log_group="g", log_prefix="p"),
        ),
        ("LogConfiguration: {LogDriver: splunk, Options: {awslogs-group: g}}", Container("web", "web:1")),
        (
            "MountPoints: [{SourceVolume: v, ContainerPath: /v, ReadOnly: true}, {SourceVolume: w, ContainerPath: w}, {ContainerPath: /w}]",
            Container("web", "web:1", mounts=(MountPoint("v", "/v", read_only=True),)),
        ),
        ("ReadonlyRootFilesystem: true, User: '1:2'", Container("web", "web:1", read_only=True, user="1:2")),
        (
            "Secrets: [{Name: K, ValueFrom: arn}], WorkingDirectory: /app",
            Container("web", "web:1", secrets={"K": "arn"}, working_directory="/app"),
        ),
    ],
)
def test_a_container(cloud, written, read):
    text = f"{{Name: web, Image: 'web:1'{', ' * bool(written)}{written}}}"
    assert definition_of(cloud(text), "Web").containers == (read,)


def test_a_task_with_the_overrides_and_the_volumes_of_calls(cloud):
    """`FileSystemId` is how the API spells it, `FilesystemId` the template."""
    loaded = cloud("{Name: web, Image: 'web:1', Command: [a], Environment: [{Name: A, Value: 1}, {Name: B, Value: 2}]}")
    resources = loaded.template.resources
    web, definition = resources["Web"], resources["Definition"]
    override = {"Name": "web", "Command": ["b"], "Environment": [{"Name": "B", "Value": "3"}]}
    volumes = [
        {"Name": "t", "EFSVolumeConfiguration": {"FilesystemId": "fs-1", "RootDirectory": "/a/"}},
        {
            "Name": "c",
            "EfsVolumeConfiguration": {"FileSystemId": "fs-2", "AuthorizationConfig": {"AccessPointId": "p"}},
        },
        {"Name": "empty"},
    ]
    task = replace(
        web,
        type=TASK,
        properties={**web.properties, "LaunchType": "EC2", "Overrides": {"ContainerOverrides": [override]}},
    )
    written = replace(definition, properties={**definition.properties, "TaskRoleArn": "role", "Volumes": volumes})
    changed = loaded.having(resources={**resources, "Web": task, "Definition": written})
    found = definition_of(changed, "Web")
    assert found.containers == (Container("web", "web:1", command=("b",), environment={"A": "1", "B": "3"}),)
    assert found.volumes == {"t": Volume("fs-1", "", "a"), "c": Volume("fs-2", "p"), "empty": Volume()}
    assert (found.role, found.is_fargate) == ("role", False)
    assert definition_of(loaded, "Web").is_fargate


def test_a_host_with_an_image_is_one_container(cloud):
    found = definition_of(cloud().having(programs={"Web": Program("Web", "serve 'a b'", image="web")}), "Web")
    assert found.containers == (Container("Web", "web", command=("serve", "a b")),)
    assert (found.is_fargate, found.of_ecs) == (False, False)


def test_what_runs_as_tasks(cloud):
    loaded = cloud().having(images={"web": Image("web", "web.tar"), "own": Image("own", "own.tar")})
    assert [*owners(loaded)] == ["Web"]
    assert [*owners(loaded.having(programs={"A": Program("A", "", image="own"), "B": Program("B", "serve")}))] == [
        "Web",
        "A",
    ]
    web = loaded.template.resources["Web"]
    once = replace(web, properties={name: value for name, value in web.properties.items() if name != "DesiredCount"})
    assert desired_count(loaded.having(resources={"Web": once}), "Web") == 1


def test_what_fargate_fetches_before_a_task_starts():
    containers = [
        {
            "Image": "public.ecr.aws/nginx",
            "LogConfiguration": {"LogDriver": "splunk"},
            "Secrets": [{"ValueFrom": "arn:aws:secretsmanager:us-east-1:1:secret:a"}],
        },
        {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/web", "Secrets": [{"ValueFrom": ":secretsmanager:"}]},
        {
            "Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web",
            "Secrets": [{"ValueFrom": "arn:aws:ssm:us-east-1:1:parameter/a"}],
        },
        {"LogConfiguration": {"LogDriver": "awslogs"}},
        {"RepositoryCredentials": {"CredentialsParameter": "arn:aws:secretsmanager:us-east-1:1:secret:b"}},
    ]
    assert [*needs_of({"ContainerDefinitions": containers}, "us-east-1")] == [
        ("image", "internet"), ("secrets", "aws:secretsmanager"),
        ("image", "aws:ecr.api"), ("image", "aws:ecr.dkr"), ("image", "aws:s3"), ("secrets", "aws:ssm"),
        ("secrets", "aws:ssm"), ("logs", "aws:logs"), ("secrets", "aws:secretsmanager"),
    ]  # fmt: skip


def test_only_services_and_tasks_have_a_definition(cloud):
    assert definition_of(cloud(), "A") is None
    assert definition_of(cloud(), "Missing") is None


@pytest.mark.parametrize("images", [{"web": Image("web", "web.tar")}, {}], ids=["images", "none"])
@pytest.mark.parametrize(("count", "placed"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_a_service_has_as_many_tasks_as_it_wants(cloud, count, placed, images):
    loaded = cloud(count=count).having(images=images)
    assert desired_count(loaded, "Web") == count
    assert len(as_placed(loaded).network.interfaces_of("Web")) == placed
    assert len(places(loaded, "Web")) == placed
    every = loaded.network.interfaces_of("Web")
    at = [is_placed(loaded, eni) for eni in every]
    assert at.count(True) == placed
    named = DnsAnswer("web", tuple(eni.private_ip_address for eni in every))
    assert where_tasks_are(loaded, named).addresses == tuple(compress(named.addresses, at))
    begun = loaded.having(rollouts={"Web": Rollout(starting=tuple(eni.id for eni in every))})
    assert where_tasks_are(begun, named).addresses == ()


def test_tasks_are_spread_over_zones(cloud_of):
    subnets = "".join(
        f"  {name}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.{number}.0/24, AvailabilityZone: us-east-1{zone}}}}}\n"
        for number, (name, zone) in enumerate([("C", "a"), ("D", "a"), ("E", "b")], 3)
    )
    text = TEMPLATE.format(container="{Name: web, Image: 'web:1'}", count=2).replace(
        "[!Ref A, !Ref B]", "[!Ref C, !Ref D, !Ref E]"
    )
    loaded = cloud_of(dedent(text) + subnets)
    assert [eni.subnet_id for eni in places(loaded, "Web")] == ["C", "E"]


def test_a_daemon_has_a_task_at_each_interface(cloud):
    loaded = cloud()
    web = loaded.template.resources["Web"]
    daemon = replace(web, properties={**web.properties, "SchedulingStrategy": "DAEMON"})
    resources = {**loaded.template.resources, "Web": daemon}
    assert (
        desired_count(loaded.having(resources=resources), "Web")
        == len(places(loaded.having(resources=resources), "Web"))
        == 2
    )


def test_a_service_runs_as_tasks_with_its_images_and_without_a_command(cloud):
    loaded = cloud()
    assert not runs_as_tasks(loaded, "Web")
    with_image = loaded.having(images={"Web": Image("Web", "web.tar")})
    assert runs_as_tasks(with_image, "Web")
    assert not runs_as_tasks(with_image.having(programs={"Web": Program("Web", "serve")}), "Web")
