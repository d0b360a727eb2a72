"""Mutual TLS of custom domain names: the domains that require it, and the accepted certificates (api-gateway §5.19).

| the client presents | AWS |
|---|---|
| no certificate | the handshake fails |
| one that no authority of the truststore signed, a self-signed one, an expired one | 403 `Forbidden` |
| a chain of more than four certificates | 403 |
| one signed with less than SHA-256, or with a key shorter than RSA 2,048 or ECDSA 256 bits | 403 |

Revocation is not checked. Only regional names of REST and HTTP APIs can have mutual TLS. A request for such a domain on a
connection whose handshake was for another name has no certificate.
"""

from netful.engine.names.api_names import domains_named
from netful.model.apis.api import ApiEndpointType
from netful.model.apis.client_certificate import ClientCertificate, Signed
from netful.model.apis.domain import DomainName
from netful.model.cloud import Cloud

_LONGEST_CHAIN = 4
_HASH_BITS = 256
_KEY_BITS = {"RSA": 2048, "EC": 256}

_NO_ISSUER = "Could not find issuer for certificate"
_SELF_SIGNED = "self signed certificate"
_INSECURE = "Client cert using an insecure Signature Algorithm"
_EXPIRED = "certificate has expired"
_NOT_YET = "certificate is not yet valid"
_REASONS = {  # OpenSSL's X509_V_ERR_…, in AWS's words where they are known
    2: _NO_ISSUER,
    9: _NOT_YET,
    10: _EXPIRED,
    18: _SELF_SIGNED,
    19: _SELF_SIGNED,
    20: _NO_ISSUER,
    21: _NO_ISSUER,
    66: _INSECURE,
    67: _INSECURE,
    68: _INSECURE,
}
_OTHERWISE = "the certificate is not trusted"


def asks(domain: DomainName) -> bool:
    """Return whether a domain name requires a client certificate: AWS takes the setting for a regional one alone."""
    return domain.mutual_tls and domain.endpoint_type not in (ApiEndpointType.EDGE, ApiEndpointType.PRIVATE)


def domains(cloud: Cloud) -> tuple[DomainName, ...]:
    """Return the domain names that require one."""
    return cloud.derived("mutual tls", lambda: tuple(d for d in cloud.apis.domain_names.values() if asks(d)))


def asked_by(cloud: Cloud, host: str) -> DomainName | None:
    """Return the domain whose mutual TLS applies to this SNI name, or None."""
    if not domains(cloud):
        return None
    return next((domain for domain in domains_named(cloud, host) if asks(domain)), None)


def refusal(domain: DomainName, shown: ClientCertificate | None) -> str:
    """Return why a domain name rejects the client; "" if it does not."""
    if shown is None or shown.shown_to != domain.id:
        return "the client has shown no certificate"
    if shown.faults:
        return _REASONS.get(shown.faults[0], _OTHERWISE)
    if shown.subject_dn == shown.issuer_dn:
        return _SELF_SIGNED
    if len(shown.chain) > _LONGEST_CHAIN:
        return f"the chain has more than {_LONGEST_CHAIN} certificates"
    # the signature of the last certificate is irrelevant: the truststore contains it
    weak = any(map(_is_weakly_signed, shown.chain[:-1])) or any(map(_has_short_key, shown.chain))
    return _INSECURE if weak else ""


def _is_weakly_signed(certificate: Signed) -> bool:
    return certificate.hash_bits < _HASH_BITS


def _has_short_key(certificate: Signed) -> bool:
    return certificate.key_bits < _KEY_BITS.get(certificate.key, 0)
