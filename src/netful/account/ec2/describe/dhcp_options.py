"""DHCP options as `DescribeDhcpOptions` returns them."""

from collections.abc import Iterator
from typing import Any

from netful.account.ec2.view import View

KEYS = {
    "domain-name": "DomainName", "domain-name-servers": "DomainNameServers", "ntp-servers": "NtpServers",
    "netbios-name-servers": "NetbiosNameServers", "netbios-node-type": "NetbiosNodeType",
}  # fmt: skip
"""The properties of the options, by AWS's keys."""


def dhcp_options(view: View) -> Iterator[dict[str, Any]]:
    """Yield the DHCP options."""
    for one in view.cloud.names.dhcp_options.values():
        resource = view.cloud.template.resources.get(one.id)
        said = resource.properties if resource else {"DomainNameServers": [*one.domain_name_servers]}
        yield {
            "DhcpOptionsId": view.id(one.id),
            "OwnerId": view.cloud.account_id,
            "DhcpConfigurations": [
                {"Key": key, "Values": [{"Value": view.id(value)} for value in _listed(said[name])]}
                for key, name in KEYS.items()
                if said.get(name) is not None
            ],
            "Tags": view.tags(one.id),
        }


def _listed(value: Any) -> list[Any]:
    return [*value] if isinstance(value, list | tuple) else [value]
