"""Options of `netful up`: the network, Lambda, API Gateway, kept and shared state, traces; and what they are as settings of the stack."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from netful.cli.options.parameter import Parameter
from netful.model.core import QuestionError, extras
from netful.stack.control.settings import GatewaySettings, attachments

_LISTED_SECONDS = 20 * 60.0  # as AWS lists them
_SERVER = re.compile(r"((valkeys?|rediss?|valkey\+(sentinel|cluster))://\S+|unix://(\S+@)?/\S+)")
_SERVER_WITHOUT_SCHEME = re.compile(r"[\w.-]+:\d+")  # a misspelt server URL, which would make a folder of that name
_THROTTLE = re.compile(r"(?P<rate>\d+(?:\.\d+)?)/(?P<burst>\d+)")
_SHARE = re.compile(r"(?P<percent>\d+(?:\.\d+)?)%")


@dataclass(frozen=True)
class NetworkOptions:
    """Network options."""

    attachments: Annotated[tuple[str, ...], Parameter(name="--attach", negative=(), consume_multiple=False)] = ()
    """Serve a resource's port from the host, `Db=127.0.0.1:5432` or `Db:5432=127.0.0.1:15432`; repeat it for several."""

    allow_hosts: Annotated[tuple[str, ...], Parameter(name="--allow-host", negative=(), consume_multiple=False)] = ()
    """A further name by which clients call the local endpoint, such as `host.docker.internal`; repeat it for several."""

    nat_ports: Annotated[int, Parameter(least=1, most=55_000)] = 55_000
    """Connections of a NAT gateway to one destination; a small number shows early what happens when they run out."""

    nat_idle_seconds: Annotated[int, Parameter(name="--nat-idle", least=1)] = 350
    """Seconds without a packet until a NAT gateway resets a connection."""

    internet: Literal["emulated", "real"] = "emulated"
    """Hosts behind names that are not AWS's: emulated ones that answer here, or with `real` the hosts of these names, through
    your machine's own network (TCP, public addresses only)."""


@dataclass(frozen=True)
class LambdaOptions:
    """Lambda options."""

    lambda_network: Literal["hyperplane", "per-sandbox"] = "hyperplane"
    """Attachment of functions to their VPCs: shared interfaces, or one that a cold start makes, as before 2019 (`per-sandbox`)."""

    eni_seconds: Annotated[float, Parameter(least=0)] = 0.0
    """Seconds until an interface exists: the function is Pending so long, or with `per-sandbox` a cold start waits."""

    eni_idle_seconds: Annotated[float, Parameter(name="--eni-idle", least=0)] = 14 * 86_400.0
    """Seconds without an invocation until a function in a VPC becomes Inactive."""

    eni_ports: Annotated[int, Parameter(least=1, most=64_512)] = 64_512
    """Connections of a shared interface to one destination; a small number shows early what happens when they run out."""

    eni_connections: Annotated[int, Parameter(least=1)] = 65_000
    """Connections of a shared interface in all; new sandboxes get another interface when it is full."""

    eni_delete_seconds: Annotated[float | None, Parameter(name="--eni-delete", least=0)] = None
    """Seconds for which EC2 still lists a shared interface that no function uses: by default 1200, with `--empty` 0."""

    lambda_concurrency: Annotated[int, Parameter(least=1)] = 1000
    """Concurrency limit of the account."""

    debug: str = ""
    """A function in Python or Node.js whose environments wait for a debugger on a port of this machine, which `up` prints."""


@dataclass(frozen=True)
class GatewayOptions:
    """API Gateway options."""

    account_throttle: str = ""
    """The account's throttle if it is not AWS's default, RATE/BURST: `20000/10000`."""

    workers: Annotated[int, Parameter(least=1, most=64)] = 1
    """Number of processes that serve APIs; more than one needs `--state valkey://…`."""


