"""Roles that calls changed, read from the back end of IAM: it has the changes of calls and those of templates."""

from collections.abc import Collection, Iterable

from netful.account.iam.roles import described, following
from netful.account.things import Thing
from netful.model.cloud import Cloud
from netful.model.names.service_names import service
from netful.model.steps import Becomes
from netful.services.deploy.kinds.iam import NAMED_MEMBER
from netful.services.http.backend_requests import CallHost, query_request


def changed_roles(things: Iterable[Thing], written: Cloud) -> frozenset[str]:
    """Return the names of the roles among things that calls changed."""
    roles = (one.value or written.access.roles.get(one.id) for one in things if one.part == "roles")
    return frozenset(one.role_name for one in roles if one)


async def take_roles(running: Becomes, region: str, call_host: CallHost, names: Collection[str]) -> None:
    """Take the roles of some names, and those with policies of some ARNs, into the cloud. Raises UnkeptError."""
    if names:
        asked = {"Filter": ["Role", "LocalManagedPolicy"], NAMED_MEMBER: [*names]}
        request = query_request("GetAccountAuthorizationDetails", "2010-05-08", asked)
        found = described((await call_host(service("iam").host(region), request)).body)
        await running.become(lambda cloud: following(cloud, found, names))
