"""`$util`: functions that API Gateway adds (api-gateway §5.7)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from netful.engine.vtl.java.method import Method, methods
from netful.engine.vtl.java.values import text
from netful.engine.vtl.syntax.errors import RenderError

# : result of escaping an empty string, as the authors of an emulator saw it on AWS
_ESCAPED_NOTHING = "{}"
_SPECIAL = re.compile("[^ !#-&(-\\[\\]-~]")
_ESCAPES = {"\b": r"\b", "\n": r"\n", "\t": r"\t", "\f": r"\f", "\r": r"\r", "'": r"\'", '"': r"\"", "\\": r"\\"}


class Util:
    """Receiver of `$util`'s methods; it has no state."""

    __slots__ = ()


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    units = character.encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def escape_java_script(_: Any, value: Any) -> str | None:
    r"""Return the text escaped for a JavaScript string; `'` becomes `\'`, which is not valid JSON."""
    if value is None:
        return None
    plain = text(value)
    return _SPECIAL.sub(_escaped, plain) if _SPECIAL.search(plain) else plain or _ESCAPED_NOTHING


def _parse_json(_: Any, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise RenderError("`$util.parseJson` was given what is not JSON", why=str(error)) from error


def _url_encode(_: Any, value: str) -> str:
    """Return the text encoded as in an HTML form: Java keeps `*`, and encodes `~`."""
    return quote_plus(value, safe="*", errors="replace").replace("~", "%7E")


def _base64_encode(_: Any, value: str) -> str:
    return base64.b64encode(value.encode(errors="replace")).decode()


def _base64_decode(_: Any, value: str) -> str:
    try:
        return base64.b64decode(value).decode(errors="replace")
    except (binascii.Error, ValueError) as error:
        raise RenderError("`$util.base64Decode` was given what is not base64") from error


UTIL = Util()

METHODS = methods(
    escapeJavaScript=Method(escape_java_script, (object,)),
    parseJson=Method(_parse_json, (str,)),
    urlEncode=Method(_url_encode, (str,)),
    urlDecode=Method(lambda _, value: unquote_plus(value), (str,)),
    base64Encode=Method(_base64_encode, (str,)),
    base64Decode=Method(_base64_decode, (str,)),
)
