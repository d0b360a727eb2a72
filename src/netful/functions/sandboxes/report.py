"""Lambda's log lines as text (lambda §3.7): tabs, two decimals, a tab before REPORT's newline."""

import hashlib
import re
from datetime import UTC, datetime

from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.invocations.faults import Fault
from netful.functions.invocations.invocation import Usage

_FAMILY = re.compile(r"^([a-z]+)\.?")


def runtime_version(runtime: str, region: str) -> tuple[str, str]:
    """Return a runtime's version and its ARN, derived from its name."""
    version = _FAMILY.sub(r"\1:", runtime, count=1).removesuffix(".x") + ".v1"
    return version, f"arn:aws:lambda:{region}::runtime:{hashlib.sha256(version.encode()).hexdigest()}"


def now() -> str:
    """Return the time as Lambda writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def init_start(prepared: PreparedVersion) -> str:
    """Return the first line of an environment's log."""
    version, arn = runtime_version(str(prepared.function.runtime), prepared.region)
    return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n"


def init_report(duration_ms: float, phase: str, status: str, error_type: str) -> str:
    """Return the line of a failed init."""
    line = f"INIT_REPORT Init Duration: {duration_ms:.2f} ms\tPhase: {phase}\tStatus: {status}"
    return f"{line}\tError Type: {error_type}\n" if error_type else f"{line}\n"


def start(request_id: str, version: str) -> str:
    """Return the line before the handler's output."""
    return f"START RequestId: {request_id} Version: {version}\n"


def timed_out(request_id: str, timeout: float) -> str:
    """Return the line of an invocation that timed out."""
    return f"{now()} {request_id} Task timed out after {timeout:.2f} seconds\n\n"


def end(request_id: str) -> str:
    """Return the line after the handler's output."""
    return f"END RequestId: {request_id}\n"


def report(request_id: str, usage: Usage, memory_size: int, fault: Fault | None) -> str:
    """Return the line with the usage of the invocation."""
    line = (
        f"REPORT RequestId: {request_id}\tDuration: {usage.duration_ms:.2f} ms\t"
        f"Billed Duration: {usage.billed_ms} ms\tMemory Size: {memory_size} MB\t"
        f"Max Memory Used: {usage.max_memory_mb} MB\t"
    )
    if usage.init_ms is not None:
        line += f"Init Duration: {usage.init_ms:.2f} ms\t"
    if fault is not None:
        line += f"Status: {fault.status}"
        line += f"\tError Type: {fault.error_type}" if fault.status == "error" else ""
    return line + "\n"
