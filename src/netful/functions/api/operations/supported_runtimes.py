"""Runtimes that Lambda no longer supports: a call that would use one is refused (lambda §5.5, §6.1).

A template may still name one: it runs on the nearest version that this machine has.
"""

import re

from netful.functions.api.protocol.refusals import invalid_parameter

_OLD = re.compile(
    r"python(?:2\.7|3\.[67])|nodejs(?:|4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x)|java8|go1\.x|provided"
    r"|dotnetcore\d\.\d|dotnet5\.0|ruby2\.[57]"
)
_MESSAGE = (
    "The runtime parameter of {} is no longer supported for creating or updating AWS Lambda functions."
    " We recommend you use a supported runtime while creating or updating functions."
)


def refuse_unsupported(runtime: str) -> None:
    """Raise InvokeRefused for a runtime that Lambda no longer supports."""
    if _OLD.fullmatch(runtime):
        raise invalid_parameter(_MESSAGE.format(runtime))
