"""Functions behind load balancers: a local socket for each group, served by the daemon, which invokes the function.

HAProxy uses the socket like any other server. No packet of it is on the network, as on AWS: the Lambda service invokes the
function, independent of the load balancer's security groups.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import msgspec

from netful.balancer.lambda_event import LONGEST, answer, event, own_answer
from netful.balancer.local_servers import LocalServers
from netful.balancer.targets import functions_of
from netful.engine.authorization.service_permissions import may_be_target
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import StackError, file_name
from netful.model.load_balancing_arns import GROUPS, arns
from netful.services.http.message import Request, Response

log = logging.getLogger(__name__)

Invoke = Callable[[str, bytes, str, str], Awaitable[Invocation]]
"""Invokes a function: its id, the event, the trace id, its version or alias."""

_MULTI = "lambda.multi_value_headers.enabled"


class LambdaTargets:
    """Sockets in `folder`, one for each target group of type `lambda`."""

    def __init__(self, folder: Path, invoke: Invoke) -> None:
        self._invoke = invoke
        self._cloud = Cloud()
        self._servers = LocalServers(folder, lambda group_id: f"{file_name(group_id)}.sock", self._answer)

    async def follow(self, cloud: Cloud, groups: Iterable[TargetGroup]) -> None:
        """Serve these groups of a cloud from now on."""
        self._cloud = cloud
        await self._servers.follow(group.id for group in groups if group.target_type == "lambda")

    async def _answer(self, group_id: str, request: Request) -> Response:
        group = self._cloud.balancing.target_groups[group_id]
        called = next(iter(functions_of(self._cloud, group)), None)
        if request.header("upgrade"):
            return own_answer(400)
        if len(request.body) > LONGEST:
            return own_answer(413)
        if called is None or may_be_target(self._cloud, group, called.function) is False:
            return own_answer(502)
        multi = group.attributes.get(_MULTI) == "true"
        given = msgspec.json.encode(event(request, arns(self._cloud)[GROUPS][group.id], multi=multi))
        try:
            done = await self._invoke(called.name, given, request.header("x-amzn-trace-id"), called.qualifier)
        except (InvokeRefused, StackError) as refusal:
            log.warning("`%s` could not invoke `%s`: %s", group_id, called.function, refusal)
            return own_answer(502)
        return own_answer(502) if done.function_error else answer(done.payload, multi=multi)

    def close(self) -> None:
        """Close all sockets."""
        self._servers.close()
