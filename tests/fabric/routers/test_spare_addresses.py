"""Addresses of interfaces that are added while a stack runs."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from netful.fabric.routers.spare_addresses import with_spare_addresses
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Subnet

SUBNET = Subnet("A", "Vpc", IPv4Network("10.0.0.0/28"), IPv6Network("2001:db8::/64"))
NEW = NetworkInterface("new", InterfaceOwner.OTHER, "", "A")


def test_no_address_of_another_interface_is_given_and_none_that_is_reserved():
    primary = replace(
        NEW, id="one", private_ip_address=IPv4Address("10.0.0.14"), ipv6_address=SUBNET.ipv6_cidr_block[-2]
    )
    further = replace(NEW, id="two", secondary_private_ip_addresses=(IPv4Address("10.0.0.13"),))
    elsewhere = replace(NEW, id="three", subnet_id="B", private_ip_address=IPv4Address("10.0.0.12"))
    given = with_spare_addresses(NEW, SUBNET, [primary, further, elsewhere], ipv6=True)
    assert given.private_ip_address == IPv4Address("10.0.0.12")
    assert given.ipv6_address == IPv6Address("2001:db8::ffff:ffff:ffff:fffd")


def test_a_full_subnet_gives_none():
    every = tuple(SUBNET.cidr_block)
    given = with_spare_addresses(NEW, SUBNET, [replace(NEW, secondary_private_ip_addresses=every)], ipv6=False)
    assert (given.private_ip_address, given.ipv6_address) == (None, None)
