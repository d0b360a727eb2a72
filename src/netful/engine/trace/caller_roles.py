"""Role of the function or task that asks a service: an answer says where the role does not allow the action of the question.

A path is about the network and the policies of endpoints. The service itself refuses what the role does not allow.
"""

from netful.engine.authorization.sessions import keys_of, keys_of_task, sessions
from netful.engine.flows.finding import Assumption
from netful.engine.iam import role_sessions
from netful.engine.iam.authorization import Caller
from netful.engine.iam.service_actions import RequestedAction
from netful.engine.trace.ends.destinations import HostDestination
from netful.model.cloud import Cloud


def assumed(cloud: Cloud, source: str, asked: HostDestination) -> tuple[Assumption, ...]:
    """Return the assumption that the role of a source makes necessary, if any."""
    found = signer(cloud, source)
    if not asked.action or found is None:
        return ()
    role, caller = found
    action = RequestedAction(asked.action, asked.resource)
    if role_sessions.refusal(cloud, caller, action, cloud.region) is None:
        unread = caller.boundary == role_sessions.UNREAD
        return (Assumption(f"the permissions boundary of {role} allows {asked.action}"),) if unread else ()
    return (Assumption(f"{source} has other credentials: its role {role} does not allow {asked.action}"),)


def signer(cloud: Cloud, source: str) -> tuple[str, Caller] | None:
    """Return the role with whose credentials a source signs its requests, and who that is to policies; None if it is not known."""
    function = cloud.compute.functions.get(source)
    session = sessions(cloud).get((keys_of(function) if function else keys_of_task(source)).access_key_id)
    return (session.role.id, session.caller) if session and session.role else None
