"""The zygote: a warm interpreter that forks a sandbox whenever the daemon asks for one.

Rules:
1. One thread, no sockets but the control socket: what it holds, every sandbox inherits.
2. It never runs user code. It imports awslambdaric and, when it is told which clients to warm, boto3.
3. A sandbox's first process is forked straight into a new pid namespace.
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
# awslambdaric imports http.client only when it has an error to report, which would then be slow.
_IMPORTED_EARLY = ("awslambdaric.bootstrap", "http.client")


def main() -> None:
    """Warm up, say so, then fork on demand."""
    daemon = socket.socket(fileno=0)
    received = control.receive(daemon)
    if received is None:
        return
    sys.path[:] = [*sys.path, _RUNTIME_PATH]
    sys.modules["runtime_client"] = runtime_client
    for module in _IMPORTED_EARLY:
        importlib.import_module(module)
    warm_boto3(received[0]["clients"])
    from netful.functions.inside.forker import Forker  # noqa: PLC0415  # it imports awslambdaric: the path is set now

    sys.path[:] = [path for path in sys.path if not path.startswith(_OWN_CODE)]
    kernel.detach(f"{_OWN_CODE}code/netful")
    _allow_many_descriptors()
    gc.collect()
    gc.freeze()
    control.send(daemon, {"ready": True})
    Forker(daemon).run()


def _allow_many_descriptors() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # one is held for each sandbox
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
