"""Terminated instances and deleted VPN connections: AWS describes them for a while longer, and clients wait for that state."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.instances import state
from netful.account.ec2.kinds import KIND
from netful.account.ec2.view import View
from netful.account.query_api import Operation, Parameters

_REMEMBERED = 1000
_NO_MORE: Mapping[str, Any] = {
    "NetworkInterfaces": [], "SecurityGroups": [], "PrivateIpAddress": None, "PublicIpAddress": None, "SubnetId": None,
    "VpcId": None, "PrivateDnsName": "", "PublicDnsName": "", "State": state("terminated"),
    "StateTransitionReason": "User initiated",
    "StateReason": {"Code": "Client.UserInitiatedShutdown", "Message": "Client.UserInitiatedShutdown: User initiated shutdown"},
}  # fmt: skip


class _Ended:
    """The records of things that calls have ended since the account started, the last ones."""

    def __init__(self, view: Callable[[], View]) -> None:
        self._view = view
        self._records: dict[str, Mapping[str, Any]] = {}

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter([*self._records.values()])

    def _remember(self, ended: Mapping[str, Mapping[str, Any]]) -> None:
        self._records = dict([*{**self._records, **ended}.items()][-_REMEMBERED:])


class TerminatedInstances(_Ended):
    """The records of instances that calls have terminated."""

    def remembering(self, terminate: Operation) -> Operation:
        """Return TerminateInstances that remembers what it ends; an instance that has ended may be ended again."""

        async def operation(asked: Parameters) -> Mapping[str, Any]:
            ids = asked.get("InstanceIds") or []
            ended = [one for one in ids if one in self._records]
            again = [{"InstanceId": one, "PreviousState": state("terminated"), "CurrentState": state("terminated")}
                     for one in ended]  # fmt: skip
            if ended and len(ended) == len(ids):
                return {"TerminatingInstances": again}
            before = {one["InstanceId"]: one for one in KIND["InstanceId"].records(self._view())}
            answer = await terminate({**asked, "InstanceIds": [one for one in ids if one not in ended]})
            changes = answer["TerminatingInstances"]
            self._remember({one["InstanceId"]: {**before[one["InstanceId"]], **_NO_MORE} for one in changes})
            return {"TerminatingInstances": [*again, *changes]}

        return operation


class DeletedVpnConnections(_Ended):
    """The records of VPN connections that calls have deleted."""

    def remembering(self, delete: Operation) -> Operation:
        """Return DeleteVpnConnection that remembers what it deletes."""

        async def operation(asked: Parameters) -> Mapping[str, Any]:
            view = self._view()
            before = {one["VpnConnectionId"]: one for one in KIND["VpnConnectionId"].records(view)}
            answer = await delete(asked)
            id_ = str(view.id(asked["VpnConnectionId"]))
            self._remember({id_: {**before[id_], "State": "deleted", "Routes": []}})
            return answer

        return operation
