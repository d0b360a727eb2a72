"""DHCP options as `DescribeDhcpOptions` returns them."""

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.account.wire.coercion import items
from netful.model.names.resolver import DhcpOptions

KEYS = {
    "domain-name": "DomainName", "domain-name-servers": "DomainNameServers", "ntp-servers": "NtpServers",
    "netbios-name-servers": "NetbiosNameServers", "netbios-node-type": "NetbiosNodeType",
}  # fmt: skip
"""The properties of the options, by AWS's keys."""


def dhcp_options(view: View, one: DhcpOptions) -> Record:
    """Return the record of a set of DHCP options."""
    said = view.said(one.id) or {"DomainNameServers": [*one.domain_name_servers]}
    return {
        "OwnerId": view.cloud.account_id,
        "DhcpConfigurations": [
            {"Key": key, "Values": [{"Value": view.id(value)} for value in items(said[name])]}
            for key, name in KEYS.items()
            if said.get(name) is not None
        ],
    }
