"""State machines of a stack: the calls of their executions are answered here, and their histories kept for logs and status.

The interpreter runs in the back ends' process. What an execution calls is answered as a call of a function is: Lambda, ECS and
the other services that netful serves itself, then the back ends, with the policies of the machine's role.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from netful.balancer.consulted.web_calls import WebCall
from netful.engine.authorization.sessions import STATE_MACHINE, keys_of_machine, machine_caller
from netful.engine.http.headers import Headers, without
from netful.engine.iam.authorization import Caller
from netful.engine.integrations.web_requests import web_request
from netful.engine.traces.tracer import Tracer
from netful.functions.invocations.background import Background
from netful.functions.invocations.logs import LogGroup
from netful.model.cloud import Cloud
from netful.services.backends.frames import NOT_RUN, MachineEvent, RoleCall, RoleReply
from netful.services.front.front import Front
from netful.services.front.signature import Signer, signed
from netful.services.http.backend_requests import inside_request
from netful.stack.network.web_places import INTERNET
from netful.stack.traces.execution_traces import STARTED, SUCCEEDED, ExecutionTraces

_RUNNING = "running"
_ENDS = {
    "ExecutionSucceeded": SUCCEEDED,
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "timed out",
    "ExecutionAborted": "aborted",
}


class StateMachines:
    """The state machines' side of the daemon. `reply` answers a call of an execution, `web_call` sends one to a web server; `tracer` records those of traced calls."""

    def __init__(
        self,
        cloud: Callable[[], Cloud],
        front: Callable[[], Front],
        reply: Callable[[RoleReply], None],
        web_call: WebCall,
        tracer: Tracer | None = None,
    ) -> None:
        self._traces = ExecutionTraces(tracer) if tracer is not None else None
        self._cloud = cloud
        self._front = front
        self._reply = reply
        self._web_call = web_call
        self._logs: dict[str, LogGroup] = {}
        self._delivered: dict[str, LogGroup] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._not_run: dict[str, str] = {}
        self._answering = Background()

    def receive(self, message: RoleCall | MachineEvent) -> None:
        """Answer a call, or note an event, of an execution."""
        if isinstance(message, MachineEvent):
            self._note(message)
            return
        self._answering.start(self._answer(message))

    async def _answer(self, call: RoleCall) -> None:
        cloud = self._cloud()
        caller = cloud.derived(("state machine", call.role), lambda: machine_caller(cloud, call.role))
        if "://" in call.host:
            self._reply(await self._called(call))
            return
        request = inside_request(call.method, call.target, call.headers, call.body)
        answer = await self._front().answer_role(caller, call.host, request)
        self._reply(RoleReply(call.id, answer.status, answer.headers, answer.body))

    async def _called(self, call: RoleCall) -> RoleReply:
        """Send a request of a task to a web server, from the internet; the status of one without an answer is 0."""
        asked = web_request(f"{call.host}{call.target}", call.method, {}, {})
        headers = _signed(call, asked.authority, self._cloud().region) if asked and call.role else call.headers
        answer = await self._web_call(INTERNET, replace(asked, headers=headers, body=call.body)) if asked else None
        if answer is None:
            return RoleReply(call.id, 0, (), f"{call.host} does not answer".encode())
        return RoleReply(call.id, answer.status, answer.headers, answer.body)

    def _note(self, event: MachineEvent) -> None:
        id_ = self._id_of(event.machine)
        if event.kind == NOT_RUN:
            self._not_run[id_] = event.details
            return
        counts = self._counts.setdefault(id_, Counter())
        if event.kind == STARTED:
            counts[_RUNNING] += 1
        elif event.kind in _ENDS:
            counts[_RUNNING] -= 1
            counts[_ENDS[event.kind]] += 1
        if self._traces is not None:
            self._traces.note(event, id_, _ENDS.get(event.kind, ""))
        line = f"{event.execution} {event.kind} {event.details}\n"
        self._logs.setdefault(id_, LogGroup(id_)).append(event.execution, line)
        if event.group:
            stream = f"states/{event.machine.rpartition(':')[2]}/{event.execution}"
            self._delivered.setdefault(event.group, LogGroup(event.group)).append(stream, event.logged)

    def _id_of(self, arn: str) -> str:
        """Return the id of a machine in the template; the name of another one."""
        found = self._cloud().named(arn)
        return found.rpartition(":")[2]

    def logs(self, id_: str | None = None) -> list[LogGroup]:
        """Return the history of a machine's executions, of all machines without an id."""
        resource = self._cloud().template.resources.get(id_ or "")
        if resource is not None and resource.type == STATE_MACHINE:
            self._logs.setdefault(resource.id, LogGroup(resource.id))
        return [group for name, group in self._logs.items() if id_ in (None, name)]

    @property
    def delivered(self) -> Iterable[LogGroup]:
        """The log groups that machines write to CloudWatch Logs."""
        return self._delivered.values()

    @property
    def warnings(self) -> Iterator[str]:
        """Return warnings for machines that do not run."""
        for id_, why in self._not_run.items():
            resource = self._cloud().template.resources.get(id_)
            place = f"{resource.origin}: " if resource else ""
            if why:
                yield f"{place}`{id_}` {why}"

    def status(self) -> list[dict[str, Any]]:
        """Return the machines as `netful status --format json` prints them."""
        resources = self._cloud().template.resources
        ids = dict.fromkeys((*(one.id for one in resources.values() if one.type == STATE_MACHINE), *self._counts))
        return [
            {
                "resource": id_,
                "type": str(resources[id_].properties.get("StateMachineType") or "STANDARD")
                if id_ in resources
                else "",
                "executions": {state: count for state, count in self._counts.get(id_, {}).items() if count},
                "why": self._not_run.get(id_, ""),
            }
            for id_ in ids
        ]


def _signed(call: RoleCall, authority: str, region: str) -> Headers:
    """Return the headers of a request to an API with the signature of the call's role, or of the service for a machine."""
    keys = keys_of_machine(call.role)
    own = (
        ("Host", authority),
        ("X-Amz-Security-Token", keys.session_token),
        ("X-Amz-Content-Sha256", sha256(call.body).hexdigest()),
    )
    request = inside_request(call.method, call.target, (*call.headers, *own), call.body)
    signer = Signer(Caller(call.role, (), ""), keys.secret_access_key, keys.session_token)
    signed_request = signed(request, keys.access_key_id, signer, "execute-api", region, datetime.now(UTC))
    return without(signed_request.headers, "host")
