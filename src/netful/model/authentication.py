"""Authentication actions of a load balancer's listener (spec: api-gateway §7.1, newer-aws §11.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from msgspec import field

from netful.model.balancing.load_balancers import Action
from netful.model.cloud import Cloud
from netful.model.core import Frozen, mapping, mappings, texts, whole_number
from netful.model.names.generated.user_pool import issuer_of

_COGNITO = "authenticate-cognito"
ACTIONS = ("authenticate-oidc", _COGNITO)
TOKENS = "jwt-validation"
"""The action that validates a token in the request."""
CLAIM_FORMATS = ("single-string", "string-array", "space-separated-values")
"""The forms of an additional claim of a token."""
CALLBACK = "/oauth2/idpresponse"
"""The path to which an identity provider redirects clients."""


_COOKIE, _SESSION_SECONDS = "AWSELBAuthSessionCookie", 604_800
_HOSTED = "https://{}/oauth2/{}"


class SignIn(Frozen):
    """An `authenticate-…` action: `otherwise` is AWS's `OnUnauthenticatedRequest`.

    The endpoints are URLs of the identity provider, "" if they are unknown: clients are redirected to `endpoint` to sign in.
    `user_pool_id` is set for Cognito; the pool has the client's secret then. `cookie` and `seconds` are those of the session.
    """

    otherwise: str
    endpoint: str
    client_id: str
    scope: str
    token_endpoint: str = ""
    user_info_endpoint: str = ""
    issuer: str = ""
    client_secret: str = ""
    user_pool_id: str = ""
    cookie: str = _COOKIE
    seconds: int = _SESSION_SECONDS
    extra: Mapping[str, str] = field(default_factory=dict)


def sign_in(cloud: Cloud, action: Action) -> SignIn | None:
    """Return an action's sign-in settings; None for another action."""
    if action.type not in ACTIONS:
        return None
    config = mapping(action.config)
    common = SignIn(
        otherwise=_text(config, "OnUnauthenticatedRequest", "authenticate"),
        endpoint=_text(config, "AuthorizationEndpoint"),
        client_id=_text(config, "ClientId"),
        scope=_text(config, "Scope", "openid"),
        token_endpoint=_text(config, "TokenEndpoint"),
        user_info_endpoint=_text(config, "UserInfoEndpoint"),
        issuer=_text(config, "Issuer"),
        client_secret=_text(config, "ClientSecret"),
        cookie=_text(config, "SessionCookieName", _COOKIE),
        seconds=whole_number(str(config.get("SessionTimeout"))) or _SESSION_SECONDS,
        extra={str(n): str(value) for n, value in mapping(config.get("AuthenticationRequestExtraParams")).items()},
    )
    return _of_pool(cloud, config, common) if action.type == _COGNITO else common


def _of_pool(cloud: Cloud, config: Mapping[str, Any], common: SignIn) -> SignIn:
    """Return the settings of a user pool, whose endpoints follow from its domain."""
    domain, pool = _text(config, "UserPoolDomain"), _text(config, "UserPoolArn").rpartition("/")[2]
    host = domain if "." in domain else f"{domain}.auth.{cloud.region}.amazoncognito.com"
    authorize, token, user_info = (
        _HOSTED.format(host, name) if domain else "" for name in ("authorize", "token", "userInfo")
    )
    return replace(
        common,
        endpoint=authorize,
        token_endpoint=token,
        user_info_endpoint=user_info,
        client_id=_text(config, "UserPoolClientId"),
        issuer=issuer_of(pool) if pool else "",
        user_pool_id=pool,
    )


class ClaimRule(Frozen):
    """A claim that a token must have, with one of the `values`; `format` is AWS's word for its form."""

    name: str
    format: str
    values: tuple[str, ...]


class TokenValidation(Frozen):
    """A `jwt-validation` action. A setting that is unknown or not written is ""."""

    jwks_endpoint: str
    issuer: str
    claims: tuple[ClaimRule, ...] = ()


def token_validation(action: Action) -> TokenValidation | None:
    """Return an action's settings for tokens; None for another action."""
    if action.type != TOKENS:
        return None
    config = mapping(action.config)
    claims = tuple(_claims(config.get("AdditionalClaims")))
    return TokenValidation(_text(config, "JwksEndpoint"), _text(config, "Issuer"), claims)


def _claims(written: Any) -> Iterator[ClaimRule]:
    for one in mappings(written):
        yield ClaimRule(_text(one, "Name"), _text(one, "Format"), tuple(texts(one.get("Values"))))


def _text(config: Mapping[str, Any], name: str, default: str = "") -> str:
    value = config.get(name, default)
    return value if isinstance(value, str) else default
