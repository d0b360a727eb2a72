"""Region of a call to SQS: that of the host, as for every other service.

moto reads it from the signature, and the stack's own requests have none. Runs only in the back end's process.
"""

from __future__ import annotations

import re
import sys
from typing import Any

_MODULE = "moto.sqs.responses"
_HOST = re.compile(r"://(?:sqs\.)?(?!queue\.)([a-z0-9-]+)\.(?:queue\.)?amazonaws\.com")


def read_from_host() -> None:
    """Let SQS read the region from the host, if the service is loaded."""
    module: Any = sys.modules.get(_MODULE)
    if module is not None:
        module.SQSResponse.region_regex = _HOST
