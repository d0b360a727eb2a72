"""How `netful up` runs API Gateway: by how many processes, with which limits, and where they share what they count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cyclopts import Parameter

from netful.model.errors import QuestionError
from netful.stack.settings import GatewaySettings

_THROTTLE = re.compile(r"(?P<rate>\d+(?:\.\d+)?)/(?P<burst>\d+)")


@Parameter(name="*")
@dataclass(frozen=True)
class GatewayOptions:
    """API Gateway's."""

    account_throttle: str = ""
    """The account's limit where it is not AWS's default, RATE/BURST: `20000/10000`."""


def gateway_settings(options: GatewayOptions) -> GatewaySettings:
    """The settings that the options make; QuestionError for one that is not understood."""
    limit = _THROTTLE.fullmatch(options.account_throttle) if options.account_throttle else None
    if options.account_throttle and limit is None:
        raise QuestionError(
            f"`--account-throttle {options.account_throttle}` is not understood", hint="--account-throttle 20000/10000"
        )
    return GatewaySettings(account_throttle=(float(limit["rate"]), int(limit["burst"])) if limit else None)
