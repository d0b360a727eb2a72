"""The EC2 API of an account: what it describes is the cloud that runs, and what it writes is the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from netful.account.changes import changed
from netful.account.ec2.describe.network_interfaces import LambdaInterface
from netful.account.ec2.reads import Reads
from netful.account.ec2.view import View
from netful.account.ec2.world import Change, World
from netful.account.ec2.writes import gateways, network_acls, route_tables, security_groups, tags, vpc_endpoints, vpcs
from netful.account.query_api import Operation, Parameters, QueryApi
from netful.account.wire.errors import DRY_RUN, ApiError
from netful.model.cloud import Cloud
from netful.model.core.errors import NetfulError
from netful.model.steps import Becomes

Write = Callable[[World, Mapping[str, Any]], Change]

WRITES: Mapping[str, Write] = {
    **vpcs.WRITES,
    **route_tables.WRITES,
    **security_groups.WRITES,
    **network_acls.WRITES,
    **gateways.WRITES,
    **vpc_endpoints.WRITES,
    **tags.WRITES,
}

_TOKENS = ("ClientToken", "ClientRequestToken")


class Running(Becomes, Protocol):
    """The cloud that runs, and its way to the next one."""

    cloud: Cloud


class Ec2Api:
    """EC2's operations. `of_lambda` are the interfaces of functions, as they are at each look."""

    def __init__(self, running: Running, of_lambda: Iterable[LambdaInterface]) -> None:
        self._running = running
        self._answers: dict[str, Mapping[str, Any]] = {}
        reads = Reads(lambda: View(running.cloud), of_lambda)
        writes = {name: self._writing(write) for name, write in WRITES.items()}
        self.handle = QueryApi("ec2", {**reads.operations(), **writes}).handle

    def _writing(self, write: Write) -> Operation:
        async def operation(asked: Parameters) -> Mapping[str, Any]:
            token = next((str(asked[name]) for name in _TOKENS if asked.get(name)), "")
            if token not in self._answers:
                answer = await self._written(write, asked)
                if not token:
                    return answer
                self._answers[token] = answer
            return self._answers[token]

        return operation

    async def _written(self, write: Write, asked: Parameters) -> Mapping[str, Any]:
        made: list[Change] = []

        def step(cloud: Cloud) -> Cloud:
            made[:] = [write(World(cloud, View(cloud)), asked)]
            if asked.get("DryRun"):
                raise DRY_RUN
            if cloud.network.vpcs.keys() - cloud.template.resources.keys():
                raise ApiError("UnsupportedOperation", "an account that was only described cannot be changed")
            return changed(cloud, made[0].edits)

        try:
            await self._running.become(step)
        except NetfulError as error:
            raise ApiError("InvalidParameterValue", str(error)) from error
        return made[0].answer(View(self._running.cloud))
