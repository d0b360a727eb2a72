"""Lambda behind a stack's doors: requests become calls of its API, and its messages go out through the back ends."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from msgspec.structs import asdict

from netful.engine.events.event_source_mappings import EventSourceMapping, event_source_mappings
from netful.engine.events.execution_roles import lacking_for
from netful.engine.events.mapping_refusals import visibility_refusal
from netful.engine.events.senders import EVENTS, Sending, may_invoke, role_refusal
from netful.functions.api.protocol.message import OperationCall
from netful.functions.api.protocol.names import function_arn, named, role_arn
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.environments.service import FunctionService
from netful.functions.events.event_queue import EventQueue, Outlets
from netful.functions.events.event_settings import event_settings
from netful.functions.events.event_sources import Poller, Pollers
from netful.functions.events.invocation_record import Attribute, Delivery, Event, key_in_bucket
from netful.functions.events.queue_poller import QueuePoller
from netful.functions.events.schedules import Schedule, Schedules
from netful.functions.events.stream_poller import ReadingPlaces, Stream, StreamOutlets, StreamPoller
from netful.functions.invocations.background import Background
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.model.cloud import Cloud
from netful.model.names.service_names import service
from netful.services.backends.frames import Sent, Timetable
from netful.services.backends.messages_out import send_message
from netful.services.backends.queues import Queue
from netful.services.backends.streams import DynamoDbStream, KinesisStream
from netful.services.front.routing import route_to_service
from netful.services.http.backend_requests import CallHost, call_bucket, rest_request
from netful.services.http.message import Request, Response
from netful.stack.parts.handler_on_demand import HandlerOnDemand
from netful.stack.running_cloud import Part

if TYPE_CHECKING:
    from netful.stack.tasks.scheduled import Operations

log = logging.getLogger(__name__)


class LambdaDoor(Part):
    """Handler for the service `lambda`, its asynchronous invocations, and the sources that invoke functions.

    `functions` returns the service that currently runs the functions. `sent` are the messages of the back ends, `tasks`
    returns the operations of ECS in the end.
    """

    def __init__(
        self,
        cloud: Cloud,
        functions: Callable[[], FunctionService],
        call_host: CallHost,
        sent: asyncio.Queue[Sent | Timetable],
        tasks: Callable[[], Awaitable[Operations]],
    ) -> None:
        self._cloud = cloud
        self._functions = functions
        self._sent = sent
        self._receiving: asyncio.Task[None] | None = None
        self._call_host = call_host
        self.events = EventQueue(
            Outlets(
                invoke=self._invoke,
                send=self._send,
                function=lambda function_id: functions().cloud.compute.functions[function_id],
                settings=lambda event: event_settings(functions().cloud, event.function_id, event.qualifier),
                count=self._count,
            )
        )
        self._pollers = Pollers(self._poller)
        self._reading: defaultdict[tuple[str, ...], ReadingPlaces] = defaultdict(ReadingPlaces)  # by mapping
        self._tasks = tasks
        self._schedules = Schedules(self.deliver, self._run_task, self._admits, self._delete_schedule)
        self._sending = Background()
        self._api = HandlerOnDemand(
            "netful.functions.api.lambda_api:LambdaApi", functions, self.events, self._fetch_object, self._check_source
        )

    async def handle(self, request: Request) -> Response:
        """Answer a request to Lambda's host."""
        pairs = (*parse_qsl(request.query, keep_blank_values=True),)
        found = route_to_service(self._functions().cloud, request)
        call = OperationCall(
            method=request.method,
            path=request.path,
            query=dict(pairs),
            pairs=pairs,
            headers={name.lower(): value for name, value in request.headers},
            body=request.body,
            region=found.region,
        )
        reply = await (await self._api.made()).handle(call)
        return Response(reply.status, reply.headers, reply.body, stream=reply.stream)

    async def start(self) -> None:
        """Start the queues, streams and schedules of the cloud, which invoke its functions."""
        self._receiving = asyncio.create_task(self._receive())
        await self.follow(self._cloud, self._cloud)

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Run the queues, streams and schedules of another cloud, and stop all others."""
        await self._pollers.follow(cloud)
        there = {_place_of(one) for one in event_source_mappings(cloud)}
        for gone in self._reading.keys() - there:
            del self._reading[gone]
        await self._schedules.follow(cloud)

    def _run_task(self, target: Mapping[str, Any], rule: str, text: str) -> None:
        """Run the ECS task of a schedule's target."""
        self._sending.start(self._ran_task(target, rule, text))

    async def _ran_task(self, target: Mapping[str, Any], rule: str, text: str) -> None:
        from netful.stack.tasks.scheduled import run_task  # noqa: PLC0415  # it has ECS's API, which most stacks never need

        await run_task(await self._tasks(), target, rule, text)

    def deliver(
        self, target: str, text: str, group: str = "", trace_id: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        """Deliver a message of a service or a schedule to a function, a queue, a topic or a state machine."""
        typed = {name: Attribute("String", value) for name, value in (attributes or {}).items()}
        self._sending.start(self._send(Delivery(target, text, typed, trace_id=trace_id), group))

    async def _receive(self) -> None:
        """Pass on the messages that the services of the back ends send, and run the schedules that they have."""
        while True:
            one = await self._sent.get()
            if isinstance(one, Timetable):
                await self._schedules.take(Schedule(**asdict(called)) for called in one.schedules)
            elif one.ecs:
                self._run_task(json.loads(one.ecs), one.rule, one.text)
            elif not one.service or self._may_invoke(Sending(one.service, one.source, one.target)):
                self.deliver(one.target, one.text, one.group, one.trace, one.attributes)
            elif one.refused is not None:
                self.deliver(one.refused.target, one.refused.text, attributes=one.refused.attributes)

    def _may_invoke(self, sending: Sending) -> bool:
        """Return whether a service may send to a target; a message to a function that does not let it is dropped."""
        admitted = ":lambda:" not in sending.target or may_invoke(self._functions().cloud, sending)
        if not admitted:
            log.warning("no permission lets %s invoke `%s` for %s", sending.service, sending.target, sending.source)
        return admitted

    def _admits(self, schedule: str, target: Mapping[str, Any]) -> bool:
        """Return whether the target of a schedule admits its events: by its role, or by the permission for a rule."""
        if ":scheduler:" in schedule:
            return not role_refusal(self._functions().cloud, target)
        return bool(target.get("RoleArn")) or self._may_invoke(Sending(EVENTS, schedule, target["Arn"]))

    async def _delete_schedule(self, arn: str) -> None:
        *_, region, _, place = arn.split(":")
        _, group, name = place.split("/")
        path = f"/schedules/{quote(name)}?groupName={quote(group)}"
        await self._call_host(service("scheduler").host(region), rest_request("DELETE", path))

    async def close(self) -> None:
        """Stop polling and sending, and drop the waiting events."""
        if self._receiving is not None:
            self._receiving.cancel()
        await self._pollers.close()
        await self._schedules.close()
        self._sending.cancel()
        await self.events.close()

    def _poller(self, mapping: EventSourceMapping) -> Poller | None:
        arn, call_host = mapping.source_arn, self._call_host
        match mapping.service:
            case "sqs":
                return QueuePoller(mapping, Queue(arn, call_host), partial(self._run, mapping))
            case "dynamodb":
                return self._stream_poller(mapping, DynamoDbStream(arn, call_host))
            case "kinesis":
                return self._stream_poller(mapping, KinesisStream(arn, self._role_of(mapping), call_host))
            case other:
                log.warning("`%s` is not read: netful has no poller for `%s`", mapping.id, other)
                return None

    def _stream_poller(self, mapping: EventSourceMapping, stream: Stream) -> StreamPoller:
        """Return the poller of a stream, which goes on where an earlier one of the mapping was."""
        reading = self._reading[_place_of(mapping)]
        return StreamPoller(mapping, stream, self._stream_outlets(mapping), reading=reading)

    def _role_of(self, mapping: EventSourceMapping) -> str:
        cloud = self._functions().cloud
        return role_arn(cloud, cloud.compute.functions[mapping.function_id])

    def _stream_outlets(self, mapping: EventSourceMapping) -> StreamOutlets:
        def arn_of(function_id: str) -> str:
            cloud = self._functions().cloud
            return function_arn(cloud, cloud.compute.functions[function_id])

        return StreamOutlets(partial(self._run, mapping), self._send, arn_of, self._functions().cloud.aws_id)

    async def _run(
        self, mapping: EventSourceMapping, function_id: str, event: bytes, trace_id: str = "", /
    ) -> Invocation:
        """Invoke a mapping's function, by the version or alias that the mapping names."""
        return await self._functions().invoke(function_id, event, qualifier=mapping.qualifier, trace_id=trace_id)

    def _count(self, metric: str, event: Event, value: float) -> None:
        functions = self._functions()
        functions.metrics.add(
            metric, functions.cloud.compute.functions[event.function_id].function_name, event.qualifier, value
        )

    async def _invoke(self, event: Event) -> Invocation:
        return await self._functions().invoke(
            event.function_id,
            event.payload,
            qualifier=event.qualifier,
            client_context=event.client_context,
            request_id=event.request_id,
            tenant_id=event.tenant_id,
            trace_id=event.trace_id,
        )

    def invoke_later(self, function_id: str, event: bytes, qualifier: str, tenant_id: str = "") -> None:
        """Queue an asynchronous invocation for another service."""
        cloud = self._functions().cloud
        arn = function_arn(cloud, cloud.compute.functions[function_id])
        self.events.put(Event(function_id, arn, str(uuid.uuid4()), event, qualifier=qualifier, tenant_id=tenant_id))

    async def _check_source(self, arn: str, function_timeout: int) -> None:
        """Raise InvokeRefused for a queue that does not exist, or shows messages again before the function's timeout."""
        if ":sqs:" not in arn:
            return
        visibility = await Queue(arn, self._call_host).visibility_timeout()
        if visibility is None:
            raise invalid_parameter(
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                "SQS Error Message: The specified queue does not exist."
            )
        if why := visibility_refusal(visibility, function_timeout):
            raise invalid_parameter(why)

    async def _fetch_object(self, bucket: str, key: str, version: str) -> bytes:
        """Return an object of the stack's S3, for UpdateFunctionCode."""
        query = f"versionId={quote(version)}" if version else ""
        region = self._functions().cloud.region
        response = await call_bucket(self._call_host, region, "lambda", "GET", (bucket, key), query=query)
        if response.status != 200:
            code = "NoSuchBucket" if b"NoSuchBucket" in response.body else "NoSuchKey"
            what = "bucket" if code == "NoSuchBucket" else "key"
            raise invalid_parameter(
                f"Error occurred while GetObject. S3 Error Code: {code}. "
                f"S3 Error Message: The specified {what} does not exist."
            )
        return response.body

    async def _send(self, delivery: Delivery, group: str = "") -> None:
        functions = self._functions()
        sender = functions.cloud.compute.functions.get(delivery.function_id)
        if sender and (action := lacking_for(functions.cloud, sender, delivery.target)):
            log.warning(
                "a message is lost: the role of `%s` does not allow `%s` on %s", sender.id, action, delivery.target
            )
            return
        if ":lambda:" in delivery.target:
            self._send_to_function(delivery)
            return
        attributes = {name: (one.type, one.value) for name, one in delivery.attributes.items()}
        try:
            if ":s3:" in delivery.target:
                response = await self._keep(delivery)
            else:
                response = await send_message(
                    delivery.target, delivery.body, attributes, self._call_host, group, delivery.trace_id
                )
        except ValueError as problem:
            log.warning("a message is lost: %s", problem)
            return
        if response.status >= 300:
            log.warning("`%s` did not take a message: %s", delivery.target, response.body.decode(errors="replace"))

    async def _keep(self, delivery: Delivery) -> Response:
        """Put the record of a failure into the bucket that is its destination."""
        place = (delivery.target.rpartition(":")[2], key_in_bucket(delivery.folder, datetime.now(UTC)))
        region = self._functions().cloud.region
        return await call_bucket(self._call_host, region, "lambda", "PUT", place, delivery.of_bucket.encode())

    def _send_to_function(self, delivery: Delivery) -> None:
        try:
            cloud = self._functions().cloud
            one = named(cloud, delivery.target)
        except InvokeRefused as refusal:
            log.warning("a destination is not there: %s", refusal.message)
            return
        body, arn = delivery.body.encode(), function_arn(cloud, one.function)
        new, trace_id = str(uuid.uuid4()), delivery.trace_id
        self.events.put(Event(one.function.id, arn, new, body, qualifier=one.qualifier, trace_id=trace_id))


def _place_of(mapping: EventSourceMapping) -> tuple[str, ...]:
    """Return what a mapping reads and from where: another mapping with the same place goes on where it was."""
    return mapping.id, mapping.source_arn, mapping.starting_position, str(mapping.starting_moment)
