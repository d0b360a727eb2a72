"""The resolver on real sockets, asked by an independent DNS library."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from dnslib import DNSRecord

from netful.dns import serve
from netful.engine.names.resolution import DnsAnswer
from tests.helpers.processes import ENOUGH_SECONDS, OWN_LOOPBACK

ADDRESSES = {
    "ssm.eu-west-1.amazonaws.com": (IPv4Address("10.0.1.5"), IPv4Address("10.0.2.5")),
    "many.example.com": tuple(IPv4Address(f"10.1.0.{n}") for n in range(100)),
}
SIX = {"dual.example.com": (IPv6Address("2001:db8::5"), IPv6Address("2001:db8::6"))}
SSM = "ssm.eu-west-1.amazonaws.com"
NO_DATA, SUNK = "no-data.example.com", "sunk.example.com"
SILENT = "silent.example.com"
BROKEN = "broken.example.com"


class View:
    def __init__(self):
        self.asked = []

    def __call__(self, name, _type):
        self.asked.append(name)
        if name == SILENT:
            return DnsAnswer(name, status="TIMEOUT")
        if name == NO_DATA:
            return DnsAnswer(name, status="NODATA")
        if name == SUNK:
            return DnsAnswer(name, ADDRESSES[SSM], canonical_name=SSM, canonical_ttl=30)
        if name == BROKEN:
            raise RuntimeError(name)
        if name in ADDRESSES:
            return DnsAnswer(name, ADDRESSES[name])
        if name in SIX:
            return DnsAnswer(name, ipv6_addresses=SIX[name])
        return DnsAnswer(name, status="NXDOMAIN")


class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.replies = asyncio.Queue()

    def datagram_received(self, data, _addr):
        self.replies.put_nowait(data)


class Asker:
    """Sends packets to a resolver on loopback, by UDP and TCP."""

    def __init__(self, port, transport, client, view):
        self.port, self.transport, self.client, self.view = port, transport, client, view

    async def udp(self, packet):
        self.transport.sendto(packet)
        return DNSRecord.parse(await asyncio.wait_for(self.client.replies.get(), ENOUGH_SECONDS))

    async def tcp(self, *packets):
        reader, writer = await asyncio.open_connection(OWN_LOOPBACK, self.port)
        writer.write(b"".join(len(p).to_bytes(2, "big") + p for p in packets))
        replies = []
        for _ in packets:
            length = int.from_bytes(await asyncio.wait_for(reader.readexactly(2), ENOUGH_SECONDS), "big")
            replies.append(DNSRecord.parse(await reader.readexactly(length)))
        writer.close()
        return replies


def resolver(test):
    """Run an async test with a resolver."""

    def run():
        async def inner():
            loop = asyncio.get_running_loop()
            tcp = socket.create_server((OWN_LOOPBACK, 0))
            port = tcp.getsockname()[1]
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.bind((OWN_LOOPBACK, port))
            for sock in (udp, tcp):
                sock.setblocking(False)
            view = View()
            running = await serve(loop, udp, tcp, lambda _client: view)
            transport, client = await loop.create_datagram_endpoint(Client, remote_addr=(OWN_LOOPBACK, port))
            try:
                await test(Asker(port, transport, client, view))
            finally:
                transport.close()
                running.close()

        asyncio.run(inner())

    run.__name__ = test.__name__
    return run


def question(name, kind="A"):
    return DNSRecord.question(name, kind)


@resolver
async def test_an_address_with_the_case_of_the_question(ask):
    query = question("SSM.eu-west-1.AmazonAWS.com")
    reply = await ask.udp(query.pack())
    assert reply.header.id == query.header.id
    assert str(reply.q.qname) == "SSM.eu-west-1.AmazonAWS.com."
    assert [str(r.rdata) for r in reply.rr] == ["10.0.1.5", "10.0.2.5"]
    assert {r.ttl for r in reply.rr} == {60}
    assert reply.header.ra
    assert reply.header.rd


@resolver
async def test_an_answer_is_looked_up_once(ask):
    for name in ("ssm.eu-west-1.amazonaws.com", "SSM.eu-west-1.amazonaws.com"):
        await ask.udp(question(name).pack())
    assert ask.view.asked == ["ssm.eu-west-1.amazonaws.com"]


@resolver
async def test_other_types_of_a_known_name_have_no_data(ask):
    for kind in ("AAAA", "TXT", "HTTPS"):
        reply = await ask.udp(question("ssm.eu-west-1.amazonaws.com", kind).pack())
        assert (reply.header.rcode, reply.rr, len(reply.auth)) == (0, [], 1)


@resolver
async def test_what_a_firewall_answers(ask):
    reply = await ask.udp(question(NO_DATA).pack())
    assert (reply.header.rcode, reply.rr, len(reply.auth)) == (0, [], 1)
    reply = await ask.udp(question(SUNK).pack())
    assert [(str(r.rname), r.rtype, r.ttl, str(r.rdata)) for r in reply.rr] == [
        (f"{SUNK}.", 5, 30, f"{SSM}."), (f"{SSM}.", 1, 60, "10.0.1.5"), (f"{SSM}.", 1, 60, "10.0.2.5"),
    ]  # fmt: skip
    reply = await ask.udp(question(SUNK, "AAAA").pack())
    assert [(r.rtype, str(r.rdata)) for r in reply.rr] == [(5, f"{SSM}.")]


@resolver
async def test_ipv6_addresses_are_of_a_type_of_their_own(ask):
    reply = await ask.udp(question("dual.example.com", "AAAA").pack())
    assert [str(record.rdata) for record in reply.rr] == ["2001:db8::5", "2001:db8::6"]
    reply = await ask.udp(question("dual.example.com").pack())
    assert (reply.header.rcode, reply.rr) == (0, [])


@resolver
async def test_an_unknown_name_does_not_exist(ask):
    reply = await ask.udp(question("db.internal").pack())
    assert reply.header.rcode == 3
    assert str(reply.auth[0].rname) == "internal."
    assert reply.auth[0].rdata.times[-1] == 60


@resolver
async def test_silence_where_there_is_no_resolver(ask):
    ask.transport.sendto(question(SILENT).pack())
    reply = await ask.udp(question("ssm.eu-west-1.amazonaws.com").pack())
    assert ask.view.asked[0] == SILENT
    assert str(reply.q.qname) == "ssm.eu-west-1.amazonaws.com."


@resolver
async def test_a_long_answer_is_truncated_and_whole_by_tcp(ask):
    query = question("many.example.com").pack()
    short = await ask.udp(query)
    assert short.header.tc
    assert short.rr == []
    (whole,) = await ask.tcp(query)
    assert not whole.header.tc
    assert len(whole.rr) == 100


@resolver
async def test_tcp_answers_several_questions_in_order(ask):
    names = ("ssm.eu-west-1.amazonaws.com", "nowhere.internal", "many.example.com")
    replies = await ask.tcp(*(question(name).pack() for name in names))
    assert [str(r.q.qname) for r in replies] == [f"{name}." for name in names]


@resolver
async def test_edns_is_answered_with_edns(ask):
    from dnslib import EDNS0

    query = question("many.example.com")
    query.add_ar(EDNS0(udp_len=1232, flags="do"))
    reply = await ask.udp(query.pack())
    assert reply.header.tc
    assert reply.ar[0].rtype == 41
    query.ar = [EDNS0(udp_len=4096, version=1)]
    reply = await ask.udp(query.pack())
    assert reply.rr == []
    assert reply.ar[0].ttl >> 24 == 1  # BADVERS is 16: its upper bits stand in the OPT record


@resolver
async def test_a_failing_view_is_a_server_failure(ask):
    assert (await ask.udp(question(BROKEN).pack())).header.rcode == 2


@resolver
async def test_what_is_no_plain_question_is_refused(ask):
    query = question("ssm.eu-west-1.amazonaws.com")
    query.header.opcode = 2
    assert (await ask.udp(query.pack())).header.rcode == 4
    query = question("ssm.eu-west-1.amazonaws.com")
    query.q.qclass = 3
    assert (await ask.udp(query.pack())).header.rcode == 5


HEADER = bytes.fromhex("abcd01000001000000000000")
MALFORMED = {
    "no question": bytes.fromhex("abcd01000000000000000000"),
    "cut in a label": HEADER + b"\x05ab",
    "a pointer": HEADER + b"\xc0\x0c\0\1\0\1",
    "no end": HEADER + b"\x01a" * 200,
    "no type": HEADER + b"\x01a\0\0",
    "a missing additional": bytes.fromhex("abcd01000001000000000001") + b"\x01a\0\0\1\0\1",
}


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED)
def test_malformed_is_a_format_error(packet):
    from netful.dns.responder import Responder

    reply = DNSRecord.parse(Responder(lambda _client: View()).respond(packet, OWN_LOOPBACK, udp=True))
    assert (reply.header.id, reply.header.rcode) == (0xABCD, 1)


@pytest.mark.parametrize("packet", [b"", b"\0" * 11, bytes.fromhex("abcd81800001000000000000") + b"\x01a\0\0\1\0\1"])
def test_what_could_be_a_reply_is_dropped(packet):
    from netful.dns.responder import Responder

    assert Responder(lambda _client: View()).respond(packet, OWN_LOOPBACK, udp=True) == b""


@resolver
async def test_queries_that_arrive_together_are_all_answered(ask):
    packets = [question("nothing.example.com").pack() for _ in range(1000)]
    assert len(await ask.tcp(*packets)) == 1000
