"""Interfaces of Lambda that no function uses any more are described for a while."""

from ipaddress import IPv4Address, IPv4Network

from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Subnet
from netful.stack.parts.lambda_interfaces import LingeringInterfaces


def cloud(*enis):
    made = {
        id_: NetworkInterface(id_, InterfaceOwner.LAMBDA, "Fn", "S", (), IPv4Address("10.0.0.5"), function_ids=("Fn",))
        for id_ in enis
    }
    subnet = Subnet("S", "V", IPv4Network("10.0.0.0/24"), availability_zone="us-east-1a")
    return Cloud.of(functions={"Fn": Function("Fn", "fn", Code())}, subnets={"S": subnet}, network_interfaces=made)


def test_what_is_left_goes_after_its_time():
    now = [0.0]
    lingering = LingeringInterfaces(1200, lambda: now[0])
    lingering.follow(cloud("eni-a", "eni-b"), cloud("eni-b"))

    def left():
        return [one.eni.id for one in lingering]

    assert left() == ["eni-a"]
    now[0] = 1199.0
    assert left() == ["eni-a"]
    now[0] = 1200.0
    assert left() == []


def test_what_is_used_again_is_not_told_twice():
    lingering = LingeringInterfaces(1200, lambda: 0.0)
    lingering.follow(cloud("eni-a"), cloud())
    lingering.follow(cloud(), cloud("eni-a"))
    assert [*lingering] == []


def test_what_is_left_goes_with_its_subnet():
    lingering = LingeringInterfaces(1200, lambda: 0.0)
    lingering.follow(cloud("eni-a", "eni-b"), cloud("eni-b"))
    lingering.follow(cloud("eni-b"), cloud("eni-b").having(subnets={}))
    assert [*lingering] == []
