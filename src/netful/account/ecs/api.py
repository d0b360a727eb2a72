"""ECS's operations: services have the interfaces and addresses that run, and calls change them."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, Protocol

from netful.account.changes import Remove, new, updated
from netful.account.ecs import account_settings, inactive
from netful.account.ecs.records import (
    cluster_record,
    definition_record,
    has,
    is_listed,
    service_record,
    tags_of,
    task_record,
    task_records,
)
from netful.account.ecs.spelling import written
from netful.account.ecs.view import CLUSTER, DEFAULT, DEFINITION, INACTIVE, SERVICE, View, is_active
from netful.account.operations.json_api import JsonApi
from netful.account.operations.query_api import Parameters
from netful.account.reading import Look, Record
from netful.account.tags import retagged
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Running, Write, operations
from netful.engine.tasks.definition import TASK
from netful.engine.tasks.places import desired_count
from netful.hosts.tasks.state import ServiceState, TaskState
from netful.model.cloud import Cloud
from netful.model.core import Unknown, whole_number

_MOST_TASKS = 10
_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


def _each(member: str, names: Iterable[object], record: Callable[[object], Record]) -> Record:
    """Return the records of named things; what does not exist is listed as a failure."""
    found, failures = [], []
    for name in names:
        try:
            found.append(record(name))
        except ApiError:
            failures.append({"arn": str(name), "reason": "MISSING"})
    return {member: found, "failures": failures}


def _describe_clusters(view: View, asked: Parameters) -> Record:
    names = asked.get("clusters") or [DEFAULT]
    return _each("clusters", names, lambda name: cluster_record(view, view.cluster(name)))


def _list_clusters(view: View, _asked: Parameters) -> Record:
    return {"clusterArns": [cluster_record(view, one)["clusterArn"] for one in view.of_type(CLUSTER)]}


def _describe_services(view: View, asked: Parameters) -> Record:
    cluster = view.cluster(asked.get("cluster"))
    return _each("services", asked["services"], lambda name: service_record(view, cluster, view.service(cluster, name)))


def _list_services(view: View, asked: Parameters) -> Record:
    cluster = view.cluster(asked.get("cluster"))
    found = (service_record(view, cluster, one) for one in view.services(cluster))
    return {"serviceArns": [one["serviceArn"] for one in found if has(one, asked, "launchType", "schedulingStrategy")]}


def _list_tasks(view: View, asked: Parameters) -> Record:
    tasks = task_records(view, view.cluster(asked.get("cluster")))
    return {"taskArns": [one["taskArn"] for one in tasks if is_listed(one, asked)]}


def _describe_tasks(view: View, asked: Parameters) -> Record:
    wanted = [str(one).rpartition("/")[2] for one in asked["tasks"]]
    tasks = {one["taskArn"].rpartition("/")[2]: one for one in task_records(view, view.cluster(asked.get("cluster")))}
    failures = [{"arn": one, "reason": "MISSING"} for one in wanted if one not in tasks]
    return {"tasks": [tasks[one] for one in wanted if one in tasks], "failures": failures}


def _describe_definition(view: View, asked: Parameters) -> Record:
    found = view.definition(asked["taskDefinition"])
    return {"taskDefinition": definition_record(view, found), "tags": tags_of(found)}


def _list_definitions(view: View, asked: Parameters) -> Record:
    family = asked.get("familyPrefix")
    wanted = asked.get("status") or "ACTIVE"
    records = (definition_record(view, one) for one in view.of_type(DEFINITION))
    found = [one for one in records if one["status"] == wanted]
    found = [one for one in found if family in (None, one["family"])]
    found.sort(key=lambda one: (one["family"], one["revision"]), reverse=asked.get("sort") == "DESC")
    return {"taskDefinitionArns": [one["taskDefinitionArn"] for one in found]}


def _list_families(view: View, asked: Parameters) -> Record:
    prefix = str(asked.get("familyPrefix") or "")
    families = dict.fromkeys(str(definition_record(view, one)["family"]) for one in view.of_type(DEFINITION))
    return {"families": [one for one in families if one.startswith(prefix)]}


def _describe_providers(_view: View, asked: Parameters) -> Record:
    """Return AWS's own capacity providers: those of instances are not served."""
    wanted = asked.get("capacityProviders") or _PROVIDERS
    found = [{"name": one, "status": "ACTIVE"} for one in wanted if one in _PROVIDERS]
    failures = [{"arn": str(one), "reason": "MISSING"} for one in wanted if one not in _PROVIDERS]
    return {"capacityProviders": found, "failures": failures}


