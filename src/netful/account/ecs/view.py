"""The account as ECS's API sees it: its things found by name or ARN, and their records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from netful.account.ecs.spelling import described
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.network.network_interface import NetworkInterface

CLUSTER, SERVICE, DEFINITION = "AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
TASK = "Netful::ECS::Task"
"""The type of a task that a call runs without a service. It has the properties of a service with one subnet."""
DEFAULT = "default"
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """A cloud as ECS sees it."""

    cloud: Cloud

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
            "runningTasksCount": sum(1 for _ in self.tasks(cluster)),
            "pendingTasksCount": 0,
            "activeServicesCount": len(services),
            "capacityProviders": described(cluster.properties.get("CapacityProviders") or []),
            "tags": described(cluster.properties.get("Tags") or []),
        }

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
        given, running = service.properties, len(self.interfaces(service))
        definition = self.definition_arn(given.get("TaskDefinition"))
        return {
            "serviceArn": self.cloud.aws_id(service.id),
            "serviceName": self.service_name(service),
            "clusterArn": self.arn(f"cluster/{self.cluster_name(cluster)}"),
            "status": "ACTIVE",
            "desiredCount": running,
            "runningCount": running,
            "pendingCount": 0,
            "launchType": given.get("LaunchType", "EC2"),
            "taskDefinition": definition,
            "loadBalancers": described(given.get("LoadBalancers") or []),
            "networkConfiguration": self._network(service),
            "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED", "taskDefinition": definition,
                             "desiredCount": running, "runningCount": running, "pendingCount": 0}],
            "events": [],
            "schedulingStrategy": given.get("SchedulingStrategy", "REPLICA"),
            "tags": described(given.get("Tags") or []),
        }  # fmt: skip

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
            for interface in self.interfaces(service):
                id_ = sha256(interface.id.encode()).hexdigest()[:32]
                yield self._task(cluster, service, interface, id_, f"service:{self.service_name(service)}")
        for task in self._within(cluster, TASK):
            yield self.task(cluster, task)

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
            "lastStatus": "RUNNING",
            "desiredStatus": "RUNNING",
            "attachments": [{"id": id_, "type": "ElasticNetworkInterface", "status": "ATTACHED",
                             "details": [{"name": name, "value": value} for name, value in details.items()]}],
        }  # fmt: skip

    def definition(self, name: object) -> Resource:
        """Return a task definition by its family, revision or ARN. Raises ApiError."""
        wanted = str(name).rpartition("/")[2]
        for one in reversed([*self.of_type(DEFINITION)]):
            revision = self.revision(one)
            if str(name) == one.id or wanted in (revision, revision.rpartition(":")[0]):
                return one
        raise ApiError("ClientException", "Unable to describe task definition.")

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
        own = {"family": family, "revision": int(number), "status": "ACTIVE"}
        return {**described(given), **own, "taskDefinitionArn": self.cloud.aws_id(definition.id)}

    def revision(self, definition: Resource) -> str:
        """Return `FAMILY:NUMBER`."""
        return self.cloud.aws_id(definition.id).rpartition("/")[2]


def task_id(task: Resource) -> str:
    """Return the id of a task without a service."""
    return task.id.removeprefix("task-")
