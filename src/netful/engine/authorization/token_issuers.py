"""Issuers of tokens, and the owners of their signing keys (api-gateway §5.12, §6.5).

| issuer | keys |
|---|---|
| named in `netful.toml` | the file there |
| a user pool of the template | the pool's own, with which the running stack's Cognito signs |
| a host of the stack: an API, a function URL, a load balancer or an instance with a public address | served at `/.well-known/openid-configuration` |
| any other | not available here: its signatures are not verified |
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Any

from netful.engine.authorization.function_urls import URL, host_of
from netful.engine.names import api_names
from netful.engine.names.resolution import resolve
from netful.model.apis.api import Authorizer
from netful.model.cloud import Cloud
from netful.model.core import Frozen, url_parts
from netful.model.names.generated.user_pool import issuer_of

_POOL = "AWS::Cognito::UserPool"


class Holder(Enum):
    """Owner of an issuer's keys."""

    PROJECT = auto()
    POOL = auto()
    HOST = auto()
    UNKNOWN = auto()


class Keys(Frozen):
    """Keys of an issuer, as far as they are known before deployment; `where` describes them."""

    issuer: str
    holder: Holder
    where: str


def keys_of(cloud: Cloud, issuer: str) -> Keys:
    """Return the owner of an issuer's keys."""
    return cloud.derived(("keys of", issuer), lambda: _keys_of(cloud, issuer))


def _keys_of(cloud: Cloud, issuer: str) -> Keys:
    declared = cloud.access.issuers.get(issuer)
    if declared is not None:
        return Keys(issuer, Holder.PROJECT, f"the keys at {declared.origin}")
    pools = cloud.template.of_type(_POOL)
    pool = next((one for one in pools if issuer_of(cloud.aws_id(one.id)) == issuer), None)
    if pool is not None:
        return Keys(issuer, Holder.POOL, f"the keys of {pool.id}")
    host = url_parts(issuer).hostname or ""
    if host and _is_here(cloud, host):
        return Keys(issuer, Holder.HOST, f"the keys that {host} serves")
    return Keys(issuer, Holder.UNKNOWN, "")


def _is_here(cloud: Cloud, host: str) -> bool:
    """Return whether the name resolves, from the internet, to a resource of the stack."""
    own = api_names.own_name(cloud, host)
    urls = (host_of(cloud, one) for one in cloud.template.of_type(URL))
    if (own is not None and own.api_id in cloud.apis.by_id) or api_names.domains_named(cloud, host) or host in urls:
        return True
    return any(cloud.network.public_interface(address) for address in resolve(cloud, None, host).addresses)


def issuers_of(authorizer: Authorizer) -> Iterator[str]:
    """Yield the known issuers of an authorizer."""
    if isinstance(authorizer.issuer, str):
        yield authorizer.issuer
    for arn in authorizer.provider_arns:
        if isinstance(arn, str):
            yield issuer_of(arn.rpartition("/")[2])


def signer_of(authorizer: Authorizer, claims: Mapping[str, Any]) -> str | None:
    """Return the required issuer of a token: the authorizer's issuer that the token names, else the authorizer's first one."""
    issuers = [*issuers_of(authorizer)]
    return next((one for one in issuers if one == claims.get("iss")), issuers[0] if issuers else None)


def assumptions(cloud: Cloud, authorizer: Authorizer) -> tuple[str, ...]:
    """Return the assumptions about tokens: the signatures of issuers whose keys are not available."""
    unknown = [one for one in issuers_of(authorizer) if keys_of(cloud, one).holder is Holder.UNKNOWN]
    return tuple(f"tokens of {one} are signed by it: its keys are not available here" for one in unknown)


def in_words(cloud: Cloud, authorizer: Authorizer) -> str:
    """Return the keys of an authorizer in words; "" if none are known."""
    return " or ".join(where for one in issuers_of(authorizer) if (where := keys_of(cloud, one).where))
