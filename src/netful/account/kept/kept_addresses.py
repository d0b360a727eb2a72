"""Addresses of an account that outlive its process: those of its interfaces and Elastic IPs."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import msgspec

from netful.account import public_addresses
from netful.model.allocation import keep_addresses
from netful.model.cloud import Cloud
from netful.model.network.gateways import ElasticIp
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


class KeptAddresses(msgspec.Struct, frozen=True):
    """Addresses of interfaces, as rows of id, subnet, private, IPv6 and public address, and those of Elastic IPs by id."""

    interfaces: list[tuple[str, str, str, str, str]] = []
    elastic_ips: dict[str, str] = {}

    @classmethod
    def of(cls, cloud: Cloud) -> KeptAddresses:
        """Return the addresses of a cloud."""
        rows = [
            (eni.id, str(eni.subnet_id), _text(eni.private_ip_address), _text(eni.ipv6_address), _text(eni.public_ip))
            for eni in cloud.network.network_interfaces.values()
        ]
        return cls(rows, {one.id: str(one.public_ip) for one in cloud.network.elastic_ips.values()})

    def before(self, cloud: Cloud) -> Cloud:
        """Return a cloud with interfaces and Elastic IPs that have these addresses; as it is, if none are kept."""
        if self == KeptAddresses():
            return cloud
        elastic = {id_: ElasticIp(id_, public_ip=IPv4Address(one)) for id_, one in self.elastic_ips.items()}
        return cloud.having(network_interfaces={eni.id: eni for eni in self._interfaces()}, elastic_ips=elastic)

    def kept_by(self, cloud: Cloud) -> Cloud:
        """Return a cloud whose interfaces have these addresses."""
        before = self.before(cloud)
        return keep_addresses(public_addresses.kept_addresses(cloud, before, 0), before)

    def _interfaces(self) -> Iterator[NetworkInterface]:
        for id_, subnet, private, ipv6, public in self.interfaces:
            yield NetworkInterface(
                id_, InterfaceOwner.OTHER, "", subnet,
                private_ip_address=IPv4Address(private) if private else None,
                ipv6_address=IPv6Address(ipv6) if ipv6 else None,
                public_ip=IPv4Address(public) if public else None,
            )  # fmt: skip


def _text(address: IPv4Address | IPv6Address | None) -> str:
    return str(address or "")
