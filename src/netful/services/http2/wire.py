"""Encoding of a response's header fields (HPACK, RFC 7541).

Nothing enters the table that server and client share: so a block depends on its response alone and is kept for the next one, and a
client that asks for a large table cannot fill it.
"""

from functools import lru_cache
from typing import Any

from hpack import Encoder, NeverIndexedHeaderTuple
from hpack.hpack import encode_integer

from netful.services.http.message import Headers, Response
from netful.services.http.wire import BODILESS, FRAMING, HEADS, LINE_ENDS

_NEW_NAME = b"\x00"  # a literal field that does not enter the table, with a literal name
_LENGTH_BITS = 7
_NO_TABLE = b"\x20"  # an update of the table's size to 0


class BlockEncoder(Encoder):
    """h2's encoder, for header blocks that are encoded already: h2 passes each as the name of one field.

    The first block, and the next one after the client has changed the size of its table, say that the table is not used (§4.2).
    """

    def __init__(self) -> None:
        self._update = _NO_TABLE

    @property
    def header_table_size(self) -> int:
        """The size of the table."""
        return 0

    @header_table_size.setter
    def header_table_size(self, _size: int) -> None:
        self._update = _NO_TABLE

    def encode(self, headers: Any, huffman: bool = True) -> bytes:  # noqa: ARG002, FBT001, FBT002  # hpack's interface
        """Return the block."""
        update, self._update = self._update, b""
        [(block, _)] = headers
        return update + bytes(block)


def encode(response: Response, *, head_only: bool) -> bytes:
    """Return the block of a response's head; `head_only` answers HEAD (see services.http.wire)."""
    size = None if response.stream is not None else len(response.body)
    block = _common(response.status, response.headers, size, head_only)
    return block + b"".join([_literal(name, value) for name, value in response.own]) if response.own else block


@lru_cache(HEADS)
def _common(status: int, headers: Headers, size: int | None, head_only: bool) -> bytes:  # noqa: FBT001  # a key of the cache
    """Return the part that is common to responses which differ only in their bodies and their `own` headers."""
    length = "" if size is None else str(size)
    fields = [(":status", str(status))]
    for name, value in headers:
        lower = name.lower()
        if lower not in FRAMING and lower != "upgrade":
            fields.append((lower.translate(LINE_ENDS), value.translate(LINE_ENDS)))
        elif lower == "content-length" and head_only:
            length = value
    if length and status not in BODILESS:
        fields.append(("content-length", length))
    return Encoder().encode(
        NeverIndexedHeaderTuple(name.encode("latin-1", "replace"), value.strip().encode("latin-1", "replace"))
        for name, value in fields
    )


def _literal(name: str, value: str) -> bytes:
    coded = (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
    return _NEW_NAME + b"".join([bytes(encode_integer(len(one), _LENGTH_BITS)) + one for one in coded])
