"""Names of functions in requests: a name, a partial ARN or an ARN, with a qualifier in it or beside it (lambda §5.1)."""

import re

from netful.functions.api.protocol.refusals import invalid_parameter, not_found
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.function import Function
from netful.model.names.arns import aws_arn

_NAMED = re.compile(
    r"(arn:(?P<partition>aws[a-zA-Z-]*):lambda:)?(?P<region>[a-z]{2}(-[a-z]+)+-\d:)?(?P<account>\d{12}:)?"
    r"(function:)?(?P<name>[a-zA-Z0-9-_]+)(:(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
_MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."


def name_in(text: str) -> str:
    """Return the name in an ARN, a partial ARN, or a name."""
    match = _NAMED.fullmatch(text)
    return match["name"] if match else text


class Named(Frozen):
    """A function, and the version or alias that the caller named, "" for none."""

    function: Function
    qualifier: str = ""


def function_arn(cloud: Cloud, function: Function, qualifier: str = "") -> str:
    """Return a function's ARN, qualified if a qualifier is given."""
    return _arn(cloud.region_of(function.id), cloud.account_of(function.id), function.function_name, qualifier)


def _arn(region: str, account_id: str, name: str, qualifier: str) -> str:
    arn = aws_arn("lambda", region, account_id, f"function:{name}")
    return f"{arn}:{qualifier}" if qualifier else arn


def role_arn(cloud: Cloud, function: Function) -> str:
    """Return the ARN of a function's role; the name of a role that is not known is the function's id."""
    role = function.role if isinstance(function.role, str) else "" if function.role is not None else function.id
    return role if role.startswith("arn:") else cloud.arn("iam", f"role/{role}")


def named(cloud: Cloud, text: str, qualifier: str = "", implied: str = "", asked_in: str = "") -> Named:
    """Return the function that a request names, with an unchecked qualifier; of two with one name that in the request's region.

    Raises InvokeRefused if it does not exist; the error has the `implied` version where the request names none.
    """
    match = _NAMED.fullmatch(text)
    if match is None:
        raise not_found(_arn(cloud.region, cloud.account_id, text, qualifier or implied))
    inside = match["qualifier"] or ""
    if inside and qualifier and inside != qualifier:
        raise invalid_parameter(_MISMATCH)
    request = inside or qualifier
    region, account_id = (match["region"] or "")[:-1], (match["account"] or "")[:-1]
    id_ = cloud.function_at(match["name"], region or asked_in or cloud.region, account_id or cloud.account_id)
    function = cloud.compute.functions.get(id_)
    there = region in ("", cloud.region_of(id_)) and account_id in ("", cloud.account_of(id_))
    if function is None or not there:
        raise not_found(_arn(cloud.region, cloud.account_id, match["name"], request or implied))
    return Named(function, request)
