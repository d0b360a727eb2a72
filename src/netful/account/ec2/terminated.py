"""Terminated instances: AWS describes them for a while longer, and clients wait for that state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.instances import instances, state
from netful.account.ec2.view import View
from netful.account.query_api import Operation, Parameters

_REMEMBERED = 1000
_NO_MORE: Mapping[str, Any] = {
    "NetworkInterfaces": [], "SecurityGroups": [], "PrivateIpAddress": None, "PublicIpAddress": None, "SubnetId": None,
    "VpcId": None, "PrivateDnsName": "", "PublicDnsName": "", "State": state("terminated"),
    "StateTransitionReason": "User initiated",
    "StateReason": {"Code": "Client.UserInitiatedShutdown", "Message": "Client.UserInitiatedShutdown: User initiated shutdown"},
}  # fmt: skip


class TerminatedInstances:
    """The records of instances that calls have terminated since the account started, the last ones."""

    def __init__(self, view: Callable[[], View]) -> None:
        self._view = view
        self._records: dict[str, Mapping[str, Any]] = {}

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter([*self._records.values()])

    def remembering(self, terminate: Operation) -> Operation:
        """Return TerminateInstances that remembers what it ends; an instance that has ended may be ended again."""

        async def operation(asked: Parameters) -> Mapping[str, Any]:
            ids = asked.get("InstanceIds") or []
            ended = [one for one in ids if one in self._records]
            again = [{"InstanceId": one, "PreviousState": state("terminated"), "CurrentState": state("terminated")}
                     for one in ended]  # fmt: skip
            if ended and len(ended) == len(ids):
                return {"TerminatingInstances": again}
            before = {one["InstanceId"]: one for one in instances(self._view())}
            answer = await terminate({**asked, "InstanceIds": [one for one in ids if one not in ended]})
            changes = answer["TerminatingInstances"]
            self._records |= {one["InstanceId"]: {**before[one["InstanceId"]], **_NO_MORE} for one in changes}
            self._records = dict([*self._records.items()][-_REMEMBERED:])
            return {"TerminatingInstances": [*again, *changes]}

        return operation
