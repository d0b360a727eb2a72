"""Conversion of bodies for integrations and clients: bytes, text, or base64 (the tables of `engine.http.media_types`)."""

import base64
import binascii

from netful.engine.http.gateway_errors import INTERNAL_ERROR
from netful.engine.http.media_types import Conversion
from netful.gateway.calls.faults import Fault


def converted(body: bytes, conversion: Conversion) -> bytes:
    """Return a body after its conversion; raises Fault for a body that is not base64."""
    if conversion is Conversion.BYTES:
        return body
    if conversion is Conversion.ENCODE:
        return base64.b64encode(body)
    if conversion is Conversion.TEXT:
        return body if body.isascii() else body.decode("utf-8", "replace").encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Fault(INTERNAL_ERROR) from error
