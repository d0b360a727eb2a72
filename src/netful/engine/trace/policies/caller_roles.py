"""Role of the function or task that asks a service: an answer says where the role does not allow the action of the question.

A path is about the network and the policies of endpoints. The service itself refuses what the role does not allow. What
policies depend on and the question leaves open is an assumption too.
"""

from collections.abc import Iterator

from netful.engine.authorization.sessions import session_of
from netful.engine.flows.finding import Assumption
from netful.engine.iam import authorization, encryption, role_sessions
from netful.engine.iam.authorization import Caller, Refusal
from netful.engine.iam.policies import PolicyRequest
from netful.engine.iam.service_actions import RequestedAction
from netful.engine.trace.policies.service_requests import signed
from netful.model.cloud import Cloud

_OF_KEYS = {**encryption.NEEDED, **encryption.OF_OBJECTS}
_WHOSE = {
    authorization.IDENTITY: "the policies of {role} allow",
    authorization.BOUNDARY: "the permissions boundary of {role} allows",
    authorization.RESOURCE: "the policy of {resource} allows",
}


def assumed(cloud: Cloud, source: str, request: PolicyRequest) -> tuple[Assumption, ...]:
    """Return the assumption about the role of a source that a request for an action makes necessary, if any."""
    found = signer(cloud, source)
    if not request.action or found is None:
        return ()
    role, caller = found
    own = signed(request, caller)
    if role_sessions.refused(cloud, caller, own) is not None:
        return (Assumption(f"{source} has other credentials: its role {role} does not allow {request.action}"),)
    doubt = role_sessions.refused(cloud, caller, own, strict=True)
    doubts = (Assumption(_in_words(doubt, role, own)),) if doubt is not None else ()
    return (*doubts, *_of_keys(cloud, source, own, role, caller))


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


def signer(cloud: Cloud, source: str) -> tuple[str, Caller] | None:
    """Return the role with whose credentials a source signs its requests, and who that is to policies; None if it is not known."""
    session = session_of(cloud, source)
    return (session.role.id, session.caller) if session and session.role else None
