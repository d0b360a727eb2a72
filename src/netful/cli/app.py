"""The command `netful`: its verbs, and its exit codes.

| exit code | meaning |
|---|---|
| 0 | yes, clean |
| 1 | no, findings, failed |
| 2 | wrong usage, or an unreadable input |
| 3 | unknown: values are missing |
| 130 | interrupted |

A verb is one module with one function. The list of verbs has its import path, so that only the selected verb is imported.
Cyclopts reads the words of the command line only where `command_line` does not: its import takes longer than many verbs. The
list shows one line for each verb; a verb's `--help` is its docstring. A verb returns its exit code (None is 0). A `NetfulError` is
an error of the user's input; every other exception is a bug.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netful.cli.options import streams
from netful.cli.options.progress import sign_of_life
from netful.model.core import NetfulError

if TYPE_CHECKING:
    from cyclopts import App

USAGE = 2
INTERRUPTED = 130

_NOT_WRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_WITHOUT_PACKETS = (
    ("show", "netful.cli.show:show", "List the VPCs, subnets (and their type), interfaces and endpoints."),
    ("trace", "netful.cli.trace:trace", "Trace whether FROM can reach TO, hop by hop, and suggest a fix if it can't."),
    ("check", "netful.cli.check:check", "Find network problems before you deploy."),
    (
        "resilience",
        "netful.cli.resilience:resilience",
        "List the single failures that end a flow, and what would mend that.",
    ),
    ("explain", "netful.cli.explain:explain", "Explain a check: what it finds, why it matters, how to fix it."),
    ("test", "netful.cli.test:expect", "Test the network against an expectations file."),
    ("diff", "netful.cli.diff:diff", "Compare two versions: flows, findings, interfaces, cost."),
    (
        "forecast",
        "netful.cli.forecast:forecast",
        "Predict the effect of a load: interfaces, cold starts, throttles, ports, cost.",
    ),
)
_TOOLS = (
    ("doctor", "netful.cli.doctor:doctor", "Report what this machine can do, and how to fix what it cannot."),
    ("mcp", "netful.cli.mcp:mcp", "Serve tools to agents by the Model Context Protocol."),
    ("lsp", "netful.cli.lsp:lsp", "Serve editors by the Language Server Protocol."),
    ("completion", "netful.cli.completion:completion", "Print the completion of verbs and options for a shell."),
)
_WITH_PACKETS = (
    ("up", "netful.cli.up:up", "Build the stack in the kernel and run it."),
    ("status", "netful.cli.status:status", "Show the status of the running stack."),
    ("invoke", "netful.cli.invoke:invoke", "Invoke a function."),
    ("logs", "netful.cli.logs:logs", "Show function logs."),
    ("exec", "netful.cli.exec_:exec_", "Run a command from inside the stack's network."),
    ("db", "netful.cli.db:db", "Open a client of a database or cache."),
    ("console", "netful.cli.console:console", "Print the URL of the web console."),
    ("probe", "netful.cli.probe:probe", "Send real packets along a path and compare with the prediction."),
    ("load", "netful.cli.load:load", "Send a load, and print what was measured beside the forecast."),
    ("flows", "netful.cli.flows:flows", "Show the flows of the running network, and which rules reject them."),
    ("traces", "netful.cli.traces:traces", "Show the traces of requests: hops, stages, functions, durations."),
    ("capture", "netful.cli.capture:capture", "Show the packets of interfaces, or write them for Wireshark."),
    ("fault", "netful.cli.fault:fault", "Break something of the running stack for a while."),
    ("env", "netful.cli.env:env", "Print what a shell exports to deploy to the running account."),
    ("export", "netful.cli.export:export", "Write the running account as a template."),
    ("ps", "netful.cli.ps:ps", "List the running stacks and accounts."),
    ("down", "netful.cli.down:down", "Stop the running stack."),
)
SUMMARY = "The network half of serverless, made real on one machine."
GROUPS = {"Without packets": _WITHOUT_PACKETS, "With packets": _WITH_PACKETS, "Tools": _TOOLS}
"""The verbs in groups, each with its import path and its line in the list."""


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  # takes 15 ms, and only `--version` needs it

    return version("netful")


def make_app(arguments: Sequence[str] = (), *, whole: bool = False) -> App:
    """Return the application with all its verbs, for a command line; or the `whole`, with the options of every verb."""
    from cyclopts import App, Parameter  # noqa: PLC0415  # only with help and errors

    from netful.cli.options import help_texts  # noqa: PLC0415
    from netful.cli.options.parameter import for_cyclopts  # noqa: PLC0415
    from netful.render.language import spoken  # noqa: PLC0415

    app = App(
        name="netful",
        default_parameter=Parameter(show_default=_shown_default),
        help=spoken(SUMMARY),
        help_formatter=help_texts.Formatter(),
        **help_texts.headings(),
        version=_version,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
        print_error=False,
        exit_on_error=False,
    )
    help_texts.speak_flags(app)
    for group, verbs in GROUPS.items():
        for name, path, summary in verbs:
            asked = name in arguments[:1]
            app.command(
                for_cyclopts(verb_at(path)) if asked or whole else path,
                name=name,
                help=help_texts.spoken_description(verb_at(path)) if asked else spoken(summary),
                group=spoken(group),
            )
    return app


def verb_at(path: str) -> Callable[..., Any]:
    """Return the function of a verb by its import path."""
    module, _, function = path.partition(":")
    verb: Callable[..., Any] = getattr(import_module(module), function)
    return verb


def _called(arguments: Sequence[str]) -> Any:
    """Call the verb of a command line, and return its exit code."""
    path = next((path for verbs in GROUPS.values() for name, path, _ in verbs if name in arguments[:1]), None)
    if path:
        from netful.cli.options.command_line import arguments_of  # noqa: PLC0415  # not for the list of verbs

        verb = verb_at(path)
        given = arguments_of(verb, arguments[1:])
        if given:
            return verb(*given[0], **given[1])
    from cyclopts import CycloptsError  # noqa: PLC0415  # an interrupt while it is imported is one like any other

    try:
        return make_app(arguments)(arguments)
    except SystemExit:  # Rich ends the program where the reader of help closed the pipe
        raise BrokenPipeError from None
    except CycloptsError as error:
        from netful.cli.options.wrong_usage import error_of  # noqa: PLC0415  # only with errors

        _print_error(error_of(error, [name for verbs in GROUPS.values() for name, *_ in verbs]))
        return USAGE


def _shown_default(default: object) -> str | None:
    """Return a default as the help of an option shows it; None for an empty one."""
    return None if default is None or default is False or default in ((), "") else str(default)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return the exit code of the process."""
    with sign_of_life(arguments):
        return exit_code_of(lambda: _called(arguments))


def _print_error(error: NetfulError) -> None:
    from netful.render.errors import error_text  # noqa: PLC0415  # only with errors
    from netful.render.language import spoken  # noqa: PLC0415

    try:
        print(f"{spoken('error')}: {error_text(error)}", file=sys.stderr)
    except OSError:  # only the exit code is left to report it
        streams.abandon(sys.stderr)


def _is_removed() -> bool:
    """Return whether the current folder has been removed."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def exit_code_of(verb: Callable[[], Any]) -> int:
    """Call a verb, print its error, and return its exit code."""
    code = None
    try:
        code = verb()
        sys.stdout.flush()
    except NetfulError as error:
        _print_error(error)
        return USAGE
    except BrokenPipeError:  # the reader closed the pipe (`| head`)
        streams.abandon(sys.stdout, sys.stderr)
    except OSError as error:
        if _is_removed():
            _print_error(NetfulError("the current folder has been removed", hint="cd to a folder that exists"))
            return USAGE
        if error.errno not in _NOT_WRITTEN:
            raise
        streams.abandon(sys.stdout)
        why = (error.strerror or "").lower()
        _print_error(NetfulError("cannot write the whole output", why=why, hint="free some space"))
        return USAGE
    return code if isinstance(code, int) else 0
