"""Consumer's side of a queue: receive a batch, and delete the processed messages.

A request that waits for messages cannot be cancelled. The messages that it receives after its poller has ended are
returned to the queue at once.
"""

import asyncio
import math
import time
from collections.abc import Iterable
from typing import Any

from netful.model.names import service_names
from netful.services.http.backend_requests import CallHost, json_answer

_WAIT_SECONDS = 20
_VISIBILITY = 30  # seconds, by default
_LARGEST_BATCH = 10  # limit of SQS for one request


class Queue:
    """One queue, by its ARN."""

    def __init__(self, arn: str, call_host: CallHost) -> None:
        self.arn = arn
        *_, self.region, account, name = arn.split(":")
        self._host = service_names.service("sqs").host(self.region)
        self._url = f"https://{self._host}/{account}/{name}"
        self._call_host = call_host
        self._giving_back: set[asyncio.Task[None]] = set()

    async def visibility_timeout(self) -> int | None:
        """Return the queue's visibility timeout, None without such a queue. Raise ConnectionError if that cannot be asked."""
        try:
            answer = await self._call("GetQueueAttributes", {"AttributeNames": ["VisibilityTimeout"]})
        except ConnectionError as error:
            if "NonExistentQueue" in str(error) or "QueueDoesNotExist" in str(error):
                return None
            raise
        return int(answer.get("Attributes", {}).get("VisibilityTimeout", _VISIBILITY))

    async def receive(self, most: int, seconds: float = 0.0) -> list[dict[str, Any]]:
        """Wait for messages as long as one request can, then collect more of them until `seconds` are over.

        Raise ConnectionError if the queue does not exist.
        """
        messages = await self._receive(most, _WAIT_SECONDS)
        end = time.monotonic() + seconds
        try:
            while messages and len(messages) < most and (left := end - time.monotonic()) > 0:
                messages += await self._receive(most - len(messages), min(math.ceil(left), _WAIT_SECONDS))
        except asyncio.CancelledError:
            self._give_back(messages)
            raise
        return messages

    async def _receive(self, most: int, seconds: int) -> list[dict[str, Any]]:
        asked = {
            "MaxNumberOfMessages": min(most, _LARGEST_BATCH),
            "WaitTimeSeconds": seconds,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        waiting = asyncio.ensure_future(self._call("ReceiveMessage", asked))
        try:
            return _messages(await asyncio.shield(waiting))
        except asyncio.CancelledError:
            waiting.add_done_callback(self._came_too_late)
            raise

    def _came_too_late(self, waiting: asyncio.Future[dict[str, Any]]) -> None:
        if not waiting.cancelled() and waiting.exception() is None:
            self._give_back(_messages(waiting.result()))

    def _give_back(self, messages: list[dict[str, Any]]) -> None:
        """Make messages visible to other consumers now, not only after their visibility timeout."""

        async def give_back() -> None:
            for message in messages:
                handle = {"ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                await self._call("ChangeMessageVisibility", handle)

        task = asyncio.ensure_future(give_back())
        self._giving_back.add(task)
        task.add_done_callback(self._given_back)

    def _given_back(self, task: asyncio.Task[None]) -> None:
        self._giving_back.discard(task)
        if not task.cancelled():
            task.exception()  # the back ends may have ended, and the queue with them

    async def delete(self, receipt_handles: Iterable[str]) -> None:
        """Delete messages from the queue."""
        for handle in receipt_handles:
            await self._call("DeleteMessage", {"ReceiptHandle": handle})

    async def _call(self, operation: str, content: dict[str, Any]) -> dict[str, Any]:
        asked = {"QueueUrl": self._url, **content}
        return await json_answer(self._call_host, self._host, f"AmazonSQS.{operation}", asked, "1.0")


def _messages(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return answer.get("Messages") or []
