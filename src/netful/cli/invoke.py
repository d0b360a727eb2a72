"""`netful invoke`: invoke a function of the running stack."""

import json
import sys
from dataclasses import asdict
from typing import Annotated, Literal

from netful.cli.options.options import ReportOptions
from netful.cli.options.parameter import Parameter
from netful.cli.options.payload import payload_of
from netful.cli.options.stacks import StackOptions, connected
from netful.model.json_texts import json_or
from netful.render.json import dumps, inert
from netful.render.language import spoken
from netful.render.visible import visible, visible_output

EventKind = Literal[
    "alb", "apigateway", "apigatewayv2", "dynamodb", "eventbridge", "kinesis", "s3", "schedule", "sns", "sqs"
]


def invoke(
    function: str,
    *,
    event: EventKind | None = None,
    payload: str = "",
    cold: Annotated[bool, Parameter(negative=())] = False,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Invoke a function; print its payload on stdout and, without `--quiet`, the tail of its log on stderr. Exit 1 if it failed.

    Parameters
    ----------
    function:
        The function's logical id, name or ARN; `:VERSION` or `:ALIAS` behind it.
    event:
        The event of a service, with the names of the stack; apigatewayv2 is for HTTP APIs and function URLs.
    payload:
        The event: JSON, @FILE, or @- for standard input. With `--event` what the service carries: the body of a request or message, the
        detail of an event, the item of a table, the data of a record, the key of an object.
    cold:
        Use a new execution environment, even if one is idle.
    """
    given, running = payload_of(payload or "{}"), connected(stack)
    if event:
        given = json.dumps(running.sample_event(function, event, json.loads(given) if payload else None)).encode()
    done = running.invoke(function, given, cold=cold, progress=_progress)
    answer = done.payload.decode(errors="replace")
    if report.format == "json":
        print(dumps(asdict(done) | {"payload": json_or(answer, answer)}))
    else:
        if not report.quiet:
            sys.stderr.write(visible_output(done.log_tail))
            sys.stderr.flush()
        print(_shown(answer))
        if done.hint:
            print(f"{spoken('hint')}: {spoken(visible(done.hint))}", file=sys.stderr)
    return 1 if done.function_error else 0


def _progress(text: str) -> None:
    print(spoken(visible(text)), file=sys.stderr, flush=True)


def _shown(answer: str) -> str:
    """Return the answer for a terminal or a pipe: JSON stays the same JSON."""
    try:
        json.loads(answer)
    except ValueError:
        return visible_output(answer)
    return inert(answer)
