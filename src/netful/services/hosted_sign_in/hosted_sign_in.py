"""Domain of a user pool, `NAME.auth.REGION.amazoncognito.com`: the sign-in page, and OAuth 2.0's endpoints.

| path | answer |
|---|---|
| `/oauth2/authorize` | a redirect to `/login`, if the client may ask for it |
| `/login` | the form; a right password redirects to the application with a code |
| `/oauth2/token` | tokens for a code, once, or for a refresh token |
| `/oauth2/userInfo` | the attributes of the user with an access token |
| `/logout` | a redirect to the application |

Every sign-in asks for the password. Users are those of the pool in the back end, which also signs the tokens. Other grants, other
challenges than a new password, and providers beside the pool are not supported.
"""

import base64
import binascii
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from netful.model.core import Frozen, url_parts
from netful.services.hosted_sign_in import pages
from netful.services.hosted_sign_in.user_pool_calls import RefusedError, UserPoolCalls
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request, Response
from netful.services.http.wire import json_response

WRONG_REDIRECT = "redirect_mismatch"
_CODE_SECONDS = 300.0
_NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"  # noqa: S105  # the name of a challenge
_FLOW, _AGAIN = "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"
_RESULTS = {"IdToken": "id_token", "AccessToken": "access_token", "RefreshToken": "refresh_token",
            "ExpiresIn": "expires_in", "TokenType": "token_type"}  # fmt: skip


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


class _Code(Frozen):
    """A code that an application can exchange until `ends`, a time of the monotonic clock."""

    client_id: str
    redirect_uri: str
    tokens: Mapping[str, Any]
    ends: float


class _Asked(Frozen):
    """A request at a domain."""

    calls: UserPoolCalls
    pool: str
    query: dict[str, str]
    form: dict[str, str]
    request: Request


class HostedSignIn:
    """The handler for the domains of user pools."""

    def __init__(self, call_host: CallHost) -> None:
        self._call_host = call_host
        self._codes: dict[str, _Code] = {}
        self._answers = {
            ("GET", "/oauth2/authorize"): self._authorize,
            ("GET", "/login"): self._login,
            ("POST", "/login"): self._signed_in,
            ("POST", "/oauth2/token"): self._token,
            ("GET", "/oauth2/userInfo"): self._user_info,
            ("GET", "/logout"): self._logout,
        }

    async def handle(self, request: Request) -> Response:
        """Answer a request at a domain."""
        domain, _, rest = request.host.partition(".auth.")
        calls = UserPoolCalls(self._call_host, rest.partition(".")[0])
        pool = await calls.pool_of(domain)
        answer = self._answers.get((request.method, request.path))
        if not pool or answer is None:
            return Response(404 if pool else 400)
        query, form = dict(parse_qsl(request.query)), dict(parse_qsl(request.body.decode(errors="replace")))
        return await answer(_Asked(calls, pool, query, form, request))

    async def _authorize(self, asked: _Asked) -> Response:
        refused = await _refusal(asked)
        return refused or _moved(f"/login?{asked.request.query}")

    async def _login(self, asked: _Asked) -> Response:
        return await _refusal(asked) or pages.form()

    async def _signed_in(self, asked: _Asked) -> Response:
        origin = asked.request.header("origin")
        if origin and url_parts(origin).hostname != asked.request.host:
            return Response(403)
        refused = await _refusal(asked)
        if refused is not None:
            return refused
        username = asked.form.get("username", "")
        try:
            found = await _authenticated(asked)
        except RefusedError:
            return pages.form("Incorrect username or password.", username)
        challenge = found.get("ChallengeName")
        if challenge == _NEW_PASSWORD:
            return pages.form("Choose a new password.", username, new_password=True)
        if challenge is not None:
            return pages.error(f"the challenge {challenge} is not supported here")
        return self._back(asked, found["AuthenticationResult"])

    def _back(self, asked: _Asked, tokens: Mapping[str, Any]) -> Response:
        """Redirect a signed-in user to the application, with a code."""
        now, code = time.monotonic(), str(uuid.uuid4())
        self._codes = {text: one for text, one in self._codes.items() if one.ends > now}
        redirect_uri = asked.query["redirect_uri"]
        self._codes[code] = _Code(asked.query["client_id"], redirect_uri, tokens, now + _CODE_SECONDS)
        state = {"state": asked.query["state"]} if "state" in asked.query else {}
        return _moved_with(redirect_uri, {"code": code, **state})

    async def _token(self, asked: _Asked) -> Response:
        client_id, secret = _credentials(asked)
        client = await asked.calls.client(asked.pool, client_id)
        if client is None or client.get("ClientSecret", secret) != secret:
            return json_response(400, {"error": "invalid_client"})
        kind = asked.form.get("grant_type")
        if kind == "authorization_code":
            found = self._exchanged(asked, client_id)
        elif kind == "refresh_token":
            found = await _refreshed(asked, client_id)
        else:
            return json_response(400, {"error": "unsupported_grant_type"})
        if found is None:
            return json_response(400, {"error": "invalid_grant"})
        return json_response(200, {_RESULTS[name]: value for name, value in found.items() if name in _RESULTS})

    def _exchanged(self, asked: _Asked, client_id: str) -> Mapping[str, Any] | None:
        """Return the tokens for a code, which is spent then."""
        code = self._codes.pop(asked.form.get("code", ""), None)
        if code is None or code.ends <= time.monotonic() or code.client_id != client_id:
            return None
        return code.tokens if code.redirect_uri == asked.form.get("redirect_uri") else None

    async def _user_info(self, asked: _Asked) -> Response:
        token = asked.request.header("authorization").partition(" ")[2].strip()
        try:
            found = await asked.calls.call("GetUser", {"AccessToken": token})
        except RefusedError:
            return json_response(401, {"error": "invalid_token"})
        attributes = {str(one["Name"]): str(one.get("Value", "")) for one in found.get("UserAttributes", ())}
        return json_response(200, {**attributes, "username": found.get("Username", "")})

    async def _logout(self, asked: _Asked) -> Response:
        client = await asked.calls.client(asked.pool, asked.query.get("client_id", ""))
        target = asked.query.get("logout_uri", "")
        allowed = client is not None and target in (client.get("LogoutURLs") or ())
        return _moved(target) if allowed else pages.error("the client has no such LogoutURL")


