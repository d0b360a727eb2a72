"""Options that several verbs share, and the loaded cloud that they name.

A verb takes `model: ModelOptions` and, if it reports, `report: ReportOptions`; both are flattened into its options.
Data goes to stdout, all else to stderr.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from netful.cli.options.parameter import Parameter
from netful.model.core import QuestionError

if TYPE_CHECKING:
    from netful.library.network import Network


Quiet = Annotated[bool, Parameter(name=("--quiet", "-q"), negative=())]
"""Switch for less output; each verb documents which."""

Verbose = Annotated[bool, Parameter(name=("--verbose", "-v"), negative=())]
"""Switch for more details; each verb documents which."""


@dataclass(frozen=True)
class ModelOptions:
    """Sources of the model."""

    template: Annotated[
        tuple[Path, ...], Parameter(name=("--template", "-t"), negative=(), consume_multiple=False)
    ] = ()
    """Template, cdk.out, Terraform plan or described account; repeat it for several. Default: template.yaml, cdk.out or .serverless
    in the current folder.
    """

    param: Annotated[tuple[str, ...], Parameter(name="--param", negative=(), consume_multiple=False)] = ()
    """Value of a parameter, KEY=VALUE; repeat it for several."""

    params: Annotated[tuple[Path, ...], Parameter(name="--params", negative=(), consume_multiple=False)] = ()
    """File of parameter values, as for the AWS CLI or in samconfig.toml."""

    region: str | None = None
    """The region to assume."""

    allow_outside: Annotated[bool, Parameter(negative=())] = False
    """Permit templates and netful.toml to name files outside of the project's folder: the git repository, else the template's
    folder."""


@dataclass(frozen=True)
class ReportOptions:
    """Form of the report."""

    format: Literal["text", "json"] = "text"
    """text, or json for programs."""

    quiet: Quiet = False
    """Print no warnings."""


def load_network(model: ModelOptions, *, quiet: bool = False) -> Network:
    """Return the network that the options name; warnings of the sources go to stderr."""
    from netful.library.network import load  # noqa: PLC0415 (keeps `--help` from importing the template reader)

    network = load(
        *model.template,
        parameters=parameter_values(model),
        parameter_files=model.params,
        region=model.region,
        allow_outside=model.allow_outside,
    )
    if not quiet:
        from netful.render.language import spoken  # noqa: PLC0415 (only with warnings)
        from netful.render.visible import visible  # noqa: PLC0415

        for warning in network.warnings:
            print(f"{spoken('warning')}: {spoken(visible(warning))}", file=sys.stderr)
    return network


def parameter_values(model: ModelOptions) -> dict[str, str]:
    """Return the values of `--param`."""
    return dict(_pair(text) for text in model.param)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        what = "value" if name else "name"
        raise QuestionError(f"`--param {text}` has no {what}", hint="write `--param KEY=VALUE`")
    return name, value


if TYPE_CHECKING:
    from netful.library.network import Network


@dataclass(frozen=True)
class FailureOptions:
    """Options for failures that are supposed."""

    without: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """Things that have failed: `az:us-east-1a`, a gateway, an endpoint, a connection, or a resource with interfaces; repeat it."""


def left_by(network: Network, options: FailureOptions) -> Network:
    """Return the network without what has failed."""
    return network.without(*options.without) if options.without else network
