"""Verifiers of passwords as PostgreSQL stores them (SCRAM-SHA-256, RFC 5802), so that no password is in SQL or in a log."""

from __future__ import annotations

import base64
import hashlib
import hmac

_ITERATIONS = 4096
_SALT_BYTES = 16


def verifier(user: str, password: str) -> str:
    """Return the verifier of a user's password. It is the same each time, so that a server with the same password is the same."""
    salt = hashlib.sha256(f"{user}\0{password}".encode()).digest()[:_SALT_BYTES]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
