"""Requests of applications for sign-ins: the settings of their client that allow them."""

from collections.abc import Mapping
from typing import Any

WRONG_REDIRECT = "redirect_mismatch"


def fault(client: Mapping[str, Any] | None, query: Mapping[str, str]) -> str:
    """Return the error of a request for a sign-in, in OAuth's words; "" if the client may make it."""
    if client is None:
        return "invalid_client"
    scopes = query.get("scope", "").split()
    return next(
        (
            error
            for error, wrong in (
                (WRONG_REDIRECT, query.get("redirect_uri") not in (client.get("CallbackURLs") or ())),
                ("unauthorized_client", not _has_code_flow(client)),
                ("unsupported_response_type", query.get("response_type") != "code"),
                ("invalid_scope", not set(scopes) <= {*(client.get("AllowedOAuthScopes") or ())}),
            )
            if wrong
        ),
        "",
    )


def _has_code_flow(client: Mapping[str, Any]) -> bool:
    return bool(client.get("AllowedOAuthFlowsUserPoolClient")) and "code" in (client.get("AllowedOAuthFlows") or ())
