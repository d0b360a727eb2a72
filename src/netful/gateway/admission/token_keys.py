"""Keys of token issuers, found where each issuer publishes them, and the check of signatures (api-gateway §6.5).

Rules:
1. Keys are fetched when a token first needs them, kept for two hours, and fetched again if a token names another key.
2. An issuer that does not answer in time has no keys: its tokens are refused.
3. The signature of a token is verified once for all its calls. Its expiry is checked each time.
4. This code is loaded with the first token of an issuer whose keys are available.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from netful.engine.authorization import token_issuers
from netful.engine.authorization.token_issuers import Holder, Keys
from netful.engine.authorization.tokens import Parts
from netful.engine.integrations.web_requests import web_request
from netful.gateway.calls.ports import Ports
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.apis.api import Authorizer
from netful.model.cloud import Cloud
from netful.model.json_texts import json_object
from netful.services.http.answer_cache import Remembered
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Response

if TYPE_CHECKING:
    from netful.engine.authorization.token_signatures import SigningKeys

log = logging.getLogger(__name__)

_KEPT_SECONDS = 7200.0
_AGAIN_SECONDS = 1.0  # clients choose the names of keys, so requests to issuers are limited to this rate
_ISSUER_SECONDS = 1.5
_TOKENS = 4096
_WELL_KNOWN = "/.well-known/"


class TokenKeys:
    """Keys of every issuer that the authorizers of a gateway trust."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._keys: dict[str, tuple[float, SigningKeys]] = {}
        self._signed: Remembered[tuple[str, str], bool] = Remembered(_TOKENS)
        self._warned: set[str] = set()

    def change(self) -> None:
        """Forget all keys and signatures: the cloud has changed."""
        self._keys.clear()
        self._signed.clear()

    async def signed(self, cloud: Cloud, authorizer: Authorizer, token: str, parts: Parts, now: float) -> bool | None:
        """Return whether a trusted issuer has signed a token; None if the keys are not available. `now` is monotonic."""
        issuer = token_issuers.signer_of(authorizer, parts[1])
        if issuer is None:
            return None
        if (issuer, token) in self._signed:
            return True
        keys = token_issuers.keys_of(cloud, issuer)
        if keys.holder is Holder.UNKNOWN:
            self._warn(issuer)
            return None
        kid = parts[0].get("kid")
        found = await self._of(cloud, keys, kid, now)
        return found is not None and found.signed(token, kid) and self._signed.keep((issuer, token), answer=True)

    def _warn(self, issuer: str) -> None:
        if issuer not in self._warned:
            self._warned.add(issuer)
            log.warning(
                "signatures of %s are not checked: its keys are not known (`issuers` of netful.toml names them)", issuer
            )

    async def _of(self, cloud: Cloud, keys: Keys, kid: object, now: float) -> SigningKeys | None:
        """Return the keys of an issuer, with the one that a token names if the issuer has it."""
        at, kept = self._keys.get(keys.issuer, (0.0, None))
        if kept is not None and now < at + (_KEPT_SECONDS if kept.named(kid) else _AGAIN_SECONDS):
            return kept
        from netful.engine.authorization.token_signatures import SigningKeys  # noqa: PLC0415  # rule 4

        found = await _FIND[keys.holder](self, cloud, keys.issuer)
        if found is None:
            return kept
        self._signed.clear()
        self._keys[keys.issuer] = now, SigningKeys(found)
        return self._keys[keys.issuer][1]

    async def _in_project(self, cloud: Cloud, issuer: str) -> tuple[Mapping[str, str], ...]:
        return cloud.access.issuers[issuer].keys

    async def _of_pool(self, _cloud: Cloud, issuer: str) -> tuple[Mapping[str, str], ...] | None:
        url = urlsplit(issuer)
        answer = await self._ports.call_host(
            str(url.hostname), rest_request("GET", f"{url.path}{_WELL_KNOWN}jwks.json")
        )
        return _keys_in(_json(answer))

    async def _served(self, _cloud: Cloud, issuer: str) -> tuple[Mapping[str, str], ...] | None:
        """Return the keys that the server of the issuer has, by OpenID Connect's discovery."""
        described = await self._get(f"{issuer.rstrip('/')}{_WELL_KNOWN}openid-configuration")
        keys = _keys_in(await self._get(str(described.get("jwks_uri"))))
        if keys is None:
            log.warning("%s does not serve its keys: its tokens are refused", issuer)
        return keys

    async def _get(self, url: str) -> dict[str, Any]:
        request = web_request(url, "GET", {}, {})
        if request is None:
            return {}
        try:
            return _json(await asyncio.wait_for(self._ports.send(request), _ISSUER_SECONDS))
        except (UnreachableError, TimeoutError):
            return {}


_FIND = {Holder.PROJECT: TokenKeys._in_project, Holder.POOL: TokenKeys._of_pool, Holder.HOST: TokenKeys._served}  # noqa: SLF001  # the class's own table


def _json(answer: Response) -> dict[str, Any]:
    return json_object(answer.body) if answer.status == 200 else {}


def _keys_in(written: dict[str, Any]) -> tuple[Mapping[str, str], ...] | None:
    """Return the keys of a key set; None for anything else."""
    keys = written.get("keys")
    return tuple(key for key in keys if isinstance(key, dict)) if isinstance(keys, list) else None
