"""Sign-in of clients by an identity provider: `authenticate-oidc` and `authenticate-cognito` (newer-aws §11.1).

| the request | the load balancer |
|---|---|
| has a session of the action | forwards it, with the user's claims in `x-amzn-oidc-…` headers |
| has none | redirects it to the identity provider, forwards it (`allow`) or answers 401 (`deny`) |
| comes back with a code | fetches a token and the claims, opens a session and redirects to the first URL |
| comes back too late, or with a wrong state | 401 |
| comes back with an error, or the identity provider answers with one | 561 |
| the identity provider cannot be reached, or has more claims than fit | 500 |

A node calls the identity provider from its own place in the network. A session lasts for the action's time; tokens are not
refreshed meanwhile.
"""

import base64
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from netful.balancer.consulted.actions import action_at
from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.balancer.consulted.consultation import Question, go_on, stop, stop_with
from netful.balancer.consulted.sessions import STATE_SECONDS, Seal, Session, State, cookies, has_room, in_cookies
from netful.balancer.consulted.web_calls import WebCall, called, node_at
from netful.balancer.error_pages import SERVER
from netful.engine.integrations.web_requests import WebRequest, web_request
from netful.model.authentication import CALLBACK, SignIn, sign_in
from netful.model.cloud import Cloud
from netful.model.json_texts import json_or
from netful.model.load_balancing_arns import BALANCERS, arns
from netful.model.names import service_names
from netful.model.names.generated import user_pool
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Response

log = logging.getLogger(__name__)

SUBJECT, RETURNED = "sign-in", "returned"
_UNREACHABLE, _UNAUTHORIZED, _PROVIDER_ERROR = 500, 401, 561
_LONGEST_CLAIMS = 11 * 1024
_FORM = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"))


