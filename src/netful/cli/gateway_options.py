"""How `netful up` runs API Gateway: by how many processes, with which limits, and where they share what they count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter, validators

from netful.model.errors import QuestionError
from netful.stack.settings import GatewaySettings

_MOST_WORKERS = 64
_SERVER = re.compile(r"((valkeys?|rediss?)://\S+|unix://(\S+@)?/\S+)")
_THROTTLE = re.compile(r"(?P<rate>\d+(?:\.\d+)?)/(?P<burst>\d+)")


@Parameter(name="*")
@dataclass(frozen=True)
class GatewayOptions:
    """API Gateway's."""

    account_throttle: str = ""
    """The account's limit where it is not AWS's default, RATE/BURST: `20000/10000`."""

    state: str = ""
    """A Valkey or Redis server that throttles, quotas and caches are shared by, `valkey://127.0.0.1:6379`. Default: they are
    in the stack's own process."""

    workers: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=_MOST_WORKERS))] = 1
    """How many processes answer for APIs; several need `--state`."""


def gateway_settings(options: GatewayOptions) -> GatewaySettings:
    """The settings that the options make; QuestionError for one that is not understood."""
    limit = _THROTTLE.fullmatch(options.account_throttle) if options.account_throttle else None
    if options.account_throttle and limit is None:
        raise QuestionError(
            f"`--account-throttle {options.account_throttle}` is not understood", hint="--account-throttle 20000/10000"
        )
    if options.state and not _SERVER.fullmatch(options.state):
        raise QuestionError(f"`--state {options.state}` names no Valkey server", hint="--state valkey://127.0.0.1:6379")
    if options.workers > 1 and not options.state:
        raise QuestionError(
            f"`--workers {options.workers}` needs `--state`",
            why="what several processes admit must be counted at one place",
            hint="start a Valkey or Redis server, and add --state valkey://127.0.0.1:6379",
        )
    return GatewaySettings(
        account_throttle=(float(limit["rate"]), int(limit["burst"])) if limit else None,
        workers=options.workers,
        state=options.state,
    )
