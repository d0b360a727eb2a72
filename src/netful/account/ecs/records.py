"""Records of ECS's things, as its Describe operations list them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.account.ecs.spelling import described
from netful.account.ecs.view import View, id_of, task_id
from netful.account.operations.query_api import Parameters
from netful.account.tags import texts
from netful.engine.tasks.definition import TASK
from netful.engine.tasks.places import desired_count, places, rollout_of, runs_as_tasks
from netful.hosts.tasks.state import ContainerState, Deployment
from netful.model.core import Resource
from netful.model.network.network_interface import NetworkInterface

_USUAL_OF_SERVICES = {
    "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100}, "propagateTags": "NONE",
    "deploymentController": {"type": "ECS"}, "enableECSManagedTags": False, "enableExecuteCommand": False,
    "placementConstraints": [], "placementStrategy": [], "serviceRegistries": [], "availabilityZoneRebalancing": "ENABLED",
}  # fmt: skip
_OF_SERVICES = (
    "DeploymentConfiguration", "PropagateTags", "DeploymentController", "EnableECSManagedTags", "EnableExecuteCommand",
    "PlacementConstraints", "PlacementStrategy", "ServiceRegistries", "PlatformVersion", "HealthCheckGracePeriodSeconds",
    "CapacityProviderStrategy", "AvailabilityZoneRebalancing",
)  # fmt: skip
"""Properties of services that DescribeServices repeats, with AWS's defaults before them."""
Record = Mapping[str, Any]


def cluster_record(view: View, cluster: Resource) -> Record:
    """Return a cluster as DescribeClusters lists it."""
    services = view.services(cluster)
    return {
        "clusterArn": view.arn(f"cluster/{view.cluster_name(cluster)}"),
        "clusterName": view.cluster_name(cluster),
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": len(_with_status(task_records(view, cluster), running=True)),
        "pendingTasksCount": len(_with_status(task_records(view, cluster), running=False)),
        "activeServicesCount": len(services),
        "capacityProviders": described(cluster.properties.get("CapacityProviders") or []),
        "defaultCapacityProviderStrategy": described(cluster.properties.get("DefaultCapacityProviderStrategy") or []),
        "settings": described(cluster.properties.get("ClusterSettings") or []),
        "tags": tags_of(cluster),
    }


def tags_of(resource: Resource) -> list[Record]:
    """Return the known tags of a resource as the operations list them."""
    return [{"key": key, "value": value} for key, value in texts(resource.properties.get("Tags")).items()]


def service_record(view: View, cluster: Resource, service: Resource) -> Record:
    """Return a service as DescribeServices lists it."""
    given, tasks = service.properties, [*_records_of(view, cluster, service)]
    definition = view.definition_arn(given.get("TaskDefinition"))
    running, pending = (len(_with_status(tasks, running=one)) for one in (True, False))
    wanted = desired_count(view.cloud, service.id)
    running = wanted if _is_not_followed(view, service) else running
    counts = {"desiredCount": wanted, "runningCount": running, "pendingCount": pending}
    complete = running == wanted
    return {
        "serviceArn": view.cloud.aws_id(service.id),
        "serviceName": view.service_name(service),
        "clusterArn": view.arn(f"cluster/{view.cluster_name(cluster)}"),
        "status": "ACTIVE",
        **counts,
        "launchType": given.get("LaunchType", "EC2"),
        "taskDefinition": definition,
        "loadBalancers": described(given.get("LoadBalancers") or []),
        "networkConfiguration": _network(view, service),
        **_USUAL_OF_SERVICES,
        **described({name: given[name] for name in _OF_SERVICES if name in given}),
        **_of_scheduler(view, service, {"taskDefinition": definition, **counts}, complete=complete),
        "schedulingStrategy": given.get("SchedulingStrategy", "REPLICA"),
        "tags": tags_of(service),
    }  # fmt: skip


def _is_not_followed(view: View, service: Resource) -> bool:
    """Return whether the tasks of a service are on instances, without interfaces of their own: all of them count as running."""
    has_own = any(one.private_ip_address or one.ipv6_address for one in view.interfaces(service))
    return not has_own and not runs_as_tasks(view.cloud, service.id)


def _of_scheduler(view: View, service: Resource, counts: Record, *, complete: bool) -> Record:
    """Return the deployments and events of a service; one whose tasks are only interfaces has one deployment."""
    found = view.services_run.get(service.id)
    if found is None:
        state = "COMPLETED" if complete else "IN_PROGRESS"
        return {
            "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", **counts, "rolloutState": state}],
            "events": [],
        }
    events = [{"id": one.id, "createdAt": one.created_at.timestamp(), "message": one.message} for one in found.events]
    return {"deployments": [*map(_deployment, found.deployments)], "events": events}


def _with_status(tasks: Iterable[Record], *, running: bool) -> list[Record]:
    """Return the tasks that run, or those that are about to."""
    status = ("RUNNING",) if running else ("PROVISIONING", "PENDING")
    return [one for one in tasks if one["lastStatus"] in status]


