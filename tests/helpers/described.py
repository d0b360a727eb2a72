"""A cloud as EC2's API describes it, read back from what the calls answer."""

import asyncio
import json

from botocore.parsers import create_parser

from netful.account.ec2.reads import Reads
from netful.account.ec2.world import World
from netful.account.elbv2.api import ElbV2Api
from netful.account.operations.query_api import QueryApi
from netful.account.wire.service_model import service_model
from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.message import ClientConnection, Request
from netful.sources import load
from tests.helpers.account_client import Client, Running, no_bundles

HERE = ClientConnection(Door(DoorKind.LOCAL), ("127.0.0.1", 1), ("127.0.0.1", 2))
DESCRIBED = {
    "DescribeVpcs": "vpcs", "DescribeSubnets": "subnets", "DescribeRouteTables": "route_tables",
    "DescribeSecurityGroups": "security_groups", "DescribeNetworkAcls": "network_acls",
    "DescribeInternetGateways": "internet_gateways", "DescribeNatGateways": "nat_gateways",
    "DescribeVpcPeeringConnections": "vpc_peering_connections", "DescribeVpcEndpoints": "vpc_endpoints",
    "DescribeEgressOnlyInternetGateways": "egress_only_internet_gateways",
}  # fmt: skip


def asked(cloud, action, **parameters):
    """What botocore reads out of the answer: the operation's output, or its error."""
    api = QueryApi("ec2", Reads(lambda: World(cloud), ()).operations())
    form = "&".join(f"{name}={value}" for name, value in {"Action": action, **parameters}.items())
    request = Request("POST", "/", (("Host", "ec2.eu-west-1.amazonaws.com"),), form.encode(), HERE)
    response = asyncio.run(api.handle(request))
    shape = service_model("ec2").operation_model(action).output_shape if response.status == 200 else None
    answer = {"body": response.body, "status_code": response.status, "headers": {}}
    return create_parser("ec2").parse(answer, shape)


def balancing(cloud):
    """The answers about load balancers, without their attributes."""
    ask = Client("elbv2", ElbV2Api(Running(cloud), dict, no_bundles).handle)
    balancers, groups = ask("DescribeLoadBalancers"), ask("DescribeTargetGroups")
    listeners = [ask("DescribeListeners", LoadBalancerArn=one["LoadBalancerArn"]) for one in balancers["LoadBalancers"]]
    rules = [ask("DescribeRules", ListenerArn=one["ListenerArn"]) for each in listeners for one in each["Listeners"]]
    arns = [{"TargetGroupArn": one["TargetGroupArn"]} for one in groups["TargetGroups"]]
    health = [{"LoadBalancerTargetHealth": [arn | ask("DescribeTargetHealth", **arn)]} for arn in arns]
    every = (balancers, groups, *listeners, *rules, *health)
    return [{key: value for key, value in one.items() if key != "ResponseMetadata"} for one in every]


def read_back(cloud, folder):
    """The cloud that the described source reads out of all answers."""
    region = folder / "describe" / cloud.region
    region.mkdir(parents=True, exist_ok=True)
    for action in (*DESCRIBED, "DescribeNetworkInterfaces", "DescribeAddresses", "DescribeManagedPrefixLists"):
        found = {key: value for key, value in asked(cloud, action).items() if key != "ResponseMetadata"}
        (region / f"{action}.json").write_text(json.dumps(found, default=str))
    for number, found in enumerate(balancing(cloud)):
        (region / f"balancing-{number}.json").write_text(json.dumps(found, default=str))
    attributes = [
        asked(cloud, "DescribeVpcAttribute", VpcId=cloud.aws_ids[vpc_id], Attribute=name)
        for vpc_id in cloud.network.vpcs
        for name in ("enableDnsSupport", "enableDnsHostnames")
    ]
    for number, found in enumerate(attributes):
        del found["ResponseMetadata"]
        (region / f"vpc-attribute-{number}.json").write_text(json.dumps(found))
    return load([folder / "describe"])
