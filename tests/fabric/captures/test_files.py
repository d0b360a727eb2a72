"""Files and headers of captures, read by another reader than their writer."""

import pytest

from netful.fabric.captures.headers import Headers, headers_of
from netful.fabric.captures.pcapng import CapturedInterface, packet, section
from tests.helpers.pcapng_reader import read

ETHERNET = bytes(12) + b"\x08\x00"
SYN = (
    bytes.fromhex("4500003c000040004006000a0a000205c0000201")
    + bytes.fromhex("9c4001bb" + "00" * 8 + "a002")
    + bytes(26)
)
UDP6 = (
    bytes(12)
    + b"\x86\xdd"
    + bytes.fromhex("6000000000081140")
    + bytes(15)
    + b"\x01"
    + bytes(15)
    + b"\x02"
    + bytes.fromhex("0035303900080000")
)


def test_a_file_has_its_interfaces_and_packets_with_times_and_directions():
    content = section([CapturedInterface("Fn", "eni-1", "of Fn"), CapturedInterface("Nät", "eni-2", "")], "netful test")
    at_ns = 1_700_000_000_123_456_789
    content += packet(0, at_ns, b"abcde", 5, outbound=True) + packet(1, at_ns + 1, b"", 9, outbound=False)
    interfaces, frames = read(content)
    assert [(one[2].decode(), one[3].decode(), one.get(1, b"").decode()) for one in interfaces] == [
        ("Fn", "eni-1", "of Fn"), ("Nät", "eni-2", "")
    ]  # fmt: skip
    assert [(one.interface, one.outbound, one.data) for one in frames] == [("Fn", True, b"abcde"), ("Nät", False, b"")]
    assert frames[0].at == pytest.approx(at_ns / 1e9)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (ETHERNET + SYN, Headers("tcp", "10.0.2.5", "192.0.2.1", 40000, 443, "S", 60)),
        (UDP6, Headers("udp", "::1", "::2", 53, 12345, "", 48)),
        (ETHERNET + SYN[:20], Headers("tcp", "10.0.2.5", "192.0.2.1", 0, 0, "", 20)),
    ],
)
def test_headers(frame, expected):
    assert headers_of(frame, len(frame)) == expected


@pytest.mark.parametrize("frame", [b"", bytes(14), ETHERNET, ETHERNET + SYN[:12], bytes(12) + b"\x08\x06" + bytes(28)])
def test_a_frame_without_a_whole_ip_header_has_none(frame):
    assert headers_of(frame, len(frame)) is None


def test_every_cut_of_a_frame_is_read():
    for frame in (ETHERNET + SYN, UDP6):
        assert [headers_of(frame[:length], len(frame)) for length in range(len(frame))]
