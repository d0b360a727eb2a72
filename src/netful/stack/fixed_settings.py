"""Settings that a running stack keeps from its start, whatever a later `up` asks for.

Some of them make a later `up` with another value fail; the others only cause a warning. An option that is not given is not
compared.
"""

from dataclasses import asdict
from typing import Any

from netful.model.core import StackError
from netful.stack.control.settings import Settings

_REFUSED = {"internet": "--internet", "state_folder": "--state"}
_LATE = {
    "attachments": "--attach",
    "allow_hosts": "--allow-host",
    "nat_ports": "--nat-ports",
    "nat_idle_seconds": "--nat-idle",
    "lambda_network": "--lambda-network",
    "eni_seconds": "--eni-seconds",
    "eni_idle_seconds": "--eni-idle",
    "eni_ports": "--eni-ports",
    "eni_connections": "--eni-connections",
    "eni_delete_seconds": "--eni-delete",
    "lambda_concurrency": "--lambda-concurrency",
    "debug": "--debug",
    "trace_share": "--sample",
    "otlp": "--otlp",
    "port": "--port",
    "account_throttle": "--account-throttle",
    "workers": "--workers",
    "state": "--state",
}


def refuse(running: Settings, asked: Settings) -> None:
    """Raise StackError if a later `up` changes a setting that it must not ignore: the paths of packets, and the kept state."""
    for option in _others(running, asked, _REFUSED):
        value = asked.internet if option == "--internet" else asked.state_folder
        raise StackError(
            f"the stack `{running.name}` runs without `{option} {value}`",
            why="a stack has its internet and its state from its start",
            hint=f"netful down --stack {running.name}, then up",
        )


def late(running: Settings, asked: Settings) -> tuple[str, ...]:
    """Return the options that come too late."""
    names = [f"`{option}`" for option in _others(running, asked, _LATE)]
    if not names:
        return ()
    some = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return (f"a running stack keeps its {some}: `netful down --stack {running.name}` comes first",)


def _others(running: Settings, asked: Settings, options: dict[str, str]) -> list[str]:
    have, want, default = _values(running), _values(asked), _values(Settings("", ""))
    return [option for name, option in options.items() if want[name] not in (have[name], default[name])]


def _values(settings: Settings) -> dict[str, Any]:
    return asdict(settings) | asdict(settings.gateway)
