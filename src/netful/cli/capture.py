"""`netful capture`: the packets of interfaces of the running network."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated, Any

from netful.cli.flows import numbers, way
from netful.cli.options.options import ReportOptions
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, connected, stack_name
from netful.model.core import QuestionError
from netful.render.columns import counted
from netful.render.construct_paths import renamed
from netful.render.json import line as json_line
from netful.render.language import spoken
from netful.render.visible import visible
from netful.stack.control.client import Client

_STDOUT = "-"


def capture(
    target: str,
    /,
    *filter_: Annotated[str, Parameter(name="FILTER")],
    write: Annotated[str | None, Parameter(name=("--write", "-w"), allow_leading_hyphen=True)] = None,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Show the packets of interfaces until Ctrl-C, or write them to a file for Wireshark.

    Parameters
    ----------
    target:
        An interface, a function or another resource with interfaces, a subnet or a VPC.
    filter_:
        Only packets that this filter of tcpdump admits, for example `tcp port 443`.
    write:
        Write pcapng to this file, or to the standard output with `-`: `netful capture Fn -w - | wireshark -k -i -`.
    """
    from netful.fabric.captures.filters import compiled  # noqa: PLC0415 (keeps `--help` quick)

    if write == _STDOUT and sys.stdout.isatty():
        raise QuestionError(
            "a terminal cannot show pcapng", hint="pipe it: `netful capture … -w - | wireshark -k -i -`"
        )
    chosen = compiled(" ".join(filter_))
    paths = {} if report.format == "json" else connected(stack).status()["construct_paths"]
    with Client(stack_name(stack)) as client, _Destination(write) as fds:

        def received(event: dict[str, Any]) -> None:
            if "interfaces" in event:
                client.stop_by_signals()
                places = dict.fromkeys(visible(renamed(event["interfaces"], paths)))
                print(spoken(f"capturing at {', '.join(places)}"), file=sys.stderr)
            else:
                print(
                    json_line(event) if report.format == "json" else _text(visible(renamed(event, paths))), flush=True
                )

        messages = client.stream(
            "capture", fds=tuple(fds), target=target, program=[*map(list, chosen.program)], words=chosen.words
        )
        done = client.conclude(messages, received)
    lost = ", " + spoken(f"{done['dropped']} more came too fast and are lost") if done["dropped"] else ""
    print(f"{counted(done['packets'], 'packet')}{lost}", file=sys.stderr)
    return 0


class _Destination:
    """The file to write, which is emptied only when the capture begins; one that is new goes if it does not begin."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path not in (None, _STDOUT) else None
        self._fds = [sys.stdout.fileno()] if path == _STDOUT else []
        self._new = False

    def __enter__(self) -> list[int]:
        if self._path is not None:
            self._new = not self._path.exists()
            try:
                self._fds = [os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o644)]
            except OSError as refusal:
                why = (refusal.strerror or "").lower()
                raise QuestionError(f"`{self._path}` cannot be written", why=why) from None
        return self._fds

    def __exit__(self, *_: object) -> None:
        if self._path is not None:
            empty = os.fstat(self._fds[0]).st_size == 0
            os.close(self._fds[0])
            if self._new and empty:
                self._path.unlink(missing_ok=True)


def _text(one: dict[str, Any]) -> str:
    """Return the line of a packet."""
    seconds, nanoseconds = divmod(one["time_ns"], 1_000_000_000)
    clock = f"{time.strftime('%H:%M:%S', time.localtime(seconds))}.{nanoseconds // 1000:06}"
    length = counted(one["length"], "byte")
    if "protocol" not in one:
        return f"{clock}  {length}  {spoken('not of IP')}  {way(one)}"
    ends = " → ".join(_end(one, side) for side in ("source", "destination"))
    kind = f"{one['protocol']} {one['flags']}".strip()
    return f"{clock}  {ends}  {kind}  {length}  {way(one)}"


def _end(one: dict[str, Any], side: str) -> str:
    """Return the address of an end with its port, and its name."""
    return f"{numbers(one, side)} ({one[side]})" if one[side] else numbers(one, side)
