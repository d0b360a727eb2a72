"""Access keys of a stack that sign requests to AWS services: of its sessions, and of CloudFront's distributions."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from netful.engine.authorization.sessions import sessions
from netful.engine.distributions.origin_access import caller_of as caller_of_distribution
from netful.model.cloud import Cloud
from netful.model.names.distributions import OriginAccess
from netful.services.front.signature import Signer


def signers(cloud: Cloud) -> Mapping[str, Signer]:
    """Return the sessions and distributions of a cloud as signers, by their access keys."""
    return cloud.derived("signers", lambda: {**dict(_sessions(cloud)), **distribution_signers(cloud)})


def _sessions(cloud: Cloud) -> Iterator[tuple[str, Signer]]:
    for access_key_id, session in sessions(cloud).items():
        yield access_key_id, Signer(session.caller, session.keys.secret_access_key, session.keys.session_token)


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
