"""Call in the form of the request object that moto's response classes read."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    Request,
    environ_key_for_header,
    should_preserve_original_header_name,
)

from netful.services.backends.frames import FrameCall

_REPLACED = {"host", "content-length", "transfer-encoding"}


def moto_request(call: FrameCall) -> Request:
    """Build the WSGI environment by hand: the library's way takes longer than the call itself."""
    path, _, query = call.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("iso-8859-1"),
        "QUERY_STRING": query,
        "RAW_URI": call.target,
        "SERVER_NAME": call.host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": call.host,
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(call.body),
        "wsgi.input_terminated": True,
    }
    preserved: dict[str, str] = {}
    for name, value in call.headers:
        if name.lower() in _REPLACED:
            continue
        key = environ_key_for_header(name)
        environ[key] = f"{environ[key]},{value}" if key in environ else value
        if should_preserve_original_header_name(name):
            preserved[key] = name
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
    return Request(environ)
