"""Ids, keys and paths of IAM: AWS generates ids at deployment, netful from account and name.

A key's id contains its account as AWS's do: five bytes in base 32 (`sts:GetAccessKeyInfo` reads it).
"""

import base64
from hashlib import sha256

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_OFFSET = 1 << 39
_KEY_LENGTH, _ROLE_LENGTH, _SECRET_LENGTH = 20, 21, 40


def access_key_id(resource_id: str, region: str, account_id: str) -> str:
    """Return the id of the access key that a resource makes."""
    return _id("AKIA", f"{region}/{resource_id}", account_id, _KEY_LENGTH)


def secret_access_key(key_id: str) -> str:
    """Return the secret of an access key of a template."""
    return base64.b64encode(sha256(f"secret/{key_id}".encode()).digest()).decode()[:_SECRET_LENGTH]


def role_id(role_name: str, account_id: str) -> str:
    """Return the id of a role of a template."""
    return _id("AROA", role_name, account_id, _ROLE_LENGTH)


def canonical_user(identity_id: str) -> str:
    """Return the canonical user of S3 for an origin access identity of CloudFront."""
    return sha256(f"canonical/{identity_id}".encode()).hexdigest()


def _id(prefix: str, name: str, account_id: str, length: int) -> str:
    number = int(account_id)
    account = base64.b32encode((number // 2 + _OFFSET).to_bytes(5, "big")).decode()
    digest = sha256(f"{account_id}/{name}".encode()).digest()
    half = len(_LETTERS) // 2
    odd = _LETTERS[half * (number % 2) + digest[0] % half]
    return (prefix + account + odd + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[1:]))[:length]


def with_path(path: object, name: str) -> str:
    """Return a name with its path, as an ARN contains it."""
    return f"{path}{name}".removeprefix("/") if isinstance(path, str) else name
