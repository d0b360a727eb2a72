"""ECS's API: services have the interfaces of their tasks, whoever made them."""

import pytest

from netful.account.ecs.api import EcsApi
from netful.account.ecs.scaling import ScalingApi
from netful.services.http.message import Response
from tests.helpers.account_client import Client

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {Family: web, NetworkMode: awsvpc, ContainerDefinitions: [{Name: web, Image: nginx}]}
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: 2
      LaunchType: FARGATE
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A], SecurityGroups: [!Ref Group]}}
"""
CONTAINERS = [{"name": "web", "image": "nginx", "memory": 128}]


@pytest.fixture
def cloud(cloud_of):
    return cloud_of(TEMPLATE)


@pytest.fixture
def ecs(running):
    return Client("ecs", EcsApi(running).handle)


def addresses(ecs, **asked):
    tasks = ecs("DescribeTasks", cluster="shop", tasks=ecs("ListTasks", cluster="shop", **asked)["taskArns"])["tasks"]
    details = [{one["name"]: one["value"] for one in task["attachments"][0]["details"]} for task in tasks]
    return sorted(one["privateIPv4Address"] for one in details)


def test_a_service_of_a_template_is_described_with_its_tasks(ecs, running):
    (cluster,) = ecs("DescribeClusters", clusters=["shop"])["clusters"]
    assert (cluster["status"], cluster["activeServicesCount"], cluster["runningTasksCount"]) == ("ACTIVE", 1, 2)
    (service,) = ecs("DescribeServices", cluster="shop", services=["Web"])["services"]
    ids = running.cloud.aws_ids
    assert service["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": [ids["A"]],
        "securityGroups": [ids["Group"]],
    }
    assert service["taskDefinition"].endswith(":task-definition/web:1")
    assert addresses(ecs) == ["10.0.1.4", "10.0.1.5"]
    assert ecs("DescribeServices", cluster="shop", services=["none"])["failures"][0]["reason"] == "MISSING"


def test_a_service_that_a_call_makes_has_interfaces_until_it_is_deleted(ecs, running):
    given = {"networkMode": "awsvpc", "containerDefinitions": CONTAINERS}
    definition = ecs("RegisterTaskDefinition", family="web", **given)
    assert definition["taskDefinition"]["revision"] == 2
    place = {"subnets": [running.cloud.aws_ids["A"]], "securityGroups": [running.cloud.aws_ids["Group"]]}
    made = ecs(
        "CreateService", cluster="shop", serviceName="api", taskDefinition="web:2", desiredCount=1,
        launchType="FARGATE", networkConfiguration={"awsvpcConfiguration": place},
    )["service"]  # fmt: skip
    assert (made["runningCount"], made["taskDefinition"].rpartition("/")[2]) == (1, "web:2")
    assert addresses(ecs, serviceName="api") == ["10.0.1.6"]
    ecs("UpdateService", cluster="shop", service="api", desiredCount=2)
    assert addresses(ecs, serviceName="api") == ["10.0.1.6", "10.0.1.7"]
    assert ecs("DeleteService", cluster="shop", service="api") == "InvalidParameterException"
    assert ecs("DeleteCluster", cluster="shop") == "ClusterContainsServicesException"
    ecs("DeleteService", cluster="shop", service="api", force=True)
    assert addresses(ecs) == ["10.0.1.4", "10.0.1.5"]


@pytest.mark.parametrize(("wanted", "tasks"), [(None, 1), (0, 0), (1, 1), (2, 2), (3, 3)])
def test_a_service_has_the_tasks_that_it_wants_in_its_subnets(ecs, ec2, cloud_of, running, wanted, tasks):
    text = TEMPLATE.replace("DesiredCount: 2", "" if wanted is None else f"DesiredCount: {wanted}")
    more = "  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}\n"
    running.cloud = cloud_of(text.replace("[!Ref A]", "[!Ref A, !Ref B]") + more)
    (service,) = ecs("DescribeServices", cluster="shop", services=["Web"])["services"]
    assert (service["desiredCount"], service["runningCount"]) == (tasks, tasks)
    assert len(ecs("ListTasks", cluster="shop")["taskArns"]) == tasks
    assert len(ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]) == tasks


def test_a_service_on_container_instances_is_stable(ecs, cloud_of, running):
    text = TEMPLATE.replace("NetworkMode: awsvpc", "NetworkMode: bridge").replace(
        "LaunchType: FARGATE", "LaunchType: EC2"
    )
    running.cloud = cloud_of(text.partition("      NetworkConfiguration")[0])
    (service,) = ecs("DescribeServices", cluster="shop", services=["Web"])["services"]
    (deployment,) = service["deployments"]
    assert (service["desiredCount"], service["runningCount"], deployment["rolloutState"]) == (2, 2, "COMPLETED")


def test_a_cluster_is_made_once_and_deleted(ecs):
    assert ecs("ListServices") == "ClusterNotFoundException"
    first = ecs("CreateCluster")["cluster"]["clusterArn"]
    assert ecs("CreateCluster")["cluster"]["clusterArn"] == first
    assert ecs("ListServices")["serviceArns"] == []
    assert ecs("DeleteCluster", cluster="default")["cluster"]["status"] == "INACTIVE"
    assert len(ecs("ListClusters")["clusterArns"]) == 1


def test_a_task_without_a_service_has_an_interface_until_it_is_stopped(ecs, running):
    place = {"subnets": [running.cloud.aws_id("A")], "securityGroups": [running.cloud.aws_id("Group")]}
    asked = {"cluster": "shop", "taskDefinition": "web", "networkConfiguration": {"awsvpcConfiguration": place}}
    before = addresses(ecs)
    first, second = ecs("RunTask", count=2, launchType="FARGATE", **asked)["tasks"]
    assert (first["lastStatus"], first["group"], first["launchType"]) == ("RUNNING", "family:web", "FARGATE")
    assert len(addresses(ecs)) == len(before) + 2
    assert ecs("DescribeClusters", clusters=["shop"])["clusters"][0]["runningTasksCount"] == 4
    stopped = ecs("StopTask", cluster="shop", task=first["taskArn"])["task"]
    assert (stopped["taskArn"], stopped["desiredStatus"]) == (first["taskArn"], "STOPPED")
    described = ecs("DescribeTasks", cluster="shop", tasks=[first["taskArn"], "none"])
    assert [(one["taskArn"], one["lastStatus"]) for one in described["tasks"]] == [(first["taskArn"], "STOPPED")]
    assert [one["arn"] for one in described["failures"]] == ["none"]
    ecs("CreateCluster", clusterName="other")
    filters = [{}, {"family": "web"}, {"launchType": "EC2"}, {"cluster": "other"}, {"desiredStatus": "RUNNING"}]
    asked_for = ({"cluster": "shop", "desiredStatus": "STOPPED", **one} for one in filters)
    listed = [first["taskArn"] in ecs("ListTasks", **one)["taskArns"] for one in asked_for]
    assert listed == [True, True, False, False, False]
    ecs("StopTask", cluster="shop", task=second["taskArn"].rpartition("/")[2])
    assert addresses(ecs) == before
    assert ecs("StopTask", cluster="shop", task=first["taskArn"]) == "InvalidParameterException"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}}, "InvalidParameterException"),
        ({}, "InvalidParameterException"),
        ({"count": 11}, "InvalidParameterException"),
        ({"taskDefinition": "none"}, "ClientException"),
        ({"cluster": "none"}, "ClusterNotFoundException"),
    ],
)
def test_tasks_that_do_not_run(ecs, more, code):
    assert ecs("RunTask", **{"cluster": "shop", "taskDefinition": "web", **more}) == code


@pytest.mark.parametrize(
    ("asked", "shown"), [({}, "ENABLED"), ({"availabilityZoneRebalancing": "DISABLED"}, "DISABLED")]
)
def test_a_service_shows_whether_it_is_rebalanced(ecs, running, asked, shown):
    """Terraform's provider writes a default of its own, and compares."""
    ids = running.cloud.aws_ids
    place = {"awsvpcConfiguration": {"subnets": [ids["A"]], "securityGroups": [ids["Group"]]}}
    of = {"cluster": "shop", "serviceName": "more", "taskDefinition": "web:1", "desiredCount": 0}
    made = ecs("CreateService", **of, networkConfiguration=place, **asked)["service"]
    (found,) = ecs("DescribeServices", cluster="shop", services=["more"])["services"]
    assert (made["availabilityZoneRebalancing"], found["availabilityZoneRebalancing"]) == (shown, shown)
    changed = ecs("UpdateService", cluster="shop", service="more", availabilityZoneRebalancing="ENABLED")["service"]
    assert changed["availabilityZoneRebalancing"] == "ENABLED"


