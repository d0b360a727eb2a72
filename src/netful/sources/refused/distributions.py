"""Values of distributions that CloudFront refuses: headers that it keeps for itself, and certificates."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import is_true, mapping, mappings, texts
from netful.sources.refused.refused_value import RefusedValue

_OWN_HEADERS = re.compile(
    r"cache-control|connection|content-length|cookie|host|if-.+|max-forwards|pragma|proxy-.+|range|request-range|te|trailer"
    r"|transfer-encoding|upgrade|via|x-amz-.+|x-edge-.+|x-real-ip",
    re.IGNORECASE,
)
CERTIFICATES_AT = "us-east-1"
"""The Region with the certificates of distributions, and of edge-optimized domains."""
_ARGUMENT = "InvalidArgument"


def values(own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    """Yield the properties that CloudFront refuses."""
    config = mapping(own.get("DistributionConfig"))
    for origin in mappings(config.get("Origins")):
        names = (str(one.get("HeaderName")) for one in mappings(origin.get("OriginCustomHeaders")))
        for name in filter(_OWN_HEADERS.fullmatch, names):
            reason = f"origin `{origin.get('Id')}` adds the header `{name}`"
            yield RefusedValue("DistributionConfig", _ARGUMENT, reason, "add a header with another name")
    shown = config.get("ViewerCertificate")
    arn = shown.get("AcmCertificateArn") if isinstance(shown, Mapping) else None
    parts = arn.split(":") if isinstance(arn, str) else []
    region = parts[3] if parts[1:3] == ["aws", "acm"] and len(parts) > 3 else CERTIFICATES_AT
    if region != CERTIFICATES_AT:
        reason = f"the viewers' certificate is in {region}"
        hint = f"use a certificate of ACM in {CERTIFICATES_AT}"
        yield RefusedValue("DistributionConfig", "InvalidViewerCertificate", reason, hint)
    uncertified = shown is None or is_true(mapping(shown).get("CloudFrontDefaultCertificate"))
    if texts(config.get("Aliases")) and uncertified:
        reason, hint = "it has aliases, and no certificate for them", f"name a certificate of ACM in {CERTIFICATES_AT}"
        yield RefusedValue("DistributionConfig", "InvalidViewerCertificate", reason, hint)
