"""Tokens that an application load balancer validates (newer-aws §11.1).

| the token | the load balancer |
|---|---|
| is missing, malformed, or not signed by RS256 with a key of the issuer's set | 401 |
| lacks `iss` or `exp`, is of another issuer, expired or not yet valid | 401 |
| lacks an additional claim with one of its values | 401 |
| the issuer's key set has no answer in time, is too long or has too many keys | 500 |
| the issuer's key set is answered with an error, or is not a key set | 562 |
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from netful.model.authentication import CLAIM_FORMATS, ClaimRule, TokenValidation
from netful.model.core import texts

Claims: TypeAlias = Mapping[str, Any]
ALGORITHM = "RS256"
LONGEST_KEY_SET, MOST_KEYS = 150 * 1024, 10
UNAUTHORIZED, NO_KEYS, WRONG_KEYS = 401, 500, 562

_SCHEME = "bearer "


def token_in(authorization: str) -> str:
    """Return the token of an Authorization header; "" without one."""
    return authorization[len(_SCHEME) :].strip() if authorization.lower().startswith(_SCHEME) else ""


def fault(asked: TokenValidation, parts: tuple[Claims, Claims] | None, now: float) -> str:
    """Return what is wrong with a token besides its signature, "" if nothing is; `now` is in seconds since the epoch."""
    if parts is None:
        return "it is not a JSON web token"
    header, claims = parts
    if header.get("alg") != ALGORITHM:
        return f"its algorithm is not {ALGORITHM}"
    if asked.issuer and claims.get("iss") != asked.issuer:
        return f"its issuer is not {asked.issuer}"
    if not _in_time(claims, now):
        return "it has expired or is not yet valid"
    lacking = next((rule.name for rule in asked.claims if not _meets(rule, claims.get(rule.name))), None)
    return "" if lacking is None else f"its claim `{lacking}` has none of the values"


def _in_time(claims: Mapping[str, Any], now: float) -> bool:
    """Return whether a token is valid at this time; the expiry is required."""
    try:
        begins = max(float(claims.get(name, now)) for name in ("nbf", "iat"))
        return begins <= now < float(claims["exp"])
    except (KeyError, TypeError, ValueError):
        return False


def _meets(rule: ClaimRule, value: Any) -> bool:
    return not set(rule.values).isdisjoint(_FORMS[rule.format](value)) if rule.format in _FORMS else False


def _single(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else ()


def _separated(value: Any) -> Iterable[str]:
    return value.split() if isinstance(value, str) else ()


_FORMS: Mapping[str, Callable[[Any], Iterable[str]]] = dict(
    zip(CLAIM_FORMATS, (_single, texts, _separated), strict=True)
)
