"""Sessions of a stack that sign requests, by access key: of functions, of tasks, and of state machines. The keys are made up, and always the same.

A state machine signs as its role, or as the service `states.amazonaws.com` for it (`AuthType: RESOURCE_POLICY`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from netful.engine.iam.authorization import Caller
from netful.engine.iam.role_sessions import caller_of, task_caller
from netful.engine.tasks.definition import definition_of
from netful.engine.tasks.places import owners
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.function import Function, Role

STATE_MACHINE, STATES = "AWS::StepFunctions::StateMachine", "states.amazonaws.com"


class Credentials(Frozen):
    """Credentials of a session."""

    access_key_id: str
    secret_access_key: str
    session_token: str


class Session(Frozen):
    """A session: its keys, who it is to policies, and its role, None if that is not known or if it is a service."""

    keys: Credentials
    caller: Caller
    role: Role | None = None


def keys_of(function: Function) -> Credentials:
    """Return the keys of a function."""
    return _keys(function.id)


def keys_of_task(owner_id: str) -> Credentials:
    """Return the keys of the tasks of a service."""
    return _keys(f"task {owner_id}")


def keys_of_machine(signer: str) -> Credentials:
    """Return the keys of executions that sign as a role or as the service for a machine, by its ARN."""
    return _keys(f"states {signer}")


def sessions(cloud: Cloud) -> Mapping[str, Session]:
    """Return the sessions of a cloud, by access key id."""
    return cloud.derived("sessions", lambda: {one.keys.access_key_id: one for one in _all(cloud)})


def session_of(cloud: Cloud, source: str) -> Session | None:
    """Return the session of a function, or of the tasks of a service, whose images may be unknown; None for other sources."""
    function = cloud.compute.functions.get(source)
    if function is not None:
        return _of_function(cloud, function)
    return _of_task(cloud, source) if definition_of(cloud, source) is not None else None


def machine_caller(cloud: Cloud, role: str) -> Caller:
    """Return the identity of an execution that calls with its machine's role."""
    return task_caller(cloud, role, "states")


def _all(cloud: Cloud) -> Iterator[Session]:
    access = cloud.access
    yield from (_of_function(cloud, function) for function in cloud.compute.functions.values())
    yield from (_of_task(cloud, owner_id) for owner_id in owners(cloud))
    for machine in cloud.template.of_type(STATE_MACHINE):
        arn, role = str(machine.ref), str(machine.properties.get("RoleArn"))
        yield Session(keys_of_machine(role), machine_caller(cloud, role), access.role_named(role))
        yield Session(keys_of_machine(arn), Caller(arn, (STATES,), cloud.account_id, party=True))


def _of_function(cloud: Cloud, function: Function) -> Session:
    return Session(keys_of(function), caller_of(cloud, function), cloud.access.role_of(function))


def _of_task(cloud: Cloud, owner_id: str) -> Session:
    definition = definition_of(cloud, owner_id)
    role = definition.role if definition and definition.role else owner_id
    return Session(keys_of_task(owner_id), task_caller(cloud, role, owner_id), cloud.access.role_named(role))


def _keys(name: str) -> Credentials:
    digest = hashlib.sha256(name.encode()).hexdigest().upper()
    return Credentials(f"ASIA{digest[:16]}", digest[:40], digest)