def test_a_deleted_service_is_inactive(ecs):
    (arn,) = ecs("ListServices", cluster="shop")["serviceArns"]
    ecs("DeleteService", cluster="shop", service=arn, force=True)
    found = ecs("DescribeServices", cluster="shop", services=[arn, "none"])
    assert [(one["serviceArn"], one["status"]) for one in found["services"]] == [(arn, "INACTIVE")]
    assert [one["reason"] for one in found["failures"]] == ["MISSING"]


def test_tags_of_clusters_services_and_definitions(ecs):
    (cluster,) = ecs("ListClusters")["clusterArns"]
    (service,) = ecs("ListServices", cluster="shop")["serviceArns"]
    (definition,) = ecs("ListTaskDefinitions")["taskDefinitionArns"]
    for arn in (cluster, service, definition):
        ecs("TagResource", resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
        ecs("UntagResource", resourceArn=arn, tagKeys=["a"])
        assert ecs("ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]
    assert ecs("ListTagsForResource", resourceArn=f"{cluster}x") == "InvalidParameterException"


def test_settings_of_a_cluster(ecs):
    on = [{"name": "containerInsights", "value": "enabled"}]
    assert ecs("UpdateClusterSettings", cluster="shop", settings=on)["cluster"]["settings"] == on
    strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
    asked = {"cluster": "shop", "capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": strategy}
    changed = ecs("PutClusterCapacityProviders", **asked)["cluster"]
    assert (changed["capacityProviders"], changed["settings"]) == (["FARGATE"], on)
    assert changed["defaultCapacityProviderStrategy"] == strategy


def test_families_and_providers_are_listed(ecs):
    assert ecs("ListTaskDefinitionFamilies")["families"] == ["web"]
    providers = ecs("DescribeCapacityProviders", capacityProviders=["FARGATE", "own"])
    assert [one["name"] for one in providers["capacityProviders"]] == ["FARGATE"]
    assert [one["arn"] for one in providers["failures"]] == ["own"]


ARN = "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/0a12"


def test_only_a_service_that_runs_is_a_scalable_target(running):
    passed = []

    async def others(request):
        passed.append(request.header("x-amz-target").rpartition(".")[2])
        return Response(200, (), b"{}")

    scaling = Client("application-autoscaling", ScalingApi(running, others).handle)
    target = {
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 1,
        "MaxCapacity": 2,
    }
    assert scaling("RegisterScalableTarget", **target, ResourceId="service/shop/nowhere") == "ValidationException"
    assert passed == []
    scaling("RegisterScalableTarget", **target, ResourceId="service/shop/Web")
    assert passed == ["RegisterScalableTarget"]
    scaling("TagResource", ResourceARN=ARN, Tags={"a": "1"})
    assert scaling("ListTagsForResource", ResourceARN=ARN)["Tags"] == {"a": "1"}
    scaling("UntagResource", ResourceARN=ARN, TagKeys=["a"])
    assert scaling("ListTagsForResource", ResourceARN=ARN)["Tags"] == {}


def test_a_deregistered_definition_is_described_and_starts_no_task(ecs):
    given = {"family": "job", "networkMode": "awsvpc", "containerDefinitions": CONTAINERS}
    for number in (1, 2):
        assert ecs("RegisterTaskDefinition", **given)["taskDefinition"]["revision"] == number
    assert ecs("DeregisterTaskDefinition", taskDefinition="job:2")["taskDefinition"]["status"] == "INACTIVE"
    assert ecs("DescribeTaskDefinition", taskDefinition="job")["taskDefinition"]["revision"] == 1
    assert ecs("DescribeTaskDefinition", taskDefinition="job:2")["taskDefinition"]["status"] == "INACTIVE"
    assert [one[-5:] for one in ecs("ListTaskDefinitions", familyPrefix="job")["taskDefinitionArns"]] == ["job:1"]
    asked = {"cluster": "shop", "serviceName": "job", "desiredCount": 1}
    assert ecs("CreateService", **asked, taskDefinition="job:2") == "ClientException"
    assert ecs("RegisterTaskDefinition", **given)["taskDefinition"]["revision"] == 3
    assert ecs("DeleteTaskDefinitions", taskDefinitions=["job:1"]) == "InvalidParameterException"
    ecs("DeleteTaskDefinitions", taskDefinitions=["job:2"])
    assert ecs("DescribeTaskDefinition", taskDefinition="job:2") == "ClientException"


def test_a_service_keeps_the_revision_that_its_family_had(ecs):
    network = {"awsvpcConfiguration": {"subnets": [ecs_subnet(ecs)]}}
    asked = {"cluster": "shop", "serviceName": "job", "desiredCount": 0, "networkConfiguration": network}
    made = ecs("CreateService", **asked, taskDefinition="web")["service"]
    ecs("RegisterTaskDefinition", family="web", networkMode="awsvpc", containerDefinitions=CONTAINERS)
    (service,) = ecs("DescribeServices", cluster="shop", services=["job"])["services"]
    assert service["taskDefinition"] == made["taskDefinition"]
    assert service["deploymentConfiguration"] == {"maximumPercent": 200, "minimumHealthyPercent": 100}


def ecs_subnet(ecs):
    """The subnet of the template's service."""
    (service,) = ecs("DescribeServices", cluster="shop", services=["Web"])["services"]
    return service["networkConfiguration"]["awsvpcConfiguration"]["subnets"][0]


CONTAINER = {"name": "web", "image": "nginx", "portMappings": [{"containerPort": 80}]}
OF_FARGATE = {
    "family": "api", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
    "containerDefinitions": [CONTAINER],
}  # fmt: skip


def test_a_task_definition_has_what_ecs_adds(ecs):
    definition = ecs("RegisterTaskDefinition", **OF_FARGATE)["taskDefinition"]
    (container,) = definition["containerDefinitions"]
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert (container["essential"], container["cpu"], container["environment"]) == (True, 0, [])


MOVED = {**CONTAINER, "portMappings": [{"containerPort": 80, "hostPort": 8080}]}


@pytest.mark.parametrize(
    "more", [{"memory": "4096"}, {"cpu": "300"}, {"networkMode": "bridge"}, {"containerDefinitions": [MOVED]}]
)
def test_tasks_that_fargate_does_not_run(ecs, more):
    assert ecs("RegisterTaskDefinition", **{**OF_FARGATE, **more}) == "ClientException"


def test_a_service_of_tasks_with_interfaces_names_its_network(ecs):
    asked = {"cluster": "shop", "serviceName": "other", "taskDefinition": "web", "desiredCount": 1}
    assert ecs("CreateService", **asked) == "InvalidParameterException"


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 3),
        ({"family": "web"}, 3),
        ({"family": "we"}, 0),
        ({"startedBy": "me"}, 1),
        ({"startedBy": "you"}, 0),
        ({"desiredStatus": "RUNNING"}, 3),
        ({"desiredStatus": "STOPPED"}, 0),
        ({"launchType": "FARGATE"}, 3),
        ({"launchType": "EC2"}, 0),
    ],
)
def test_tasks_are_listed_by_filters(ecs, running, filters, count):
    place = {"subnets": [running.cloud.aws_id("A")]}
    ecs("RunTask", cluster="shop", taskDefinition="web", launchType="FARGATE", startedBy="me",
        networkConfiguration={"awsvpcConfiguration": place})  # fmt: skip
    assert len(ecs("ListTasks", cluster="shop", **filters)["taskArns"]) == count


