"""`netful test`: test the network against an expectations file."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from netful.cli.options.options import ModelOptions, Quiet, Verbose
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import LiveOptions, source_network

_PASSED, _FAILED, _UNKNOWN = 0, 1, 3


def expect(
    file: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    format_: Annotated[Literal["text", "json", "junit"], Parameter(name="--format")] = "text",
    quiet: Quiet = False,
    verbose: Verbose = False,
    model: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
    account: LiveOptions = LiveOptions(),  # noqa: B008 (frozen)
) -> int:
    """Test the network against an expectations file, one a line: `OrdersFn can reach aws:ssm`, `internet cannot reach Db:tcp/5432`.

    More forms: `OrdersFn has 2 enis`, `Private1 is isolated`, `Api is private`, `route GET /orders of Api is throttled at
    100/50`, `there are no findings of NF102 at high`. Exit code 1 if one fails, 3 if none fails but one is unknown.

    Parameters
    ----------
    file
        The expectations file.
    format_
        text, json or junit.
    quiet
        Print no warnings.
    verbose
        Show the path of each expectation that did not pass.
    """
    network = source_network(model, account, quiet=quiet)
    outcomes = network.expect_file(file)
    if format_ == "json":
        from netful.render.json import dumps  # noqa: PLC0415

        print(dumps({"outcomes": [outcome.to_json() for outcome in outcomes]}))
    elif format_ == "junit":
        from netful.render.junit import outcomes_junit  # noqa: PLC0415

        print(outcomes_junit(outcomes))
    else:
        from netful.render.outcomes import outcomes_text  # noqa: PLC0415
        from netful.render.terminal import width_of  # noqa: PLC0415

        print(outcomes_text(network.readable(outcomes), width=width_of(sys.stdout), verbose=verbose))
    results = {outcome.result for outcome in outcomes}
    return _FAILED if "failed" in results else _UNKNOWN if "unknown" in results else _PASSED
