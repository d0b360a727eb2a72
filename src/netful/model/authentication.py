"""Authentication actions of a load balancer's listener (spec: api-gateway §7.1)."""

from __future__ import annotations

from dataclasses import dataclass

from netful.model.balancing.load_balancers import Action
from netful.model.cloud import Cloud

ACTIONS = ("authenticate-oidc", "authenticate-cognito")
CALLBACK = "/oauth2/idpresponse"
"""The path to which an identity provider redirects clients."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """An `authenticate-…` action: `otherwise` is AWS's `OnUnauthenticatedRequest`.

    `endpoint` is the URL to which clients are redirected to sign in, "" if it is unknown.
    """

    otherwise: str
    endpoint: str
    client_id: str
    scope: str


def sign_in(cloud: Cloud, action: Action) -> SignIn | None:
    """Return an action's sign-in settings; None for another action."""
    if action.type not in ACTIONS:
        return None
    config = action.config or {}

    def text(name: str, default: str = "") -> str:
        value = config.get(name, default)
        return value if isinstance(value, str) else default

    domain = text("UserPoolDomain")
    hosted = f"https://{domain}.auth.{cloud.region}.amazoncognito.com/oauth2/authorize" if domain else ""
    return SignIn(
        otherwise=text("OnUnauthenticatedRequest", "authenticate"),
        endpoint=text("AuthorizationEndpoint", hosted),
        client_id=text("UserPoolClientId" if hosted else "ClientId"),
        scope=text("Scope", "openid"),
    )
