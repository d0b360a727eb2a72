"""Clients of a load balancer that speak HTTP/2 to wear it out, and ones that ask for TLS handshakes without end; others are served."""

import asyncio
import os
import ssl
import subprocess
from pathlib import Path

import pytest

from netful.model.balancing.load_balancers import Action, Listener
from netful.services.tls.authority import Authority
from tests.helpers.http2_frames import BEGIN, FLOODS
from tests.helpers.processes import descendants, told
from tests.helpers.proxies import ADDRESS, PORT, ask, cloud_of, get, running

pytestmark = pytest.mark.programs

GROWTH_KB = 150_000
ANSWER = Action("fixed-response", config={"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "hello"})


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
