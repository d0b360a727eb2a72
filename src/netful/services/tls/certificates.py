"""X.509 certificates: the root and the leaves that it signs (RFC 5280). Pure: keys and names in, certificates out."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_ROOT_DAYS = 3650
_LEAF_DAYS = 397  # clients reject server certificates with a longer lifetime
_SKEW = timedelta(days=1)

_ROOT_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "netful certificate authority")])
# A server's names are subject alternative names; a common name could not hold more than 64 characters.
_LEAF_NAME = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "netful")])


def root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Return a self-signed CA certificate that may sign only leaves."""
    builder = _builder(_ROOT_NAME, _ROOT_NAME, key.public_key(), _ROOT_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return builder.sign(key, hashes.SHA256())


def java_trust_store(bundle: bytes) -> bytes:
    """Return the certificates of a bundle as the trust store of a Java runtime, which reads it without a password."""
    found = x509.load_pem_x509_certificates(bundle)
    named = [pkcs12.PKCS12Certificate(one, f"ca-{number}".encode()) for number, one in enumerate(found)]
    return pkcs12.serialize_java_truststore(named, serialization.NoEncryption())


def leaf(
    names: Iterable[str],
    public_key: ec.EllipticCurvePublicKey,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """Return a server certificate for host names, wildcards and addresses. Raise ValueError for any other name."""
    named = x509.SubjectAlternativeName(_general_name(n) for n in names)
    builder = _builder(_LEAF_NAME, issuer.subject, public_key, _LEAF_DAYS).add_extension(named, critical=False)
    return _end_entity(builder, ExtendedKeyUsageOID.SERVER_AUTH, issuer, issuer_key)


def client(
    name: str, public_key: ec.EllipticCurvePublicKey, issuer: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """Return a client certificate with a common name. Raise ValueError for a name of more than 64 characters."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _builder(subject, issuer.subject, public_key, _LEAF_DAYS)
    return _end_entity(builder, ExtendedKeyUsageOID.CLIENT_AUTH, issuer, issuer_key)


def _end_entity(
    builder: x509.CertificateBuilder,
    purpose: x509.ObjectIdentifier,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    issuer_id = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.add_extension(authority, critical=False).sign(issuer_key, hashes.SHA256())


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a key as an unencrypted PEM block."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
