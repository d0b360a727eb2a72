"""Captures of a running NAT stack: files that another reader reads, summaries, and what a user gets wrong."""

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess

import pytest

from tests.helpers import json_schemas
from tests.helpers.pcapng_reader import read
from tests.helpers.places import EXAMPLES
from tests.helpers.stacks import NETFUL, Stack

pytestmark = pytest.mark.packets
SYN, SYN_ACK = 2, 18
CLIENT, GATEWAY, SERVER = "10.0.2.5", "10.0.1.4", "192.0.2.1"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("capture")
    shutil.copy(EXAMPLES / "flow-logs" / "template.yaml", folder / "template.yaml")
    yield from Stack(folder / "state", folder / "template.yaml").while_up()


@contextlib.contextmanager
def capturing(stack, *words, **streams):
    """A capture that has begun; it is stopped as by Ctrl-C, and has then said how many packets it saw."""
    command = [NETFUL, "capture", *words, "--stack", "s"]
    with subprocess.Popen(command, env=stack.env, stderr=subprocess.PIPE, text=True, **streams) as process:
        assert process.stderr.readline().startswith("capturing at ")
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0


def handshake(frames):
    """The packets of a handshake, once each: a busy machine may send one again."""
    found = ((one.interface, one.outbound, *one.ends()) for one in frames if one.ends()[4] in (SYN, SYN_ACK))
    return list(dict.fromkeys(found))


def test_a_nat_gateway_shows_both_addresses_of_a_handshake(stack, tmp_path):
    with capturing(stack, "Public", "tcp port 443", "-w", str(tmp_path / "nat.pcapng")):
        assert stack.probe("Fn", "internet:tcp/443")["observed"][0]["verdict"] == "reachable"
    interfaces, frames = read((tmp_path / "nat.pcapng").read_bytes())
    (nat,) = interfaces
    assert nat[2] == b"Nat"
    assert nat[1].startswith(b"eni-")
    found = [(way, source, destination, flags) for _, way, source, destination, _, _, flags in handshake(frames)]
    assert found == [
        (False, CLIENT, SERVER, SYN),
        (True, GATEWAY, SERVER, SYN),
        (False, SERVER, GATEWAY, SYN_ACK),
        (True, SERVER, CLIENT, SYN_ACK),
    ]


@pytest.mark.programs
@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_tshark_reads_the_names_and_both_addresses_of_a_handshake(stack, tmp_path):
    file = str(tmp_path / "nat.pcapng")
    with capturing(stack, "Public", "tcp port 443", "-w", file):
        assert stack.probe("Fn", "internet:tcp/443")["observed"][0]["verdict"] == "reachable"
    fields = [word for name in ("frame.interface_description", "ip.src", "ip.dst") for word in ("-e", name)]
    command = ["tshark", "-n", "-r", file, "-Y", "tcp.flags.syn == 1", "-T", "fields", *fields]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [tuple(line.split("\t")) for line in shown.splitlines()] == [
        ("eni-Nat", CLIENT, SERVER),
        ("eni-Nat", GATEWAY, SERVER),
        ("eni-Nat", SERVER, GATEWAY),
        ("eni-Nat", SERVER, CLIENT),
    ]


def test_a_dropped_packet_is_sent_and_not_delivered(stack, tmp_path):
    with capturing(stack, "Private", "tcp port 22", "-w", str(tmp_path / "private.pcapng")):
        assert stack.probe("Fn", "Host:tcp/22")["observed"][0]["verdict"] == "blocked"
    interfaces, frames = read((tmp_path / "private.pcapng").read_bytes())
    assert {one[2] for one in interfaces} == {b"Fn", b"Host"}
    assert {(one.interface, one.outbound) for one in frames} == {("Fn", True)}


def test_the_standard_output_is_a_pipe_to_a_program(stack):
    with capturing(stack, "Fn", "tcp port 5432", "-w", "-", stdout=subprocess.PIPE) as process:
        stack.probe("Fn", "Host:tcp/5432")
        process.send_signal(signal.SIGINT)
        _, frames = read(process.stdout.buffer.read())
    assert len(frames) == 2  # SYN, and the host's reset


def test_packets_are_summed_up_with_names(stack):
    with capturing(stack, "Host", "tcp port 5432", "--format", "json", stdout=subprocess.PIPE) as process:
        stack.probe("Fn", "Host:tcp/5432")
        first = json.loads(process.stdout.readline())
    json_schemas.check("capture", first)
    assert (first["source"], first["destination"], first["flags"]) == ("Fn", "Host", "S")
    assert (first["at"], first["direction"]) == ("Host", "ingress")


@pytest.mark.parametrize("words", [("Fm",), ("Fn", "tcp prt 4"), ("Bucket",)])
def test_what_is_wrong_is_one_message_and_no_file_changes(stack, tmp_path, words):
    kept, new = tmp_path / "kept.pcapng", tmp_path / "new.pcapng"
    kept.write_text("precious")
    for file in (kept, new):
        done = stack.netful("capture", *words, "-w", str(file), "--stack", "s", check=2)
        assert done.stderr.startswith("error: `")
        assert "hint: " in done.stderr
    assert kept.read_text() == "precious"
    assert not new.exists()


def test_a_full_disk_ends_the_capture_with_one_message(stack):
    done = stack.netful("capture", "Fn", "-w", "/dev/full", "--stack", "s", check=2)
    assert os.strerror(errno.ENOSPC).lower() in done.stderr
    assert "Traceback" not in done.stderr
    assert stack.probe("Fn", "Host:tcp/5432")["agree"]  # the stack goes on


def test_a_reader_that_goes_ends_the_capture(stack):
    command = [NETFUL, "capture", "Fn", "-w", "-", "--stack", "s"]
    with subprocess.Popen(command, env=stack.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("capturing at ")
        process.stdout.close()
        stack.probe("Fn", "Host:tcp/5432")
        process.stderr.read()
    assert process.returncode == 0


def test_tcpdump_of_the_host_sees_packets(stack):
    words = (
        "tcpdump",
        "-Z",
        "root",
        "-n",
        "-l",
        "-c",
        "1",
        "-i",
        "eth0",
        "tcp port 5432",
    )  # `tcpdump` may not be a user here
    command = [NETFUL, "exec", "Host", "--stack", "s", "--", *words]
    with subprocess.Popen(command, env=stack.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if line.startswith("listening on"):
                break
        stack.probe("Fn", "Host:tcp/5432")
        assert "10.0.2.4.5432: Flags [S]" in process.stdout.readline()
        process.stderr.read()


def test_constructs_of_the_cdk_have_their_paths(stack, tmp_path):
    plain = "  Host:\n    Type: AWS::EC2::Instance\n"
    named = stack.template.read_text().replace(
        plain, f'{plain}    Metadata: {{"aws:cdk:path": App/Orders/Host/Resource}}\n'
    )
    with stack.changed_to(named):
        with capturing(stack, "Host", "-w", str(tmp_path / "host.pcapng")):
            stack.probe("Fn", "Host:tcp/5432")
        (host,), _ = read((tmp_path / "host.pcapng").read_bytes())
        assert host[2] == b"Orders/Host"
        with capturing(stack, "Host", "tcp port 5432", stdout=subprocess.PIPE) as process:
            stack.probe("Fn", "Host:tcp/5432")
            assert "(Orders/Host)" in process.stdout.readline()
        flows = stack.netful("flows", "Host", "--stack", "s", check=0).stdout
        assert "→ Orders/Host:5432  tcp  into Orders/Host" in flows
