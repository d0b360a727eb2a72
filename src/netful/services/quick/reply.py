"""Headers of every answer, as moto sends them: the time, and a unique id."""

import os
import time
from base64 import b32encode
from binascii import crc32
from email.utils import formatdate

import msgspec

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.http.message import Headers

_encoder = msgspec.json.Encoder()


class _Clock:
    """The time in HTTP's format, formatted once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def text(self) -> str:
        now = int(time.time())
        if now != self._second:
            self._second, self._text = now, formatdate(now, usegmt=True)
        return self._text


_clock = _Clock()


def request_id() -> tuple[str, str]:
    """Return the header with a request's id: 52 characters that cannot be guessed."""
    return "x-amzn-requestid", b32encode(os.urandom(32))[:52].decode("ascii")


def json_answer(call: FrameCall, content: object, version: str, *, checksum: bool = False) -> FrameReply:
    """Return an answer of a JSON protocol; with `checksum` it has a header with the body's checksum, as DynamoDB sends it."""
    body = _encoder.encode(content)
    headers: Headers = (
        ("Content-Type", f"application/x-amz-json-{version}"),
        ("Server", "amazon.com"),
        ("Date", _clock.text()),
        request_id(),
    )
    if checksum:
        headers += (("x-amz-crc32", str(crc32(body))),)
    return FrameReply(call.id, 200, headers, body)
