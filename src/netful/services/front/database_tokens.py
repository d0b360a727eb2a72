"""Tokens of IAM that admit users to databases: presigned requests of `rds-db`, without their scheme.

| of the token | has to be |
|---|---|
| host and port | a name of the database or proxy, with its port |
| `Action`, `DBUser` | `connect`, the user of the session |
| date | of the last 15 minutes |
| signature | the caller's, if a function of the stack signed it |
| the caller's policies | allow `rds-db:connect` to the user |

A token that is signed with other keys counts as allowed, as other requests with such keys do.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs

from netful.engine.iam.authorization import refusal as ruled
from netful.engine.iam.policies import PolicyRequest
from netful.fabric.doors.door import Door, DoorKind
from netful.model.core import Frozen
from netful.services.front.signature import OWN_KEY, Signer, fault, signature_of
from netful.services.http.message import ClientConnection, Request

_SERVICE, _ACTION = "rds-db", "rds-db:connect"
_LONGEST_SECONDS = 900
_LONGEST = 4096


class DatabaseEnd(Frozen):
    """A database or proxy, as tokens name it: its names with their port, and the ARN of its users without the user."""

    ends: frozenset[str]
    users: str


def refusal(token: str, user: str, end: DatabaseEnd, signers: Mapping[str, Signer], now: datetime) -> str:
    """Return the reason why a token does not admit a user, "" if it does."""
    request = _request(token)
    signature = signature_of(request) if request else None
    if request is None or signature is None or not signature.presigned or signature.service != _SERVICE:
        return "it is not a token of IAM"
    asked = {name: values[0] for name, values in parse_qs(request.query).items()}
    signer = signers.get(signature.access_key_id)
    if request.header("host").lower() not in end.ends:
        return f"the token is for {request.header('host')}"
    if asked.get("Action") != "connect" or asked.get("DBUser") != user:
        return f"the token is for the user {asked.get('DBUser')}"
    if signature.seconds > _LONGEST_SECONDS or (signer is None and OWN_KEY.fullmatch(signature.access_key_id)):
        return "the token is not valid"
    if signer is None:
        return ""
    wrong = fault(signature, signer, request, now)
    if wrong is not None:
        return f"the signature of the token is not valid: {wrong}"
    refused = ruled(PolicyRequest(_ACTION, f"{end.users}/{user}"), signer.caller, None, None)
    return f"{signer.caller.arn} may not {_ACTION} to {end.users}/{user}" if refused else ""


def _request(token: str) -> Request | None:
    """Return the request that a token is; None if it is another text."""
    host, separator, query = token.partition("/?")
    if not separator or len(token) > _LONGEST or not token.isascii():
        return None
    nowhere = ClientConnection(Door(DoorKind.LOCAL), ("", 0), ("", 0))
    return Request("GET", f"/?{query}", (("host", host),), b"", nowhere)
