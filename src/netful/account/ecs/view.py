"""The account as ECS's API sees it: its things found by name or ARN, and their records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from msgspec import field

from netful.account.ecs.spelling import described
from netful.account.wire.errors import ApiError
from netful.engine.tasks.definition import TASK
from netful.engine.tasks.places import desired_count, places, runs_as_tasks
from netful.hosts.tasks.state import ContainerState, TaskState
from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.resource import Resource
from netful.model.network.network_interface import NetworkInterface

CLUSTER, SERVICE, DEFINITION = "AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
DEFAULT = "default"
INACTIVE = "INACTIVE"
_USUAL_OF_SERVICES = {
    "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100}, "propagateTags": "NONE",
    "deploymentController": {"type": "ECS"}, "enableECSManagedTags": False, "enableExecuteCommand": False,
    "placementConstraints": [], "placementStrategy": [], "serviceRegistries": [],
}  # fmt: skip
_OF_SERVICES = (
    "DeploymentConfiguration", "PropagateTags", "DeploymentController", "EnableECSManagedTags", "EnableExecuteCommand",
    "PlacementConstraints", "PlacementStrategy", "ServiceRegistries", "PlatformVersion", "HealthCheckGracePeriodSeconds",
    "CapacityProviderStrategy",
)  # fmt: skip
"""Properties of services that DescribeServices repeats, with AWS's defaults before them."""
Record = Mapping[str, Any]


