"""Clients' certificates: who must have shown one that will do, and what is told of it (api-gateway §5.19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from netful.engine.admission.execution_logs import DENIED
from netful.engine.apis.mutual_tls import asks, refusal
from netful.gateway.calls.call import Call

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def denied(call: Call) -> str:
    """What an execution log says where the domain asks for a certificate and the client's will not do, else ""."""
    domain = call.judged.domain
    why = refusal(domain, call.request.connection.client_certificate) if domain is not None and asks(domain) else ""
    return DENIED + why if why else ""


def told(call: Call) -> dict[str, Any]:
    """What is told of the client's certificate; nothing where none was asked for."""
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
    """A time as OpenSSL writes it, in English whatever the locale."""
    return f"{_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S} {at.year} GMT"
