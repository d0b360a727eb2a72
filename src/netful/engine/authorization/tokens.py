"""Bearer tokens of Cognito and JWT authorizers: their claims, and acceptance by a route (api-gateway §5.12, §6.5).

| authorizer | the token must | else |
|---|---|---|
| Cognito | be of the pool and not expired; an ID token, or if the method lists scopes an access token with one of them | 401 |
| JWT | be signed by RSA, not expired, not of the future, of the issuer and for the audience | 401, `invalid_token` |
| | have one of the route's scopes, if it lists any | 403, `insufficient_scope` |

Both are signed by their issuer, and verified if its keys are available (`token_issuers`). If not, tests can make their own tokens,
and claims that such a Cognito token lacks (`iss`, `token_use`) are not required.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from netful.engine.http.gateway_errors import UNAUTHORIZED, GatewayAnswer, insufficient_scope, invalid_token
from netful.model.apis.api import ApiRoute, Authorization, Authorizer
from netful.model.core import texts

Claims: TypeAlias = Mapping[str, Any]
Parts: TypeAlias = tuple[Claims, Claims]
"""Header and claims of a token."""

ALGORITHMS = ("RS256", "RS384", "RS512")


def parts_of(token: str) -> Parts | None:
    """Return the parts of a token; None if it is not a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims = (json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in parts[:2])
    except (ValueError, binascii.Error):
        return None
    return (header, claims) if isinstance(header, dict) and isinstance(claims, dict) else None


def refusal(
    authorizer: Authorizer, route: ApiRoute, found: Parts | None, now: float, *, signed: bool | None = None
) -> GatewayAnswer | None:
    """Return the response to a caller whose token a route rejects; `now` is in seconds since the epoch.

    `signed`: whether its issuer signed it; None if that cannot be verified.
    """
    scopes = [scope for scope in route.authorization_scopes if isinstance(scope, str)]
    if route.authorization_type is Authorization.JWT:
        why = "it is not a JSON web token" if found is None else _fault(authorizer, *found, now, signed=signed)
        if why:
            return invalid_token(why, scopes)
        return None if found and _grants(found[1], scopes) else insufficient_scope(scopes)
    if found is None or signed is False:
        return UNAUTHORIZED
    use = "access" if scopes else "id"
    accepted = _of_pool(authorizer, found[1], now, use, sure=signed is True) and _grants(found[1], scopes)
    return None if accepted else UNAUTHORIZED


def _grants(claims: Claims, scopes: list[str]) -> bool:
    """Return whether a token has one of a route's scopes, if it lists any."""
    return not scopes or not {*scopes_of(claims)}.isdisjoint(scopes)


def _of_pool(authorizer: Authorizer, claims: Claims, now: float, use: str, *, sure: bool) -> bool:
    """Return whether a token is of the pool and has the use; `sure`: the pool signed it, so both claims are required."""
    pools = [arn.rpartition("/")[2] for arn in authorizer.provider_arns if isinstance(arn, str)]
    issuer, used = claims.get("iss"), claims.get("token_use")
    of_pool = not pools or any(str(issuer).rstrip("/").endswith(f"/{pool}") for pool in pools)
    return (
        _in_time(claims, now)
        and (of_pool or (issuer is None and not sure))
        and (used == use or (used is None and not sure))
    )


def _fault(authorizer: Authorizer, header: Claims, claims: Claims, now: float, *, signed: bool | None) -> str:
    """Return the fault of a token for a JWT authorizer, or "". The last text is AWS's, the others are ours."""
    issuer = authorizer.issuer
    audience = {each for each in authorizer.audience if isinstance(each, str)}
    return next(
        (
            why
            for why, wrong in (
                ("its algorithm is not taken", header.get("alg") not in ALGORITHMS),
                ("its issuer has not signed it", signed is False),
                ("the token has expired or is not yet valid", not _in_time(claims, now)),
                ("the token does not have a valid issuer", isinstance(issuer, str) and claims.get("iss") != issuer),
                ("the token does not have a valid audience", bool(audience) and not audience & _audience(claims)),
            )
            if wrong
        ),
        "",
    )


def _in_time(claims: Claims, now: float) -> bool:
    """Return whether a token is valid at this time; a token without an expiry does not expire."""
    try:
        begins = max(float(claims.get(name, now)) for name in ("nbf", "iat"))
        return begins <= now < float(claims.get("exp", now + 1))
    except (TypeError, ValueError):
        return False


def _audience(claims: Claims) -> set[str]:
    """Return the audience of a token: its client if it has no audience."""
    named = claims["aud"] if "aud" in claims else claims.get("client_id", ())
    return set(_texts(named))


def scopes_of(claims: Claims) -> list[str]:
    """Return the scopes of a token, in its order."""
    return [word for name in ("scope", "scp") for text in _texts(claims.get(name, ())) for word in text.split()]


def _texts(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else texts(value)
