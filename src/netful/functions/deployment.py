"""A function that is ready to run: everything that its environments have in common."""

from __future__ import annotations

from dataclasses import dataclass

from netful.functions.logs import LogGroup
from netful.functions.package import Package
from netful.model.function import Function


@dataclass(frozen=True, slots=True)
class Deployment:
    """A function with its package, variables and log. `region` and `function_arn` say where it is."""

    function: Function
    package: Package
    variables: dict[str, str]
    log_group: LogGroup
    region: str
    function_arn: str
