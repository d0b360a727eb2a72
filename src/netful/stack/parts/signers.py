"""Access keys of a stack's functions and tasks, which sign their requests to AWS services."""

from __future__ import annotations

from collections.abc import Mapping

from netful.engine.iam.role_sessions import caller_of, task_caller
from netful.engine.tasks.definition import definition_of
from netful.engine.tasks.places import owners
from netful.functions.environments.service import keys_of
from netful.model.cloud import Cloud
from netful.services.front.signature import Signer
from netful.stack.tasks.endpoint import keys_of_task


def signers(cloud: Cloud) -> Mapping[str, Signer]:
    """Return the functions and tasks of a cloud, by their access keys."""
    return cloud.derived("signers", lambda: _signers(cloud))


def _signers(cloud: Cloud) -> Mapping[str, Signer]:
    found = {}
    for function in cloud.compute.functions.values():
        keys = keys_of(function)
        caller = caller_of(cloud, function)
        found[keys.access_key_id] = Signer(caller, keys.secret_access_key, keys.session_token)
    for owner_id in owners(cloud):
        definition = definition_of(cloud, owner_id)
        keys = keys_of_task(owner_id)
        caller = task_caller(cloud, definition.role if definition and definition.role else owner_id, owner_id)
        found[keys.access_key_id] = Signer(caller, keys.secret_access_key, keys.session_token)
    return found