class RefusedError(Exception):
    """A sign-in that cannot be completed, with the status for the client."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class SignIns:
    """Answers about the sessions of clients. `call` sends requests of nodes, `call_host` those to Cognito's own operations."""

    def __init__(self, call: WebCall, call_host: CallHost, signer: ClaimSigner) -> None:
        self._call = call
        self._call_host = call_host
        self._signer = signer
        self._seal = Seal()
        self._cloud = Cloud()

    def follow(self, cloud: Cloud) -> None:
        """Answer by another cloud from now on."""
        self._cloud = cloud

    async def answer(self, balancer_id: str, question: Question, arguments: tuple[str, ...]) -> Response:
        """Answer a request at an action that the arguments name."""
        asked = self._asked(arguments)
        session = self._seal.opened(in_cookies(question.header("cookie"), asked.cookie), Session, asked.seconds)
        if session is not None and session.place == arguments:
            return go_on(self._headers(balancer_id, asked, session))
        if asked.otherwise == "allow":
            return go_on()
        if asked.otherwise == "deny" or not asked.endpoint:
            return stop_with(_UNAUTHORIZED)
        host = question.header("host")
        back = f"https://{host}{CALLBACK}"
        state = self._seal.sealed(State(arguments, f"https://{host}{question.target}", back))
        query = {
            "client_id": asked.client_id, "response_type": "code", "scope": asked.scope, "redirect_uri": back,
            **asked.extra, "state": state,
        }  # fmt: skip
        return _moved(f"{asked.endpoint}?{urlencode(query)}")

    async def returned(self, balancer_id: str, question: Question, _arguments: tuple[str, ...]) -> Response:
        """Answer a client that comes back from the identity provider."""
        query = dict(parse_qsl(question.target.partition("?")[2]))
        state = self._seal.opened(query.get("state", ""), State, STATE_SECONDS)
        if state is None:
            return stop_with(_UNAUTHORIZED)
        asked = self._asked(state.place)
        node_id = node_at(self._cloud, balancer_id, question.node)
        try:
            session = await self._session(node_id, asked, state, query)
        except RefusedError as refused:
            log.warning("a sign-in at `%s` ends with %d: %s", balancer_id, refused.status, refused)
            return stop_with(refused.status)
        return _moved(state.url, *cookies(asked.cookie, session, asked.seconds))

    def _asked(self, place: tuple[str, ...]) -> SignIn:
        asked = sign_in(self._cloud, action_at(self._cloud, place))
        assert asked is not None
        return asked

    def _headers(self, balancer_id: str, asked: SignIn, session: Session) -> tuple[tuple[str, str], ...]:
        arn = arns(self._cloud)[BALANCERS].get(balancer_id, "")
        data = self._signer.signed(
            session.claims, issuer=asked.issuer, client_id=asked.client_id, balancer_arn=arn, now=time.time()
        )
        return (
            ("x-amzn-oidc-accesstoken", session.access_token),
            ("x-amzn-oidc-identity", str(session.claims.get("sub", ""))),
            ("x-amzn-oidc-data", data),
        )

    async def _session(self, node_id: str, asked: SignIn, state: State, query: Mapping[str, str]) -> str:
        """Return a sealed session for a code of the identity provider; raises RefusedError."""
        if "code" not in query:
            raise RefusedError(_PROVIDER_ERROR, f"the identity provider reports `{query.get('error', 'no code')}`")
        token = await self._token(node_id, asked, state, query["code"])
        bearer = (("Authorization", f"Bearer {token}"), ("Accept", "application/json"))
        asking = web_request(asked.user_info_endpoint, "GET", {}, {})
        claims = await self._got(node_id, asking and replace(asking, headers=bearer), asked.user_info_endpoint)
        sealed = self._seal.sealed(Session(state.place, token, claims))
        if len(msgspec.json.encode(claims)) > _LONGEST_CLAIMS or not has_room(sealed):
            raise RefusedError(_UNREACHABLE, "the user has more claims than fit")
        return sealed

    async def _token(self, node_id: str, asked: SignIn, state: State, code: str) -> str:
        secret = await self._secret(asked)
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": state.back, "client_id": asked.client_id,
        }  # fmt: skip
        credentials = base64.b64encode(f"{asked.client_id}:{secret}".encode()).decode()
        headers = (*_FORM, ("Authorization", f"Basic {credentials}")) if secret else _FORM
        asking = web_request(asked.token_endpoint, "POST", {}, {})
        filled = asking and replace(asking, headers=headers, body=urlencode(form).encode())
        found = await self._got(node_id, filled, asked.token_endpoint)
        if not isinstance(found.get("access_token"), str):
            raise RefusedError(_PROVIDER_ERROR, f"{asked.token_endpoint} returns no access token")
        return str(found["access_token"])

    async def _got(self, node_id: str, request: WebRequest | None, url: str) -> dict[str, Any]:
        answer = await called(self._call, node_id, request)
        if answer is None:
            raise RefusedError(_UNREACHABLE, f"{url or 'the identity provider'} cannot be reached from {node_id}")
        found = json_or(answer.body) if answer.status == 200 else None
        if not isinstance(found, dict):
            raise RefusedError(
                _PROVIDER_ERROR, f"{url} answers {answer.status}: {answer.body[:200].decode(errors='replace')}"
            )
        return found

    async def _secret(self, asked: SignIn) -> str:
        """Return the secret of the client: the action's own, or the one that Cognito generated."""
        if not asked.user_pool_id:
            return asked.client_secret
        host = service_names.service(user_pool.SERVICE).host(user_pool.region_of(asked.user_pool_id))
        named = {"UserPoolId": asked.user_pool_id, "ClientId": asked.client_id}
        answer = await self._call_host(host, json_request(f"{user_pool.TARGET}.DescribeUserPoolClient", named))
        found = msgspec.json.decode(answer.body) if answer.status == 200 else {}
        return str(found.get("UserPoolClient", {}).get("ClientSecret", ""))


def _moved(url: str, *headers: tuple[str, str]) -> Response:
    return stop(Response(302, (("Server", SERVER), ("Location", url), *headers)))
