"""The API of IAM: the back end answers it, and the roles that a call changes are in the cloud before its answer.

UpdateRole, CreatePolicy and DeletePolicy change no role's access: a policy counts while it is attached, and is not deleted then.
"""

import asyncio
import uuid

from netful.account.iam.roles import described, following
from netful.account.query_api import fault_of
from netful.account.wire import query
from netful.account.writing import Running
from netful.model.core import UnkeptError
from netful.services.deploy.iam import NAMED_MEMBER
from netful.services.http.backend_requests import query_request
from netful.services.http.message import Handler, Request, Response

OF_ROLES = frozenset({
    "CreateRole", "DeleteRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy",
    "DetachRolePolicy",
})  # fmt: skip
"""Operations that change the role `RoleName`."""

OF_POLICIES = frozenset({"CreatePolicyVersion", "SetDefaultPolicyVersion"})
"""Operations that change the roles with the policy `PolicyArn`."""

_ASKED = {"Filter": ["Role", "LocalManagedPolicy"]}


class IamApi:
    """The handler. `others` is the back end."""

    def __init__(self, running: Running, others: Handler) -> None:
        self._running = running
        self._others = others
        self._turn = asyncio.Lock()

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        form = query.form_of(request.body.decode(errors="replace") if request.method == "POST" else request.query)
        action = form.get("Action", "")
        if action not in OF_ROLES | OF_POLICIES:
            return await self._answered(request)
        named = form.get("RoleName" if action in OF_ROLES else "PolicyArn", "")
        # a client that does not wait for the answer has changed the role too
        return await asyncio.shield(asyncio.ensure_future(self._written(request, named)))

    async def _written(self, request: Request, named: str) -> Response:
        async with self._turn:
            answer = await self._answered(request)
            if answer.status != 200:
                return answer
            try:
                await self.take(named)
            except UnkeptError as problem:
                fault = fault_of(problem)
                return Response(fault.status, query.HEADERS, query.error("query", fault, str(uuid.uuid4())))
            return answer

    async def take(self, *names: str) -> None:
        """Take the roles of some names, and those with policies of some ARNs, from the back end into the cloud."""
        asked = query_request("GetAccountAuthorizationDetails", "2010-05-08", {**_ASKED, NAMED_MEMBER: [*names]})
        found = described((await self._answered(asked)).body)
        await self._running.become(lambda cloud: following(cloud, found, names))

    async def _answered(self, request: Request) -> Response:
        answer = self._others(request)
        return answer if isinstance(answer, Response) else await answer
