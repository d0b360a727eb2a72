"""STS behind a stack's doors: the identity of a function, by its access key. The back end answers all other requests.

Sessions of roles that it gives are known from then on, so that their requests are judged by the role.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.services.front.faults import FORM, aws_error
from netful.services.front.signature import signature_of
from netful.services.http.backend_requests import CallHost, query_request
from netful.services.http.message import Request, Response
from netful.stack.parts.assumed_roles import AssumedRoles
from netful.stack.parts.signers import signers

_ASSUMING = frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"})
_CHAINED_SECONDS, _MOST_SECONDS = 3600, 43_200
"""The longest sessions of a role: for a caller that is a role itself, and of a role that sets nothing shorter."""
_LONGEST = re.compile(rb"<MaxSessionDuration>(\d+)<")
_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_SPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


class CallerIdentity:
    """The handler for the service `sts`."""

    def __init__(self, cloud: Callable[[], Cloud], call_host: CallHost, assumed: AssumedRoles) -> None:
        self._cloud = cloud
        self._call_host = call_host
        self._assumed = assumed

    async def handle(self, request: Request) -> Response:
        """Answer a request to STS's host."""
        signature = signature_of(request)
        key_id = signature.access_key_id if signature else ""
        signer = signers(self._cloud()).get(key_id) or self._assumed.signers.get(key_id)
        text = request.body.decode(errors="replace") if request.method == "POST" else request.query
        form = dict(parse_qsl(text))
        if signer is not None and form.get("Action") == "GetCallerIdentity":
            return _identity(signer.caller.arn, self._assumed.user_id(key_id))
        why = await self._too_long(form, chained=signer is not None)
        if why:
            return aws_error("", FORM, 400, "ValidationError", f"The requested DurationSeconds exceeds the {why}.")
        answer = await self._call_host(service_names.service("sts").host(self._cloud().region), request)
        if form.get("Action") in _ASSUMING:
            await self._assumed.add(form, answer.body.decode(errors="replace"))
        return answer

    async def _too_long(self, form: Mapping[str, str], *, chained: bool) -> str:
        """Return the limit that a session would exceed; "" for none. IAM's back end has the limit of the role."""
        asked, action = form.get("DurationSeconds", ""), form.get("Action")
        if action not in _ASSUMING or not asked.isdecimal() or int(asked) <= _CHAINED_SECONDS:
            return ""
        if chained and action == "AssumeRole":
            return "1 hour session limit for roles assumed by role chaining"
        role = query_request("GetRole", "2010-05-08", {"RoleName": form.get("RoleArn", "").rpartition("/")[2]})
        found = _LONGEST.search(
            (await self._call_host(service_names.service("iam").host(self._cloud().region), role)).body
        )
        return "MaxSessionDuration set for this role" if int(asked) > int(found[1] if found else _MOST_SECONDS) else ""


def _identity(arn: str, user_id: str) -> Response:
    """Return the identity for an ARN. Without an id, the role's is derived from its name, and the session is the function's name."""
    account, role, session = arn.split(":")[4], *arn.split("/")[-2:]
    role_id = "AROA" + uuid.uuid5(_SPACE, role).hex[:17].upper()
    fields = {"Arn": arn, "UserId": user_id or f"{role_id}:{session}", "Account": account}
    result = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    body = (
        f'<GetCallerIdentityResponse xmlns="{_NAMESPACE}"><GetCallerIdentityResult>{result}</GetCallerIdentityResult>'
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
    return Response(200, (("Content-Type", "text/xml"),), body.encode())
