"""Messages that are moved: to a dead-letter queue, and by tasks back to where they came from, or to another queue.

A task ends with its call. A message in a dead-letter queue has the attribute `DeadLetterQueueSourceArn`.
"""

import time
from typing import Any
from uuid import uuid4

from netful.services.moto.replacements import replacing

_SOURCE_ARN = "DeadLetterQueueSourceArn"
_NO_SOURCE = "CouldNotDetermineMessageSource"


def know_origins(models: Any) -> None:
    """Note the queue that each message was sent to, and the one that it comes from where it is a dead letter."""

    @replacing(models.Queue)
    def add_message(add: Any, queue: Any, message: Any) -> None:
        origin = message.__dict__.setdefault("origin", queue.queue_arn)
        message.dead_letter_of = origin if message.approximate_receive_count else ""
        add(queue, message)


def tell_sources(responses: Any) -> None:
    """Return with each dead letter the queue that it comes from."""

    @replacing(responses.SQSResponse)
    def receive_message(receive: Any, answer: Any) -> Any:
        received = receive(answer)
        asked = map(answer._get_param, ("AttributeNames", "MessageSystemAttributeNames"))  # noqa: SLF001  # moto's own way
        wanted = {name for names in asked for name in names or ()}
        if wanted & {"All", _SOURCE_ARN}:
            queue = answer.sqs_backend.get_queue(answer._get_queue_name())  # noqa: SLF001  # the same
            sources = {one.id: one.dead_letter_of for one in queue._messages if one.dead_letter_of}  # noqa: SLF001  # the same
            for one in received.result.get("Messages", ()):
                if one["MessageId"] in sources:
                    one.setdefault("Attributes", {})[_SOURCE_ARN] = sources[one["MessageId"]]
        return received


def move_messages(responses: Any) -> None:
    """Serve the operations, which moto does not have."""
    from moto.sqs.exceptions import InvalidParameterValue, SQSException  # noqa: PLC0415  # moto is imported by its process alone

    def found(answer: Any, arn: str, member: str) -> Any:
        queue = answer.sqs_backend.queues.get(arn.rpartition(":")[2])
        if queue is None:
            text = f"The resource that you specified for the {member} parameter doesn't exist."
            raise SQSException("ResourceNotFoundException", text)
        return queue

    def start_message_move_task(answer: Any) -> Any:
        arn, to = answer._get_param("SourceArn"), answer._get_param("DestinationArn")  # noqa: SLF001  # moto's own way
        source, target = found(answer, arn, "SourceArn"), to and found(answer, to, "DestinationArn")
        if all(one.dead_letter_queue is not source for one in answer.sqs_backend.queues.values()):
            raise InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.")
        waiting = [one for one in source._messages if one.visible]  # noqa: SLF001  # there is no public way
        targets = [
            (one, target or answer.sqs_backend.queues.get(one.origin.rpartition(":")[2], source)) for one in waiting
        ]
        moved = [(one, queue) for one, queue in targets if queue is not source]
        for one, queue in moved:
            source._messages.remove(one)  # noqa: SLF001
            one.approximate_receive_count, one.approximate_first_receive_timestamp = 0, None
            one.mark_sent()
            queue.add_message(one)
        failure = {"FailureReason": _NO_SOURCE} if len(moved) < len(waiting) else {}
        task = {
            "Status": "FAILED" if failure else "COMPLETED", "SourceArn": arn, **({"DestinationArn": to} if to else {}), **failure,
            "ApproximateNumberOfMessagesMoved": len(moved), "ApproximateNumberOfMessagesToMove": len(waiting),
            "StartedTimestamp": int(time.time() * 1000),
        }  # fmt: skip
        source.__dict__.setdefault("move_tasks", []).insert(0, task)
        return responses.ActionResult({"TaskHandle": str(uuid4())})

    def list_message_move_tasks(answer: Any) -> Any:
        source = found(answer, answer._get_param("SourceArn"), "SourceArn")  # noqa: SLF001
        most = int(answer._get_param("MaxResults") or 1)  # noqa: SLF001
        return responses.ActionResult({"Results": source.__dict__.get("move_tasks", [])[:most]})

    def cancel_message_move_task(_answer: Any) -> Any:
        raise SQSException("ResourceNotFoundException", "Task does not exist.")

    for operation in (start_message_move_task, list_message_move_tasks, cancel_message_move_task):
        setattr(responses.SQSResponse, operation.__name__, operation)
