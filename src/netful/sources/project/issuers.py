"""The keys of an issuer that `netful.toml` declares: a JSON Web Key Set, or one public key as PEM."""

import base64
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from netful.model.access.issuer import Issuer, Jwk
from netful.model.core import Origin, SourceError
from netful.model.json_texts import from_json
from netful.sources.files import project_folder
from netful.sources.files.complaint import fail
from netful.sources.files.unreadable import bytes_of
from netful.sources.project.project_shape import IssuerTable

_MEMBERS = ("kid", "kty", "n", "e")


def issuer(project: Path, name: str, table: IssuerTable, origin: Origin) -> Issuer:
    """Return an issuer with its keys; raises SourceError if its file cannot be read."""
    if (table.jwks is None) == (table.public_key is None):
        hint = 'write `jwks = "FILE"`, or `public_key = "FILE"` for one key as PEM'
        fail(f"`{name}` needs one file with its keys", origin, hint=hint)
    written = table.jwks or table.public_key or ""
    source = project_folder.within(project, project.parent / written, origin)
    try:
        content = bytes_of(source)
    except SourceError as error:
        fail(f"cannot read `{written}`", origin, why=error.why or error.what)
    file = Origin(str(project.parent / written))
    keys = _of_set(content, file) if table.jwks is not None else (_of_pem(content, file),)
    return Issuer(name, keys, origin=origin)


def _of_set(content: bytes, origin: Origin) -> tuple[Jwk, ...]:
    """Return the RSA keys of a set: API Gateway accepts no others."""
    try:
        written = from_json(content)
    except ValueError as error:
        fail(f"`{origin.file}` is not JSON", origin, why=str(error))
    keys = written.get("keys") if isinstance(written, dict) else None
    found = [key for key in keys if _is_rsa(key)] if isinstance(keys, list) else []
    if not found:
        hint = 'a JSON Web Key Set is `{"keys": [{"kty": "RSA", "kid": …, "n": …, "e": …}]}`'
        fail(f"`{origin.file}` has no RSA key", origin, hint=hint)
    return tuple({name: key[name] for name in _MEMBERS if name in key} for key in found)


def _is_rsa(key: object) -> bool:
    return isinstance(key, dict) and key.get("kty") == "RSA" and all(isinstance(key.get(n), str) for n in ("n", "e"))


def _of_pem(content: bytes, origin: Origin) -> Jwk:
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey):
        fail(
            f"`{origin.file}` is not an RSA public key", origin, hint="`openssl rsa -in KEY -pubout` prints one as PEM"
        )
    numbers = key.public_numbers()
    return {"kty": "RSA", "n": _encoded(numbers.n), "e": _encoded(numbers.e)}


def _encoded(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
