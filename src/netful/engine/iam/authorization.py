"""Authorization of a request by the policies of the endpoint, of the resource and of the caller together.

IAM's rules within one account (vpc-network §5.4):

| | |
|---|---|
| any policy denies it | no |
| the endpoint's policy does not allow it | no: an endpoint's policy only narrows |
| the caller's policies allow it, or the resource's policy allows it to this caller | yes |
| the caller's permissions boundary does not allow it, nor the resource's policy to this session | no |
| the session policies do not allow it, nor the resource's policy to this session | no |
| the policy of a KMS key or a role does not allow it to the caller, nor to the account | no, whatever the caller's policies say |
| no policy allows it | no |

A policy that names the account, and not the caller, leaves the decision to the caller's own policies. Uncertain cases are
not refused. For a request without a caller, only the resource's policy decides. A caller without names is some identity of
the account, with any policies.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from netful.engine.iam import policies
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.names.arns import account_root

Document = Mapping[str, Any] | None
"""A policy; None if none exists, or if its text is not known."""

Tags = Mapping[str, Maybe[str]] | None
"""Tags of a role; None if they are not known."""

_FREE = frozenset({"sts:GetCallerIdentity"})  # allowed to every caller, even if its own policies deny it

ENDPOINT, RESOURCE, IDENTITY = "VPC endpoint policy", "resource-based policy", "identity-based policy"
BOUNDARY, SESSION = "permissions boundary", "session policy"
"""Kinds of policies in AWS's terms."""
_TAG, _OF_USERS = "aws:PrincipalTag", frozenset({"aws:username"})


class Caller(Frozen):
    """An identity: its ARN, every name that policies may use for it, and its own policies.

    `document` is None if the text of some of its policies is not known; `denials` then are the known Deny statements.
    `boundary` is the text of its permissions boundary, None without one. The first of several names is its session's.
    `party`: it is no identity of an account, and only the resource's policy can admit it, by one of its names (CloudFront).
    `tags` are those of its role, None if they are not known. `limit` is the text of its session policies, None without any, and
    `key_id` the access key of a session that STS gave: sessions of one name may have other policies.
    """

    arn: str
    names: tuple[str, ...]
    account_id: str
    document: Document = None
    denials: Document = None
    boundary: Document = None
    party: bool = False
    tags: Tags = None
    limit: Document = None
    key_id: str = ""

    @property
    def keys(self) -> dict[str, str]:
        """Condition keys of its requests. The last of its names is that of its role."""
        kind = "AssumedRole"
        own = {"aws:PrincipalArn": self.names[-1], "aws:PrincipalAccount": self.account_id, "aws:PrincipalType": kind}
        return own | keys_of_tags(self.tags)

    @property
    def absent(self) -> frozenset[str]:
        """Condition keys that its requests lack: a session of a role has no user's name."""
        return _OF_USERS | absent_by_tags(self.tags)

    @property
    def delegates(self) -> tuple[str, ...]:
        """Names of the account. A policy that names them leaves the decision to the caller's own policies."""
        return self.account_id, account_root(self.account_id, self.arn)


def keys_of_tags(tags: Tags) -> dict[str, str]:
    """Return the condition keys of a role's tags with known values."""
    return {f"{_TAG}/{key}": value for key, value in (tags or {}).items() if not isinstance(value, Unknown)}


def absent_by_tags(tags: Tags) -> frozenset[str]:
    """Return the condition keys that requests lack because a role has no other tags."""
    known = tags is not None and not any(isinstance(value, Unknown) for value in tags.values())
    return frozenset({_TAG}) if known else frozenset()


class Refusal(Frozen):
    """Reason of a refusal in AWS's terms: an explicit deny in a kind of policy, or no allow in it.

    `keys` are what an outcome that counts as a refusal depends on.
    """

    kind: str
    explicit: bool
    keys: tuple[str, ...] = ()


def refusal(
    request: policies.PolicyRequest,
    caller: Caller | None,
    endpoint: Document,
    resource: Document,
    *,
    must_allow: bool = False,
    strict: bool = False,
) -> Refusal | None:
    """Return the reason of a refusal; None if the request is admitted.

    `must_allow`: the resource is a KMS key or a role, whose policy must allow. `strict`: outcomes and policies that are not known count as refusals.
    """
    if caller is not None and caller.party:
        return _of_party(replace(request, parties=caller.names), resource)
    if request.action in _FREE:
        caller, strict = caller and Caller(caller.arn, caller.names, caller.account_id), False
    known = replace(request, principals=(*caller.names, *caller.delegates)) if caller and caller.names else request
    judged = partial(_ruling, strict=strict)
    rulings = {
        ENDPOINT: judged(endpoint, known),
        RESOURCE: judged(resource, known),
        BOUNDARY: judged(caller.boundary if caller else None, known),
        SESSION: judged(caller.limit if caller else None, known),
        IDENTITY: judged(_own(caller), known),
    }
    for kind, ruling in rulings.items():
        if ruling and ruling.outcome == "deny" and ruling.statement:
            return Refusal(kind, explicit=True, keys=ruling.keys)
    if _denies(rulings[ENDPOINT]):
        return Refusal(ENDPOINT, explicit=False)
    if caller is None:
        return Refusal(RESOURCE, explicit=False) if _denies(rulings[RESOURCE]) else None
    if must_allow and _denies(rulings[RESOURCE]):
        return Refusal(RESOURCE, explicit=False)
    asked = {
        IDENTITY: caller.names if strict or caller.document is not None else (),
        BOUNDARY: caller.names[:1],
        SESSION: caller.names[:1],
    }
    for kind, names in asked.items():
        direct, ruling = judged(resource, replace(request, principals=names)), rulings[kind]
        if names and _denies(ruling) and (direct is None or direct.outcome == "deny"):
            return Refusal(kind, explicit=False, keys=ruling.keys if ruling else ())
    return None


def _of_party(request: policies.PolicyRequest, resource: Document) -> Refusal | None:
    ruling = policies.evaluate(resource or {}, request)
    return Refusal(RESOURCE, explicit=bool(ruling.statement)) if ruling.outcome == "deny" else None


def _own(caller: Caller | None) -> Document:
    if caller is None:
        return None
    return caller.document if caller.document is not None else caller.denials


def _ruling(document: Document, request: policies.PolicyRequest, *, strict: bool = False) -> policies.Decision | None:
    found = None if document is None else policies.evaluate(document, request)
    if found is None or not strict or found.outcome != "unknown":
        return found
    return replace(found, outcome="deny", statement="one that may apply" if found.may_deny else "")


def _denies(ruling: policies.Decision | None) -> bool:
    return ruling is not None and ruling.outcome == "deny"
