"""Issuers of tokens whose keys a project declares (api-gateway §6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netful.model.core.origin import DEFAULT, Origin

Jwk = Mapping[str, str]
"""A public key of a JSON Web Key Set; one without a `kid` may have signed any token."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer of tokens: its `issuer` claim and its signing keys."""

    issuer: str
    keys: tuple[Jwk, ...] = ()
    origin: Origin = DEFAULT
