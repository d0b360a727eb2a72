"""The API of IAM: the back end answers it, and the roles that a call changes are in the cloud before its answer.

UpdateRole, CreatePolicy and DeletePolicy change no role's access: a policy counts while it is attached, and is not deleted then.
"""

import asyncio
import uuid

from netful.account.iam.back_end import take_roles
from netful.account.query_api import fault_of
from netful.account.wire import query
from netful.account.writing import Running
from netful.model.core import UnkeptError
from netful.model.names.service_names import service
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request, Response

_OF_ROLES = frozenset({
    "CreateRole", "DeleteRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy",
    "DetachRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
})  # fmt: skip
_OF_POLICIES = frozenset({"CreatePolicyVersion", "SetDefaultPolicyVersion"})
_NAMING = {**dict.fromkeys(_OF_ROLES, "RoleName"), **dict.fromkeys(_OF_POLICIES, "PolicyArn")}
"""The member of a request that names what changes, by the operation."""


class IamApi:
    """The handler."""

    def __init__(self, running: Running, call_host: CallHost) -> None:
        self._running = running
        self._call_host = call_host
        self._turn = asyncio.Lock()

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        form = query.form_of(request.body.decode(errors="replace") if request.method == "POST" else request.query)
        naming = _NAMING.get(form.get("Action", ""))
        if naming is None:
            return await self._answered(request)
        # a client that does not wait for the answer has changed the role too
        return await asyncio.shield(asyncio.ensure_future(self._written(request, form.get(naming, ""))))

    async def _written(self, request: Request, named: str) -> Response:
        async with self._turn:
            answer = await self._answered(request)
            if answer.status != 200:
                return answer
            try:
                await take_roles(self._running, self._running.cloud.region, self._call_host, {named})
            except UnkeptError as problem:
                fault = fault_of(problem)
                return Response(fault.status, query.HEADERS, query.error("query", fault, str(uuid.uuid4())))
            return answer

    async def _answered(self, request: Request) -> Response:
        return await self._call_host(service("iam").host(self._running.cloud.region), request)
