"""Client certificates in the form for integrations (api-gateway §5.19)."""

from datetime import datetime
from typing import Any

from netful.gateway.calls.call import Call

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def described(call: Call) -> dict[str, Any]:
    """Return the certificate of a client as `clientCert`; nothing if the domain requires none."""
    shown, domain = call.request.connection.client_certificate, call.judged.domain
    if shown is None or domain is None or shown.shown_to != domain.id:
        return {}
    return {
        "clientCertPem": shown.pem,
        "subjectDN": shown.subject_dn,
        "issuerDN": shown.issuer_dn,
        "serialNumber": shown.serial_number,
        "validity": {"notBefore": _written(shown.not_before), "notAfter": _written(shown.not_after)},
    }


def _written(at: datetime) -> str:
    """Return a time in OpenSSL's format, in English whatever the locale."""
    return f"{_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S} {at.year} GMT"
