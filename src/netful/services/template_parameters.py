"""The template's Systems Manager parameters, put where a deployment would put them."""

from __future__ import annotations

from collections.abc import Iterable

from netful.model import catalog
from netful.model.cloud import Cloud
from netful.model.function import SsmParameter
from netful.model.unknown import Unknown
from netful.services.inside import CallHost, json_request
from netful.services.message import Response


async def put_parameters(cloud: Cloud, call_host: CallHost) -> tuple[str, ...]:
    """Put every parameter whose name and value are known; returns a warning for each that is not there."""
    host = catalog.service("ssm").host(cloud.region)
    warnings = []
    for parameter in cloud.ssm_parameters.values():
        why = _missing(parameter) or await _put(parameter, host, call_host)
        if why:
            warnings.append(f"{parameter.origin}: the parameter `{parameter.id}` is left out: {why}")
    return tuple(warnings)


async def delete_parameters(gone: Iterable[SsmParameter], region: str, call_host: CallHost) -> None:
    """Delete parameters that a change of the template has taken away; one that is gone already is no fault."""
    host = catalog.service("ssm").host(region)
    for parameter in gone:
        if isinstance(parameter.name, str):
            await _call("DeleteParameter", {"Name": parameter.name}, host, call_host)


def _missing(parameter: SsmParameter) -> str:
    unknown = next((part for part in (parameter.name, parameter.value) if isinstance(part, Unknown)), None)
    return unknown.why if unknown else ""


async def _put(parameter: SsmParameter, host: str, call_host: CallHost) -> str:
    """Put one; returns why it was refused, or nothing."""
    content: dict[str, object] = {
        "Name": parameter.name,
        "Value": parameter.value,
        "Type": parameter.type,
        "Overwrite": True,
    }
    if parameter.description:
        content["Description"] = parameter.description
    response = await _call("PutParameter", content, host, call_host)
    return "" if response.status == 200 else response.body.decode(errors="replace")


async def _call(action: str, content: dict[str, object], host: str, call_host: CallHost) -> Response:
    return await call_host(host, json_request(f"AmazonSSM.{action}", content))
