"""Signer of a request (SigV4), and for methods with IAM authorization the check of the signature (api-gateway §2.7).

The credentials of a stack are fake. Its functions, tasks and state machines have their own, and the project may declare those of other identities. All
other keys are foreign, for example the user's own at the local endpoint: netful cannot compare their signatures, and does
not, except for the service and the Region in them. Keys in the form of a function's key that belong to no function are refused.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from netful.engine.authorization.sessions import sessions
from netful.engine.http.gateway_errors import INCOMPLETE_SIGNATURE, bad_signature
from netful.engine.iam.authorization import Caller
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import Fault
from netful.model.access.identity import Identity
from netful.model.apis.api import HttpApi
from netful.model.cloud import Cloud
from netful.services.front.refusals import sentence
from netful.services.front.signature import OWN_KEY, Signer, fault, signature_of
from netful.services.http.message import Request

_SERVICE = "execute-api"
_CREDENTIAL = re.compile(r"AWS4-[A-Z0-9-]+ Credential=([^/,\s]+)/")
_QUERY_CREDENTIAL = re.compile(r"(?:^|&)X-Amz-Credential=([^%/&]+)")


def access_key_of(request: Request) -> str:
    """Return the access key that a request is signed with; "" for an unsigned request."""
    authorization = request.header("authorization")
    found = _CREDENTIAL.match(authorization) if authorization else None
    if found is None and "X-Amz-Credential" in request.target:
        found = _QUERY_CREDENTIAL.search(request.query)
    return found[1] if found else ""


def identity_of(cloud: Cloud, access_key: str) -> Identity | None:
    """Return the declared identity that has an access key."""
    return next((one for one in cloud.access.identities.values() if one.access_key_id == access_key), None)


def identified(call: Call) -> Call:
    """Return a call of a method with IAM authorization, with its signer; raises Fault for a wrong signature."""
    access_key = access_key_of(call.request)
    _judge_scope(call)
    identity = identity_of(call.cloud, access_key)
    if identity is not None:
        _compare(call, identity.secret_access_key, identity.session_token)
        user = f"{access_key}:{identity.id}" if identity.is_role else access_key
        return _known(call, access_key, identity.caller_arn, user, identity.account_id)
    account = call.cloud.account_id
    session = sessions(call.cloud).get(access_key)
    if session is None:
        signature = signature_of(call.request)
        if signature is not None and OWN_KEY.fullmatch(access_key):
            now = datetime.fromtimestamp(call.at, UTC)
            raise Fault(bad_signature(sentence("token", signature, now), known_key=False))
        return _known(call, access_key, call.cloud.arn("iam", "root"), access_key, account)
    _compare(call, session.keys.secret_access_key, session.keys.session_token)
    return _known(
        call, access_key, session.caller.arn, f"{access_key}:{session.caller.arn.rpartition('/')[2]}", account
    )


def _judge_scope(call: Call) -> None:
    """Raise Fault for a signature for another service or Region; for that, no secret has to be known."""
    signature = signature_of(call.request)
    if signature is None or (signature.service, signature.region) == (_SERVICE, call.api.region):
        return
    place = (
        f"correct service: '{_SERVICE}'"
        if signature.service != _SERVICE
        else f"a valid region, not '{signature.region}'"
    )
    raise Fault(bad_signature(f"Credential should be scoped to {place}.", known_key=True))


def _compare(call: Call, secret_access_key: str, session_token: str) -> None:
    """Raise Fault for a signature that is not made with these keys."""
    sent = call.sent or call.request
    signature, now = signature_of(sent), datetime.fromtimestamp(call.at, UTC)
    if signature is None:
        raise Fault(INCOMPLETE_SIGNATURE)
    signer = Signer(Caller("", (), call.cloud.account_id), secret_access_key, session_token)
    wrong = fault(signature, signer, sent, now)
    if wrong is not None:
        raise Fault(bad_signature(sentence(wrong, signature, now), known_key=wrong != "token"))


def _known(call: Call, access_key: str, arn: str, user: str, account: str) -> Call:
    """Return the call with the identity of its caller, in the form of the kind of API."""
    if not isinstance(call.api, HttpApi):
        signer = {"accessKey": access_key, "accountId": account, "caller": user, "user": user, "userArn": arn}
        return replace(call, identity={**call.identity, **signer})
    return replace(call, authorizer={"iam": iam_of(access_key, arn, user, account)})


def iam_of(access_key: str, arn: str, user: str, account: str) -> dict[str, Any]:
    """Return the signer of a request as events of format 2.0 report it."""
    named = {"accessKey": access_key, "accountId": account, "callerId": user, "cognitoIdentity": None}
    return {**named, "principalOrgId": None, "userArn": arn, "userId": user}
