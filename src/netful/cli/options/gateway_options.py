"""Options of `netful up` for API Gateway: number of processes, limits, shared state."""

import re
from dataclasses import dataclass
from typing import Annotated

from netful.cli.options.parameter import Parameter
from netful.model.core.errors import QuestionError
from netful.stack.control.settings import GatewaySettings

_MOST_WORKERS = 64
_SERVER = re.compile(r"((valkeys?|rediss?|valkey\+(sentinel|cluster))://\S+|unix://(\S+@)?/\S+)")
_THROTTLE = re.compile(r"(?P<rate>\d+(?:\.\d+)?)/(?P<burst>\d+)")


@dataclass(frozen=True)
class GatewayOptions:
    """API Gateway options."""

    account_throttle: str = ""
    """The account's throttle if it is not AWS's default, RATE/BURST: `20000/10000`."""

    workers: Annotated[int, Parameter(least=1, most=_MOST_WORKERS)] = 1
    """Number of processes that serve APIs; more than one needs `--state valkey://…`."""


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
