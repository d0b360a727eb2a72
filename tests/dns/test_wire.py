"""Any bytes on the wire: a query, or the one error that is declared, and answers that other programs can read."""

from ipaddress import ip_address

from dnslib import EDNS0, DNSError, DNSRecord
from hypothesis import example, given
from hypothesis import strategies as st

from netful.dns.wire import MAX_UDP, MalformedError, Rcode, addresses, nothing, parse, respond
from tests.helpers.examples import examples


def query(name, type_="A", *, edns=False):
    asked = DNSRecord.question(name, type_)
    if edns:
        asked.add_ar(EDNS0(flags="do", udp_len=4096))
    return asked.pack()


PACKETS = [query("example.com"), query("a.b.c", "AAAA", edns=True), query("x" * 63 + ".example"), query("")]


@st.composite
def damaged(draw):
    """A query of which some bytes are others, are missing or are added."""
    packet = bytearray(draw(st.sampled_from(PACKETS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(packet)))
        packet[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(packet)


def readable(packet):
    """Whether dnslib reads a query; it refuses names that are not UTF-8."""
    try:
        return bool(DNSRecord.parse(packet))
    except DNSError:
        return False


FOUND = st.lists(st.sampled_from([ip_address("10.0.0.1"), ip_address("2001:db8::1")]), max_size=100).map(addresses)
NONE = st.builds(nothing, st.sampled_from(["example.com", "", "a.b"]), st.sampled_from([Rcode.NOERROR, Rcode.NXDOMAIN]))


@examples(1000)
@given(damaged() | st.binary(max_size=60), FOUND | NONE, st.sampled_from([512, MAX_UDP, 65535]))
@example(b"", addresses([]), 512)
def test_any_packet_is_answered_or_malformed(packet, records, limit):
    try:
        asked = parse(packet)
    except MalformedError as error:
        assert not error.reply or DNSRecord.parse(error.reply).header.rcode == Rcode.FORMERR  # noqa: PT017  # it is what is sent
        return
    answer = respond(asked, records, limit)
    assert len(answer) <= limit
    assert answer[:2] == packet[:2]
    if readable(packet):
        assert DNSRecord.parse(answer).header.id == asked.id
