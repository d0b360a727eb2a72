"""Text transformations, applied in ascending priority before a match.

A table of AWS's names. Others (decoders of CSS, JavaScript, SQL and similar ones) make a match unknown.
"""

import base64
import binascii
import hashlib
import html
import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from netful.model.core import is_list_of_mappings, mappings, whole_number

NOT_EMULATED = "a text transformation that is not emulated"

_SPACES = re.compile(rb" {2,}")
_WHITE = re.compile(rb"[\f\t\n\r\v\xa0]")
_COMMAND_SEPARATORS = bytes.maketrans(b",;", b"  ")
_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)", re.DOTALL)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2})*")


def transformed(data: bytes, wanted: Any) -> bytes | None:
    """Return the transformed text; None if a transformation is unknown or not emulated."""
    if not is_list_of_mappings(wanted):
        return None
    for name in _in_order(wanted):
        change = CHANGES.get(name)
        if change is None:
            return None
        data = change(data)
    return data


def _in_order(wanted: Any) -> Iterable[str]:
    steps = sorted(mappings(wanted), key=lambda one: whole_number(one.get("Priority")) or 0)
    return [str(one.get("Type")) for one in steps]


def _command_line(data: bytes) -> bytes:
    bare = _SPACES.sub(b" ", data.translate(_COMMAND_SEPARATORS, b"\\\"'^"))
    return bare.replace(b" /", b"/").replace(b" (", b"(").lower()


def _html_decoded(data: bytes) -> bytes:
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _base64_decoded(data: bytes) -> bytes:
    """Return the decoded Base64; other text stays unchanged."""
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except binascii.Error:
        return data


def _normalized(path: bytes) -> bytes:
    """Return a path without duplicate slashes and without `.` and `..` segments."""
    if not path:
        return path
    ends = b"/" if path.endswith(b"/") else b""
    bare = posixpath.normpath(re.sub(rb"/+", b"/", path))
    return bare if bare.endswith(b"/") else bare + ends


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "NONE": lambda data: data,
    "LOWERCASE": bytes.lower,
    "UPPERCASE": bytes.upper,
    "COMPRESS_WHITE_SPACE": lambda data: _SPACES.sub(b" ", _WHITE.sub(b" ", data)),
    "REMOVE_WHITESPACE": lambda data: re.sub(rb"[\s\xa0]", b"", data),
    "TRIM": bytes.strip,
    "TRIM_LEFT": bytes.lstrip,
    "TRIM_RIGHT": bytes.rstrip,
    "CMD_LINE": _command_line,
    "HTML_ENTITY_DECODE": _html_decoded,
    "URL_DECODE": lambda data: unquote_to_bytes(data.replace(b"+", b" ")),
    "BASE64_DECODE": _base64_decoded,
    "BASE64_DECODE_EXT": lambda data: _base64_decoded(_NO_BASE64.sub(b"", data)),
    "HEX_DECODE": lambda data: binascii.unhexlify(data) if _HEX.fullmatch(data) else data,
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    "SHA256": lambda data: hashlib.sha256(data).digest(),
    "REPLACE_COMMENTS": lambda data: _COMMENT.sub(b" ", data),
    "NORMALIZE_PATH": _normalized,
    "NORMALIZE_PATH_WIN": lambda data: _normalized(data.replace(b"\\", b"/")),
    "REMOVE_NULLS": lambda data: data.replace(b"\0", b""),
    "REPLACE_NULLS": lambda data: data.replace(b"\0", b" "),
}
"""Transformations by AWS's names."""
