"""The command `netful`: its verbs, and how it ends.

| exit code | meaning |
|---|---|
| 0 | yes, clean |
| 1 | no, findings, failed |
| 2 | wrong usage, or an input that cannot be read |
| 3 | unknown: values are missing |
| 130 | interrupted |

A verb is one module with one function, named here by its import path so that only the verb that runs is imported: the
list of verbs has a line for each, and a verb's own `--help` is its docstring.
It returns its exit code (None is 0). A `NetfulError` is the user's to mend; every other exception is a bug.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from netful.cli.options import streams
from netful.model.core.errors import NetfulError

if TYPE_CHECKING:
    from cyclopts import App

USAGE = 2
INTERRUPTED = 130

_NOT_WRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_WITHOUT_PACKETS = (
    ("show", "netful.cli.show:show", "What is there: VPCs, subnets and their kind, interfaces, endpoints."),
    ("trace", "netful.cli.trace:trace", "Whether FROM reaches TO, hop by hop, and what to change if not."),
    ("check", "netful.cli.check:check", "What is wrong, before it is deployed."),
    ("explain", "netful.cli.explain:explain", "What a check finds, why it matters, what to do instead."),
    ("test", "netful.cli.test:expect", "Whether the network is as a file of expectations says."),
    ("diff", "netful.cli.diff:diff", "What changes from one version to the next: flows, findings, interfaces, cost."),
    (
        "forecast",
        "netful.cli.forecast:forecast",
        "What a load would do: interfaces, cold starts, throttles, ports, cost.",
    ),
)
_WITH_PACKETS = (
    ("up", "netful.cli.up:up", "Build the stack in the kernel and run it."),
    ("status", "netful.cli.status:status", "What of the stack is running."),
    ("invoke", "netful.cli.invoke:invoke", "Invoke a function."),
    ("logs", "netful.cli.logs:logs", "What functions have logged."),
    ("exec", "netful.cli.exec_:exec_", "Run a command with a network position of the stack."),
    ("console", "netful.cli.console:console", "The address of the stack's page."),
    ("probe", "netful.cli.probe:probe", "Try a path with real packets, beside its prediction."),
    ("down", "netful.cli.down:down", "End the running stack."),
)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  # takes 15 ms, which nobody else needs

    return version("netful")


def make_app(arguments: Sequence[str] = ()) -> App:
    """The application with all its verbs, for a command line."""
    from cyclopts import App, Parameter  # noqa: PLC0415  # an interrupt while it is imported is one like any other

    app = App(
        name="netful",
        default_parameter=Parameter(show_default=_told),
        help="The network half of serverless, made real on one machine.",
        version=_version,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
        print_error=False,
        exit_on_error=False,
    )
    for group, verbs in (("Without packets", _WITHOUT_PACKETS), ("With packets", _WITH_PACKETS)):
        for name, path, summary in verbs:
            asked = name in arguments[:1]
            app.command(path, name=name, help=None if asked else summary, group=group)
    return app


def _told(default: object) -> str | None:
    """A default as an option's help tells it: not at all when it is nothing, no, or none of several."""
    return None if default is None or default is False or default == () else str(default)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and say with which code the process should end."""
    from cyclopts import CycloptsError  # noqa: PLC0415  # the same

    try:
        code = make_app(arguments)(arguments)
        sys.stdout.flush()
    except NetfulError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except CycloptsError as error:
        print(
            f"error: {error}\nhint: `netful --help` lists the verbs, `netful VERB --help` its options", file=sys.stderr
        )
        return USAGE
    except BrokenPipeError:  # the reader has gone (`| head`)
        streams.abandon()
        return 0
    except OSError as error:
        if error.errno not in _NOT_WRITTEN:
            raise
        streams.abandon()
        print(f"error: cannot write it all\n  {(error.strerror or '').lower()}\nhint: make room", file=sys.stderr)
        return USAGE
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry point of the console script."""
    streams.prepare()
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)