class View(Frozen):
    """A cloud as ECS sees it. `states` are those of the tasks that run from images, by interface."""

    cloud: Cloud
    states: Mapping[str, TaskState] = field(default_factory=dict)

    def of_type(self, type_: str) -> Iterator[Resource]:
        """Yield the resources of a type."""
        return (one for one in self.cloud.template.resources.values() if one.type == type_)

    def arn(self, end: str) -> str:
        """Return the ARN of a thing."""
        return f"arn:aws:ecs:{self.cloud.region}:{self.cloud.account_id}:{end}"

    def cluster_name(self, cluster: Resource) -> str:
        """Return the name of a cluster."""
        return str(cluster.properties.get("ClusterName") or cluster.id)

    def cluster(self, name: object) -> Resource:
        """Return a cluster by its name or ARN; the one called `default` without a name. Raises ApiError."""
        wanted = str(name or DEFAULT).rpartition("/")[2]
        for one in self.of_type(CLUSTER):
            if wanted in (self.cluster_name(one), one.id):
                return one
        raise ApiError("ClusterNotFoundException", "Cluster not found.")

    def cluster_record(self, cluster: Resource) -> Record:
        """Return a cluster as DescribeClusters lists it."""
        services = self.services(cluster)
        return {
            "clusterArn": self.arn(f"cluster/{self.cluster_name(cluster)}"),
            "clusterName": self.cluster_name(cluster),
            "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": len(self._with_status(self.tasks(cluster), running=True)),
            "pendingTasksCount": len(self._with_status(self.tasks(cluster), running=False)),
            "activeServicesCount": len(services),
            "capacityProviders": described(cluster.properties.get("CapacityProviders") or []),
            "defaultCapacityProviderStrategy": described(
                cluster.properties.get("DefaultCapacityProviderStrategy") or []
            ),
            "settings": described(cluster.properties.get("ClusterSettings") or []),
            "tags": described(cluster.properties.get("Tags") or []),
        }

    def tagged(self, arn: str) -> Resource:
        """Return the cluster, service or task definition with an ARN. Raises ApiError."""
        for one in (*self.of_type(CLUSTER), *self.of_type(SERVICE), *self.of_type(DEFINITION)):
            own = self.arn(f"cluster/{self.cluster_name(one)}") if one.type == CLUSTER else self.cloud.aws_id(one.id)
            if own == arn:
                return one
        raise ApiError("InvalidParameterException", "The specified resource was not found.")

    def services(self, cluster: Resource) -> list[Resource]:
        """Return the services of a cluster."""
        return self._within(cluster, SERVICE)

    def _within(self, cluster: Resource, type_: str) -> list[Resource]:
        names = {self.cluster_name(cluster), cluster.id, self.arn(f"cluster/{self.cluster_name(cluster)}")}
        return [one for one in self.of_type(type_) if str(one.properties.get("Cluster") or DEFAULT) in names]

    def service_name(self, service: Resource) -> str:
        """Return the name of a service."""
        return self.cloud.aws_id(service.id).rpartition("/")[2]

    def service(self, cluster: Resource, name: object) -> Resource:
        """Return a service of a cluster by its name or ARN. Raises ApiError."""
        wanted = str(name).rpartition("/")[2]
        for one in self.services(cluster):
            if wanted in (self.service_name(one), one.id):
                return one
        raise ApiError("ServiceNotFoundException", "Service not found.")

    def service_record(self, cluster: Resource, service: Resource) -> Record:
        """Return a service as DescribeServices lists it."""
        given, tasks = service.properties, [*self._tasks_of(cluster, service)]
        definition = self.definition_arn(given.get("TaskDefinition"))
        running, pending = (len(self._with_status(tasks, running=one)) for one in (True, False))
        counts = {"desiredCount": self._desired(service), "runningCount": running, "pendingCount": pending}
        complete = running == counts["desiredCount"]
        return {
            "serviceArn": self.cloud.aws_id(service.id),
            "serviceName": self.service_name(service),
            "clusterArn": self.arn(f"cluster/{self.cluster_name(cluster)}"),
            "status": "ACTIVE",
            **counts,
            "launchType": given.get("LaunchType", "EC2"),
            "taskDefinition": definition,
            "loadBalancers": described(given.get("LoadBalancers") or []),
            "networkConfiguration": self._network(service),
            **_USUAL_OF_SERVICES,
            **described({name: given[name] for name in _OF_SERVICES if name in given}),
            "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": definition, **counts,
                             "rolloutState": "COMPLETED" if complete else "IN_PROGRESS"}],
            "events": [*self._events(service)],
            "schedulingStrategy": given.get("SchedulingStrategy", "REPLICA"),
            "tags": described(given.get("Tags") or []),
        }  # fmt: skip

    def _desired(self, service: Resource) -> int:
        if not runs_as_tasks(self.cloud, service.id):
            return len(self.interfaces(service))
        return desired_count(self.cloud, service.id)

    def _events(self, service: Resource) -> Iterator[Record]:
        """Yield an event for each task that has stopped, as the service's scheduler reports them."""
        for interface in self.interfaces(service):
            state = self.states.get(interface.id)
            if state is not None and state.stopped_at is not None:
                text = f"(service {self.service_name(service)}) has stopped 1 running tasks: (task {state.id}). {state.stopped_reason}"
                yield {"id": state.id, "createdAt": state.stopped_at.timestamp(), "message": text}

    @staticmethod
    def _with_status(tasks: Iterable[Record], *, running: bool) -> list[Record]:
        """Return the tasks that run, or those that are about to."""
        status = ("RUNNING",) if running else ("PROVISIONING", "PENDING")
        return [one for one in tasks if one["lastStatus"] in status]

    def _network(self, service: Resource) -> Record | None:
        """Return the network configuration of a service, with AWS's ids."""
        given = (service.properties.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration") or {}
        names = {
            key: [self.cloud.aws_id(str(one)) for one in given.get(key) or ()] for key in ("Subnets", "SecurityGroups")
        }
        return {"awsvpcConfiguration": described({**given, **names})} if given else None

    def interfaces(self, service: Resource) -> list[NetworkInterface]:
        """Return the network interfaces of a service's tasks: each task has one."""
        return [one for one in self.cloud.network.network_interfaces.values() if one.owner_id == service.id]

    def tasks(self, cluster: Resource) -> Iterator[Record]:
        """Yield the tasks of a cluster as DescribeTasks lists them: those of its services, and those without one."""
        for service in self.services(cluster):
            yield from self._tasks_of(cluster, service)
        for task in self._within(cluster, TASK):
            yield self.task(cluster, task)

    def _tasks_of(self, cluster: Resource, service: Resource) -> Iterator[Record]:
        """Yield the tasks of a service: those that run from images, else one for each of its interfaces."""
        placed = places(self.cloud, service.id) if runs_as_tasks(self.cloud, service.id) else self.interfaces(service)
        for interface in placed:
            yield self._task(cluster, service, interface, _id_of(interface), f"service:{self.service_name(service)}")

    def task_arn(self, owner_id: str, interface: NetworkInterface) -> str:
        """Return the ARN of the task of a service, or of a task without one, at an interface."""
        owner = self.cloud.template.resources[owner_id]
        cluster = str(owner.properties.get("Cluster") or DEFAULT).rpartition("/")[2]
        named = next(
            (self.cluster_name(one) for one in self.of_type(CLUSTER) if cluster in (one.id, self.cluster_name(one))),
            cluster,
        )
        return self.arn(f"task/{named}/{task_id(owner) if owner.type == TASK else _id_of(interface)}")

    def task(self, cluster: Resource, task: Resource) -> Record:
        """Return a task without a service as DescribeTasks lists it."""
        (interface,) = self.interfaces(task)
        return self._task(cluster, task, interface, task_id(task), str(task.properties.get("Group")))

    def named_task(self, cluster: Resource, name: object) -> Resource:
        """Return a task without a service by its id or ARN. Raises ApiError."""
        wanted = str(name).rpartition("/")[2]
        found = next((one for one in self._within(cluster, TASK) if task_id(one) == wanted), None)
        if found is None:
            raise ApiError("InvalidParameterException", "The referenced task was not found.")
        return found

    def _task(self, cluster: Resource, service: Resource, interface: NetworkInterface, id_: str, group: str) -> Record:
        subnet = self.cloud.aws_id(str(interface.subnet_id))
        details = {
            "subnetId": subnet,
            "networkInterfaceId": self.cloud.aws_id(interface.id),
            "privateIPv4Address": str(interface.private_ip_address),
        }
        return {
            "taskArn": self.arn(f"task/{self.cluster_name(cluster)}/{id_}"),
            "clusterArn": self.arn(f"cluster/{self.cluster_name(cluster)}"),
            "group": group,
            "taskDefinitionArn": self.definition_arn(service.properties.get("TaskDefinition")),
            "launchType": service.properties.get("LaunchType", "EC2"),
            **({"startedBy": str(service.properties["StartedBy"])} if "StartedBy" in service.properties else {}),
            **self._state(interface),
            "attachments": [{"id": id_, "type": "ElasticNetworkInterface", "status": "ATTACHED",
                             "details": [{"name": name, "value": value} for name, value in details.items()]}],
        }  # fmt: skip

    def _state(self, interface: NetworkInterface) -> Record:
        """Return how a task is; one that does not run from images is where its interface is."""
        state = self.states.get(interface.id)
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

    def definition(self, name: object) -> Resource:
        """Return a task definition by its revision or ARN, or the last active one of a family. Raises ApiError."""
        wanted = str(name).rpartition("/")[2]
        for one in reversed([*self.of_type(DEFINITION)]):
            revision = self.revision(one)
            if str(name) == one.id or wanted == revision:
                return one
            if wanted == revision.rpartition(":")[0] and is_active(one):
                return one
        raise ApiError("ClientException", "Unable to describe task definition.")

    def active(self, name: object) -> Resource:
        """Return the task definition of a new task. Raises ApiError for an unknown one, and for one that was deregistered."""
        found = self.definition(name)
        if not is_active(found):
            raise ApiError("ClientException", "TaskDefinition is inactive")
        return found

    def definition_arn(self, name: object) -> str:
        """Return the ARN of a task definition by its family, revision or ARN; an unknown one as it is written."""
        try:
            return self.cloud.aws_id(self.definition(name).id)
        except ApiError:
            return str(name)

    def definition_record(self, definition: Resource) -> Record:
        """Return a task definition as DescribeTaskDefinition has it."""
        family, _, number = self.revision(definition).rpartition(":")
        given = {name: value for name, value in definition.properties.items() if name not in ("Tags", "Revision")}
        own = {"family": family, "revision": int(number), "taskDefinitionArn": self.cloud.aws_id(definition.id)}
        compatible = {"compatibilities": ["EC2", *(["FARGATE"] if given.get("NetworkMode") == "awsvpc" else ())]}
        return {"status": "ACTIVE", "volumes": [], "placementConstraints": [], **compatible, **described(given), **own}

    def revision(self, definition: Resource) -> str:
        """Return `FAMILY:NUMBER`."""
        return self.cloud.aws_id(definition.id).rpartition("/")[2]


def is_active(definition: Resource) -> bool:
    """Return whether a task definition has not been deregistered."""
    return definition.properties.get("Status") != INACTIVE


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


def _id_of(interface: NetworkInterface) -> str:
    """Return the id of the task of a service at an interface."""
    return sha256(interface.id.encode()).hexdigest()[:32]


def task_id(task: Resource) -> str:
    """Return the id of a task without a service."""
    return task.id.removeprefix("task-")
