"""A running stack's custom domain that wants a certificate: its truststore comes out of the stack's own bucket."""

import sys

import boto3
import pytest

from tests.helpers.client_authorities import Signer
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.packets
TEMPLATE = TEMPLATES / "mutual-tls.yaml"
CLIENT = """
import http.client, os, ssl, sys
trust = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
if len(sys.argv) > 1:
    trust.load_cert_chain(sys.argv[1])
try:
    asked = http.client.HTTPSConnection("api.example.com", context=trust, timeout=60)
    asked.request("GET", "/")
    answer = asked.getresponse()
    print(answer.status, answer.read().decode())
except (ssl.SSLError, ConnectionError) as error:
    print("refused")
"""


@pytest.fixture(params=[1, 2], ids=["one process", "two workers"])
def settings(request, tmp_path):
    """How the gateway runs."""
    if request.param == 1:
        yield ()
        return
    server = ValkeyServer(tmp_path)
    yield "--workers", "2", "--state", server.url
    server.kill()


def test_truststore_in_the_stacks_bucket(tmp_path, settings):
    stack = Stack(tmp_path / "state", TEMPLATE)
    authority = Signer("authority", ca=True)
    shown = Signer("client", authority).files(tmp_path)

    def asked(*certificate):
        command = [sys.executable, "-c", CLIENT, *map(str, certificate)]
        return stack.netful("exec", "--stack", "s", "internet", "--", *command, check=0).stdout.strip()

    def warned():
        return [line for line in stack.json("status", "--stack", "s")["warnings"] if "truststore" in line]

    try:
        stack.up(*settings)
        assert len(warned()) == 1
        assert asked(shown) == '403 {"message":"Forbidden"}'
        keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x", "region_name": "us-east-1"}
        endpoint = stack.json("status", "--stack", "s")["endpoint_url"]
        store = boto3.client("s3", endpoint_url=endpoint, **keys)
        store.put_object(Bucket="stores", Key="clients.pem", Body=authority.pem.encode())
        stack.up()
        assert warned() == []
        assert asked(shown) == "200 CN=client,O=Example"
        assert asked() == "refused"
        curl = ("curl", "-sS", "--max-time", "60", "--cert", shown, "-w", "%{http_version}", "https://api.example.com/")
        by_curl = stack.netful("exec", "--stack", "s", "internet", "--", *map(str, curl)).stdout
        assert by_curl == "CN=client,O=Example2"
        probed = stack.probe("internet", "https://api.example.com/")
        assert (probed["predicted"]["verdict"], probed["agree"]) == ("reachable", None), probed
    finally:
        stack.down()
