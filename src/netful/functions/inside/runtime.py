"""The runtime: awslambdaric in a freshly forked interpreter, in the state of a new process on AWS.

The zygote's environment was empty, so everything that a new interpreter reads from its environment is read again here.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import site
import sys
import time
import traceback
from typing import NoReturn

from awslambdaric import bootstrap
from awslambdaric.lambda_runtime_client import BaseLambdaRuntimeClient, LambdaRuntimeClient
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

_BOOTSTRAP = "/var/runtime/bootstrap.py"
_RECORD = re.compile(r"\[[A-Z]+\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]*\t")
_LOG_SETTINGS = ("AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL")


class _LogSink(bootstrap.StandardLogSink):  # type: ignore[misc]  # awslambdaric has no types
    """The log on stdout, where a record or an error of several lines is one line: a carriage return stands for each other newline.

    A record in a format of the function's own stays as it is.
    """

    def log(self, msg: str, frame_type: bytes | None = None) -> None:
        if _RECORD.match(msg):
            msg = msg.rstrip("\n").replace("\n", "\r") + "\n"
        super().log(msg, frame_type)

    def log_error(self, message_lines: list[str]) -> None:
        super().log_error([line.replace("\n", "\r") for line in message_lines])


def run(handler: str, variables: dict[str, str]) -> NoReturn:
    """Run a function's handler for each event, and end as a Python program ends."""
    os.environ.clear()
    os.environ.update(variables)
    time.tzset()
    sys.stdin, sys.stdout, sys.stderr = (_stream(0, "r"), _stream(1, "w"), _stream(2, "w"))
    sys.argv = [_BOOTSTRAP]
    sys.path[:] = _import_path()
    _forget_own_modules()
    _add_builtins()
    _read_environment_again()
    code = 1
    try:
        bootstrap.run(handler, LambdaRuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"]))
    except SystemExit as end:
        code = _exit_code(end)
    except BaseException:  # noqa: BLE001  # as the interpreter itself does at the end of a program
        traceback.print_exc()
    _flush()
    os._exit(code)


def _stream(descriptor: int, mode: str) -> io.TextIOWrapper:
    binary = io.FileIO(descriptor, mode, closefd=False)
    buffer = io.BufferedReader(binary) if mode == "r" else io.BufferedWriter(binary)
    return io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace")


def _import_path() -> list[str]:
    """Return the import path, as on AWS: package, layers, PYTHONPATH (default /var/runtime), library."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = [path for path in sys.path if path.startswith("/var/lang/")]
    user = [path for path in os.environ.get("PYTHONPATH", "").split(":") if path]
    first = ["/var/task", f"/opt/python/lib/{version}/site-packages", "/opt/python", *user, "/var/runtime"]
    return list(dict.fromkeys([*first, *library]))


def _forget_own_modules() -> None:
    # Loaded modules stay usable here; a function that contains a package named `netful` gets its own.
    for name in [name for name in sys.modules if name.partition(".")[0] == "netful"]:
        del sys.modules[name]


def _add_builtins() -> None:
    # `exit`, `copyright`, `help`: `import site` adds them, but -S skips it.
    site.setquit()
    site.setcopyright()
    site.sethelper()


def _read_environment_again() -> None:
    BaseLambdaRuntimeClient.marshaller = LambdaMarshaller()  # its encoder depends on AWS_EXECUTION_ENV
    if any(name in os.environ for name in _LOG_SETTINGS):
        importlib.reload(bootstrap)
    bootstrap.StandardLogSink = _LogSink


def _exit_code(end: SystemExit) -> int:
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    sys.stderr.write(f"{end.code}\n")
    return 1


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # the handler closed it
