"""The account as ECS's API sees it: its things, found by name or ARN."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from msgspec import field

from netful.account.wire.errors import ApiError
from netful.engine.tasks.definition import TASK
from netful.hosts.tasks.state import ServiceState, TaskState
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource
from netful.model.network.network_interface import NetworkInterface

CLUSTER, SERVICE, DEFINITION = "AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
DEFAULT = "default"
INACTIVE = "INACTIVE"


class View(Frozen):
    """A cloud as ECS sees it. `states` are those of the tasks that run from images, by interface; `services_run` those of their services."""

    cloud: Cloud
    states: Mapping[str, TaskState] = field(default_factory=dict)
    services_run: Mapping[str, ServiceState] = field(default_factory=dict)

    def of_type(self, type_: str) -> Iterator[Resource]:
        """Yield the resources of a type."""
        return self.cloud.template.of_type(type_)

    def arn(self, end: str) -> str:
        """Return the ARN of a thing."""
        return self.cloud.arn("ecs", end)

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

    def tagged(self, arn: str) -> Resource:
        """Return the cluster, service or task definition with an ARN. Raises ApiError."""
        for one in (*self.of_type(CLUSTER), *self.of_type(SERVICE), *self.of_type(DEFINITION)):
            own = self.arn(f"cluster/{self.cluster_name(one)}") if one.type == CLUSTER else self.cloud.aws_id(one.id)
            if own == arn:
                return one
        raise ApiError("InvalidParameterException", "The specified resource was not found.")

    def services(self, cluster: Resource) -> list[Resource]:
        """Return the services of a cluster."""
        return self.within(cluster, SERVICE)

    def within(self, cluster: Resource, type_: str) -> list[Resource]:
        """Return the resources of a type that are in a cluster."""
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

    def interfaces(self, service: Resource) -> list[NetworkInterface]:
        """Return the network interfaces of a service's tasks: each task has one."""
        return [one for one in self.cloud.network.network_interfaces.values() if one.owner_id == service.id]

    def task_arn(self, owner_id: str, interface: NetworkInterface) -> str:
        """Return the ARN of the task of a service, or of a task without one, at an interface."""
        owner = self.cloud.template.resources[owner_id]
        cluster = str(owner.properties.get("Cluster") or DEFAULT).rpartition("/")[2]
        named = next(
            (self.cluster_name(one) for one in self.of_type(CLUSTER) if cluster in (one.id, self.cluster_name(one))),
            cluster,
        )
        return self.arn(f"task/{named}/{task_id(owner) if owner.type == TASK else id_of(interface)}")

    def named_task(self, cluster: Resource, name: object) -> Resource:
        """Return a task without a service by its id or ARN. Raises ApiError."""
        wanted = str(name).rpartition("/")[2]
        found = next((one for one in self.within(cluster, TASK) if task_id(one) == wanted), None)
        if found is None:
            raise ApiError("InvalidParameterException", "The referenced task was not found.")
        return found

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

    def revision(self, definition: Resource) -> str:
        """Return `FAMILY:NUMBER`."""
        return self.cloud.aws_id(definition.id).rpartition("/")[2]


def is_active(definition: Resource) -> bool:
    """Return whether a task definition has not been deregistered."""
    return definition.properties.get("Status") != INACTIVE


def id_of(interface: NetworkInterface) -> str:
    """Return the id of the task of a service at an interface."""
    return sha256(interface.id.encode()).hexdigest()[:32]


def task_id(task: Resource) -> str:
    """Return the id of a task without a service."""
    return task.id.removeprefix("task-")
