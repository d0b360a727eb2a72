"""Access keys of a stack that sign requests to AWS services: of functions and tasks, and of CloudFront's distributions."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from netful.engine.distributions.origin_access import caller_of as caller_of_distribution
from netful.engine.iam.role_sessions import caller_of, task_caller
from netful.engine.tasks.definition import definition_of
from netful.engine.tasks.places import owners
from netful.functions.environments.service import keys_of
from netful.model.cloud import Cloud
from netful.model.names.distributions import OriginAccess
from netful.services.front.signature import Signer
from netful.stack.tasks.endpoint import keys_of_task


def signers(cloud: Cloud) -> Mapping[str, Signer]:
    """Return the functions, tasks and distributions of a cloud, by their access keys."""
    return cloud.derived(
        "signers", lambda: {**dict(_functions(cloud)), **dict(_tasks(cloud)), **distribution_signers(cloud)}
    )


def _functions(cloud: Cloud) -> Iterator[tuple[str, Signer]]:
    for function in cloud.compute.functions.values():
        keys = keys_of(function)
        yield keys.access_key_id, Signer(caller_of(cloud, function), keys.secret_access_key, keys.session_token)


def _tasks(cloud: Cloud) -> Iterator[tuple[str, Signer]]:
    for owner_id in owners(cloud):
        definition = definition_of(cloud, owner_id)
        keys = keys_of_task(owner_id)
        caller = task_caller(cloud, definition.role if definition and definition.role else owner_id, owner_id)
        yield keys.access_key_id, Signer(caller, keys.secret_access_key, keys.session_token)


def distribution_signers(cloud: Cloud) -> Mapping[str, Signer]:
    """Return the callers that CloudFront signs as, by their access keys."""
    return cloud.derived("distribution signers", lambda: dict(_distributions(cloud)))


def _distributions(cloud: Cloud) -> Iterator[tuple[str, Signer]]:
    for distribution in cloud.names.distributions.values():
        for origin in distribution.origins:
            if isinstance(origin.access, OriginAccess):
                caller = caller_of_distribution(cloud, distribution, origin.access)
                digest = sha256(f"{caller.arn}/{distribution.id}".encode()).hexdigest().upper()
                yield f"ASIA{digest[:16]}", Signer(caller, digest[:40], "")
