"""Sessions of signed-in users and the states of sign-ins, sealed with a key that ends with the stack (newer-aws §11.1).

A session is in cookies of the client, in up to four shards of a limited length. A state is the parameter that the identity
provider returns.
"""

from collections.abc import Iterator, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar

import msgspec
from cryptography.fernet import Fernet, InvalidToken

STATE_SECONDS = 900
"""Maximum time of a sign-in."""

_SHARD, _MOST_SHARDS = 4000, 4


class Session(msgspec.Struct, frozen=True):
    """A signed-in user at one action: `place` is the action, `access_token` and `claims` are the identity provider's."""

    place: tuple[str, ...]
    access_token: str
    claims: dict[str, Any]


class State(msgspec.Struct, frozen=True):
    """A sign-in that has begun: `url` is the one that the client requested, `back` the redirect URI."""

    place: tuple[str, ...]
    url: str
    back: str


Sealed = TypeVar("Sealed", Session, State)


class Seal:
    """A key that seals sessions and states."""

    def __init__(self) -> None:
        self._fernet = Fernet(Fernet.generate_key())

    def sealed(self, content: Session | State) -> str:
        """Return the content as text that no client can read or change."""
        return self._fernet.encrypt(msgspec.json.encode(content)).decode()

    def opened(self, text: str, kind: type[Sealed], seconds: int) -> Sealed | None:
        """Return the content of a sealed text; None if it was not sealed here, or longer ago."""
        try:
            return msgspec.json.decode(self._fernet.decrypt(text.encode(), ttl=seconds), type=kind)
        except (InvalidToken, UnicodeEncodeError, msgspec.DecodeError):
            return None


def cookies(name: str, text: str, seconds: int) -> Iterator[tuple[str, str]]:
    """Yield the headers that set a session's cookies."""
    for number, at in enumerate(range(0, len(text), _SHARD)):
        shard = text[at : at + _SHARD]
        yield "Set-Cookie", f"{name}-{number}={shard}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=None"


def has_room(text: str) -> bool:
    """Return whether the cookies of a session can contain a text."""
    return len(text) <= _SHARD * _MOST_SHARDS


def in_cookies(header: str, name: str) -> str:
    """Return the text in a session's cookies of a request."""
    try:
        found: Mapping[str, Any] = SimpleCookie(header)
    except CookieError:
        return ""
    shards = (found.get(f"{name}-{number}") for number in range(_MOST_SHARDS))
    return "".join(shard.value for shard in shards if shard is not None)
