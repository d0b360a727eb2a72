"""Role of the function or task that asks a service: an answer says where the role does not allow the action of the question.

A path is about the network and the policies of endpoints. The service itself refuses what the role does not allow.
"""

from netful.engine.authorization.sessions import keys_of, keys_of_task, sessions
from netful.engine.flows.finding import Assumption
from netful.engine.iam import role_sessions
from netful.engine.iam.service_actions import RequestedAction
from netful.engine.trace.ends.destinations import HostDestination
from netful.model.cloud import Cloud


def assumed(cloud: Cloud, source: str, asked: HostDestination) -> tuple[Assumption, ...]:
    """Return the assumption that the role of a source makes necessary, if any."""
    if not asked.action:
        return ()
    function = cloud.compute.functions.get(source)
    session = sessions(cloud).get((keys_of(function) if function else keys_of_task(source)).access_key_id)
    if session is None or session.role is None:
        return ()
    action = RequestedAction(asked.action, asked.resource)
    role = session.role.id
    if role_sessions.refusal(cloud, session.caller, action, cloud.region) is None:
        unread = session.caller.boundary == role_sessions.UNREAD
        return (Assumption(f"the permissions boundary of {role} allows {asked.action}"),) if unread else ()
    return (Assumption(f"{source} has other credentials: its role {role} does not allow {asked.action}"),)
