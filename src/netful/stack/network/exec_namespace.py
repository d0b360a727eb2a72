"""Commands in network positions: their start and their environment."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from netful.fabric.position import Position
from netful.model.core import Frozen
from netful.stack.control.folder import root

# The host's proxy settings would take a command out of its position. Its certificate settings would bypass netful's CA.
_LEFT_OUT = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "curl_ca_bundle", "requests_ca_bundle",
             "ssl_cert_file", "ssl_cert_dir", "aws_ca_bundle", "node_extra_ca_certs", "aws_profile",
             "aws_endpoint_url", "aws_config_file", "aws_shared_credentials_file")  # fmt: skip
_TRUST = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
# Fake credentials: the user's own credentials must not be sent anywhere, not even to this stack.
_KEYS = {"AWS_ACCESS_KEY_ID": "AKIANETFULEXAMPLE000", "AWS_SECRET_ACCESS_KEY": "netful", "AWS_SESSION_TOKEN": ""}


class Streams(Frozen, dict=True):
    """Descriptors of a command's standard streams."""

    stdin: int
    stdout: int
    stderr: int


def write_resolver(path: Path, position: Position) -> None:
    """Write the resolv.conf of a position."""
    path.write_text(f"nameserver {position.resolver}\noptions timeout:2 attempts:2\n", encoding="ascii")


def spawn(
    position: Position,
    command: Sequence[str],
    streams: Streams,
    environment: Mapping[str, str],
    *,
    resolv_conf: Path,
    bundle: Path,
    cwd: str,
) -> subprocess.Popen[bytes]:
    """Start a command in a position, as the user.

    Call this on the namespace thread: a command ends with the thread that started it, and that thread lives on.
    """
    spec = {
        "netns": position.netns.fd, "parent": os.getpid(), "resolv_conf": str(resolv_conf),
        "ca_bundle": str(bundle), "cwd": cwd,
    }  # fmt: skip
    return _start("netful.fabric.enter", spec, position, command, streams, environment)


class Sandbox(Frozen, dict=True):
    """Limits of a confined command: the folder that it may write, folders that it may read, and what it may do besides.

    `covered` are files of the machine, with the files of the folder that it sees in their place.
    `stays`: what the command leaves in the background runs on after its end.
    `never_root`: it is called by another id than root's also where no other id is mapped; servers of databases ask for that.
    """

    folder: Path
    readable: tuple[str, ...]
    allow: tuple[str, ...]
    never_root: bool = False
    covered: Mapping[str, str] = MappingProxyType({})
    stays: bool = False


def spawn_confined(
    position: Position,
    command: Sequence[str],
    output: int,
    environment: Mapping[str, str],
    *,
    sandbox: Sandbox,
    bundle: Path,
    cwd: str,
) -> subprocess.Popen[bytes]:
    """Start a command in a position, in a sandbox. Call this on the namespace thread, as `spawn`."""
    spec = {
        "netns": position.netns.fd, "parent": os.getpid(), "resolv_conf": str(sandbox.folder / "resolv.conf"),
        "ca_bundle": str(bundle), "cwd": cwd, "folder": str(sandbox.folder), "readable": sandbox.readable,
        "hidden": str(root()),
        "allow": sandbox.allow, "never_root": sandbox.never_root, "covered": dict(sandbox.covered),
        "stays": sandbox.stays,
    }  # fmt: skip
    streams = Streams(subprocess.DEVNULL, output, output)
    return _start("netful.stack.network.confined", spec, position, command, streams, environment)


def _start(
    module: str,
    spec: Mapping[str, Any],
    position: Position,
    command: Sequence[str],
    streams: Streams,
    environment: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-I", "-m", module, json.dumps(spec), "--", *command]
    return subprocess.Popen(
        program, stdin=streams.stdin, stdout=streams.stdout, stderr=streams.stderr, pass_fds=[position.netns.fd],
        env=dict(environment), start_new_session=True,
    )  # fmt: skip


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and wait for its end."""
    process.kill()
    process.wait()


def environment(given: Mapping[str, str], region: str, bundle: Path) -> dict[str, str]:
    """Return the environment of a command: the given variables without those that would mislead it, and the stack's own."""
    kept = {name: value for name, value in given.items() if name.lower() not in _LEFT_OUT}
    return kept | dict.fromkeys(_TRUST, str(bundle)) | _KEYS | {
        "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
