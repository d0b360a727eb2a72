"""The EC2 API of an account: what it describes is the cloud that runs, and what it writes is the next one."""

from collections.abc import Iterable, Mapping

from netful.account.ec2 import key_pairs
from netful.account.ec2.describe.network_interfaces import LambdaInterface
from netful.account.ec2.kinds import KINDS
from netful.account.ec2.properties import instance_options
from netful.account.ec2.properties import writes as further
from netful.account.ec2.reads import Reads
from netful.account.ec2.terminated import deleting, terminating
from netful.account.ec2.world import World, Write
from netful.account.ec2.writes import (
    cidr_blocks,
    dhcp_options,
    flow_logs,
    gateways,
    instances,
    launch_templates,
    network_acls,
    network_insights,
    network_interfaces,
    prefix_lists,
    route_tables,
    security_groups,
    tags,
    transit_gateway_routes,
    transit_gateways,
    volumes,
    vpc_endpoints,
    vpcs,
    vpn_gateways,
)
from netful.account.ended import Ended
from netful.account.operations.query_api import QueryApi
from netful.account.reading import Record
from netful.account.wire.kept_answers import KeptAnswers
from netful.account.writing import Running, Writer

_NOUNS = (
    vpcs, cidr_blocks, dhcp_options, flow_logs, prefix_lists, vpn_gateways, transit_gateways, transit_gateway_routes, route_tables,
    security_groups, network_acls, gateways, vpc_endpoints, tags, instances, launch_templates, key_pairs, network_interfaces,
    network_insights, further, instance_options, volumes,
)  # fmt: skip
WRITES: Mapping[str, Write] = {name: write for noun in _NOUNS for name, write in noun.WRITES.items()}


_DELETED: Mapping[str, tuple[str, Record]] = {
    "DeleteNatGateway": ("NatGatewayId", {"State": "deleted"}),
    "DeleteVpnConnection": ("VpnConnectionId", {"State": "deleted", "Routes": []}),
}
"""Operations whose things are described as deleted for a while: the parameter with the id, and what changes of the record."""


class Ec2Api:
    """EC2's operations. `of_lambda` are the interfaces of functions, as they are at each look."""

    def __init__(self, running: Running, of_lambda: Iterable[LambdaInterface]) -> None:
        def world() -> World:
            return World(running.cloud)

        ended = {"InstanceId": Ended[str](), **{id_: Ended[str]() for id_, _ in _DELETED.values()}}
        writes = Writer(running, World).operations(WRITES)
        writes["TerminateInstances"] = terminating(ended["InstanceId"], world, writes["TerminateInstances"])
        for operation, (id_, gone) in _DELETED.items():
            writes[operation] = deleting(id_, gone, ended[id_], world, writes[operation])
        apart = network_insights.answered_apart(world, writes)
        own = {*ended, "NetworkInterfaceId"}
        kept = KeptAnswers(lambda: running.cloud, {one.operation for one in KINDS if one.id not in own})
        self.handle = QueryApi(
            "ec2", {**Reads(world, of_lambda, ended).operations(), **writes, **apart}, kept=kept
        ).handle
