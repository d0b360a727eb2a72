"""The certificate that a client has shown in its TLS handshake (spec: api-gateway §5.19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """What of a certificate in a chain tells how well it is signed: the bits of the hash, the kind and bits of its key."""

    hash_bits: int
    key: str
    key_bits: int


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A client's certificate. `shown_to` is the custom domain, by its id, whose truststore it was held against.

    `chain` goes from it to the authority that is trusted, as far as it was found. `faults` are what X.509 has against it
    (the numbers of OpenSSL's `X509_V_ERR_…`).
    """

    shown_to: str
    pem: str
    subject_dn: str
    issuer_dn: str
    serial_number: str
    not_before: datetime
    not_after: datetime
    chain: tuple[Signed, ...] = ()
    faults: tuple[int, ...] = ()
