"""Systems Manager parameters of the template, put as a deployment would put them."""

import hashlib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import TypeAlias

import msgspec

from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.functions.function import SsmParameter
from netful.model.names import service_names
from netful.services.deploy.dynamic_references import as_texts, with_values
from netful.services.deploy.left_out import LeftOut, message
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Response

Formers: TypeAlias = MutableMapping[tuple[str, str], str | None]
"""Values that were overwritten, by the parameter's key and the content that its template had."""


def parameters_of(cloud: Cloud) -> dict[str, str]:
    """Return a digest of each parameter's content, by the parameter's key."""
    known = [one for one in cloud.compute.ssm_parameters.values() if not _missing(one)]
    return {_key(cloud, one): hashlib.sha256(repr(as_texts(_content(one))).encode()).hexdigest() for one in known}


def unknown_parameters(cloud: Cloud) -> list[str]:
    """Return the ids of the parameters whose name or value is not known."""
    return [one.id for one in cloud.compute.ssm_parameters.values() if _missing(one)]


def _key(cloud: Cloud, parameter: SsmParameter) -> str:
    """Return the name of a parameter, and behind it its region where that is not the stack's own."""
    region = cloud.region_of(parameter.id)
    return str(parameter.name) if region == cloud.region else f"{parameter.name} {region}"


async def put_parameters(
    cloud: Cloud, call_host: CallHost, have: Mapping[str, str], formers: Formers, *, referring: bool
) -> dict[str, LeftOut]:
    """Put every parameter whose name and value are known; return a warning for each missing one, by its key.

    `referring`: those whose values have references, and no others.

    A parameter that is unchanged since `have` is left alone, because its value may have been changed by users. A value that
    is overwritten goes to `formers`, and comes back with the template that it belongs to.
    """
    wanted, warnings = parameters_of(cloud), dict[str, LeftOut]()
    for parameter in [one for one in cloud.compute.ssm_parameters.values() if _refers(one) == referring]:
        key, host = _key(cloud, parameter), service_names.service("ssm").host(cloud.region_of(parameter.id))
        if key in wanted and have.get(key) == wanted[key]:
            continue
        if key in wanted and key in have:
            formers[key, have[key]] = await _value(str(parameter.name), host, call_host)
        former = formers.get((key, wanted.get(key, "")))
        content = await with_values(_content(parameter), cloud, call_host)
        why = _missing(parameter) or _unread(content) or await _put(content, former, host, call_host)
        if why:
            warnings[key] = LeftOut(parameter.id, f"the parameter `{parameter.id}` is", why, parameter.origin)
    return warnings


async def delete_parameters(gone: Iterable[str], region: str, call_host: CallHost) -> None:
    """Delete parameters of a stack in a region, each by its key; ignore those that no longer exist."""
    for key in gone:
        name, _, elsewhere = key.partition(" ")
        host = service_names.service("ssm").host(elsewhere or region)
        await _call("DeleteParameter", {"Name": name}, host, call_host)


def _missing(parameter: SsmParameter) -> str:
    """Return why the name or the value of a parameter is not known, "" if they are, or the value has references."""
    unknown = [part for part in (parameter.name, parameter.value) if isinstance(part, Unknown)]
    return "" if not unknown or (_refers(parameter) and len(unknown) == 1) else unknown[0].why


def _refers(parameter: SsmParameter) -> bool:
    return isinstance(parameter.value, Unknown) and bool(parameter.value.reference)


def _unread(content: Mapping[str, object]) -> str:
    """Return why the value of a reference could not be read."""
    value = content["Value"]
    return value.why if isinstance(value, Unknown) else ""


async def _value(name: str, host: str, call_host: CallHost) -> str | None:
    """Return the current value of a parameter; None where it was deleted."""
    response = await _call("GetParameter", {"Name": name, "WithDecryption": True}, host, call_host)
    if response.status != 200:
        return None
    value: str = msgspec.json.decode(response.body)["Parameter"]["Value"]
    return value


async def _put(content: dict[str, object], former: str | None, host: str, call_host: CallHost) -> str:
    """Put one parameter, with its former value if it has one; return the reason of a rejection, or ""."""
    put = content | ({} if former is None else {"Value": former})
    response = await _call("PutParameter", put, host, call_host)
    return "" if response.status == 200 else message(response)


def _content(parameter: SsmParameter) -> dict[str, object]:
    described = {"Description": parameter.description} if parameter.description else {}
    own = {"Name": parameter.name, "Value": parameter.value, "Type": parameter.type, "Overwrite": True}
    return {**own, **described, **parameter.settings}


async def _call(action: str, content: dict[str, object], host: str, call_host: CallHost) -> Response:
    return await call_host(host, json_request(f"AmazonSSM.{action}", content))
