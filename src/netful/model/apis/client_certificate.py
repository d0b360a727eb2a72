"""The certificate that a client presents in its TLS handshake (spec: api-gateway §5.19)."""

from datetime import datetime

from netful.model.core import Frozen


class Signed(Frozen):
    """Signature strength of a certificate in a chain: the bits of the hash, the kind and bits of its key."""

    hash_bits: int
    key: str
    key_bits: int


class ClientCertificate(Frozen):
    """A client's certificate. `shown_to` is the id of the custom domain whose truststore verified it.

    `chain` leads from it to the trusted authority, as far as it was found. `faults` are the errors of X.509
    verification (the numbers of OpenSSL's `X509_V_ERR_…`).
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
