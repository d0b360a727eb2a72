"""Dynamic references of templates, read from the stack's own services as CloudFormation reads them at a deployment.

| reference | value |
|---|---|
| `{{resolve:secretsmanager:ID:SecretString:KEY:STAGE:VERSION}}` | a secret, by name or ARN; all after the id may be left out |
| `{{resolve:ssm:NAME:VERSION}}`, `{{resolve:ssm-secure:NAME}}` | a parameter |
| `{{resolve:address:ID.ATTRIBUTE}}` | the address or name that an instance or an interface has, which `Fn::GetAtt` gives |
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, with_leaves
from netful.model.json_texts import json_object
from netful.model.names import service_names
from netful.model.names.generated.instance_dns import private_dns_name
from netful.services.http.backend_requests import CallHost, json_request
from netful.sources.template.values import unknowns_in

REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}")
_ADDRESS = re.compile(r"\{\{resolve:address:([^}]+)\.(\w+)\}\}")
_ARN_PARTS = 7


class DynamicReferences:
    """Values of references, each read once: a secret that changes later changes nothing, as after a deployment."""

    def __init__(self, cloud: Callable[[], Cloud], call_host: CallHost) -> None:
        self._cloud = cloud
        self._call_host = call_host
        self._read: dict[str, str] = {}

    def again(self) -> DynamicReferences:
        """Return references that are read again: their values are those of now."""
        return DynamicReferences(self._cloud, self._call_host)

    async def value_of(self, value: Unknown) -> Maybe[str]:
        """Return the value of an unknown text with references; the unknown itself if one of them leads to nothing."""
        if value.reference and value.reference not in self._read:
            found = await read(value, self._cloud(), self._call_host)
            if isinstance(found, Unknown):
                return found
            self._read[value.reference] = found
        return self._read.get(value.reference, value)


async def read(value: Unknown, cloud: Cloud, call_host: CallHost) -> Maybe[str]:
    """Return the value of a text with references; unknown if one of them leads to nothing."""
    text = with_addresses(value, cloud)
    if _ADDRESS.search(text):
        return Unknown(value.why, value.needs)
    for match in REFERENCE.finditer(value.reference):
        found = await value_at(match[1], match[2], cloud.region, call_host)
        if found is None:
            return Unknown(f"`{match[0]}` leads to nothing in the stack", value.needs, value.reference)
        text = text.replace(match[0], found)
    return text or value


def with_addresses(value: Unknown, cloud: Cloud) -> str:
    """Return the text of a value with references, with the addresses that are known."""
    return _ADDRESS.sub(lambda match: _address(cloud, match[1], match[2]) or match[0], value.reference)


async def with_values(node: Any, cloud: Cloud, call_host: CallHost) -> Any:
    """Return properties with the values of their references; those that lead to nothing stay unknown."""
    values = {one.reference: await read(one, cloud, call_host) for one in unknowns_in(node) if one.reference}
    return _filled(node, values) if values else node


def as_texts(node: Any) -> Any:
    """Return properties with the texts of their references."""
    texts = {one.reference: one.reference for one in unknowns_in(node) if one.reference}
    return _filled(node, texts) if texts else node


def _filled(node: Any, values: Mapping[str, Maybe[str]]) -> Any:
    return with_leaves(node, lambda one: values.get(one.reference, one) if isinstance(one, Unknown) else one)


def _address(cloud: Cloud, id_: str, attribute: str) -> str:
    """Return an address of an interface, or of an instance's first one, or its name; "" if it has none."""
    found = [*filter(None, [cloud.network.network_interfaces.get(id_)]), *cloud.network.interfaces_of(id_)]
    address = (found[0].public_ip if attribute == "PublicIp" else found[0].private_ip_address) if found else None
    named = address is not None and attribute == "PrivateDnsName"
    return private_dns_name(str(address), cloud.region_of_interface(found[0])) if named else str(address or "")


async def value_at(service: str, rest: str, region: str, call_host: CallHost) -> str | None:
    """Return the value at a place of a service, None if nothing is there."""
    if service != "secretsmanager":
        asked: dict[str, object] = {"Name": rest, "WithDecryption": True}
        answer = await call_host(
            service_names.service("ssm").host(region), json_request("AmazonSSM.GetParameter", asked)
        )
        return str(json.loads(answer.body)["Parameter"]["Value"]) if answer.status == 200 else None
    id_, further = secret_id(rest)
    _, key, stage, version = (*further, "", "", "", "")[:4]
    given = {"SecretId": id_, "VersionStage": stage, "VersionId": version}
    asked = {name: text for name, text in given.items() if text}
    host = service_names.service("secretsmanager").host(region)
    answer = await call_host(host, json_request("secretsmanager.GetSecretValue", asked))
    text = str(json.loads(answer.body).get("SecretString", "")) if answer.status == 200 else None
    return text if text is None or not key else _member(text, key)


def secret_id(rest: str) -> tuple[str, list[str]]:
    """Return the name or ARN of the secret at a place, and the further parts of the place."""
    parts = rest.split(":")
    size = _ARN_PARTS if parts[0] == "arn" else 1
    return ":".join(parts[:size]), parts[size:]


def _member(text: str, key: str) -> str | None:
    """Return a member of a secret that is JSON."""
    found = json_object(text)
    return str(found[key]) if key in found else None
