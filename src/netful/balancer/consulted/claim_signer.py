"""Signatures of load balancers under the claims of signed-in users (`x-amzn-oidc-data`), and their public key.

The key is published at `https://public-keys.auth.elb.REGION.amazonaws.com/KID` (newer-aws §11.1). It ends with the stack.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from netful.services.http.message import Request, Response

if TYPE_CHECKING:
    from joserfc.jwk import ECKey

ALGORITHM = "ES256"
_SECONDS = 120


class ClaimSigner:
    """A key pair, made when it is first needed."""

    def __init__(self) -> None:
        self._kid = str(uuid.uuid4())

    @cached_property
    def _key(self) -> ECKey:
        from joserfc.jwk import ECKey  # noqa: PLC0415  # slow to import, and few stacks sign users in

        return ECKey.generate_key("P-256")

    def signed(self, claims: Mapping[str, Any], *, issuer: str, client_id: str, balancer_arn: str, now: float) -> str:
        """Return the claims of a user as a JSON web token; `now` is in seconds since the epoch."""
        import msgspec  # noqa: PLC0415
        from joserfc import jws  # noqa: PLC0415  # the same
        from joserfc.jws import JWSRegistry  # noqa: PLC0415

        expires = int(now) + _SECONDS
        header = {
            "typ": "JWT",
            "kid": self._kid,
            "alg": ALGORITHM,
            "iss": issuer,
            "client": client_id,
            "signer": balancer_arn,
            "exp": expires,
        }
        payload = msgspec.json.encode({**claims, "exp": expires, "iss": issuer})
        registry = JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
        return str(jws.serialize_compact(header, payload, self._key, registry=registry))

    def answer(self, request: Request) -> Response:
        """Return the public key that the path names."""
        if request.path.strip("/") != self._kid:
            return Response(403, (("Content-Type", "text/plain"),), b"")
        return Response(200, (("Content-Type", "text/plain"),), self._key.as_pem(private=False))
