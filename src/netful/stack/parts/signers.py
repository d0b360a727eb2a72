"""The access keys of a stack's functions, which sign what their sandboxes ask of AWS's services."""

from __future__ import annotations

from collections.abc import Mapping

from netful.engine.iam.role_sessions import caller_of
from netful.functions.environments.service import keys_of
from netful.model.cloud import Cloud
from netful.services.front.signature import Signer


def signers(cloud: Cloud) -> Mapping[str, Signer]:
    """Return the functions of a cloud, by their access keys."""
    return cloud.derived("signers", lambda: _signers(cloud))


def _signers(cloud: Cloud) -> Mapping[str, Signer]:
    found = {}
    for function in cloud.compute.functions.values():
        keys = keys_of(function)
        caller = caller_of(cloud, function)
        found[keys.access_key_id] = Signer(caller, keys.secret_access_key, keys.session_token)
    return found