def _of_cluster(view: View, asked: Parameters, member: str) -> Record:
    """Return the empty list of a cluster: tasks need no container instances here."""
    view.cluster(asked.get("cluster"))
    return {member: []}


LOOKS: Mapping[str, Look[View]] = {
    "ListTaskDefinitionFamilies": _list_families,
    "DescribeCapacityProviders": _describe_providers,
    **account_settings.LOOKS,
    "ListTagsForResource": lambda view, asked: {"tags": tags_of(view.tagged(asked["resourceArn"]))},
    "DescribeClusters": _describe_clusters,
    "ListClusters": _list_clusters,
    "DescribeServices": _describe_services,
    "ListServices": _list_services,
    "DescribeTasks": _describe_tasks,
    "ListTasks": _list_tasks,
    "ListContainerInstances": lambda view, asked: _of_cluster(view, asked, "containerInstanceArns"),
    "ListAttributes": lambda view, asked: _of_cluster(view, asked, "attributes"),
    "DescribeTaskDefinition": _describe_definition,
    "ListTaskDefinitions": _list_definitions,
}


def _create_cluster(view: View, asked: Parameters) -> Change[View]:
    name = str(asked.get("clusterName") or DEFAULT)
    if any(view.cluster_name(one) == name for one in view.of_type(CLUSTER)):
        return Change((), _cluster(name))  # as AWS answers again
    given = {_OF_CLUSTERS.get(key, key): value for key, value in written(asked).items()}
    made = new(CLUSTER, f"cluster-{uuid.uuid4()}", {**given, "ClusterName": name})
    return Change((made,), _cluster(name))


def _cluster(name: str) -> Callable[[View], Record]:
    """Return the answer with a cluster."""
    return lambda after: {"cluster": cluster_record(after, after.cluster(name))}


def _update_cluster(view: View, asked: Parameters) -> Change[View]:
    """UpdateCluster, UpdateClusterSettings and PutClusterCapacityProviders set what they name."""
    cluster = view.cluster(asked["cluster"])
    given = {_OF_CLUSTERS.get(name, name): value for name, value in written(asked).items() if name != "Cluster"}
    return Change((updated(cluster, **given),), _cluster(cluster.id))


_OF_CLUSTERS = {"Settings": "ClusterSettings"}
"""Properties of templates by members of requests, where more than the first letter differs."""


def _tag(view: View, asked: Parameters) -> Change[View]:
    resource = view.tagged(asked["resourceArn"])
    tags = retagged(resource.properties.get("Tags"), written(asked.get("tags")), asked.get("tagKeys"))
    return Change((updated(resource, Tags=tags or None),), lambda _after: {})


def _delete_cluster(view: View, asked: Parameters) -> Change[View]:
    cluster = view.cluster(asked["cluster"])
    if view.services(cluster):
        text = "The Cluster cannot be deleted while Services are active."
        raise ApiError("ClusterContainsServicesException", text)
    record = {**cluster_record(view, cluster), "status": "INACTIVE"}
    return Change((Remove(cluster.id),), lambda _after: {"cluster": record})


def _register(view: View, asked: Parameters) -> Change[View]:
    family = str(asked["family"])
    _check_containers(asked)
    _check_fargate(asked)
    numbers = [
        definition_record(view, one)["revision"]
        for one in view.of_type(DEFINITION)
        if one.properties.get("Family") == family
    ]
    revision = max(numbers, default=0) + 1
    made = new(DEFINITION, f"task-definition-{uuid.uuid4()}", {**written(asked), "Revision": revision})
    return Change(
        (made,),
        lambda after: {"taskDefinition": definition_record(after, made.resource), "tags": tags_of(made.resource)},
    )


def _check_containers(asked: Parameters) -> None:
    """Raise ApiError for a task without containers, or with one without memory, or with another port of its own interface."""
    if not asked["containerDefinitions"]:
        raise ApiError("ClientException", "Container list cannot be empty.")
    for one in asked["containerDefinitions"]:
        if not (asked.get("memory") or one.get("memory") or one.get("memoryReservation")):
            text = "At least one of 'memory' or 'memoryReservation' must be specified."
            raise ApiError("ClientException", f"Invalid setting for container '{one.get('name')}'. {text}")
        for ports in one.get("portMappings") or ():
            if asked.get("networkMode") == "awsvpc" and ports.get("hostPort") not in (
                None,
                0,
                ports.get("containerPort"),
            ):
                text = "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
                raise ApiError("ClientException", text)


