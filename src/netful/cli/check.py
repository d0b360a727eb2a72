"""`netful check`: find network problems before deployment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from netful.cli.cluster.accounts import over_accounts
from netful.cli.cluster.options import ClusterOptions
from netful.cli.options.options import FailureOptions, ModelOptions, Quiet, Verbose, left_by
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import LiveOptions, source_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netful.checks.findings.finding import Finding
    from netful.checks.rules.rule import Rule

Format = Literal["text", "json", "sarif", "junit"]
SeverityName = Literal["info", "low", "medium", "high", "critical"]

_CLEAN, _FINDINGS, _UNKNOWN = 0, 1, 3


@over_accounts
def check(
    *,
    select: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = (),
    ignore: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = (),
    fail_on: SeverityName = "high",
    baseline: Path | None = None,
    format_: Annotated[Format, Parameter(name="--format")] = "text",
    quiet: Quiet = False,
    verbose: Verbose = False,
    model: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
    account: LiveOptions = LiveOptions(),  # noqa: B008 (frozen)
    failures: FailureOptions = FailureOptions(),  # noqa: B008 (frozen)
    cluster: ClusterOptions = ClusterOptions(),  # noqa: ARG001, B008 (read by the decorator; frozen)
) -> int:
    """Find network problems before you deploy: each cause with its resources, the reason, the fix, and how sure it is.

    Exit code 1 if a finding has the severity of `--fail-on` or a higher one, 3 if all of those depend on a missing value.
    `# netful: ignore[NF302] reason` in a template silences a check.

    Parameters
    ----------
    select
        Only these checks: an id, a name, or the beginning of ids (`NF2`); repeat it or separate by commas.
    ignore
        Skip these checks.
    fail_on
        The lowest severity that makes the exit code 1.
    baseline
        Report only what this file does not have: the output of an earlier `netful check --format json`.
    format_
        text, json, sarif 2.1.0 or junit.
    quiet
        Print no warnings.
    verbose
        Show all resources of a cause, and the path that proves a finding.
    """
    from netful.checks.findings.finding import Certainty, Severity  # noqa: PLC0415 (after the options, so that wrong usage is reported at once)
    from netful.checks.registry import selected  # noqa: PLC0415

    rules = selected(select, ignore)
    network = left_by(source_network(model, account, quiet=quiet), failures)
    if network.missing and not quiet:
        _name(network.missing)
    findings = network.check(select=select, ignore=ignore, baseline=baseline)
    shown = network.readable(findings) if format_ == "text" else findings
    if format_ not in {"text", "json"}:  # they are shown beside the user's own files
        shown = network.placed(findings)
    print(_rendered(shown, rules, format_, verbose=verbose))
    failing = [finding for finding in findings if finding.severity.rank >= Severity(fail_on).rank]
    if not failing:
        return _CLEAN
    return _UNKNOWN if all(finding.certainty is Certainty.UNKNOWN for finding in failing) else _FINDINGS


def _name(missing: Sequence[str]) -> None:
    """Name the parameters and imports without a value: what depends on them is neither a finding nor none."""
    from netful.engine.trace.hints import for_missing  # noqa: PLC0415
    from netful.render.language import spoken  # noqa: PLC0415
    from netful.render.visible import visible  # noqa: PLC0415

    what = f"without {', '.join(f'`{name}`' for name in missing)}, what depends on it is not checked"
    print(f"{spoken('warning')}: {spoken(visible(what))}", file=sys.stderr)
    print(f"{spoken('hint')}: {spoken(visible(for_missing(tuple(missing))))}", file=sys.stderr)


def _rendered(findings: Sequence[Finding], rules: Sequence[Rule], format_: Format, *, verbose: bool) -> str:
    if format_ == "junit":
        from netful.render.junit import findings_junit  # noqa: PLC0415

        return findings_junit(findings, rules)
    if format_ == "text":
        from netful.render.findings import findings_text  # noqa: PLC0415
        from netful.render.terminal import colour_on, width_of  # noqa: PLC0415

        return findings_text(findings, width=width_of(sys.stdout), colour=colour_on(sys.stdout), verbose=verbose)
    from netful.render.json import dumps  # noqa: PLC0415

    if format_ == "json":
        return dumps({"findings": [finding.to_json() for finding in findings]})
    from netful.render.sarif import sarif  # noqa: PLC0415

    return dumps(sarif(findings, rules))
