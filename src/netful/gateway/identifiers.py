"""The names of one request: its id, its extended id, and its trace (api-gateway §1.3, §1.4)."""

from __future__ import annotations

import base64
import os
import uuid
from dataclasses import dataclass

_ROOT = "Root="


@dataclass(frozen=True, slots=True)
class Identifiers:
    """`extended_id` has 16 characters, the last of them `=`; `trace_id` is what the back end sees."""

    request_id: str
    extended_id: str
    trace_id: str


def new_identifiers(now: float, trace_header: str = "") -> Identifiers:
    """The names of a request that comes now; the root of a trace that it brings is kept."""
    drawn = os.urandom(39)
    request_id = str(uuid.UUID(bytes=drawn[:16], version=4))
    extended_id = base64.b64encode(drawn[16:27], altchars=b"-_").decode()
    root = next((part.strip() for part in trace_header.split(";") if part.strip().startswith(_ROOT)), "")
    return Identifiers(request_id, extended_id, root or f"{_ROOT}1-{int(now):08x}-{drawn[27:].hex()}")
