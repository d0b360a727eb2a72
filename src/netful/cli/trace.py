"""`netful trace`: trace whether FROM can reach TO, hop by hop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from netful.cli.cluster.accounts import over_accounts
from netful.cli.cluster.options import ClusterOptions
from netful.cli.options.options import FailureOptions, ModelOptions, Quiet, ReportOptions, Verbose, left_by
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import LiveOptions, StackOptions, source_network
from netful.model.core import NetfulError, QuestionError

if TYPE_CHECKING:
    from netful.library.network import Network

Format = Literal["text", "json", "svg"]
_EXITS = {"reachable": 0, "blocked": 1, "unknown": 3}


@over_accounts
def trace(
    source: Annotated[str | None, Parameter(name="FROM")] = None,
    destination: Annotated[str | None, Parameter(name="TO")] = None,
    /,
    *,
    batch: Path | None = None,
    matrix: Annotated[bool, Parameter(negative=())] = False,
    apis: Annotated[bool, Parameter(negative=())] = False,
    live: Annotated[bool, Parameter(negative=())] = False,
    verbose: Verbose = False,
    stack: StackOptions = StackOptions(),  # noqa: B008 (frozen)
    model: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
    failures: FailureOptions = FailureOptions(),  # noqa: B008 (frozen)
    cluster: ClusterOptions = ClusterOptions(),  # noqa: ARG001, B008 (read by the decorator; frozen)
    format_: Annotated[Format, Parameter(name="--format")] = "text",
    quiet: Quiet = False,
) -> int:
    """Trace whether FROM can reach TO, hop by hop: every blocker, the deciding rule, its place in the template, and a fix.

    Parameters
    ----------
    source
        A function or resource, `subnet:SubnetId+SgId`, `endpoint:EndpointId`, an address, `internet` or `on-premises`.
    destination
        A resource, `internet:tcp/443`, `aws:ssm`, `aws:s3:GetObject`, an address with a port, a URL, or an API's request.
    batch
        A file with one question per line, FROM and TO separated by a tab; prints one JSON path per line.
    matrix
        Every function and service against every destination in use, instead of FROM and TO.
    apis
        With `--matrix`: every client against every way to every API.
    live
        Ask the running account instead of a template; send a real packet too, and print the rules that it matched in the kernel.
    verbose
        Show the way back even if it has no problem.
    format_
        text, json for programs, or svg for a picture of one path.
    quiet
        Print no warnings.
    """
    _check(source, destination, batch, format_, matrix=matrix, live=live)
    if live and failures.without:
        raise QuestionError("`--live` sends a packet, and nothing has failed", hint="leave out `--live` or `--without`")
    account = LiveOptions(stack.stack, live and not model.template)  # templates come before the running account
    network = left_by(source_network(model, account, quiet=quiet), failures)
    report = ReportOptions("json" if format_ == "json" else "text", quiet)
    if matrix:
        return _matrix(network, report, apis=apis)
    if batch is not None:
        return _batch(network, batch)
    assert source is not None
    assert destination is not None
    seen = None
    if live:
        from netful.cli.live import testimonies  # noqa: PLC0415 (only when it is asked for)

        seen = testimonies(stack, source, destination)
    return _one(network, source, destination, format_, seen, verbose=verbose)


def _check(
    source: str | None, destination: str | None, batch: Path | None, format_: Format, *, matrix: bool, live: bool
) -> None:
    """Raise QuestionError for arguments that do not go together."""
    if format_ == "svg" and (matrix or batch is not None or live):
        raise QuestionError("`--format svg` draws one path", hint="without `--matrix`, `--batch` and `--live`")
    if not matrix and batch is None and (source is None or destination is None):
        raise QuestionError("`trace` needs FROM and TO", hint="for example `netful trace OrdersFn aws:ssm`")
    if source is not None and (matrix or batch is not None):
        what = "`--matrix` asks all pairs: FROM and TO are too many"
        if not matrix:
            what = f"the questions are in `{batch}`: FROM and TO are too many"
        raise QuestionError(what, hint="leave out FROM and TO, or the option")


def _matrix(network: Network, report: ReportOptions, *, apis: bool) -> int:
    from netful.cli.matrix import print_matrix, print_ways  # noqa: PLC0415 (after the options, so that wrong usage is reported at once)

    (print_ways if apis else print_matrix)(network, report)
    return 0


def _one(
    network: Network,
    source: str,
    destination: str,
    format_: Format,
    seen: list[dict[str, Any]] | None,
    *,
    verbose: bool,
) -> int:
    """Print one path; `seen` is what the kernel did, if a packet was sent."""
    path = network.trace(source, destination)
    if format_ == "json":
        from netful.render.json import dumps  # noqa: PLC0415

        print(dumps(path.to_json() | ({} if seen is None else {"kernel": seen})))
    elif format_ == "svg":
        from netful.render.svg import path_svg  # noqa: PLC0415

        print(path_svg(network.readable(path)))
    else:
        from netful.render.terminal import colour_on, width_of  # noqa: PLC0415
        from netful.render.text import path_text  # noqa: PLC0415

        width, colour = width_of(sys.stdout), colour_on(sys.stdout)
        print(path_text(network.readable(path), width=width, colour=colour, verbose=verbose))
        if seen is not None:
            from netful.cli.live import testimony_text  # noqa: PLC0415

            print("\n".join(map(testimony_text, seen)))
    return _EXITS[path.verdict]


def _batch(network: Network, file: Path) -> int:
    from netful.render.json import line  # noqa: PLC0415
    from netful.sources.files.unreadable import text_of  # noqa: PLC0415

    questions = text_of(file).splitlines()
    failed = False
    for question in filter(str.strip, questions):
        answer = _answer(network, question)
        failed = failed or "error" in answer
        print(line(answer))
    return 1 if failed else 0


def _answer(network: Network, question: str) -> dict[str, object]:
    source, tab, destination = question.partition("\t")
    if not tab:
        return {"error": "a question is FROM and TO, separated by a tab"}
    try:
        return network.trace(source.strip(), destination.strip()).to_json()
    except NetfulError as error:
        return {"error": str(error)}