_FARGATE: Mapping[int, Collection[int]] = {
    256: (512, 1024, 2048), 512: range(1024, 4097, 1024), 1024: range(2048, 8193, 1024),
    2048: range(4096, 16_385, 1024), 4096: range(8192, 30_721, 1024), 8192: range(16_384, 61_441, 4096),
    16_384: range(32_768, 122_881, 8192),
}  # fmt: skip
"""Memory that a task of Fargate may have, by its CPU units."""


def _check_fargate(asked: Parameters) -> None:
    """Raise ApiError for a task of Fargate with another network than its own, or with sizes that it does not have."""
    if "FARGATE" not in (asked.get("requiresCompatibilities") or ()):
        return
    if asked.get("networkMode") != "awsvpc":
        raise ApiError("ClientException", "Fargate only supports network mode 'awsvpc'.")
    cpu, memory = (whole_number(asked.get(name)) for name in ("cpu", "memory"))
    if cpu is not None and memory is not None and cpu <= max(_FARGATE) and memory not in _FARGATE.get(cpu, ()):
        text = (
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation "
            "for the valid values."
        )
        raise ApiError("ClientException", text)


def _deregister(view: View, asked: Parameters) -> Change[View]:
    """DeregisterTaskDefinition: its services run on, and its number is not used again."""
    found = updated(view.definition(asked["taskDefinition"]), Status=INACTIVE)
    return Change((found,), lambda after: {"taskDefinition": definition_record(after, found.resource)})


def _delete_definitions(view: View, asked: Parameters) -> Change[View]:
    """DeleteTaskDefinitions: those that were deregistered."""
    found = [view.definition(one) for one in asked["taskDefinitions"]]
    if any(map(is_active, found)):
        raise ApiError("InvalidParameterException", "The specified task definition is still in ACTIVE status.")
    gone = [{**definition_record(view, one), "status": "DELETE_IN_PROGRESS"} for one in found]
    return Change(tuple(Remove(one.id) for one in found), lambda _after: {"taskDefinitions": gone, "failures": []})


def _create_service(view: View, asked: Parameters) -> Change[View]:
    cluster, name = view.cluster(asked.get("cluster")), str(asked["serviceName"])
    if any(view.service_name(one) == name for one in view.services(cluster)):
        raise ApiError("InvalidParameterException", "Creation of service was not idempotent.")
    given = {key: value for key, value in written(asked).items() if key not in ("Cluster", "ClientToken")}
    given |= _definition_of(view, asked)
    definition = view.active(asked["taskDefinition"]).properties if asked.get("taskDefinition") else {}
    if definition:
        _check_launch(asked, definition)
    made = new(SERVICE, f"service-{uuid.uuid4()}", {"Cluster": view.cluster_name(cluster), **given})
    return Change((made,), lambda after: _service(after, asked.get("cluster"), name))


def _check_launch(asked: Parameters, definition: Mapping[str, Any]) -> None:
    """Raise ApiError for tasks whose network mode asks for another launch, or for a network."""
    mode = definition.get("NetworkMode")
    if asked.get("launchType") == "FARGATE" and mode != "awsvpc" and not isinstance(mode, Unknown):
        raise ApiError("InvalidParameterException", "Task definition does not support launch_type FARGATE.")
    if mode == "awsvpc" and not asked.get("networkConfiguration"):
        text = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        raise ApiError("InvalidParameterException", text)


def _definition_of(view: View, asked: Parameters) -> dict[str, Any]:
    """Return the property with the task definition that a service gets: a family leads to its last revision."""
    return {"TaskDefinition": view.active(asked["taskDefinition"]).id} if asked.get("taskDefinition") else {}


def _update_service(view: View, asked: Parameters) -> Change[View]:
    cluster = view.cluster(asked.get("cluster"))
    service = view.service(cluster, asked["service"])
    left_out = ("Cluster", "Service", "ForceNewDeployment")
    given = {key: value for key, value in written(asked).items() if key not in left_out}
    given |= _definition_of(view, asked)
    if asked.get("forceNewDeployment"):
        given["ForceNewDeployment"] = {"EnableForceNewDeployment": True, "ForceNewDeploymentNonce": str(uuid.uuid4())}
    name = view.service_name(service)
    return Change((updated(service, **given),), lambda after: _service(after, asked.get("cluster"), name))


def _delete_service(view: View, asked: Parameters) -> Change[View]:
    cluster = view.cluster(asked.get("cluster"))
    service = view.service(cluster, asked["service"])
    if desired_count(view.cloud, service.id) and not asked.get("force"):
        text = "The service cannot be stopped while it is scaled above 0."
        raise ApiError("InvalidParameterException", text)
    record = {**service_record(view, cluster, service), "status": "INACTIVE", "desiredCount": 0, "runningCount": 0}
    return Change((Remove(service.id),), lambda _after: {"service": record})


