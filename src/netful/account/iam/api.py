"""The API of IAM: the back end answers it, and the roles that a call changes are in the cloud before its answer.

UpdateRole, CreatePolicy and DeletePolicy change no role's access: a policy counts while it is attached, and is not deleted then.
"""

import asyncio
import uuid
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from netful.account.iam.back_end import take_roles
from netful.account.operations.query_api import fault_of
from netful.account.wire import query
from netful.account.wire.errors import ApiError
from netful.account.writing import Running
from netful.model.core import UnkeptError
from netful.model.json_texts import json_or
from netful.model.names.service_names import service
from netful.services.http.backend_requests import CallHost, query_request
from netful.services.http.message import Request, Response

_OF_ROLES = frozenset({
    "CreateRole", "DeleteRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy",
    "DetachRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
    "TagRole", "UntagRole",
})  # fmt: skip
_OF_POLICIES = frozenset({"CreatePolicyVersion", "SetDefaultPolicyVersion"})
_NAMING = {**dict.fromkeys(_OF_ROLES, "RoleName"), **dict.fromkeys(_OF_POLICIES, "PolicyArn")}
"""The member of a request that names what changes, by the operation."""
_TRUST = {"CreateRole": "AssumeRolePolicyDocument", "UpdateAssumeRolePolicy": "PolicyDocument"}


class IamApi:
    """The handler."""

    def __init__(self, running: Running, call_host: CallHost) -> None:
        self._running = running
        self._call_host = call_host
        self._turn = asyncio.Lock()

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        form = query.form_of(request)
        try:
            _refuse_trust(form)
            if form.get("Action") == "DeletePolicy":
                await self._refuse_attached(form.get("PolicyArn", ""))
        except ApiError as fault:
            return _refusal(fault)
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
                return _refusal(fault_of(problem))
            return answer

    async def _refuse_attached(self, arn: str) -> None:
        """Raise ApiError for a policy that is attached, or has further versions: the back end would delete it."""
        if (await self._read("GetPolicy", arn)).findtext(".//{*}AttachmentCount", "0") != "0":
            raise ApiError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
        if len((await self._read("ListPolicyVersions", arn)).findall(".//{*}VersionId")) > 1:
            text = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
            raise ApiError("DeleteConflict", f"{text} The default version is deleted with the policy.", 409)

    async def _read(self, action: str, arn: str) -> ET.Element:
        answer = await self._answered(query_request(action, "2010-05-08", {"PolicyArn": arn}))
        return ET.fromstring(answer.body)  # noqa: S314  # of the stack's own back end

    async def _answered(self, request: Request) -> Response:
        return await self._call_host(service("iam").host(self._running.cloud.region), request)


def _refuse_trust(form: Mapping[str, str]) -> None:
    """Raise ApiError for a trust policy that is not a JSON object: the back end would take it."""
    text = form.get(_TRUST.get(form.get("Action", ""), ""))
    if text is not None and not isinstance(json_or(text), dict):
        raise ApiError("MalformedPolicyDocument", "This policy contains invalid Json")


def _refusal(fault: ApiError) -> Response:
    return Response(fault.status, query.HEADERS, query.error("query", fault, str(uuid.uuid4())))
