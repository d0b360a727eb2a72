"""Answers at the interfaces of a host: its own server, a command, an engine, or nothing.

The first of these that applies:

1. an attachment: `[hosts.ID]` of netful.toml, or `netful up --attach`, relays a port to a server of the user's own;
2. a command or an image: `[hosts.ID]` runs it there, or images run as the tasks of a service;
3. files: a mount target has the folders that functions and tasks mount;
4. an engine: netful runs a server of the machine as the database or cache, if its program is installed;
5. nothing: the network delivers packets, and connections are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from netful.engine.files.mounts import is_mount_target
from netful.engine.names.managed_places import is_reader, proxy_of, server_of
from netful.engine.tasks.places import images_of, runs_as_tasks
from netful.engine.trace.ends.default_ports import default_port
from netful.hosts.attachments import attached_to, port_of
from netful.hosts.engines.engine import PACKAGES, engine_of, installed
from netful.hosts.places import hosts_of, places_of
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.user_data import user_data_of
from netful.model.network.network_interface import InterfaceOwner

_NO_NAME = "unknown: "  # how a value that is not known is written
_UNKNOWN_PORT = 443  # the port of a question that names none


class AnswerKind(StrEnum):
    """The kind of what answers."""

    ATTACHMENT = "attachment"
    COMMAND = "command"
    ENGINE = "engine"
    FILES = "files"
    IMAGES = "images"
    NOTHING = "nothing"


class Answer(Frozen):
    """The answer at a host's interfaces: `what` is the server, the command or the engine.

    If nothing does, `why` is the reason if it is not that there is nothing to run, and `hint` is what changes it.
    """

    resource: str
    kind: AnswerKind
    what: str = ""
    why: str = ""
    hint: str = ""

    def without(self, why: str) -> Answer:
        """Return that nothing answers after all, for a reason."""
        return Answer(self.resource, AnswerKind.NOTHING, self.what, why)


def answers(cloud: Cloud) -> Iterator[Answer]:
    """Yield what answers at each host of a cloud."""
    commands = {
        eni.owner_id: program.shown
        for program in cloud.compute.programs.values()
        if not program.image
        for eni in places_of(cloud, program.id)
    }
    for host in hosts_of(cloud):
        yield _answer(cloud, commands, host)


def _answer(cloud: Cloud, commands: Mapping[str, str], host: str) -> Answer:
    relayed = [f"{port_of(cloud, one)} by {one.host}:{one.far_port}" for one in attached_to(cloud, host)]
    if relayed:
        return Answer(host, AnswerKind.ATTACHMENT, ", ".join(relayed))
    idle = cloud.network.interfaces_of(host)[0].idle
    if idle:
        return Answer(host, AnswerKind.NOTHING, why=idle)
    if host in commands:
        return Answer(host, AnswerKind.COMMAND, commands[host])
    if runs_as_tasks(cloud, host):
        return Answer(host, AnswerKind.IMAGES, ", ".join(images_of(cloud, host)))
    if is_mount_target(cloud, host):
        return Answer(host, AnswerKind.FILES, "mounted by functions and tasks")
    server = server_of(cloud, host)
    nothing = _nothing(cloud, host)
    if host in cloud.compute.programs:  # whose image this machine does not have
        return nothing
    if server == host:
        return _of_engine(cloud, host) or nothing
    above = _answer(cloud, commands, server)
    behind = is_reader(cloud, host) or proxy_of(cloud, host) is not None  # these lead to netful's own servers only
    return nothing if behind and above.kind is not AnswerKind.ENGINE else replace(above, resource=host)


def _of_engine(cloud: Cloud, host: str) -> Answer | None:
    resource = cloud.template.resources.get(host)
    engine = engine_of(resource) if resource else None
    if engine is None:
        return None
    if installed(engine) is None:
        why, package = f"{engine} is not installed", PACKAGES[engine]
        return Answer(host, AnswerKind.NOTHING, why=why, hint=f"apt-get install {package}")
    return Answer(host, AnswerKind.ENGINE, str(engine))


def _nothing(cloud: Cloud, host: str) -> Answer:
    instance = cloud.network.interfaces_of(host)[0].owner is InterfaceOwner.INSTANCE
    if instance and user_data_of(cloud.template.resources, host):
        hint = f"a command, an image or `user_data = true` in `[hosts.{host}]` of netful.toml"
        return Answer(host, AnswerKind.NOTHING, why="its user data does not run", hint=hint)
    return Answer(host, AnswerKind.NOTHING, hint=_hint(cloud, host))


def _hint(cloud: Cloud, host: str) -> str:
    missing = [name for name, image in images_of(cloud, host).items() if image is None]
    known = [f'`[images."{name}"]`' for name in missing if not name.startswith(_NO_NAME)]
    if known:
        return f"{', '.join(known)} in netful.toml with the file of the image, or `[hosts.{host}]` with a command"
    command = f"a command in `[hosts.{host}]` of netful.toml"
    if cloud.network.interfaces_of(host)[0].owner is InterfaceOwner.INSTANCE:
        return command
    port = default_port(cloud, host, _UNKNOWN_PORT)
    return f"{command}, or `netful up --attach {host}:{port}=127.0.0.1:{port}`"
