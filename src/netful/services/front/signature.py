"""The signature of a request, its verification, and CloudFront's own: Version 4, and S3's presigned Version 2. Pure.

| signed with | check |
|---|---|
| the keys of a function of the stack | the signature is computed again and compared; one that cannot be read is refused |
| other keys | none: their secret is not known |
| nothing | none |

botocore's signer is the oracle of the tests. It is not used here, because it signs as a client: it trusts
`X-Amz-Content-SHA256`, leaves out headers that other clients sign, and reads a query string in botocore's own form.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from netful.engine.http.headers import without
from netful.engine.iam.authorization import Caller
from netful.model.core import Frozen, whole_number
from netful.services.front import signature_v2
from netful.services.http.message import Request

Fault = Literal["mismatch", "expired", "not yet", "token", "token expired", "presigned expired"]
"""The reason why a signature is rejected."""

OWN_KEY = re.compile(r"ASIA[0-9A-F]{16}")
"""Pattern of functions' access key ids."""


class Signer(Frozen):
    """A caller of the stack, with its keys, and the end of its session; None for keys that stay."""

    caller: Caller
    secret_access_key: str
    session_token: str
    until: datetime | None = None


class Signature(Frozen):
    """The signature of a request, with its parameters."""

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
    version: int = 4


_ALGORITHM = "AWS4-HMAC-SHA256"
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})"
)
_PARTS = ("Credential", "SignedHeaders", "Signature")
_MOMENT = "%Y%m%dT%H%M%SZ"
_SKEW = timedelta(minutes=5)
_LONGEST_SECONDS = 7 * 24 * 3600  # of a presigned URL
_UNSIGNED = "UNSIGNED-PAYLOAD"
_EMPTY = hashlib.sha256(b"").hexdigest()
_SPACES = re.compile(r" +")


def signature_of(request: Request) -> Signature | None:
    """Return the signature of a request, None if it has none of a known version."""
    header = request.header("authorization")
    if header:
        found = _HEADER.fullmatch(header) or _HEADER.fullmatch(_in_order(header))
        if found is None:
            return None
        key, date, region, service, signed, digest = found.groups()
        moment, token = request.header("x-amz-date"), request.header("x-amz-security-token")
        return Signature(key, date, region, service, tuple(signed.split(";")), digest, moment, token)
    if signature_v2.is_presigned(request.query):
        return _of_version_2(dict(parse_qsl(request.query)))
    return _presigned(dict(parse_qsl(request.query))) if "X-Amz-Signature=" in request.query else None


def _of_version_2(query: Mapping[str, str]) -> Signature:
    """Return a signature whose `moment` is the second at which it expires."""
    key, moment, digest = (query.get(name, "") for name in signature_v2.PARAMETERS)
    token = query.get("x-amz-security-token", "")
    return Signature(key, "", "", "s3", (), digest, moment, token, presigned=True, version=2)


def _in_order(header: str) -> str:
    """Return a header with its parts in the order that most clients use; AWS accepts every order."""
    algorithm, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    return f"{algorithm} " + ", ".join(f"{name}={parts.get(name, '')}" for name in _PARTS)


def _presigned(query: Mapping[str, str]) -> Signature | None:
    scope = query.get("X-Amz-Credential", "").split("/")
    digest, seconds = query.get("X-Amz-Signature"), whole_number(query.get("X-Amz-Expires"))
    if len(scope) != 5 or digest is None or seconds is None:
        return None
    key, date, region, service, _ = scope
    headers = tuple(query.get("X-Amz-SignedHeaders", "").split(";"))
    moment, token = query.get("X-Amz-Date", ""), query.get("X-Amz-Security-Token", "")
    return Signature(key, date, region, service, headers, digest, moment, token, presigned=True, seconds=seconds)


def own_key_of_malformed(request: Request) -> str:
    """Return the key of a function in a signature of this version that cannot be read, or ""."""
    for text in (request.header("authorization"), request.query if "X-Amz-Signature=" in request.query else ""):
        found = OWN_KEY.search(text) if _ALGORITHM in text else None
        if found is not None:
            return found[0]
    return ""


def fault(signature: Signature, signer: Signer, request: Request, now: datetime) -> Fault | None:
    """Return why a signature is not the signer's, None if it is valid."""
    if not _same(signature.token, signer.session_token):
        return "token"
    if signer.until is not None and now >= signer.until:
        return "token expired"
    late = _late(signature, now)
    if late is not None:
        return late
    if signature.version == 2:
        digest = signature_v2.digest(request, signer.secret_access_key)
    else:
        digest = _digest(signature, signer, request)
    return None if _same(digest, signature.digest) else "mismatch"


def signed(request: Request, access_key_id: str, signer: Signer, service: str, region: str, now: datetime) -> Request:
    """Return a request with a signature in its headers. The body of a request to S3 is not signed, another one as declared."""
    moment, body = now.strftime(_MOMENT), _UNSIGNED if service == "s3" else _EMPTY
    payload = request.header("x-amz-content-sha256") or body
    headers = without(request.headers, "authorization", "x-amz-date", "x-amz-content-sha256")
    request = replace(request, headers=(*headers, ("X-Amz-Date", moment), ("X-Amz-Content-Sha256", payload)))
    date, names = moment.partition("T")[0], ("host", "x-amz-content-sha256", "x-amz-date")
    unsigned = Signature(access_key_id, date, region, service, names, "", moment, signer.session_token)
    credential = f"Credential={access_key_id}/{date}/{region}/{service}/aws4_request"
    digest = _digest(unsigned, signer, request)
    value = f"{_ALGORITHM} {credential}, SignedHeaders={';'.join(names)}, Signature={digest}"
    return replace(request, headers=(*request.headers, ("Authorization", value)))


def _digest(signature: Signature, signer: Signer, request: Request) -> str:
    key = _signing_key(signer.secret_access_key, signature.date, signature.region, signature.service)
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    canonical = hashlib.sha256(_canonical(signature, request).encode()).hexdigest()
    text = f"{_ALGORITHM}\n{signature.moment}\n{scope}\n{canonical}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    """Compare in constant time; `compare_digest` itself accepts only ASCII texts."""
    return hmac.compare_digest(one.encode(), other.encode())


def _late(signature: Signature, now: datetime) -> Fault | None:
    if signature.version == 2:
        end = whole_number(signature.moment)
        return "mismatch" if end is None else "presigned expired" if now.timestamp() > end else None
    try:
        age = now - datetime.strptime(signature.moment, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return "mismatch"
    if signature.presigned:
        if signature.seconds > _LONGEST_SECONDS:
            return "mismatch"
        return "presigned expired" if age.total_seconds() > signature.seconds else None
    if abs(age) <= _SKEW:
        return None
    return "expired" if age > _SKEW else "not yet"


@lru_cache(1024)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """Return the key of a day, a region and a service: four digests that all calls of a function share."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _canonical(signature: Signature, request: Request) -> str:
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in signature.signed_headers)
    # S3 signs a path as it is sent; clients of the other services normalize it and encode it once more.
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
    """Return a path without empty segments, `.` and `..`."""
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
    """Encode each byte again: not every percent-encoded text is UTF-8."""
    return quote(unquote_to_bytes(text.replace("+", "%20")), safe="-_.~")


def _payload(signature: Signature, request: Request) -> str:
    declared = request.header("x-amz-content-sha256")
    if signature.presigned:
        return declared or (_UNSIGNED if signature.service.startswith("s3") else _EMPTY)
    if declared and not re.fullmatch("[0-9a-f]{64}", declared):
        return declared  # unsigned, or signed in chunks within the body
    return hashlib.sha256(request.body).hexdigest()
