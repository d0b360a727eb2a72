"""A version that is ready to run: the common part of its environments."""

from typing import Any

from netful.functions.code.package import Package
from netful.functions.invocations.logs import LogGroup
from netful.model.core import Frozen
from netful.model.functions.function import Function
from netful.model.names.arns import aws_arn


class PreparedVersion(Frozen):
    """A version of a function with its package, variables, log and place in the network; `files` are the folders that it mounts.

    `debugged`: its program waits for a debugger.
    """

    function: Function
    package: Package
    variables: dict[str, str]
    log_group: LogGroup
    region: str
    account_id: str
    version: str
    files: tuple[dict[str, Any], ...] = ()
    debugged: bool = False

    @property
    def function_arn(self) -> str:
        """ARN of the function, without a version."""
        return aws_arn("lambda", self.region, self.account_id, f"function:{self.function.function_name}")
