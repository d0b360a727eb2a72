"""`netful fault`: break something of the running stack for a while."""

import re
import sys
from typing import Annotated, Literal

from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, stack_name
from netful.model.core import QuestionError
from netful.render.language import spoken
from netful.stack.control.client import Client

_UNITS = {"s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"(\d{1,6})([smh])")
_LONGEST = 12 * 3600

Kind = Literal[
    "connectivity", "endpoint", "zone", "hang", "loss", "latency", "nat-ports", "dns", "lambda-delay", "lambda-error",
    "throttle", "none",
]  # fmt: skip


def fault(
    kind: Kind,
    target: str | None = None,
    /,
    *,
    duration: str = "5m",
    scope: Literal["all", "availability-zone", "dynamodb", "prefix-list", "s3", "vpc"] = "all",
    prefix_list: str = "",
    percent: int = 100,
    delay: int = 0,
    detach: Annotated[bool, Parameter(name=("--detach", "-d"), negative=())] = False,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
) -> int:
    """Break something of the running stack until its time is over or Ctrl-C. `none` takes all faults back.

    Parameters
    ----------
    kind:
        What breaks: `connectivity` of a subnet, an interface `endpoint`'s groups, a whole `zone`, all packets of a resource
        or of a way (`hang`) or some of a resource's (`loss`), the time on the way to a resource (`latency`), the free ports of a NAT gateway (`nat-ports`), the resolver of a VPC (`dns`); invocations of a
        function (`lambda-delay`, `lambda-error`), all of a function or an API (`throttle`).
    target:
        A resource, a zone, or with `hang` also a gateway or a link; a number of `netful status` for `none`.
    duration:
        The time until it ends by itself: a number and `s`, `m` or `h`.
    scope:
        With `connectivity`: the traffic that is denied, as by AWS FIS.
    prefix_list:
        With `--scope prefix-list`: the prefix list.
    percent:
        With `loss`, `lambda-delay` and `lambda-error`: the share of packets or invocations.
    delay:
        With `latency`, `lambda-delay` and `dns`: milliseconds. A resolver without a delay does not answer.
    detach:
        Return at once; the fault ends by itself.
    """
    if kind == "none":
        return _mend(stack, target)
    if target is None:
        raise QuestionError(f"`fault {kind}` needs a target", hint="netful fault --help")
    asked = {"scope": scope, "prefix_list": prefix_list, "percent": percent, "delay_ms": delay}
    with Client(stack_name(stack)) as client:
        arguments = {"kind": kind, "target": target, "seconds": _seconds(duration), "detach": detach, **asked}

        def begun(_event: object) -> None:
            client.stop_by_signals()
            print(spoken(f"in force for {duration}, or until Ctrl-C"), file=sys.stderr)

        client.conclude(client.stream("fault", **arguments), begun)  # type: ignore[arg-type]  # none is a descriptor
    print(spoken(f"in force for {duration}" if detach else "over"), file=sys.stderr)
    return 0


def _mend(stack: StackOptions, target: str | None) -> int:
    if target is not None and not target.isdecimal():
        raise QuestionError(f"`{target}` is not the number of a fault", hint="netful status lists them")
    with Client(stack_name(stack)) as client:
        count = client.call("mend", number=int(target) if target is not None else None)
    print(spoken("1 fault taken back" if count == 1 else f"{count} faults taken back"), file=sys.stderr)
    return 0


def _seconds(text: str) -> int:
    found = _DURATION.fullmatch(text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= _LONGEST:
        raise QuestionError(
            f"`--duration {text}` is not a time up to 12 hours", hint="write, for example, `30s` or `5m`"
        )
    return seconds