def _network(view: View, service: Resource) -> Record | None:
    """Return the network configuration of a service, with AWS's ids."""
    given = (service.properties.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration") or {}
    names = {
        key: [view.cloud.aws_id(str(one)) for one in given.get(key) or ()] for key in ("Subnets", "SecurityGroups")
    }
    return {"awsvpcConfiguration": described({**given, **names})} if given else None


def task_records(view: View, cluster: Resource) -> Iterator[Record]:
    """Yield the tasks of a cluster as DescribeTasks lists them: those of its services, and those without one."""
    for service in view.services(cluster):
        yield from _records_of(view, cluster, service)
    for task in view.within(cluster, TASK):
        yield task_record(view, cluster, task)


def _records_of(view: View, cluster: Resource, service: Resource) -> Iterator[Record]:
    """Yield the tasks of a service: those of earlier deployments that still run, and its own."""
    old = [view.cloud.network.network_interfaces[one] for one in rollout_of(view.cloud, service.id).earlier]
    for interface in (*old, *places(view.cloud, service.id)):
        yield _record(view, cluster, service, interface, id_of(interface), f"service:{view.service_name(service)}")


def task_record(view: View, cluster: Resource, task: Resource) -> Record:
    """Return a task without a service as DescribeTasks lists it."""
    (interface,) = view.interfaces(task)
    return _record(view, cluster, task, interface, task_id(task), str(task.properties.get("Group")))


def is_listed(task: Record, asked: Parameters) -> bool:
    """Return whether ListTasks lists a task of its cluster: one that runs, or one of the status that is asked for."""
    group = f"service:{str(asked['serviceName']).rpartition('/')[2]}" if asked.get("serviceName") else ""
    wanted = {**asked, "group": group, "desiredStatus": asked.get("desiredStatus") or "RUNNING"}
    family = str(task["taskDefinitionArn"]).rpartition("/")[2].partition(":")[0]
    return asked.get("family") in (None, family) and has(
        task, wanted, "group", "desiredStatus", "launchType", "startedBy"
    )


def has(record: Record, asked: Parameters, *names: str) -> bool:
    """Return whether a record has the members that a request names."""
    return all(record.get(name) == asked[name] for name in names if asked.get(name))


def _record(
    view: View, cluster: Resource, service: Resource, interface: NetworkInterface, id_: str, group: str
) -> Record:
    subnet = view.cloud.aws_id(str(interface.subnet_id))
    details = {
        "subnetId": subnet,
        "networkInterfaceId": view.cloud.aws_id(interface.id),
        "privateIPv4Address": str(interface.private_ip_address),
    }
    return {
        "taskArn": view.arn(f"task/{view.cluster_name(cluster)}/{id_}"),
        "clusterArn": view.arn(f"cluster/{view.cluster_name(cluster)}"),
        "group": group,
        "taskDefinitionArn": view.definition_arn(service.properties.get("TaskDefinition")),
        "launchType": service.properties.get("LaunchType", "EC2"),
        **({"startedBy": str(service.properties["StartedBy"])} if "StartedBy" in service.properties else {}),
        **_state(view, interface),
        "attachments": [{"id": id_, "type": "ElasticNetworkInterface", "status": "ATTACHED",
                         "details": [{"name": name, "value": value} for name, value in details.items()]}],
    }  # fmt: skip


def _state(view: View, interface: NetworkInterface) -> Record:
    """Return how a task is; one that does not run from images is where its interface is."""
    state = view.states.get(interface.id)
    if state is None:
        return {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"}
    times = {"createdAt": state.created_at, "startedAt": state.started_at, "stoppedAt": state.stopped_at}
    reasons = {"stopCode": state.stop_code, "stoppedReason": state.stopped_reason}
    return {
        "lastStatus": state.status,
        "desiredStatus": "STOPPED" if state.stop_code else "RUNNING",
        "healthStatus": state.health,
        "containers": [_container(one) for one in state.containers],
        **{name: value.timestamp() for name, value in times.items() if value is not None},
        **{name: text for name, text in reasons.items() if text},
    }


def definition_record(view: View, definition: Resource) -> Record:
    """Return a task definition as DescribeTaskDefinition has it."""
    family, _, number = view.revision(definition).rpartition(":")
    given = {name: value for name, value in definition.properties.items() if name not in ("Tags", "Revision")}
    own = {"family": family, "revision": int(number), "taskDefinitionArn": view.cloud.aws_id(definition.id)}
    compatible = {"compatibilities": ["EC2", *(["FARGATE"] if given.get("NetworkMode") == "awsvpc" else ())]}
    shown = {"status": "ACTIVE", "volumes": [], "placementConstraints": [], **compatible, **described(given), **own}
    containers = shown.get("containerDefinitions")
    if isinstance(containers, list):
        shown["containerDefinitions"] = [_defined(one, str(given.get("NetworkMode") or "bridge")) for one in containers]
    return shown


_OF_CONTAINERS: Mapping[str, Any] = {
    "cpu": 0, "essential": True, "environment": [], "mountPoints": [], "volumesFrom": [], "portMappings": [],
    "systemControls": [],
}  # fmt: skip
"""Members that ECS adds to a container that leaves them out."""


def _defined(container: Record, network_mode: str) -> Record:
    """Return the definition of a container with what ECS adds; on a bridge, the host's port is found later."""
    ports = [
        {"hostPort": 0 if network_mode == "bridge" else one.get("containerPort"), "protocol": "tcp", **one}
        for one in container.get("portMappings", ())
    ]
    return {**_OF_CONTAINERS, **container, "portMappings": ports}


def _deployment(one: Deployment) -> Record:
    return {
        "id": one.id,
        "status": one.status,
        "taskDefinition": one.task_definition,
        "createdAt": one.created_at.timestamp(),
        "desiredCount": one.desired,
        "runningCount": one.running,
        "pendingCount": one.pending,
        "failedTasks": one.failed,
        "rolloutState": one.state,
        "rolloutStateReason": one.reason,
    }


def _container(state: ContainerState) -> Record:
    ended = {"exitCode": state.exit_code} if state.exit_code is not None else {}
    return {
        "name": state.name,
        "image": state.image,
        "runtimeId": state.runtime_id,
        "lastStatus": state.status,
        "healthStatus": state.health,
        **ended,
    }
