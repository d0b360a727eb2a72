"""`$util`: functions that API Gateway adds (api-gateway §5.7)."""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from netful.engine.effort.allowance import Allowance
from netful.engine.effort.weight import pay_for
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


class _Escaped(dict[int, str]):
    """Escapes by character; those of the basic plane are kept."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if not _SPECIAL.match(character):
            escaped = character
        elif character in _ESCAPES:
            escaped = _ESCAPES[character]
        else:
            units = character.encode("utf-16-be", "surrogatepass").hex().upper()
            escaped = "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        if code <= _BASIC_PLANE:
            self[code] = escaped
        return escaped


_BASIC_PLANE = 0xFFFF
_ESCAPED = _Escaped()


def escape_java_script(work: Allowance, _: Any, value: Any) -> str | None:
    r"""Return the text escaped for a JavaScript string; `'` becomes `\'`, which is not valid JSON."""
    if value is None:
        return None
    pay_for(work, value)
    plain = text(value)
    if not _SPECIAL.search(plain):
        return plain or _ESCAPED_NOTHING
    work.spend(len(plain) * 2)
    return plain.translate(_ESCAPED)


def _parse_json(work: Allowance, _: Any, value: str) -> Any:
    work.spend(len(value) >> 2)
    try:
        return json.loads(value)
    except ValueError as error:
        raise RenderError("`$util.parseJson` was given what is not JSON", why=str(error)) from error


def _url_encode(work: Allowance, _: Any, value: str) -> str:
    """Return the text encoded as in an HTML form: Java keeps `*`, and encodes `~`."""
    work.spend(len(value) * 2)
    return quote_plus(value, safe="*", errors="replace").replace("~", "%7E")


def _url_decode(work: Allowance, _: Any, value: str) -> str:
    work.spend(len(value) * 2)
    return unquote_plus(value)


def _base64_decode(_: Any, value: str) -> str:
    try:
        return base64.b64decode(value).decode(errors="replace")
    except (binascii.Error, ValueError) as error:
        raise RenderError("`$util.base64Decode` was given what is not base64") from error


UTIL = Util()

METHODS = methods(
    escapeJavaScript=Method(escape_java_script, (object,), works=True),
    parseJson=Method(_parse_json, (str,), works=True),
    urlEncode=Method(_url_encode, (str,), works=True),
    urlDecode=Method(_url_decode, (str,), works=True),
    base64Encode=Method(lambda _, value: base64.b64encode(value.encode(errors="replace")).decode(), (str,)),
    base64Decode=Method(_base64_decode, (str,)),
)
