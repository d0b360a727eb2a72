"""Tokens of clients, validated for an application load balancer's rules (`jwt-validation`, newer-aws §11.1).

A key set is fetched from the node's place in the network when a token first needs it. It is kept for five minutes, and fetched
again if a token names another key.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from netful.balancer.consulted.actions import action_at
from netful.balancer.consulted.consultation import Question, go_on, stop_with
from netful.balancer.consulted.web_calls import WebCall, called, node_at
from netful.engine.authorization.tokens import parts_of
from netful.engine.integrations.web_requests import web_request
from netful.engine.load_balancers import bearer_tokens
from netful.model.authentication import token_validation
from netful.model.cloud import Cloud
from netful.model.json_texts import json_object
from netful.services.http.message import Response

if TYPE_CHECKING:
    from netful.engine.authorization.token_signatures import SigningKeys

log = logging.getLogger(__name__)

SUBJECT = "token"
_KEPT_SECONDS = 300.0
_AGAIN_SECONDS = 1.0  # clients choose the names of keys, so requests for a key set are limited to this rate


class Tokens:
    """Answers about the tokens of clients. `call` sends requests of nodes."""

    def __init__(self, call: WebCall) -> None:
        self._call = call
        self._cloud = Cloud()
        self._keys: dict[tuple[str, str], tuple[float, SigningKeys]] = {}

    def follow(self, cloud: Cloud) -> None:
        """Answer by another cloud from now on."""
        self._cloud = cloud
        self._keys.clear()

    async def answer(self, balancer_id: str, question: Question, arguments: tuple[str, ...]) -> Response:
        """Answer by the action that the arguments name."""
        asked = token_validation(action_at(self._cloud, arguments))
        assert asked is not None
        token = bearer_tokens.token_in(question.header("authorization"))
        parts = parts_of(token)
        wrong = bearer_tokens.fault(asked, parts, time.time())
        if wrong or parts is None:
            return stop_with(bearer_tokens.UNAUTHORIZED)
        kid = parts[0].get("kid")
        keys = await self._of(node_at(self._cloud, balancer_id, question.node), asked.jwks_endpoint, kid)
        if isinstance(keys, int):
            return stop_with(keys)
        return go_on() if keys.signed(token, kid) else stop_with(bearer_tokens.UNAUTHORIZED)

    async def _of(self, node_id: str, url: str, kid: object) -> SigningKeys | int:
        """Return a key set, or the status if it cannot be used."""
        from netful.engine.authorization.token_signatures import SigningKeys  # noqa: PLC0415  # slow to import

        now = asyncio.get_running_loop().time()
        at, kept = self._keys.get((node_id, url), (0.0, None))
        if kept is not None and now < at + (_KEPT_SECONDS if kept.named(kid) else _AGAIN_SECONDS):
            return kept
        found = _read(await called(self._call, node_id, web_request(url, "GET", {}, {})))
        if isinstance(found, int):
            log.warning("the key set at %s cannot be used: requests with a token get %d", url, found)
            return found
        self._keys[node_id, url] = now, SigningKeys(found)
        return self._keys[node_id, url][1]


def _read(answer: Response | None) -> list[dict[str, str]] | int:
    """Return the keys in the answer of an issuer, or the status if they cannot be used."""
    if answer is None or len(answer.body) > bearer_tokens.LONGEST_KEY_SET:
        return bearer_tokens.NO_KEYS
    keys = json_object(answer.body).get("keys") if 200 <= answer.status < 300 else None
    if not isinstance(keys, list):
        return bearer_tokens.WRONG_KEYS
    return (
        bearer_tokens.NO_KEYS if len(keys) > bearer_tokens.MOST_KEYS else [key for key in keys if isinstance(key, dict)]
    )
