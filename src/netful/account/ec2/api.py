"""The EC2 API of an account: what it describes is the cloud that runs, and what it writes is the next one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from netful.account.changes import changed
from netful.account.ec2.describe.network_interfaces import LambdaInterface
from netful.account.ec2.reads import Reads
from netful.account.ec2.view import View
from netful.account.ec2.world import Change, World
from netful.account.ec2.writes import gateways, network_acls, route_tables, security_groups, tags, vpc_endpoints, vpcs
from netful.account.query_api import BackEnd, Operation, Parameters, QueryApi
from netful.account.wire.errors import DRY_RUN, ApiError
from netful.model.cloud import Cloud
from netful.model.core.errors import NetfulError

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


class Running(Protocol):
    """The running cloud: `become` takes a step to the next one, whole or not at all."""

    @property
    def cloud(self) -> Cloud:
        """The cloud as it is now."""

    def become(self, step: Callable[[Cloud], Cloud]) -> Awaitable[object]:
        """Have the next cloud run. Raise what the step raises, and NetfulError if it cannot run."""


class Ec2Api:
    """EC2's operations; those without a place in the network go to `elsewhere`."""

    def __init__(
        self, running: Running, of_lambda: Callable[[], Iterable[LambdaInterface]], elsewhere: BackEnd
    ) -> None:
        self._running = running
        self._answers: dict[str, Mapping[str, Any]] = {}
        reads = Reads(lambda: View.of(running.cloud), of_lambda)
        writes = {name: self._writing(write) for name, write in WRITES.items()}
        self.handle = QueryApi("ec2", {**reads.operations(), **writes}, elsewhere).handle

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
            made[:] = [write(World(cloud, View.of(cloud)), asked)]
            if asked.get("DryRun"):
                raise DRY_RUN
            return changed(cloud, made[0].edits)

        try:
            await self._running.become(step)
        except NetfulError as error:
            raise ApiError("InvalidParameterValue", str(error)) from error
        return made[0].answer(View.of(self._running.cloud))
