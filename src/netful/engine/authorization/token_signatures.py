"""Signatures of tokens: RSA only, as API Gateway accepts them (api-gateway §6.5).

A token names its key (`kid`); a key without an id matches any token. The module imports joserfc, which takes 0.1 s: import it only
where a signature is verified.
"""

from collections.abc import Iterable

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from netful.engine.authorization.tokens import ALGORITHMS
from netful.model.access.issuer import Jwk

_REGISTRY = jws.JWSRegistry(algorithms=[*ALGORITHMS])


class SigningKeys:
    """Keys of one issuer."""

    def __init__(self, keys: Iterable[Jwk]) -> None:
        self._keys = [(key.get("kid"), imported) for key in keys if (imported := _imported(key)) is not None]

    def named(self, kid: object) -> list[RSAKey]:
        """Return the keys that match a `kid`."""
        return [key for name, key in self._keys if name is None or name == kid]

    def signed(self, token: str, kid: object) -> bool:
        """Return whether one of these keys signed a token."""
        return any(_verifies(token, key) for key in self.named(kid))


def _imported(key: Jwk) -> RSAKey | None:
    try:
        return RSAKey.import_key({name: key[name] for name in ("kty", "n", "e")})
    except (JoseError, ValueError, KeyError):
        return None


def _verifies(token: str, key: RSAKey) -> bool:
    try:
        jws.deserialize_compact(token, key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):  # TypeError: header members of the wrong type
        return False
    return True
