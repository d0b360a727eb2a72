"""SCRAM-SHA-256 as PostgreSQL has it (RFC 5802): verifiers, so that no password is in SQL or in a log, and the client's side."""

import base64
import hashlib
import hmac
import secrets

_ITERATIONS = 4096
_SALT_BYTES = 16
_MOST_ITERATIONS = 1_000_000
_WITHOUT_BINDING = "n,,"


def verifier(user: str, password: str) -> str:
    """Return the verifier of a user's password. It is the same each time, so that a server with the same password is the same."""
    salt = hashlib.sha256(f"{user}\0{password}".encode()).digest()[:_SALT_BYTES]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


class Login:
    """A client's side of one login, without channel binding. PostgreSQL has the user's name from the session."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._bare = f"n=,r={secrets.token_urlsafe(18)}"

    def first(self) -> bytes:
        """Return the first message."""
        return f"{_WITHOUT_BINDING}{self._bare}".encode()

    def final(self, challenge: bytes) -> bytes:
        """Return the message with the proof, for the server's challenge. Raises ValueError if that cannot be read."""
        asked = challenge.decode()
        parts = dict(part.split("=", 1) for part in asked.split(","))
        if not {"r", "s", "i"} <= parts.keys() or int(parts["i"]) > _MOST_ITERATIONS:
            raise ValueError("not a challenge of SCRAM")
        salted = hashlib.pbkdf2_hmac("sha256", self._password.encode(), base64.b64decode(parts["s"]), int(parts["i"]))
        bare = f"c={_text(_WITHOUT_BINDING.encode())},r={parts['r']}"
        key = hmac.digest(salted, b"Client Key", "sha256")
        signed = hmac.digest(hashlib.sha256(key).digest(), f"{self._bare},{asked},{bare}".encode(), "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signed, strict=True))
        return f"{bare},p={_text(proof)}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
