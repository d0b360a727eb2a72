"""Terminated instances, deleted VPN connections and NAT gateways: AWS describes them for a while longer, and clients wait for that state."""

from collections.abc import Callable

from netful.account.ec2.describe.instances import state
from netful.account.ec2.kinds import KIND
from netful.account.ec2.world import World
from netful.account.ended import Ended
from netful.account.operations.query_api import Operation, Parameters
from netful.account.reading import Record

_NO_MORE: Record = {
    "NetworkInterfaces": [], "SecurityGroups": [], "BlockDeviceMappings": [], "PrivateIpAddress": None, "PublicIpAddress": None, "SubnetId": None,
    "VpcId": None, "PrivateDnsName": "", "PublicDnsName": "", "State": state("terminated"),
    "StateTransitionReason": "User initiated",
    "StateReason": {"Code": "Client.UserInitiatedShutdown", "Message": "Client.UserInitiatedShutdown: User initiated shutdown"},
}  # fmt: skip


def terminating(ended: Ended[str], world: Callable[[], World], terminate: Operation) -> Operation:
    """Return TerminateInstances that remembers what it ends; an instance that has ended may be ended again."""

    async def operation(asked: Parameters) -> Record:
        ids = asked.get("InstanceIds") or []
        gone = [one for one in ids if ended.get(one) is not None]
        again = [{"InstanceId": one, "PreviousState": state("terminated"), "CurrentState": state("terminated")}
                 for one in gone]  # fmt: skip
        if gone and len(gone) == len(ids):
            return {"TerminatingInstances": again}
        before = {one["InstanceId"]: one for one in KIND["InstanceId"].records(world())}
        answer = await terminate({**asked, "InstanceIds": [one for one in ids if one not in gone]})
        changes = answer["TerminatingInstances"]
        ended.remember({one["InstanceId"]: {**before[one["InstanceId"]], **_NO_MORE} for one in changes})
        return {"TerminatingInstances": [*again, *changes]}

    return operation


def deleting(id_: str, gone: Record, ended: Ended[str], world: Callable[[], World], delete: Operation) -> Operation:
    """Return an operation that deletes one thing, by the parameter `id_`, and remembers it with what `gone` changes."""

    async def operation(asked: Parameters) -> Record:
        now = world()
        before = {one[id_]: one for one in KIND[id_].records(now)}
        answer = await delete(asked)
        own = str(now.id(asked[id_]))
        ended.remember({own: {**before[own], **gone}})
        return answer

    return operation
