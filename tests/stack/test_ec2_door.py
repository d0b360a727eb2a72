"""Lambda's interfaces as EC2 tells of them, and what a change leaves for a while."""

from ipaddress import IPv4Address, IPv4Network
from xml.etree import ElementTree as ET

import pytest

from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Subnet
from netful.services.front.network_interfaces import DescribedInterface, describe
from netful.stack.parts.lambda_interfaces import LingeringInterfaces

SPACE = "{http://ec2.amazonaws.com/doc/2016-11-15/}"


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


def interface(number, **more):
    given = {"description": f"number {number}", "interface_type": "lambda", "status": "in-use", "requester_id": "R",
             "subnet_id": "S", "vpc_id": "V", "zone": "us-east-1a", "owner_id": "123456789012",
             "private_ips": (f"10.0.0.{number}",), **more}  # fmt: skip
    return DescribedInterface(id=f"eni-{number}", **given)


INTERFACES = [interface(1), interface(2, status="attaching"), interface(3, interface_type="nat_gateway", public_ip="203.0.113.9")]  # fmt: skip


def ask(**parameters):
    response = describe({name.replace("_", "."): value for name, value in parameters.items()}, INTERFACES)
    root = ET.fromstring(response.body)
    return root, [item.findtext(f"{SPACE}networkInterfaceId") for item in root.iterfind(f"{SPACE}networkInterfaceSet/{SPACE}item")]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("status", ["in-use"], ["eni-1", "eni-3"]),
        ("status", ["in-use", "attaching"], ["eni-1", "eni-2", "eni-3"]),
        ("description", ["* 2"], ["eni-2"]),
        ("private-ip-address", ["10.0.0.?"], ["eni-1", "eni-2", "eni-3"]),
        ("association.public-ip", ["203.0.113.9"], ["eni-3"]),
        ("requester-managed", ["false"], []),
    ],
)
def test_filters(name, values, found):
    filters = {f"Filter_1_Value_{number}": value for number, value in enumerate(values, 1)}
    assert ask(Filter_1_Name=name, **filters)[1] == found


def test_pages_and_ids():
    root, found = ask(MaxResults="2")
    assert (found, root.findtext(f"{SPACE}nextToken")) == (["eni-1", "eni-2"], "2")
    assert ask(MaxResults="2", NextToken="2")[1] == ["eni-3"]
    assert ask(NetworkInterfaceId_1="eni-2")[1] == ["eni-2"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"NetworkInterfaceId.1": "eni-9"}, "InvalidNetworkInterfaceID.NotFound"),
        ({"Filter.1.Name": "colour", "Filter.1.Value.1": "x"}, "InvalidParameterValue"),
    ],
)
def test_what_is_refused(parameters, code):
    response = describe(parameters, INTERFACES)
    assert response.status == 400
    assert ET.fromstring(response.body).findtext("Errors/Error/Code") == code
