"""Environment variables of a sandbox, made from scratch: none of netful's own variables leak in (lambda §3.4)."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from netful.engine.authorization.sessions import Credentials
from netful.functions.code import runtimes
from netful.functions.code.package import ImageRoot
from netful.functions.code.runtimes import Family
from netful.functions.code.versions import LATEST
from netful.functions.inside.root import CA_BUNDLE
from netful.model.core import Maybe, Unknown
from netful.model.functions.function import Function, LoggingConfig

_log = logging.getLogger(__name__)

RUNTIME_API_ADDRESS = "169.254.100.1"
RUNTIME_API_PORT = 9001

_FIXED = {
    "AWS_LAMBDA_RUNTIME_API": f"{RUNTIME_API_ADDRESS}:{RUNTIME_API_PORT}",
    "_AWS_XRAY_DAEMON_ADDRESS": RUNTIME_API_ADDRESS,
    "_AWS_XRAY_DAEMON_PORT": "2000",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
}
_OF_SHELL = {"PWD": "/var/task", "SHLVL": "0"}
# Variables that a template may override. An image has those of `_OF_RUNTIMES` itself, or not at all.
_DEFAULTS = {
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AWS_XRAY_DAEMON_ADDRESS": f"{RUNTIME_API_ADDRESS}:2000",
    **dict.fromkeys(("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), CA_BUNDLE),
}
_OF_RUNTIMES = {
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
}
_OF_IMAGES = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
# /var/lang contains a Python: other programs must not load its libraries.
_NATIVE = {"LD_LIBRARY_PATH": "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"}
_OF_FAMILY = {
    Family.PYTHON: {"PYTHONPATH": "/var/runtime", "LC_CTYPE": "C.UTF-8"},
    Family.NODEJS: _NATIVE,
    Family.PROVIDED: _NATIVE,
    Family.IMAGE: {},
}


# Variables that only the runtime sees (lambda §3.3).
_NOT_FOR_EXTENSIONS = frozenset({
    "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT", "_HANDLER",
})  # fmt: skip


def for_extensions(own: dict[str, str]) -> dict[str, str]:
    """Return the runtime's variables that extensions see."""
    return {name: value for name, value in own.items() if name not in _NOT_FOR_EXTENSIONS}


ReadReference: TypeAlias = Callable[[Unknown], Awaitable[Maybe[str]]]
"""Reads a text with `{{resolve:…}}` as a deployment does; returns what it is given if it cannot."""


async def unread(value: Unknown) -> Maybe[str]:
    """Read no reference."""
    return value


async def with_references(function: Function, read: ReadReference) -> Function:
    """Return a function whose variables with `{{resolve:…}}` have the values that a deployment reads."""
    unknown = {name: value for name, value in function.environment.items() if isinstance(value, Unknown)}
    found = {name: await read(value) for name, value in unknown.items() if value.reference}
    for name in (name for name, value in found.items() if isinstance(value, Unknown)):
        _log.warning("`%s` runs without the variable `%s`: %s", function.id, name, found[name])
    return replace(function, environment={**function.environment, **found}) if found else function


def variables(
    function: Function, region: str, credentials: Credentials, *, version: str = LATEST, provisioned: bool = False,
    image: ImageRoot | None = None,
) -> dict[str, str]:  # fmt: skip
    """Return all variables of a function's version except the name of the log stream, which each environment adds.

    A variable with an unknown value is left out: the function sees that it is missing, not a guess.
    """
    family = runtimes.family_of(function)
    known = {name: value for name, value in function.environment.items() if not isinstance(value, Unknown)}
    return {
        **_DEFAULTS,
        **(_OF_RUNTIMES if image is None else _OF_IMAGES | {**image.variables}),
        **_OF_FAMILY[family],
        **(_node_path(str(function.runtime)) if family is Family.NODEJS else {}),
        **known,
        **_FIXED,
        **(_OF_SHELL if image is None else {}),
        "_HANDLER": str(function.handler) if image is None else "".join(image.command[:1]),
        **_execution_environment(function, family),
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": _initialization(function, version, provisioned=provisioned),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        **_log_settings(function.logging),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
    }


def _initialization(function: Function, version: str, *, provisioned: bool) -> str:
    if provisioned:
        return "provisioned-concurrency"
    return "snap-start" if function.has_snap_start and version != LATEST else "on-demand"


def _execution_environment(function: Function, family: Family) -> dict[str, str]:
    own = family is Family.IMAGE or (family is Family.PROVIDED and not function.runtime_folder)
    return {} if own else {"AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}"}


def _log_settings(logging: LoggingConfig) -> dict[str, str]:
    """Return the variables by which runtimes write JSON logs (lambda §3.4)."""
    if not logging.as_json:
        return {}
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": logging.application_log_level}


def _node_path(runtime: str) -> dict[str, str]:
    version = runtime.removesuffix(".x").replace("nodejs", "node")
    return {
        "NODE_PATH": f"/opt/nodejs/{version}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:"
        "/var/runtime:/var/task"
    }
