"""TLS connections that require a client certificate, by OpenSSL: `ssl.SSLObject`s for an event loop.

The ssl module rejects an invalid certificate in the handshake. API Gateway accepts it and reports the fault by HTTP
(engine.mutual_tls), so the fault is recorded here. No session is resumed: every handshake checks the certificate.
"""

import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from OpenSSL import SSL, crypto

from netful.model.apis.client_certificate import ClientCertificate, Signed

T = TypeVar("T")

_PIECE = 1 << 16


def context(certificate_pem: str, truststore_pem: str) -> SSL.Context:
    """Return a context that requires a certificate, accepts any, and records its faults."""
    made = SSL.Context(SSL.TLS_SERVER_METHOD)
    made.set_min_proto_version(SSL.TLS1_2_VERSION)
    made.set_options(SSL.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION)
    made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    made.use_certificate(x509.load_pem_x509_certificate(certificate_pem.encode()))
    key = serialization.load_pem_private_key(certificate_pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # as the authority makes them
    made.use_privatekey(key)
    made.set_alpn_select_callback(_protocol)
    made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _note)
    store = made.get_cert_store()
    assert store is not None
    for authority in authorities(truststore_pem):
        store.add_cert(crypto.X509.from_cryptography(authority))
    return made


def authorities(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a truststore, none if it is not PEM."""
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        return []


def _protocol(_connection: SSL.Connection, offered: list[bytes]) -> Any:
    return next((one for one in (b"h2", b"http/1.1") if one in offered), SSL.NO_OVERLAPPING_PROTOCOLS)


def _note(connection: SSL.Connection, _certificate: crypto.X509, fault: int, _depth: int, fine: int) -> bool:
    if not fine:
        connection.get_app_data().append(fault)
    return True


class Asking:
    """One connection that requires a certificate, with the interface of `ssl.SSLObject` that an event loop uses."""

    def __init__(self, made: SSL.Context, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, domain_id: str) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._domain_id = domain_id
        self._faults: list[int] = []
        self._tls = SSL.Connection(made, None)
        self._tls.set_app_data(self._faults)
        self._tls.set_accept_state()
        self.client_certificate: ClientCertificate | None = None

    def do_handshake(self) -> None:
        """Continue the handshake."""
        self._do(self._tls.do_handshake, None)
        self.client_certificate = self._shown()

    def read(self, size: int = _PIECE, buffer: Any = None) -> Any:
        """Read at most `size` bytes, into the buffer if given."""
        data = self._do(lambda: self._tls.recv(size), b"")
        if buffer is None:
            return data
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: Any) -> int:
        """Send data."""
        return self._do(lambda: self._tls.send(bytes(data)), 0)

    def unwrap(self) -> None:
        """Send the closing alert, and wait for the client's."""
        if not self._do(self._tls.shutdown, True):  # noqa: FBT003  # an answer, not a switch
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the client has not closed the connection yet")

    def pending(self) -> int:
        """Return the number of bytes that can be read at once; the peek decrypts data that came with the handshake."""
        if self.client_certificate is None:
            return 0
        try:
            self._tls.recv(1, socket.MSG_PEEK)
        except SSL.WantReadError:
            return 0
        except SSL.Error:
            return 1  # the end or an error, which `read` will report
        return self._tls.pending()

    def getpeercert(self, *_: object) -> None:
        """Return nothing: `client_certificate` has more than an event loop needs."""

    def cipher(self) -> tuple[str | None, str | None, int | None]:
        """Return the cipher, its protocol version and its bits."""
        return self._tls.get_cipher_name(), self._tls.get_cipher_version(), self._tls.get_cipher_bits()

    def compression(self) -> None:
        """Return None: compression is never used."""

    def version(self) -> str:
        """Return the version of TLS."""
        return self._tls.get_protocol_version_name()

    def selected_alpn_protocol(self) -> str | None:
        """Return the protocol that ALPN selected."""
        return self._tls.get_alpn_proto_negotiated().decode() or None

    def _do(self, act: Callable[[], T], at_the_end: T) -> T:
        """Process the received data, call `act`, and send the result; errors are those of the ssl module."""
        if self._incoming.pending:
            self._tls.bio_write(self._incoming.read())
        try:
            return act()
        except SSL.ZeroReturnError:
            return at_the_end
        except SSL.WantReadError:
            if self._incoming.eof:
                raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the client is gone") from None
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "more is to come") from None
        except SSL.Error as error:
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, str(error)) from None
        finally:
            self._send()

    def _send(self) -> None:
        while True:
            try:
                self._outgoing.write(self._tls.bio_read(_PIECE))
            except SSL.WantReadError:
                return

    def _shown(self) -> ClientCertificate:
        leaf = self._tls.get_peer_certificate(as_cryptography=True)
        assert leaf is not None  # a handshake without a certificate fails
        chain = self._tls.get_verified_chain(as_cryptography=True) or [leaf]
        return client_certificate(leaf, chain, self._domain_id, tuple(dict.fromkeys(self._faults)))


def client_certificate(
    leaf: x509.Certificate, chain: list[x509.Certificate], shown_to: str, faults: tuple[int, ...]
) -> ClientCertificate:
    """Return the fields of a client's certificate."""
    digits = f"{leaf.serial_number:x}"
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return ClientCertificate(
        shown_to=shown_to,
        pem=leaf.public_bytes(serialization.Encoding.PEM).decode(),
        subject_dn=leaf.subject.rfc4514_string(),
        issuer_dn=leaf.issuer.rfc4514_string(),
        serial_number=":".join(digits[at : at + 2] for at in range(0, len(digits), 2)),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        chain=tuple(map(_signed, chain)),
        faults=faults,
    )


def _signed(certificate: x509.Certificate) -> Signed:
    key, algorithm = certificate.public_key(), certificate.signature_hash_algorithm
    hash_bits = algorithm.digest_size * 8 if algorithm else 512  # Ed25519 and Ed448 have a fixed hash
    if isinstance(key, rsa.RSAPublicKey):
        return Signed(hash_bits, "RSA", key.key_size)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return Signed(hash_bits, "EC", key.curve.key_size)
    return Signed(hash_bits, type(key).__name__, 0)
