"""Secrets of a task, and the check before its start that Fargate makes through the task's own interface (hosts §7).

The paths are judged, not walked: the task's interface is asked for ECR, Secrets Manager, Parameter Store and CloudWatch Logs. An
image of this machine needs no registry, but on AWS the task would: the check includes it.
"""

from collections.abc import Mapping

from netful.engine.files.mounts import PORT, folder_of, target_for
from netful.engine.tasks.definition import Container, TaskDefinition
from netful.engine.tasks.needs import Need, needs_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.core import QuestionError
from netful.model.network.network_interface import NetworkInterface
from netful.services.deploy import dynamic_references
from netful.services.http.backend_requests import CallHost

_RETRIEVAL = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
    "unable to retrieve {what}: service call has been retried 1 time(s): {why}"
)
_PULL = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: dial tcp: i/o timeout: {why}"
_LOGS = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: {why}"
MOUNT = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: mount of {} failed: {}"
_SECRET_PARTS = 7


class NotProvisionedError(Exception):
    """A task that cannot start, with ECS's reason."""


def check(cloud: Cloud, definition: TaskDefinition, eni_id: str) -> None:
    """Raise NotProvisionedError for the first thing that the task's interface certainly does not reach."""
    if not definition.is_fargate:
        return
    region = cloud.region_of(definition.resource.id)
    for need in dict.fromkeys(needs_of(definition.resource.properties, region)):
        try:
            path = trace(cloud, parse(cloud, eni_id, need.destination))
        except QuestionError:
            continue
        if path.verdict == "blocked":
            raise NotProvisionedError(_refusal(need, f"{need.destination} from {eni_id}: {path.symptom}"))


def check_files(cloud: Cloud, definition: TaskDefinition, interface: NetworkInterface) -> None:
    """Raise NotProvisionedError for a file system whose mount target the task's interface certainly does not reach."""
    for volume in definition.volumes.values():
        folder = folder_of(cloud, volume.access_point) if volume.access_point else None
        id_ = folder.file_system_id if folder else cloud.named(volume.file_system_id)
        if not id_:
            continue
        address = target_for(cloud, id_, interface)
        if address is None:
            raise NotProvisionedError(MOUNT.format(id_, "no mount target in the availability zone of the task"))
        path = trace(cloud, parse(cloud, interface.id, f"{address}:tcp/{PORT}"))
        if path.verdict == "blocked":
            raise NotProvisionedError(MOUNT.format(id_, f"{address}:{PORT} from {interface.id}: {path.symptom}"))


def _refusal(need: Need, why: str) -> str:
    match need.kind:
        case "secrets":
            return _RETRIEVAL.format(
                what="secret from asm" if "secrets" in need.destination else "secrets from ssm", why=why
            )
        case "logs":
            return _LOGS.format(why=why)
    return (
        _PULL.format(why=why)
        if need.destination != "aws:ecr.api"
        else _RETRIEVAL.format(what="ecr registry auth", why=why)
    )


async def secrets(container: Container, region: str, call_host: CallHost) -> Mapping[str, str]:
    """Return the values of a container's secrets. Raise NotProvisionedError for one that is not there."""
    found = {}
    for name, place in container.secrets.items():
        value = await _value(place, region, call_host)
        if value is None:
            what, error = (
                ("secret from asm", "ResourceNotFoundException")
                if ":secretsmanager:" in place
                else ("secrets from ssm", "invalid ssm parameters")
            )
            raise NotProvisionedError(_RETRIEVAL.format(what=what, why=f"{error}: {place}"))
        found[name] = value
    return found


async def _value(place: str, region: str, call_host: CallHost) -> str | None:
    if ":secretsmanager:" in place:
        parts = place.split(":")
        arn, rest = ":".join(parts[:_SECRET_PARTS]), parts[_SECRET_PARTS:]
        return await dynamic_references.value_at(
            "secretsmanager", ":".join((arn, "SecretString", *rest)), region, call_host
        )
    name = place.partition(":parameter")[2] if place.startswith("arn:") else place
    found = await dynamic_references.value_at("ssm", name, region, call_host)
    if found is None and name.startswith("/"):  # the ARN of a parameter has a slash that its name may not have
        found = await dynamic_references.value_at("ssm", name[1:], region, call_host)
    return found
