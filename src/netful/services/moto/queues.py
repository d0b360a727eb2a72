"""Queues of SQS where moto's differ from AWS's. Runs only in the back end's process.

| | moto | AWS, and here |
|---|---|---|
| region of a call | that of the signature, which the stack's own requests do not have | that of the host, as for every service |
| `SequenceNumber` in a FIFO queue | random, only with a given deduplication id | larger with each message |
"""

import itertools
import re
import sys
from collections.abc import Callable
from typing import Any

_MODULE = "moto.sqs.responses"
_HOST = re.compile(r"://(?:sqs\.)?(?!queue\.)([a-z0-9-]+)\.(?:queue\.)?amazonaws\.com")
_NUMBERS = itertools.count(18_849_496_460_467_696_128, 256)


def as_aws_has_them() -> None:
    """Change moto's queues, if the service is loaded; once."""
    module: Any = sys.modules.get(_MODULE)
    if module is None or module.SQSResponse.region_regex is _HOST:
        return
    module.SQSResponse.region_regex = _HOST
    backend = sys.modules["moto.sqs.models"].SQSBackend
    backend.send_message = _numbered(backend.send_message)


def _numbered(send: Callable[..., Any]) -> Callable[..., Any]:
    def send_message(backend: Any, *about: Any, **named: Any) -> Any:
        message = send(backend, *about, **named)
        if message.group_id is not None and backend.get_queue(about[0] if about else named["queue_name"]).fifo_queue:
            message.sequence_number = str(next(_NUMBERS))
        return message

    return send_message
