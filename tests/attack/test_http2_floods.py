"""Clients of a load balancer that speak HTTP/2 to wear it out, and ones that ask for TLS handshakes without end; others are served."""

import asyncio
import os
import ssl
import struct
import subprocess
from pathlib import Path

import pytest

from netful.model.balancing.load_balancers import Action, Listener
from netful.services.tls.authority import Authority
from tests.helpers.processes import descendants, told
from tests.helpers.proxies import ADDRESS, PORT, ask, cloud_of, get, running

pytestmark = pytest.mark.programs

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PING, WINDOW, MORE = 0, 1, 2, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS = 1, 4
FRAMES = 5_000
GROWTH_KB = 150_000
ANSWER = Action("fixed-response", config={"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "hello"})


def frame(kind, flags=0, stream=0, body=b""):
    return len(body).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + body


HOST = b"shop.example.com"
QUESTION = bytes([0x82, 0x86, 0x84, 0x41, len(HOST)]) + HOST  # GET http /, and the authority
POST = bytes([0x83]) + QUESTION[1:]
BEGIN = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS)
STREAMS = range(1, 2 * FRAMES, 2)
FLOODS = {
    "rapid reset": b"".join(
        frame(HEADERS, END_STREAM | END_HEADERS, s, QUESTION) + frame(RESET, 0, s, b"\0\0\0\x08") for s in STREAMS
    ),
    "settings": frame(SETTINGS) * FRAMES,
    "settings that change": b"".join(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, n)) for n in range(FRAMES)),
    "windows": frame(WINDOW, 0, 0, b"\0\0\0\1") * FRAMES,
    "windows that overflow": frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff") * FRAMES,
    "windows of none": frame(WINDOW, 0, 0, b"\0\0\0\0") * FRAMES,
    "pings": frame(PING, 0, 0, b"12345678") * FRAMES,
    "priorities": b"".join(frame(PRIORITY, 0, s, b"\0\0\0\0\1") for s in STREAMS),
    "headers without an end": frame(HEADERS, END_STREAM, 1, QUESTION) + frame(MORE, 0, 1, b"\0\1a\1b" * 200) * FRAMES,
    "empty data": frame(HEADERS, END_HEADERS, 1, POST) + frame(DATA, 0, 1) * FRAMES,
    "answers that nobody takes": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0))
    + b"".join(frame(HEADERS, END_STREAM | END_HEADERS, s, QUESTION) for s in STREAMS),
    "a table of headers": b"".join(
        frame(HEADERS, END_STREAM | END_HEADERS, s, QUESTION + b"\x40\x04" + s.to_bytes(4, "big") + b"\x64" + b"v" * 100) for s in STREAMS
    ),
}  # fmt: skip


async def flood(data):
    """Send all of it, and read nothing."""
    reader, writer = await asyncio.open_connection(str(ADDRESS), PORT)
    writer.transport.pause_reading()
    try:
        writer.write(BEGIN + data)
        await asyncio.wait_for(writer.drain(), 5)  # it blocks where the load balancer reads no more
    except (ConnectionError, TimeoutError):
        pass
    finally:
        writer.transport.abort()
    return reader


def haproxy():
    """The process that runs, which this one has started."""
    [pid] = [pid for pid, _ in descendants(os.getpid()) if told(pid, "comm") == "haproxy\n"]
    return pid


def memory_kb(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.mark.parametrize("data", FLOODS.values(), ids=FLOODS)
def test_others_are_served_while_one_floods(tmp_path, data):
    async def scenario():
        async with running(tmp_path, cloud_of(Listener("L", "Lb", PORT, "HTTP", (ANSWER,)))):
            assert (await ask(PORT, get())).status == 200
            pid = haproxy()
            before = memory_kb(pid)
            floods = [asyncio.ensure_future(flood(data)) for _ in range(4)]
            asked = 0
            while asked < 20 or not all(one.done() for one in floods):
                answer = await ask(PORT, get())
                assert (answer.status, answer.body) == (200, b"hello")
                asked += 1
            await asyncio.gather(*floods)
            assert (await ask(PORT, get())).status == 200
            assert haproxy() == pid
            assert memory_kb(pid) - before < GROWTH_KB

    asyncio.run(asyncio.wait_for(scenario(), 60))


def renegotiated(port, folder):
    """What OpenSSL's client says when it asks an open connection for another handshake, by TLS 1.2."""
    command = ["openssl", "s_client", "-connect", f"{ADDRESS}:{port}", "-tls1_2", "-CAfile", str(folder / "bundle.pem")]
    done = subprocess.run(command, input="R\nR\n", capture_output=True, text=True, timeout=20, check=False)
    return done.stdout + done.stderr


def test_no_second_handshake_at_a_load_balancer(tmp_path):
    certificate, key = Authority(tmp_path).issue(["shop.example.com"])

    async def scenario():
        made = cloud_of(Listener("L", "Lb", PORT, "HTTPS", (ANSWER,)))
        pem = {"shop.pem": (certificate + key).decode()}
        async with running(tmp_path / "proxy", made, {"L": ["shop.pem"]}, pem):
            return await asyncio.to_thread(renegotiated, PORT, tmp_path)

    (tmp_path / "proxy").mkdir()
    said = asyncio.run(asyncio.wait_for(scenario(), 60))
    assert "RENEGOTIATING" in said
    assert "no renegotiation" in said.lower()


def test_no_second_handshake_at_the_gateway(tmp_path):
    context = Authority(tmp_path).context(["shop.example.com"])
    assert context.options & ssl.OP_NO_RENEGOTIATION

    async def open_as_long(reader, writer):
        await reader.read()
        writer.close()

    async def scenario():
        server = await asyncio.start_server(open_as_long, str(ADDRESS), PORT, ssl=context)
        async with server:
            return await asyncio.to_thread(renegotiated, PORT, tmp_path)

    said = asyncio.run(asyncio.wait_for(scenario(), 60))
    assert "RENEGOTIATING" in said
    assert "no renegotiation" in said.lower()
