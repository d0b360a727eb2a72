"""Commands in network positions: how they are started, and the environment that they get."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netful.fabric.position import Position

# Proxies and certificate settings of the host would lead a command out of its position, or past netful's authority.
_LEFT_OUT = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "curl_ca_bundle", "requests_ca_bundle",
             "ssl_cert_file", "ssl_cert_dir", "aws_ca_bundle", "node_extra_ca_certs", "aws_profile",
             "aws_endpoint_url", "aws_config_file", "aws_shared_credentials_file")  # fmt: skip
_TRUST = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
# Made-up credentials: the user's own must not be sent anywhere, not even here.
_KEYS = {"AWS_ACCESS_KEY_ID": "AKIANETFULEXAMPLE000", "AWS_SECRET_ACCESS_KEY": "netful", "AWS_SESSION_TOKEN": ""}


@dataclass(frozen=True)
class Streams:
    """Where a command reads and writes: descriptors."""

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
    """Start a command in a position.

    On the namespace thread: the command dies with the thread that started it, and that one stays.
    """
    spec = {
        "netns": position.netns.fd, "parent": os.getpid(), "resolv_conf": str(resolv_conf),
        "ca_bundle": str(bundle), "cwd": cwd,
    }  # fmt: skip
    program = [sys.executable, "-I", "-m", "netful.fabric.enter", json.dumps(spec), "--", *command]
    return subprocess.Popen(
        program, stdin=streams.stdin, stdout=streams.stdout, stderr=streams.stderr, pass_fds=[position.netns.fd],
        env=dict(environment), start_new_session=True,
    )  # fmt: skip


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process at once, and wait for it."""
    process.kill()
    process.wait()


def environment(given: Mapping[str, str], region: str, bundle: Path) -> dict[str, str]:
    """The environment of a command: what was given without what would lead it elsewhere, and the stack's own."""
    kept = {name: value for name, value in given.items() if name.lower() not in _LEFT_OUT}
    return kept | dict.fromkeys(_TRUST, str(bundle)) | _KEYS | {
        "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