def _service(view: View, cluster: object, name: str) -> Record:
    found = view.cluster(cluster)
    return {"service": service_record(view, found, view.service(found, name))}


def _run_task(view: View, asked: Parameters) -> Change[View]:
    """RunTask: each task has an interface, in the subnets of the request in turn."""
    cluster, definition = view.cluster(asked.get("cluster")), view.active(asked["taskDefinition"])
    count, given = int(asked.get("count") or 1), written(asked)
    network = (given.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration")
    if not 1 <= count <= _MOST_TASKS:
        raise ApiError("InvalidParameterException", f"count should be between 1 and {_MOST_TASKS}")
    _check_launch(asked, definition.properties)
    if not network:
        raise ApiError("InvalidParameterException", "No Container Instances were found in your cluster.")
    subnets = [view.cloud.names_by_id.get(one, one) for one in network["Subnets"]]
    missing = next((one for one in subnets if one not in view.cloud.network.subnets), None)
    if missing is not None:
        raise ApiError("InvalidParameterException", f"The subnet ID '{missing}' does not exist")
    family = view.revision(definition).rpartition(":")[0]
    own = {
        "Cluster": view.cluster_name(cluster), "TaskDefinition": definition.id, "Group": f"family:{family}",
        **{name: given[name] for name in ("Group", "LaunchType", "Tags", "StartedBy", "Overrides") if name in given},
    }  # fmt: skip
    places = [{**network, "Subnets": [subnets[number % len(subnets)]]} for number in range(count)]
    made = [
        new(TASK, f"task-{uuid.uuid4().hex}", {**own, "NetworkConfiguration": {"AwsvpcConfiguration": place}})
        for place in places
    ]
    return Change(
        tuple(made),
        lambda after: {"tasks": [task_record(after, cluster, one.resource) for one in made], "failures": []},
    )


def _stop_task(view: View, asked: Parameters) -> Change[View]:
    cluster = view.cluster(asked.get("cluster"))
    task = view.named_task(cluster, asked["task"])
    stopped = {"desiredStatus": "STOPPED", "stoppedReason": str(asked.get("reason") or "")}
    record = {**task_record(view, cluster, task), **stopped}
    return Change((Remove(task.id),), lambda _after: {"task": record})


WRITES: Mapping[str, Write[View]] = {
    **account_settings.WRITES,
    "CreateCluster": _create_cluster,
    "DeleteCluster": _delete_cluster,
    "UpdateCluster": _update_cluster,
    "UpdateClusterSettings": _update_cluster,
    "PutClusterCapacityProviders": _update_cluster,
    "TagResource": _tag,
    "UntagResource": _tag,
    "RegisterTaskDefinition": _register,
    "DeregisterTaskDefinition": _deregister,
    "DeleteTaskDefinitions": _delete_definitions,
    "CreateService": _create_service,
    "UpdateService": _update_service,
    "DeleteService": _delete_service,
    "RunTask": _run_task,
    "StopTask": _stop_task,
}


class Tasks(Protocol):
    """The tasks that run."""

    def states(self) -> Mapping[str, TaskState]:
        """Return the states of tasks, by interface."""

    def services(self) -> Mapping[str, ServiceState]:
        """Return the states of services, by id."""


class EcsApi:
    """The operations of ECS."""

    def __init__(self, running: Running, tasks: Callable[[], Tasks] | None = None) -> None:
        def view(cloud: Cloud) -> View:
            return View(cloud, tasks().states(), tasks().services()) if tasks is not None else View(cloud)

        own, gone = operations(running, view, LOOKS, WRITES, "InvalidParameterException"), inactive.Inactive()
        stopped = inactive.Stopped()
        own["StopTask"] = partial(inactive.stop_task, stopped, own["StopTask"])
        own["ListTasks"] = partial(inactive.list_tasks, stopped, own["ListTasks"], own["DescribeClusters"])
        own["DescribeTasks"] = partial(inactive.describe_tasks, stopped, own["DescribeTasks"])
        own["DeleteService"] = partial(inactive.delete_service, gone, own["DeleteService"])
        own["DescribeServices"] = partial(
            inactive.describe_services, gone, own["DescribeServices"], own["DescribeClusters"]
        )
        self.operations = own
        self.handle = JsonApi("ecs", own, "InvalidParameterException").handle