def test_services_and_definitions_are_listed_by_filters_and_order(ecs):
    found = [ecs("ListServices", cluster="shop", launchType=one)["serviceArns"] for one in ("FARGATE", "EC2")]
    assert [len(one) for one in found] == [1, 0]
    for _ in range(9):
        ecs("RegisterTaskDefinition", family="web", containerDefinitions=CONTAINERS)
    listed = ecs("ListTaskDefinitions", sort="DESC")["taskDefinitionArns"]
    assert [one.rpartition(":")[2] for one in listed] == [str(one) for one in range(10, 0, -1)]
    assert ecs("ListTaskDefinitions")["taskDefinitionArns"] == listed[::-1]


@pytest.mark.parametrize(
    "containers", [[], [{"name": "web", "image": "nginx"}], [*CONTAINERS, {"name": "side", "image": "nginx"}]]
)
def test_a_definition_has_containers_and_their_memory(ecs, containers):
    assert ecs("RegisterTaskDefinition", family="f", containerDefinitions=containers) == "ClientException"


def test_a_definition_is_registered_with_its_tags(ecs):
    tags = [{"key": "a", "value": "b"}]
    assert ecs("RegisterTaskDefinition", family="f", containerDefinitions=CONTAINERS, tags=tags)["tags"] == tags


