"""Secrets and variables of a task, and the check before its start that Fargate makes through the task's own interface (hosts §7).

The paths are judged, not walked: the task's interface is asked for ECR, Secrets Manager, Parameter Store, S3 and CloudWatch Logs. An
image of this machine needs no registry, but on AWS the task would: the check includes it.
"""

from collections.abc import Iterable, Iterator, Mapping

from netful.engine.files.mounts import PORT, target_for
from netful.engine.iam import role_sessions
from netful.engine.iam.service_actions import RequestedAction
from netful.engine.tasks.definition import Container, TaskDefinition, file_system_of
from netful.engine.tasks.needs import Need, needs_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.core import Maybe, QuestionError, Unknown
from netful.model.network.network_interface import NetworkInterface
from netful.services.deploy import dynamic_references
from netful.services.http.backend_requests import CallHost, call_bucket

_RETRIEVAL = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
    "unable to retrieve {what}: service call has been retried 1 time(s): {why}"
)
_PULL = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: dial tcp: i/o timeout: {why}"
_LOGS = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: {why}"
_FILES = (
    "ResourceInitializationError: failed to download env files: file download command: non empty error stream: {why}"
)
MOUNT = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: mount of {} failed: {}"
_SECRET_PARTS = 7
_SESSION = "ecs"
_ASM, _SSM = "secret from asm", "secrets from ssm"


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
        id_ = file_system_of(cloud, volume)
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
            return _RETRIEVAL.format(what=_ASM if "secrets" in need.destination else _SSM, why=why)
        case "logs":
            return _LOGS.format(why=why)
        case "environment files":
            return _FILES.format(why=f"RequestCanceled: request context canceled: {why}")
    return (
        _PULL.format(why=why)
        if need.destination != "aws:ecr.api"
        else _RETRIEVAL.format(what="ecr registry auth", why=why)
    )


def check_secrets(cloud: Cloud, definition: TaskDefinition) -> None:
    """Raise NotProvisionedError for a secret or a file of variables that the execution role certainly may not read."""
    role = definition.resource.properties.get("ExecutionRoleArn")
    region = cloud.region_of(definition.resource.id)
    for container in definition.containers if isinstance(role, str) else ():
        for place in container.secrets.values():
            asked, what = _asked(place, cloud.arn("ssm", "parameter/", definition.resource.id))
            if what == _ASM and not any(one.ref == asked.resource for one in cloud.template.resources.values()):
                continue  # without the end of its ARN, or of another stack: the policy may name it otherwise
            if role_sessions.refusal(cloud, role_sessions.task_caller(cloud, str(role), _SESSION), asked, region):
                why = f"AccessDeniedException: `{role}` is not authorized to perform: {asked.action} on resource: {asked.resource}"
                raise NotProvisionedError(_RETRIEVAL.format(what=what, why=why))
        for arn in _known(container.environment_files):
            caller = role_sessions.task_caller(cloud, str(role), _SESSION)
            if role_sessions.refusal(cloud, caller, RequestedAction("s3:GetObject", arn), region):
                raise NotProvisionedError(_FILES.format(why=f"AccessDenied: Access Denied status code: 403: {arn}"))


def _known(files: Iterable[Maybe[str]]) -> Iterator[str]:
    return (one for one in files if isinstance(one, str))


def _asked(place: str, own: str) -> tuple[RequestedAction, str]:
    """Return the action that reads a secret at a place, and how ECS calls it."""
    if ":secretsmanager:" in place:
        arn = ":".join(place.split(":")[:_SECRET_PARTS])
        return RequestedAction("secretsmanager:GetSecretValue", arn), _ASM
    arn = place if place.startswith("arn:") else own + place.removeprefix("/")
    return RequestedAction("ssm:GetParameters", arn), _SSM


async def variables(container: Container, cloud: Cloud, call_host: CallHost) -> Mapping[str, str]:
    """Return the values of variables of files, with references, which a deployment reads, and of secrets.

    Raise NotProvisionedError for a secret or a file that is not there.
    """
    known = {}
    for name, value in container.unknown.items():
        found = await dynamic_references.read(value, cloud, call_host) if value.reference else value
        if isinstance(found, str):
            known[name] = found
        elif value.reference:
            raise NotProvisionedError(f"`{name}` of the container `{container.name}`: {found.why}")
    of_files = await _of_files(container, cloud.region, call_host)
    return {**of_files, **known, **await secrets(container, cloud.region, call_host)}


async def _of_files(container: Container, region: str, call_host: CallHost) -> dict[str, str]:
    """Return the variables of a container's files that its definition does not set itself; of one name, the first counts."""
    found: dict[str, str] = {}
    for arn in _known(container.environment_files):
        response = await call_bucket(call_host, region, "ecs", "GET", (arn.partition(":::")[2],))
        if response.status != 200:
            code = "NoSuchBucket" if b"NoSuchBucket" in response.body else "NoSuchKey"
            raise NotProvisionedError(_FILES.format(why=f"{code}: {arn} status code: {response.status}"))
        for line in response.body.decode(errors="replace").splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                found.setdefault(name, value)
    return {name: value for name, value in found.items() if name not in container.environment}


def missing(definition: TaskDefinition) -> Iterator[str]:
    """Yield a warning for each variable or file of variables that containers lack, because it is not known."""
    origin = definition.resource.origin
    for container in definition.containers:
        for name, value in container.unknown.items():
            if not value.reference:
                yield f"{origin}: the container `{container.name}` runs without the variable `{name}`: {value.why}"
        for one in container.environment_files:
            if isinstance(one, Unknown):
                yield f"{origin}: the container `{container.name}` runs without a file of its `EnvironmentFiles`: {one.why}"


async def secrets(container: Container, region: str, call_host: CallHost) -> Mapping[str, str]:
    """Return the values of a container's secrets. Raise NotProvisionedError for one that is not there."""
    found = {}
    for name, place in container.secrets.items():
        value = await _value(place, region, call_host)
        if value is None:
            what, error = (
                (_ASM, "ResourceNotFoundException") if ":secretsmanager:" in place else (_SSM, "invalid ssm parameters")
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
