"""Role of the function or task that asks a service, as far as it decides about the action of the question.

| the role | the answer |
|---|---|
| denies the action, by a statement of its policies or of its boundary | a refusal |
| does not allow it, and no policy of a resource may | a refusal, if all policies of resources of the service are read |
| does not allow it otherwise, or its policies are not all known | an assumption |
| is asked for an operation that needs the actions of its content | an assumption, unless it allows the operation's name |

A policy of a resource that is not in the sources might allow what the role does not: a refusal assumes that no such policy
exists. What policies depend on and the question leaves open is an assumption too. Unsigned operations need no role.
"""

from collections.abc import Iterator

from netful.engine.authorization.sessions import session_of
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Found, denied
from netful.engine.flows.kinds import HopKind
from netful.engine.iam import authorization, encryption, resource_policies, role_sessions
from netful.engine.iam.authorization import Caller, Refusal
from netful.engine.iam.policies import PolicyRequest
from netful.engine.iam.service_actions import WITHOUT_SIGNATURE, RequestedAction, is_action
from netful.engine.trace.policies.service_requests import signed, unplaced
from netful.model.cloud import Cloud
from netful.model.functions.function import Role

_OF_KEYS = {**encryption.NEEDED, **encryption.OF_OBJECTS}
_WHOSE = {
    authorization.IDENTITY: "the policies of {role} allow",
    authorization.BOUNDARY: "the permissions boundary of {role} allows",
    authorization.RESOURCE: "the policy of {resource} allows",
}


def judge(cloud: Cloud, source: str, request: PolicyRequest) -> tuple[Found, ...]:
    """Evaluate the policies of the role of a source for a request that names an action."""
    found = signer(cloud, source)
    if not request.action or request.action in WITHOUT_SIGNATURE or found is None:
        return ()
    role, caller = found
    own = signed(request, caller)
    if role_sessions.refused(cloud, caller, own) is not None:
        own = unplaced(own)
    refused = role_sessions.refused(cloud, caller, own)
    if refused is not None and not refused.explicit and not is_action(own.action):
        refused = None  # the actions that it needs depend on its content
    if refused is not None and _is_settled(cloud, own, caller, refused):
        return _refusal(source, role, own, refused)
    if refused is not None:
        instead = f"{source} has other credentials, or a policy of the resource allows it"
        return (Assumption(f"{instead}: its role {role.id} does not allow {request.action}"),)
    doubt = role_sessions.refused(cloud, caller, own, strict=True)
    doubts = (Assumption(_in_words(doubt, role.id, own)),) if doubt is not None else ()
    return (*doubts, *_of_keys(cloud, source, own, role.id, caller))


def _is_settled(cloud: Cloud, request: PolicyRequest, caller: Caller, refused: Refusal) -> bool:
    """Return whether no policy of a resource, as far as the sources have them, may allow what the role does not."""
    if refused.explicit:
        return True
    may_allow = resource_policies.admitting(cloud, request.action.partition(":")[0])
    return may_allow is not None and all(
        authorization.refusal(request, caller, None, document) is not None for document in may_allow
    )


def _refusal(source: str, role: Role, request: PolicyRequest, refused: Refusal) -> tuple[Found, ...]:
    """Return the refusal of a request, with what it assumes."""
    what = "permissions boundary" if refused.kind == authorization.BOUNDARY else "policies"
    action, signs = request.action, f"{source} signs with its role {role.id}"
    if refused.explicit:
        rule = f"a statement in its {what} denies it"
        remedy = f"narrow the statement in the {what} of `{role.id}` that denies `{action}`"
    else:
        rule, remedy = f"no statement in its {what} allows it", f"allow `{action}` in the {what} of `{role.id}`"
        signs = (
            f"{source} signs with its role {role.id}, "
            f"and no policy of a resource outside the sources allows {action} to it"
        )
    refusal = denied(HopKind.POLICY, action, role, rule, Code.NETFUL_ROLE_POLICY_DENY, remedy)
    return Assumption(signs), refusal


def _of_keys(cloud: Cloud, source: str, request: PolicyRequest, role: str, caller: Caller) -> Iterator[Assumption]:
    """Yield the assumptions about customers' keys with which the resource of a request is encrypted, or may be."""
    asked = RequestedAction(request.action, request.resource)
    refused, open_ = dict[str, None](), dict[str, None]()
    for id_, what in encryption.needed(cloud, asked, _OF_KEYS):
        further = PolicyRequest(
            what.action, what.resource, context={**dict(what.keys), **caller.keys}, absent=caller.absent
        )
        if role_sessions.refused(cloud, caller, further) is not None:
            refused[id_] = None
        elif role_sessions.refused(cloud, caller, further, strict=True) is not None:
            open_[id_] = None
    if refused:
        names = ", ".join(refused)
        what_else = "has other credentials, or asks for another resource"
        yield Assumption(f"{source} {what_else}: its role {role} does not allow the use of the key of {names}")
    if open_:
        yield Assumption(f"the policies of {role} allow the use of the key of {', '.join(open_)}")


def _in_words(doubt: Refusal, role: str, request: PolicyRequest) -> str:
    keys = " and ".join(f"`{key}`" for key in doubt.keys)
    depends = f", which depends on {keys} of the request" if keys else ""
    return f"{_WHOSE[doubt.kind].format(role=role, resource=request.resource)} {request.action}{depends}"


def signer(cloud: Cloud, source: str) -> tuple[Role, Caller] | None:
    """Return the role with whose credentials a source signs its requests, and who that is to policies; None if it is not known."""
    session = session_of(cloud, source)
    return (session.role, session.caller) if session and session.role else None