def test_fargate_runs_tasks_with_interfaces_alone(ecs):
    ecs("RegisterTaskDefinition", family="f", networkMode="bridge", containerDefinitions=CONTAINERS)
    network = {"awsvpcConfiguration": {"subnets": [ecs_subnet(ecs)]}}
    asked = {"cluster": "shop", "taskDefinition": "f", "launchType": "FARGATE", "networkConfiguration": network}
    assert ecs("CreateService", serviceName="f", **asked) == "InvalidParameterException"
    assert ecs("RunTask", **asked) == "InvalidParameterException"


def test_settings_of_the_account(ecs):
    def value(**asked):
        return [one["value"] for one in ecs("ListAccountSettings", name="containerInsights", **asked)["settings"]]

    assert (value(), value(effectiveSettings=True)) == ([], ["disabled"])
    made = ecs("PutAccountSettingDefault", name="containerInsights", value="enabled")["setting"]
    assert (made["name"], made["value"]) == ("containerInsights", "enabled")
    ecs("PutAccountSetting", name="containerInsights", value="enhanced")
    assert (value(), value(effectiveSettings=True)) == (["enhanced"], ["enhanced"])
    ecs("DeleteAccountSetting", name="containerInsights")
    assert (value(), value(effectiveSettings=True)) == ([], ["disabled"])
