"""Queues of SQS where moto's differ from AWS's.

| | moto | AWS, and here |
|---|---|---|
| region of a call | that of the signature, which the stack's own requests do not have | that of the host, as for every service |
| `SequenceNumber` in a FIFO queue | random, only with a given deduplication id | larger with each message |
"""

import itertools
import re
from typing import Any

_HOST = re.compile(r"://(?:sqs\.)?(?!queue\.)([a-z0-9-]+)\.(?:queue\.)?amazonaws\.com")
_NUMBERS = itertools.count(18_849_496_460_467_696_128, 256)


def find_regions(responses: Any) -> None:
    """Find the region of a call in its host."""
    responses.SQSResponse.region_regex = _HOST


def number_messages(models: Any) -> None:
    """Number the messages of FIFO queues."""
    backend_class = models.SQSBackend
    send = backend_class.send_message

    def send_message(backend: Any, *about: Any, **named: Any) -> Any:
        message = send(backend, *about, **named)
        if message.group_id is not None and backend.get_queue(about[0] if about else named["queue_name"]).fifo_queue:
            message.sequence_number = str(next(_NUMBERS))
        return message

    backend_class.send_message = send_message
