"""Signature Version 4: who signed a request, and whether the signature is theirs. Pure; the time is an argument.

| signed by | |
|---|---|
| a function of the stack, with the keys that it was given | the signature is computed again and compared |
| any other key | foreign: nothing can be compared, nothing is |
| nobody | unsigned |
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote

from netful.engine.iam.authorization import Caller
from netful.services.http.message import Request

Fault = Literal["mismatch", "expired", "not yet", "token", "presigned expired"]
"""What is wrong with a signature."""

OWN_KEY = re.compile(r"ASIA[0-9A-F]{16}")
"""What the access keys look like that functions are given."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody of the stack's own, with the keys that they were given."""

    caller: Caller
    secret_access_key: str
    session_token: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signature."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    digest: str
    moment: str
    token: str
    presigned: bool = False
    seconds: int = 0


_ALGORITHM = "AWS4-HMAC-SHA256"
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})"
)
_MOMENT = "%Y%m%dT%H%M%SZ"
_SKEW = timedelta(minutes=5)
_UNSIGNED = "UNSIGNED-PAYLOAD"
_EMPTY = hashlib.sha256(b"").hexdigest()
_SPACES = re.compile(r" +")


def signature_of(request: Request) -> Signature | None:
    """The signature of a request; None where it has none of this kind."""
    header = request.header("authorization")
    if header:
        found = _HEADER.fullmatch(header)
        if found is None:
            return None
        key, date, region, service, signed, digest = found.groups()
        moment, token = request.header("x-amz-date"), request.header("x-amz-security-token")
        return Signature(key, date, region, service, tuple(signed.split(";")), digest, moment, token)
    return _presigned(dict(parse_qsl(request.query))) if "X-Amz-Signature=" in request.query else None


def _presigned(query: Mapping[str, str]) -> Signature | None:
    scope = query.get("X-Amz-Credential", "").split("/")
    if len(scope) != 5 or not query.get("X-Amz-Expires", "").isdigit():
        return None
    key, date, region, service, _ = scope
    headers = tuple(query.get("X-Amz-SignedHeaders", "").split(";"))
    moment, token = query.get("X-Amz-Date", ""), query.get("X-Amz-Security-Token", "")
    seconds = int(query["X-Amz-Expires"])
    return Signature(key, date, region, service, headers, query["X-Amz-Signature"], moment, token, True, seconds)  # noqa: FBT003  # the fields in their order


def fault(signature: Signature, signer: Signer, request: Request, now: datetime) -> Fault | None:
    """What is wrong with a signature that claims to be a signer's; None where it is theirs."""
    if not hmac.compare_digest(signature.token, signer.session_token):
        return "token"
    late = _late(signature, now)
    if late is not None:
        return late
    key = _signing_key(signer.secret_access_key, signature.date, signature.region, signature.service)
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    canonical = hashlib.sha256(_canonical(signature, request).encode()).hexdigest()
    told = f"{_ALGORITHM}\n{signature.moment}\n{scope}\n{canonical}"
    digest = hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
    return None if hmac.compare_digest(digest, signature.digest) else "mismatch"


def _late(signature: Signature, now: datetime) -> Fault | None:
    try:
        moment = datetime.strptime(signature.moment, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return "mismatch"
    if signature.presigned:
        return "presigned expired" if now > moment + timedelta(seconds=signature.seconds) else None
    if abs(now - moment) <= _SKEW:
        return None
    return "expired" if now > moment else "not yet"


@lru_cache(1024)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key of a day, a region and a service: four digests that every call of a function shares."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _canonical(signature: Signature, request: Request) -> str:
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in signature.signed_headers)
    # S3 signs a path as it is sent; the other services' clients tidy it up and encode it once more.
    path = request.path if signature.service.startswith("s3") else quote(_tidied(request.path), safe="/~")
    return "\n".join(
        (
            request.method,
            path,
            _canonical_query(request.query, signature) if request.query else "",
            headers,
            ";".join(signature.signed_headers),
            _payload(signature, request),
        )
    )


def _tidied(path: str) -> str:
    """A path without empty segments, `.` and `..`."""
    if path == "/":
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and path.endswith("/") else "")


def _header(request: Request, name: str) -> str:
    value = request.header(name)
    many = [text for key, text in request.headers if key.lower() == name] if value else []
    return ",".join(_SPACES.sub(" ", text.strip()) for text in many)


def _canonical_query(query: str, signature: Signature) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return "&".join(
        f"{name}={value}"
        for name, value in sorted((_encoded(n), _encoded(v)) for n, _, v in pairs)
        if not (signature.presigned and name == "X-Amz-Signature")
    )


def _encoded(text: str) -> str:
    return quote(unquote(text.replace("+", "%20")), safe="-_.~")


def _payload(signature: Signature, request: Request) -> str:
    told = request.header("x-amz-content-sha256")
    if signature.presigned:
        return told or (_UNSIGNED if signature.service.startswith("s3") else _EMPTY)
    if told and not re.fullmatch("[0-9a-f]{64}", told):
        return told  # unsigned, or signed piece by piece in the body
    return hashlib.sha256(request.body).hexdigest()
