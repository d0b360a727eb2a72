"""Issuers of tokens whose keys a project declares (api-gateway §6.5)."""

from collections.abc import Mapping

from netful.model.core import Placed

Jwk = Mapping[str, str]
"""A public key of a JSON Web Key Set; one without a `kid` may have signed any token."""


class Issuer(Placed):
    """An issuer of tokens: its `issuer` claim and its signing keys."""

    issuer: str
    keys: tuple[Jwk, ...] = ()
