"""Certificates: what a client that trusts the stack's CA accepts, and what it does not."""

import socket
import ssl
import stat
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from netful.services.tls.authority import KEY_FILE, Authority


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def shake_hands(authority, context, name, bundle=None):
    """The names on the certificate that a client gets when it asks for `name`; raises what the client sees."""
    near, far = socket.socketpair()
    outcome = []

    def serve():
        try:
            with context.wrap_socket(far, server_side=True) as connection:
                connection.recv(1)
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client = ssl.create_default_context(cafile=bundle or authority.bundle)
        client.verify_flags |= ssl.VERIFY_X509_STRICT
        client.set_alpn_protocols(["h2", "http/1.1"])
        with client.wrap_socket(near, server_hostname=name) as connection:
            assert connection.selected_alpn_protocol() == "http/1.1"
            return {value for _, value in connection.getpeercert()["subjectAltName"]}
    finally:
        near.close()
        thread.join()


def test_one_certificate_whatever_is_asked_for(authority):
    context = authority.context(("ssm.eu-west-1.amazonaws.com", "*.vpce.example"))
    for name in ("ssm.eu-west-1.amazonaws.com", "a.vpce.example"):
        assert shake_hands(authority, context, name) == {"ssm.eu-west-1.amazonaws.com", "*.vpce.example"}
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(authority, context, "sqs.eu-west-1.amazonaws.com")


def test_a_certificate_for_each_name(authority):
    context = authority.context_by_name(("default.invalid",), lambda name: (name,))
    for name in ("example.com", "Other.Example", "xn--bcher-kva.example", "a" * 63 + "." + "b" * 60 + ".example"):
        assert shake_hands(authority, context, name) == {name.lower()}


def test_without_a_name_the_default(authority):
    context = authority.context_by_name(("127.0.0.1",), lambda name: (name,))
    assert shake_hands(authority, context, "127.0.0.1") == {"127.0.0.1"}


def test_a_stack_keeps_its_ca(authority, tmp_path):
    again = Authority(tmp_path)
    context = again.context(("example.com",))
    assert shake_hands(authority, context, "example.com", bundle=authority.bundle) == {"example.com"}


def test_another_stacks_ca_is_not_trusted(authority, tmp_path):
    other = Authority(tmp_path / "other")
    with pytest.raises(ssl.SSLCertVerificationError, match=r"self-signed certificate|unable to get local issuer"):
        shake_hands(authority, other.context(("example.com",)), "example.com")


def test_the_key_is_its_owners_alone(authority, tmp_path):
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert b"PRIVATE" not in authority.bundle.read_bytes()


def test_a_half_made_folder_is_made_anew(tmp_path):
    first = Authority(tmp_path)
    before = first.bundle.read_bytes()
    (tmp_path / KEY_FILE).unlink()
    assert Authority(tmp_path).bundle.read_bytes() != before


def test_java_trusts_the_authority_without_a_password(tmp_path):
    authority = Authority(tmp_path)
    (kept,) = pkcs12.load_pkcs12(authority.java_trust.read_bytes(), None).additional_certs
    assert kept.certificate == x509.load_pem_x509_certificate(authority.ca.read_bytes())


def test_java_trusts_other_authorities_as_well(tmp_path):
    authority, other = Authority(tmp_path / "a"), Authority(tmp_path / "b")
    authority.trust_also(other.ca.read_bytes())
    kept = pkcs12.load_pkcs12(authority.java_trust.read_bytes(), None).additional_certs
    assert [one.certificate for one in kept] == x509.load_pem_x509_certificates(authority.bundle.read_bytes())
