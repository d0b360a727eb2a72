"""Client certificates at a load balancer's listener: the handshake, and the headers for targets (newer-aws §11.1)."""

import asyncio
import ssl
from dataclasses import replace
from urllib.parse import unquote

import pytest
from cryptography.x509 import load_pem_x509_certificates

from netful.balancer.haproxy.listeners import authorities_file
from netful.model.balancing.load_balancers import Action, Listener, Target, TargetGroup
from netful.model.balancing.mutual_authentication import Mode, MutualAuthentication
from tests.helpers.client_authorities import Signer
from tests.helpers.proxies import ADDRESS, Answer, cloud_of, get, running

pytestmark = pytest.mark.programs

PORT = 21894
ROOT, OTHER, SERVER = Signer("root", ca=True), Signer("other", ca=True), Signer("server")
BETWEEN = Signer("between", ROOT, ca=True)
NAMES = ("Serial-Number", "Issuer", "Subject", "Validity", "Leaf")


def shown(folder, mode, *, client=None, between=(), attributes=None, spoofed=None, **settings):
    """The headers that a target receives; None if the handshake fails."""
    asked = MutualAuthentication(Mode(mode), "Store", **settings)
    inside = Action("forward", ("Tg",), (1,))
    listener = replace(
        Listener("L", "Lb", PORT, "HTTPS", (inside,), attributes=attributes or {}), mutual_authentication=asked
    )
    return asyncio.run(_asked(folder, listener, client, between, spoofed or {}))


async def _asked(folder, listener, client, between, spoofed):
    heads = []

    async def target(reader, writer):
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    group = TargetGroup("Tg", "ip", "HTTP", 80, "Vpc", (Target(str(ADDRESS), PORT + 1),), health_check_enabled=False)
    files = {"server.pem": SERVER.pem + SERVER.key_pem, authorities_file(listener): ROOT.pem}
    server = await asyncio.start_server(target, str(ADDRESS), PORT + 1)
    trust = ssl.create_default_context(cadata=SERVER.pem)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    if client is not None:
        trust.load_cert_chain(client.files(folder, *between))
    try:
        async with running(folder / "node", cloud_of(listener, group), {"L": ["server.pem"]}, files):
            reader, writer = await asyncio.open_connection(str(ADDRESS), PORT, ssl=trust)
            writer.write(get(Connection="close", **spoofed))
            answer = Answer()
            while not answer.complete and (data := await reader.read(65536)):
                answer.feed(data)
            writer.close()
    except (ssl.SSLError, ConnectionError):
        return None
    finally:
        server.close()
    lines = (line.partition(": ") for line in heads[0].splitlines()[1:] if line)
    return {name.lower(): value for name, _, value in lines}


def of_certificate(headers):
    return {name: value for name, value in headers.items() if "clientcert" in name}


def test_verified_certificate(tmp_path):
    client = Signer("client", ROOT, serial=0x3A5B1)
    seen = of_certificate(shown(tmp_path, "verify", client=client))
    prefix = "x-amzn-mtls-clientcert-"
    assert seen.keys() == {f"{prefix}{name.lower()}" for name in NAMES}
    assert seen[f"{prefix}serial-number"].lstrip("0") == "3A5B1"
    assert (seen[f"{prefix}issuer"], seen[f"{prefix}subject"]) == ("CN=root,O=Example", "CN=client,O=Example")
    begin, end = (
        f"{one:%Y-%m-%dT%H:%M:%SZ}"
        for one in (client.certificate.not_valid_before_utc, client.certificate.not_valid_after_utc)
    )
    assert seen[f"{prefix}validity"] == f"NotBefore={begin};NotAfter={end}"
    assert load_pem_x509_certificates(unquote(seen[f"{prefix}leaf"]).encode()) == [client.certificate]


@pytest.mark.parametrize(
    ("client", "settings", "accepted"),
    [
        (None, {}, False),
        (Signer("stranger", OTHER), {}, False),
        (Signer("own"), {}, False),
        (Signer("late", ROOT, days=(-9, -1)), {}, False),
        (Signer("late", ROOT, days=(-9, -1)), {"ignores_expiry": True}, True),
        (Signer("client", ROOT), {"advertises": True}, True),
    ],
)
def test_handshake(tmp_path, client, settings, accepted):
    assert (shown(tmp_path, "verify", client=client, **settings) is not None) is accepted


def test_chain_leads_to_the_authority(tmp_path):
    client = Signer("client", BETWEEN)
    assert shown(tmp_path, "verify", client=client) is None
    assert shown(tmp_path, "verify", client=client, between=(BETWEEN,)) is not None


def test_passed_through(tmp_path):
    client = Signer("client", Signer("unknown", OTHER, ca=True))
    seen = of_certificate(shown(tmp_path, "passthrough", client=client, between=(client.issuer,)))
    (chain,) = seen.values()
    assert load_pem_x509_certificates(unquote(chain).encode()) == [client.certificate, client.issuer.certificate]


@pytest.mark.parametrize("mode", ["passthrough", "off"])
def test_without_a_certificate(tmp_path, mode):
    seen = shown(tmp_path, mode, spoofed={"X_Amzn_Mtls_Clientcert": "mine"})
    assert bool(of_certificate(seen)) is (mode == "off")  # which does not know the header


def test_name_of_a_header(tmp_path):
    attributes = {"routing.http.request.x_amzn_mtls_clientcert_subject.header_name": "Whom"}
    seen = shown(tmp_path, "verify", client=Signer("client", ROOT), attributes=attributes)
    assert seen["whom"] == "CN=client,O=Example"
    assert "x-amzn-mtls-clientcert-subject" not in seen