@dataclass(frozen=True)
class StateOptions:
    """State options."""

    state: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """Folder that keeps the data of AWS services (parameters, tables, objects, messages, …) for the next `up`. With
    `valkey://127.0.0.1:6379`: a Valkey or Redis server that shares throttles, quotas and caches of APIs. Repeat it for both.
    """


@dataclass(frozen=True)
class TraceOptions:
    """Trace options."""

    sample: str = ""
    """The share of requests that is traced, in percent: `1%`. `netful traces` shows the traces."""

    otlp: str = ""
    """The URL of an OpenTelemetry collector, such as `http://127.0.0.1:4318`. All requests are traced, or the share of `--sample`."""


def network_settings(options: NetworkOptions) -> dict[str, Any]:
    """Return the stack's settings for these options. Raise QuestionError for an invalid one."""
    names = tuple(name.lower() for name in options.allow_hosts)
    return asdict(options) | {"attachments": attachments(options.attachments), "allow_hosts": names}


def lambda_settings(options: LambdaOptions, *, empty: bool) -> dict[str, Any]:
    """Return the stack's settings for these options.

    Tools that delete wait until interfaces are gone, so an `empty` account, which they deploy to, does not list unused ones.
    """
    seconds = options.eni_delete_seconds
    listed = 0.0 if empty else _LISTED_SECONDS
    return asdict(options) | {"eni_delete_seconds": listed if seconds is None else seconds}


def gateway_settings(options: GatewayOptions, server: str) -> GatewaySettings:
    """Return the settings for these options and the `server` of shared state. Raise QuestionError for an invalid one."""
    limit = _THROTTLE.fullmatch(options.account_throttle) if options.account_throttle else None
    if options.account_throttle and limit is None:
        raise QuestionError(
            f"`--account-throttle {options.account_throttle}` is not understood", hint="--account-throttle 20000/10000"
        )
    if server and not _SERVER.fullmatch(server):
        raise QuestionError(f"`--state {server}` names no Valkey server", hint="--state valkey://127.0.0.1:6379")
    if options.workers > 1 and not server:
        raise QuestionError(
            f"`--workers {options.workers}` needs `--state`",
            why="what several processes admit must be counted at one place",
            hint="start a Valkey or Redis server, and add --state valkey://127.0.0.1:6379",
        )
    return GatewaySettings(
        account_throttle=(float(limit["rate"]), int(limit["burst"])) if limit else None,
        workers=options.workers,
        state=server,
    )


def state_folder(options: StateOptions) -> str:
    """Return the folder's absolute path, or an empty text."""
    folder = _only([one for one in options.state if "://" not in one])
    if _SERVER_WITHOUT_SCHEME.fullmatch(folder):
        raise QuestionError(f"`--state {folder}` names no Valkey server", hint=f"--state valkey://{folder}")
    return str(Path(folder).absolute()) if folder else ""


def state_server(options: StateOptions) -> str:
    """Return the server's URL, or an empty text."""
    return _only([one for one in options.state if "://" in one])


def _only(values: list[str]) -> str:
    if len(values) > 1:
        raise QuestionError(f"`--state {values[1]}` is one too many", hint=f"there is `--state {values[0]}` already")
    return values[0] if values else ""


def trace_settings(options: TraceOptions) -> dict[str, Any]:
    """Return the settings for these options. Raise QuestionError for an invalid one, MissingExtraError without the SDK."""
    text = options.sample or ("100%" if options.otlp else "0%")
    share = _SHARE.fullmatch(text)
    if share is None or float(share["percent"]) > 100:
        raise QuestionError(f"`--sample {text}` is not a percentage", hint="--sample 1%")
    if options.otlp:
        url = urlsplit(options.otlp)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise QuestionError(
                f"`--otlp {options.otlp}` is not the URL of a collector", hint="--otlp http://127.0.0.1:4318"
            )
        extras.require("otel", "`--otlp` needs")
    return {"trace_share": float(share["percent"]) / 100, "otlp": options.otlp}
