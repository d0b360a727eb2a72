"""Binary media types of an API, and the conversion of bodies (api-gateway §5.16).

An entry may have `~1` for its slash, and may end in `/*`. `*/*` matches every type. Any other `*` matches nothing, in an
entry and in `Accept`.

| request's type | content handling | the integration gets |
|---|---|---|
| not listed | none, CONVERT_TO_TEXT | text: bytes that are not UTF-8 are replaced |
| not listed | CONVERT_TO_BINARY | the base64 in the body, decoded |
| listed | none, CONVERT_TO_BINARY | the bytes |
| listed | CONVERT_TO_TEXT | the bytes as base64 |

A template cannot transform bytes, not even those of an empty body: every such request is answered with 500.

| response's type | content handling | first type of `Accept` | the client gets |
|---|---|---|---|
| listed | CONVERT_TO_TEXT | any | base64 |
| not listed | CONVERT_TO_TEXT | any | text |
| listed | CONVERT_TO_BINARY | any | the bytes |
| not listed | CONVERT_TO_BINARY | any | decoded base64 |
| listed | none | listed | the bytes |
| not listed | none | listed | decoded base64 |
| listed | none | not listed | base64 |
| not listed | none | not listed | text |
"""

from enum import Enum

from netful.model.apis.api import Api, RestApi


class Conversion(Enum):
    """Conversion of a body."""

    TEXT = "text"
    BYTES = "bytes"
    ENCODE = "encode"
    DECODE = "decode"


def is_binary(api: Api, media_type: str) -> bool:
    """Return whether a body is binary, by its `Content-Type`, or by the first type of an `Accept`."""
    if not isinstance(api, RestApi) or not api.binary_media_types:
        return False
    wanted = media_type.partition(",")[0].partition(";")[0].strip().lower()
    listed = {entry.lower().replace("~1", "/") for entry in api.binary_media_types if isinstance(entry, str)}
    main, slash, _ = wanted.partition("/")
    return "*/*" in listed or (bool(slash) and (wanted in listed or f"{main}/*" in listed))


def request_conversion(api: Api, content_type: str, handling: str | None) -> Conversion:
    """Return the conversion of a request's body."""
    if is_binary(api, content_type):
        return Conversion.ENCODE if handling == "CONVERT_TO_TEXT" else Conversion.BYTES
    return Conversion.DECODE if handling == "CONVERT_TO_BINARY" else Conversion.TEXT


def response_conversion(api: Api, content_type: str, accept: str, handling: str | None) -> Conversion:
    """Return the conversion of an integration's response body."""
    to_binary = handling == "CONVERT_TO_BINARY" or (handling is None and is_binary(api, accept))
    if is_binary(api, content_type):
        return Conversion.BYTES if to_binary else Conversion.ENCODE
    return Conversion.DECODE if to_binary else Conversion.TEXT
