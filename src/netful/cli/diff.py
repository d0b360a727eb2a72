"""`netful diff`: compare the network of two versions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from netful.cli.check import SeverityName
from netful.cli.options.options import ModelOptions, Quiet, load_network
from netful.cli.options.parameter import Parameter

if TYPE_CHECKING:
    from netful.checks.difference import Difference

Format = Literal["text", "json", "markdown", "mermaid"]


def diff(
    old: Annotated[Path, Parameter(name="OLD")],
    new: Annotated[Path, Parameter(name="NEW")],
    /,
    *,
    fail_on: SeverityName = "low",
    nat_hour: float = 0.045,
    endpoint_hour: float = 0.01,
    format_: Annotated[Format, Parameter(name="--format")] = "text",
    quiet: Quiet = False,
    model: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
) -> int:
    """Compare OLD and NEW: flows gained and lost, findings new and fixed, interfaces, monthly cost.

    Exit code 1 if a flow between two things of both versions is lost, or if there is a new finding with the severity of `--fail-on`
    or a higher one; else 0. Templates of `--template` are loaded with both versions.

    Parameters
    ----------
    old
        The old template, or folder.
    new
        The new template, or folder.
    fail_on
        The lowest severity of a new finding that makes the exit code 1.
    nat_hour
        Price of a NAT gateway for an hour, in USD.
    endpoint_hour
        Price of an interface endpoint for an hour and zone, in USD.
    format_
        text, json, markdown (one comment of a pull request) or mermaid.
    quiet
        Print no warnings.
    """
    from netful.checks.findings.finding import Severity  # noqa: PLC0415 (after the options, so that wrong usage is reported at once)

    before, after = (load_network(replace(model, template=(path, *model.template)), quiet=quiet) for path in (old, new))
    found = before.diff(after, nat_hour=nat_hour, endpoint_hour=endpoint_hour)
    print(_rendered(found if format_ == "json" else before.readable(after.readable(found)), format_))
    return 1 if found.worse(Severity(fail_on)) else 0


def _rendered(found: Difference, format_: Format) -> str:
    from netful.render.difference import difference_text  # noqa: PLC0415
    from netful.render.json import dumps  # noqa: PLC0415
    from netful.render.markdown import difference_markdown  # noqa: PLC0415
    from netful.render.mermaid import difference_mermaid  # noqa: PLC0415

    if format_ == "json":
        return dumps(found.to_json())
    if format_ == "text":
        return difference_text(found)
    return {"markdown": difference_markdown, "mermaid": difference_mermaid}[format_](found)