async def _refusal(asked: _Asked) -> Response | None:
    """Return the answer to an application that may not ask for a sign-in."""
    client = await asked.calls.client(asked.pool, asked.query.get("client_id", ""))
    wrong = fault(client, asked.query)
    return pages.error(wrong) if wrong else None


async def _authenticated(asked: _Asked) -> dict[str, Any]:
    """Return the result of the pool for a name and a password, with a new one if the pool requires it; raises RefusedError."""
    username, client_id = asked.form.get("username", ""), asked.query["client_id"]
    common = {"UserPoolId": asked.pool, "ClientId": client_id}
    given = {"USERNAME": username, "PASSWORD": asked.form.get("password", "")}
    found = await asked.calls.call("AdminInitiateAuth", {**common, "AuthFlow": _FLOW, "AuthParameters": given})
    new = asked.form.get("new_password")
    if found.get("ChallengeName") != _NEW_PASSWORD or not new:
        return found
    responses = {"USERNAME": username, "NEW_PASSWORD": new}
    content = {
        **common,
        "ChallengeName": _NEW_PASSWORD,
        "Session": found.get("Session"),
        "ChallengeResponses": responses,
    }
    return await asked.calls.call("AdminRespondToAuthChallenge", content)


async def _refreshed(asked: _Asked, client_id: str) -> Mapping[str, Any] | None:
    given = {"REFRESH_TOKEN": asked.form.get("refresh_token", "")}
    content = {"UserPoolId": asked.pool, "ClientId": client_id, "AuthFlow": _AGAIN, "AuthParameters": given}
    try:
        found: Mapping[str, Any] = (await asked.calls.call("AdminInitiateAuth", content))["AuthenticationResult"]
    except (RefusedError, KeyError):
        return None
    return found


def _credentials(asked: _Asked) -> tuple[str, str]:
    """Return the id and the secret of a client, from the header or the form."""
    scheme, _, encoded = asked.request.header("authorization").partition(" ")
    if scheme.lower() != "basic":
        return asked.form.get("client_id", ""), asked.form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret


def _moved(url: str) -> Response:
    return Response(302, (("Location", url), ("Cache-Control", "no-store")))


def _moved_with(url: str, query: Mapping[str, str]) -> Response:
    return _moved(f"{url}{'&' if '?' in url else '?'}{urlencode(query)}")
