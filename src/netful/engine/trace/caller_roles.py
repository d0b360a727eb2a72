"""Role of the function or task that asks a service: an answer says where the role does not allow the action of the question.

A path is about the network and the policies of endpoints. The service itself refuses what the role does not allow. What
policies depend on and the question leaves open is an assumption too.
"""

from netful.engine.authorization.sessions import keys_of, keys_of_task, sessions
from netful.engine.flows.finding import Assumption
from netful.engine.iam import authorization, role_sessions
from netful.engine.iam.authorization import Caller, Refusal
from netful.engine.iam.policies import PolicyRequest
from netful.engine.trace.service_requests import signed
from netful.model.cloud import Cloud

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
    return (Assumption(_in_words(doubt, role, own)),) if doubt is not None else ()


def _in_words(doubt: Refusal, role: str, request: PolicyRequest) -> str:
    keys = " and ".join(f"`{key}`" for key in doubt.keys)
    depends = f", which depends on {keys} of the request" if keys else ""
    return f"{_WHOSE[doubt.kind].format(role=role, resource=request.resource)} {request.action}{depends}"


def signer(cloud: Cloud, source: str) -> tuple[str, Caller] | None:
    """Return the role with whose credentials a source signs its requests, and who that is to policies; None if it is not known."""
    function = cloud.compute.functions.get(source)
    session = sessions(cloud).get((keys_of(function) if function else keys_of_task(source)).access_key_id)
    return (session.role.id, session.caller) if session and session.role else None
