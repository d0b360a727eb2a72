"""Certificate authorities of clients, and the certificates that they sign, for tests."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)


def named(common_name):
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )


class Signer:
    """A name with a key and its certificate. Without an issuer it signs itself; `ca`: it may sign others."""

    def __init__(self, name, issuer=None, *, ca=False, days=(-1, 30), hash_=None, rsa_bits=0, serial=None):
        self.name, self.issuer = name, issuer or self
        self.key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
        begin, end = (NOW + timedelta(days=number) for number in days)
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(self.issuer.name))
            .public_key(self.key.public_key())
            .serial_number(serial or x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        self.certificate = builder.sign(self.issuer.key, hash_ or hashes.SHA256())

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self):
        form = serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()

    def files(self, folder, *intermediates):
        """The certificate, with those between it and an authority, and its key, in a file."""
        path = folder / f"{self.name}.pem"
        path.write_text("".join([self.pem, *(one.pem for one in intermediates), self.key_pem]))
        return path
