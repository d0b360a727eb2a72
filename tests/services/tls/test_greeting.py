"""The name in a client's TLS greeting: of real clients, however it comes, and of what is no greeting at all."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.fabric.firewalls.client_hello import server_name


def greeting(name, version=ssl.TLSVersion.TLSv1_3):
    """What the ssl module's client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = name is not None
    context.maximum_version = version
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


REAL = greeting("Api.Example.com")


def in_records(data, size):
    """A greeting in records of so many bytes each."""
    body = data[5:]
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"\x16\x03\x01" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_name_that_a_client_asks_for(version):
    assert server_name(greeting("Api.Example.com", version)) == "api.example.com"
    assert server_name(greeting(None, version)) == ""


def test_every_beginning_is_waited_for():
    assert {server_name(REAL[:size]) for size in range(len(REAL))} == {None}
    assert server_name(REAL + b"more") == "api.example.com"


@pytest.mark.parametrize("size", [1, 40, 300])
def test_greeting_in_many_records(size):
    whole = in_records(REAL, size)
    assert server_name(whole) == "api.example.com"
    assert server_name(whole[:-1]) is None


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00", bytes(70_000)]
)
def test_what_is_no_greeting_has_no_name(data):
    assert server_name(data) == ""


def test_greeting_without_an_end_is_not_waited_for_for_ever():
    endless = b"\x16\x03\x01\xff\xff\x01\xff\xff\xff" + bytes(65_531)
    assert server_name(endless) == ""


@given(st.binary(max_size=400))
def test_any_bytes(data):
    for start in (b"", b"\x16\x03\x01", REAL[:50]):
        assert server_name(start + data) is None or isinstance(server_name(start + data), str)


@given(st.integers(0, len(REAL) - 1), st.integers(0, 255))
def test_greeting_with_a_wrong_byte(at, byte):
    found = server_name(REAL[:at] + bytes([byte]) + REAL[at + 1 :])
    assert found is None or isinstance(found, str)
