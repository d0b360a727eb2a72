"""Access keys of a stack, which sign requests to AWS services: of functions for their sandboxes, and of CloudFront's distributions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from netful.engine.distributions.origin_access import caller_of as caller_of_distribution
from netful.engine.iam.role_sessions import caller_of
from netful.functions.environments.service import keys_of
from netful.model.cloud import Cloud
from netful.model.names.distributions import OriginAccess
from netful.services.front.signature import Signer


def signers(cloud: Cloud) -> Mapping[str, Signer]:
    """Return the functions and the distributions of a cloud, by their access keys."""
    return cloud.derived("signers", lambda: {**dict(_functions(cloud)), **distribution_signers(cloud)})


def _functions(cloud: Cloud) -> Iterator[tuple[str, Signer]]:
    for function in cloud.compute.functions.values():
        keys = keys_of(function)
        yield keys.access_key_id, Signer(caller_of(cloud, function), keys.secret_access_key, keys.session_token)


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
