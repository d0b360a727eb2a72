"""Settings that `up` passes to the daemon: the stack, its files and its values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import msgspec

from netful.model.core import Frozen, QuestionError

_ATTACHMENT = re.compile(r"(?P<resource>[A-Za-z0-9/._-]+)(?::(?P<port>\d+))?=(?P<host>[A-Za-z0-9.-]+):(?P<far>\d+)")
_LAST_PORT = 65535


class GatewaySettings(Frozen, dict=True):
    """Settings of API Gateway.

    `account_throttle`: rate and burst of the account, if they are not AWS's defaults. `workers`: the number of processes
    that answer. `state`: the URL of the server at which they count together; "" if each counts by itself.
    """

    account_throttle: tuple[float, int] | None = None
    workers: int = 1
    state: str = ""


class Settings(Frozen, dict=True):
    """Settings of a stack. Paths are absolute or relative to `cwd`, so that messages name files as the user wrote them.

    `allow_outside`: files outside of the project's folder are permitted. `stack_name`: the name of the stack of a single template, "" for its folder's. `attachments`: resources whose ports are relayed, as (resource, port, host, port on the host). `allow_hosts`: further
    names of the local endpoint. `lambda_network`: Lambda's network design. `eni_seconds`: the time that creating an interface takes. `eni_idle_seconds`: the time that a shared
    interface of an unused function is kept. `eni_delete_seconds`: the time that EC2 still describes an interface that no
    function uses any more. `eni_ports`: connections of a shared interface to one destination, and `eni_connections`: its
    connections in all, before Lambda creates another one. `lambda_concurrency`: the account's limit. `debug`: the function that waits for a debugger. `internet`: `emulated`,
    or `real` if names lead to their real hosts. `state_folder`: the folder that keeps the content of AWS's services.
    `empty`: an account without a template. `port`: the port of the local endpoint; 0 if any will do. `trace_share`: the share of requests that is traced, from 0 to 1. `otlp`: the URL of the collector that receives the spans.
    """

    name: str
    cwd: str
    templates: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    parameter_files: tuple[str, ...] = ()
    region: str | None = None
    allow_outside: bool = False
    stack_name: str = ""
    attachments: tuple[tuple[str, int, str, int], ...] = ()
    allow_hosts: tuple[str, ...] = ()
    nat_ports: int = 55_000
    nat_idle_seconds: int = 350
    lambda_network: str = "hyperplane"
    eni_seconds: float = 0.0
    eni_idle_seconds: float = 14 * 86_400.0
    eni_ports: int = 64_512
    eni_connections: int = 65_000
    eni_delete_seconds: float = 20 * 60.0
    lambda_concurrency: int = 1000
    debug: str = ""
    internet: str = "emulated"
    state_folder: str = ""
    gateway: GatewaySettings = GatewaySettings()
    empty: bool = False
    port: int = 0
    trace_share: float = 0.0
    otlp: str = ""

    @property
    def home(self) -> Path:
        """The folder of the first template."""
        first = Path(self.cwd, *self.templates[:1]).resolve()
        return first if first.is_dir() else first.parent

    def seen_from(self, cwd: str) -> Settings:
        """Return settings with the same files, named relative to another folder."""
        if cwd == self.cwd:
            return self
        places = self.templates or ("",)
        return replace(
            self,
            templates=tuple(str(Path(self.cwd, place)) for place in places),
            parameter_files=tuple(str(Path(self.cwd, place)) for place in self.parameter_files),
        )

    def to_json(self) -> str:
        """Return the settings as text, for the daemon's command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Return the settings in a text of the daemon's command line."""
        return msgspec.convert(json.loads(text), cls)


def attachments(texts: Iterable[str]) -> tuple[tuple[str, int, str, int], ...]:
    """Return (resource, its port, host, the host's port) for each text, such as `Db=127.0.0.1:5432`; the resource has the host's port by default."""
    return tuple(map(_attachment, texts))


def _attachment(text: str) -> tuple[str, int, str, int]:
    found = _ATTACHMENT.fullmatch(text)
    ports = [int(found["port"] or found["far"]), int(found["far"])] if found else [0]
    if found is None or not all(0 < port <= _LAST_PORT for port in ports):
        raise QuestionError(f"`--attach {text}` is not understood", hint="--attach Db=127.0.0.1:5432")
    return found["resource"], ports[0], found["host"], ports[1]
