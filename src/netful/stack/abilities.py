"""Abilities of this machine: what netful can do on it, and the command for what it cannot."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from netful.balancer import program as haproxy
from netful.fabric.kernel import nft
from netful.fabric.kernel.rights import Mode, find_rights, is_root
from netful.functions.code import runtimes
from netful.hosts.engines.engine import PACKAGES, Engine, installed
from netful.model.core import Frozen, MissingExtraError, extras
from netful.stack import load_generator

_MODES = {Mode.ROOT: "as root", Mode.ROOTLESS: "as an ordinary user"}
_PURPOSES = {
    "sam": "read SAM templates",
    "run": "run stacks",
    "mcp": "answer agents (`netful mcp`)",
    "lsp": "answer editors (`netful lsp`)",
}
_ENGINES = {
    Engine.POSTGRESQL: "run PostgreSQL databases",
    Engine.MARIADB: "run MySQL and MariaDB databases",
    Engine.VALKEY: "run caches",
    Engine.RABBITMQ: "run brokers of RabbitMQ",
}
_PROGRAMS = (
    ("run reverse proxies of examples", "nginx", "nginx-light"),
    ("show packets (`netful exec PLACE -- tcpdump`)", "tcpdump", "tcpdump"),
    ("send requests (`netful exec PLACE -- curl`)", "curl", "curl"),
    ("send loads (`netful load`)", load_generator.PROGRAM, load_generator.PACKAGE),
)
_SYSTEM_PATH = ":/usr/local/sbin:/usr/sbin:/sbin"  # not on the path of an ordinary user


class Ability(Frozen):
    """Something that netful does. `detail` is the program that does it, or the reason why none can; `fix` is a command.

    `required`: no stack runs without it.
    """

    purpose: str
    works: bool
    detail: str
    fix: str = ""
    required: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the ability as plain data."""
        return asdict(self)


def abilities() -> tuple[Ability, ...]:
    """Return the abilities: first what a stack cannot do without, then what only some stacks need."""
    return (*(replace(one, required=True) for one in _of_all()), *_of_some())


def _of_all() -> Iterator[Ability]:
    """Yield what every stack needs."""
    yield _extra("run")
    yield _program("filter packets", nft.find_program(), "nftables")
    rights = find_rights()
    refusals = [(what, fix) for what, fix in rights.problems if "nft" not in what]
    if refusals:
        yield from (Ability("build networks", works=False, detail=what, fix=fix) for what, fix in refusals)
    else:
        mode = Mode.ROOT if is_root() else Mode.ROOTLESS
        yield Ability("build networks", works=True, detail=_MODES[mode])


def _of_some() -> Iterator[Ability]:
    """Yield what only some stacks need."""
    yield _extra("sam")
    yield Ability("run functions in Python", works=True, detail=sys.executable)
    node = runtimes.node()
    yield _program("run functions in Node.js", str(node) if node else None, "nodejs")
    yield _load_balancers()
    for engine, purpose in _ENGINES.items():
        found = installed(engine)
        yield _program(purpose, str(found.path) if found else None, PACKAGES[engine])
    for purpose, name, package in _PROGRAMS:
        yield _program(purpose, shutil.which(name, path=os.environ.get("PATH", "") + _SYSTEM_PATH), package)
    yield from map(_extra, ("mcp", "lsp"))


def _extra(name: str) -> Ability:
    try:
        extras.require(name, _PURPOSES[name])
    except MissingExtraError as missing:
        return Ability(_PURPOSES[name], works=False, detail=missing.why, fix=missing.hint)
    return Ability(_PURPOSES[name], works=True, detail=f"netful[{name}]")


def _program(purpose: str, path: str | None, package: str) -> Ability:
    if path is None:
        return Ability(purpose, works=False, detail=f"not installed: {package}", fix=f"apt-get install {package}")
    return Ability(purpose, works=True, detail=path)


def _load_balancers() -> Ability:
    found = _program("run load balancers", haproxy.find_program(), "haproxy")
    if found.works and not haproxy.is_recent(found.detail):
        return Ability(found.purpose, works=True, detail=f"{found.detail}, older than 2.9: a few features are missing")
    return found
