"""The zygote: a warm interpreter that forks a sandbox at the daemon's request.

Rules:
1. One thread, no sockets but the control socket: every sandbox inherits its descriptors.
2. It never runs user code. It imports awslambdaric and, if it receives names of clients to warm, boto3.
3. A sandbox's first process is forked directly into a new pid namespace.
"""

from __future__ import annotations

import gc
import importlib
import resource
import socket
import sys

from netful.functions.inside import control, kernel, runtime_client
from netful.functions.inside.warm import warm_boto3

_RUNTIME_PATH = "/var/runtime"
_OWN_CODE = "/run/"
# awslambdaric imports http.client only to report an error, which would then be slow.
_IMPORTED_EARLY = ("awslambdaric.bootstrap", "http.client")


def main() -> None:
    """Report readiness, warm up, then fork on demand; orders wait while boto3 is imported."""
    daemon = socket.socket(fileno=0)
    received = control.receive(daemon)
    if received is None:
        return
    sys.path[:] = [*sys.path, _RUNTIME_PATH]
    sys.modules["runtime_client"] = runtime_client
    for module in _IMPORTED_EARLY:
        importlib.import_module(module)
    control.send(daemon, {"ready": True})
    warm_boto3(received[0]["clients"])
    from netful.functions.inside.forker import Forker  # noqa: PLC0415  # it imports awslambdaric: the path is set now

    sys.path[:] = [path for path in sys.path if not path.startswith(_OWN_CODE)]
    kernel.detach(f"{_OWN_CODE}code/netful")
    _allow_many_descriptors()
    gc.collect()
    kernel.return_memory()
    gc.freeze()
    Forker(daemon).run()


def _allow_many_descriptors() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # each sandbox holds one
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
