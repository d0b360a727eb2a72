"""netful's own certificate authority: one small CA for a stack, and a certificate for each set of names.

Rules:
1. The CA is made once, in the stack's state folder. Only its owner can read its key, and the key is copied nowhere else.
2. `bundle.pem` contains only this CA: inside a stack nothing else can be reached, and one certificate loads in 0.1 ms
   where the usual bundle takes 4 ms (hot-paths part 2). With the real internet it contains the machine's CAs too.
   `java-cacerts` has the same for Java, which does not read PEM.
3. All leaves share one key that is in memory, and for load balancers in files of the state folder. They end with the
   daemon.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from netful.services.tls import certificates, sni
from netful.services.tls.mutual_tls import ByName, Truststore, Truststores

if TYPE_CHECKING:
    from OpenSSL import SSL

KEY_FILE, CA_FILE, BUNDLE_FILE = "ca-key.pem", "ca.pem", "bundle.pem"
_JAVA_FILE = "java-cacerts"
_CACHED_NAMES = 4096  # a client chooses the names on the internet, so the cache is bounded

NamesOf = Callable[[str], Iterable[str]]
"""Returns the names on the certificate that a server shows to clients that request a name."""

Protocols = tuple[str, ...]
"""The protocols that a server offers by ALPN, the preferred one first."""

ProtocolsOf = Callable[[str], Protocols]
"""Returns the protocols for clients that request a name."""

_HTTP1: Protocols = ("http/1.1",)
C = TypeVar("C", bound=ssl.SSLContext)


class Authority:
    """The CA in `folder`, made if it does not exist."""

    def __init__(self, folder: Path) -> None:
        self.ca = folder / CA_FILE
        self.bundle = folder / BUNDLE_FILE
        self.java_trust = folder / _JAVA_FILE
        self._key, self._certificate = _load(folder) if (folder / KEY_FILE).exists() else _make(folder)
        if not self.java_trust.exists():  # a worker process has the same folder
            self._trust_in_java()
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._contexts = lru_cache(_CACHED_NAMES)(partial(self._mint, kind=ssl.SSLContext))
        self.pem = lru_cache(_CACHED_NAMES)(self._pem)
        self._asking = lru_cache(_CACHED_NAMES)(self._mint_asking)

    def trust_also(self, bundle: bytes) -> None:
        """Make the stack's programs trust these authorities as well."""
        self.bundle.write_bytes(self.ca.read_bytes() + b"\n" + bundle)
        self._trust_in_java()

    def _trust_in_java(self) -> None:
        with suppress(ValueError):  # an authority's certificate cannot be read: Java then trusts the stack's alone
            self.java_trust.write_bytes(certificates.java_trust_store(self.bundle.read_bytes()))

    def context(self, names: Iterable[str], protocols: Protocols = _HTTP1) -> ssl.SSLContext:
        """Return a server context with one certificate for all of `names`, whatever name a client requests."""
        return self._contexts(tuple(dict.fromkeys(names)), protocols)

    def context_by_name(
        self, default: Iterable[str], names_of: NamesOf, protocols_of: ProtocolsOf = lambda _name: _HTTP1
    ) -> ssl.SSLContext:
        """Return a server context that shows the certificate for `names_of(name)` to clients that request a name.

        Clients that request no name get `default`, as from a server that does not know the name.
        """
        return self._by_name(ssl.SSLContext, default, names_of, protocols_of)

    def _by_name(self, kind: type[C], default: Iterable[str], names_of: NamesOf, protocols_of: ProtocolsOf) -> C:
        made = self._mint(tuple(default), _HTTP1, kind)
        made.sni_callback = partial(self._answer_name, names_of, protocols_of)
        return made

    def context_that_asks(
        self, default: Iterable[str], names_of: NamesOf, protocols_of: ProtocolsOf, truststores: Truststores
    ) -> ssl.SSLContext:
        """Return such a context that also requires a client certificate at the names that have a truststore."""
        shown = self._by_name(ByName, default, names_of, protocols_of)
        shown.truststores = truststores
        shown.ask = lambda name, store, incoming, outgoing: self._ask(tuple(names_of(name)), store, incoming, outgoing)
        return shown

    def _ask(self, names: tuple[str, ...], store: Truststore, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> Any:
        from netful.services.tls.client_certificate_tls import Asking  # noqa: PLC0415  # few stacks ask, and it is slow to import

        return Asking(self._asking(names, store.pem), incoming, outgoing, store.domain_id)

    def _mint_asking(self, names: tuple[str, ...], truststore_pem: str) -> SSL.Context:
        from netful.services.tls.client_certificate_tls import context  # noqa: PLC0415  # the same

        return context(self.pem(names), truststore_pem)

    def issue(self, names: Iterable[str]) -> tuple[bytes, bytes]:
        """Return a certificate for `names` and its own key, as PEM, for a server that is not netful's."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = certificates.leaf(names, key.public_key(), self._certificate, self._key)
        return leaf.public_bytes(serialization.Encoding.PEM), certificates.private_pem(key)

    def client_context(self, name: str) -> ssl.SSLContext:
        """Return a client's context that shows a certificate with a common name, and verifies no server. Raises ValueError."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        shown = certificates.client(name, self._leaf_key.public_key(), self._certificate, self._key)
        _load_chain(made, shown, self._leaf_key)
        return made

    def _answer_name(
        self,
        names_of: NamesOf,
        protocols_of: ProtocolsOf,
        connection: ssl.SSLObject,
        name: str | None,
        _context: ssl.SSLContext,
    ) -> int | None:
        if name is None:
            return None
        name = name.lower()
        sni.remember(connection, name)
        try:
            connection.context = self.context(names_of(name), protocols_of(name))
        except ValueError:  # a certificate cannot contain such a name
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        return None

    def _pem(self, names: tuple[str, ...]) -> str:
        """Return a certificate for names and its key, for a server in another program."""
        leaf = certificates.leaf(names, self._leaf_key.public_key(), self._certificate, self._key)
        return (leaf.public_bytes(serialization.Encoding.PEM) + certificates.private_pem(self._leaf_key)).decode()

    def _mint(self, names: tuple[str, ...], protocols: Protocols, kind: type[C]) -> C:
        leaf = certificates.leaf(names, self._leaf_key.public_key(), self._certificate, self._key)
        made = kind(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.options |= ssl.OP_NO_RENEGOTIATION  # which OpenSSL 1.1 would grant without end
        made.set_alpn_protocols(protocols)
        _load_chain(made, leaf, self._leaf_key)
        return made


def _load(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = serialization.load_pem_private_key((folder / KEY_FILE).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key, x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())


def _make(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certificates.root(key)
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / CA_FILE).write_bytes(pem)
    (folder / BUNDLE_FILE).write_bytes(pem)
    # Written last and in one step: if a key file exists, the other files exist.
    fresh = folder / (KEY_FILE + ".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(certificates.private_pem(key))
    fresh.replace(folder / KEY_FILE)
    return key, certificate


def _load_chain(context: ssl.SSLContext, leaf: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    """Load a certificate into a context; the ssl module reads only files, so it gets a file in memory."""
    descriptor = os.memfd_create("leaf", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, leaf.public_bytes(serialization.Encoding.PEM) + certificates.private_pem(key))
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
