"""Server of a database or cache: a program with all that starts it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen
from netful.model.functions.programs import Program

HOST, PORT = "{host}", "{port}"
"""Places of a client's command and environment for the name and port of the server."""


class Client(Frozen):
    """A program of the machine that speaks to a server, with the Debian package that has it.

    Command and environment have the user with the password, and `HOST` and `PORT`.
    """

    command: tuple[str, ...]
    package: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Leave out the password."""
        return f"<Client: {self.package}>"

    def at(self, host: str, port: int) -> Client:
        """Return the client of the server at a name and port."""
        place = {HOST: host, PORT: str(port)}
        command = tuple(place.get(word, word) for word in self.command)
        return Client(command, self.package, {name: place.get(word, word) for name, word in self.environment.items()})


class Server(Program):
    """A program that netful itself sets up, so it needs no consent.

    `engine` is what the status shows. It serves once it has logged `ready`, or by `health` without that. It runs as a user other than root, also in a stack of an ordinary user. `readable`
    are further folders that it reads; `template` is the server that makes the first of them, once on a machine. `covered` are files of the machine in place of
    which it sees others, those of its folder by these names. `data` is the part of its folder that stays when it starts again; "" for none.
    The stack does not wait for a `slow` one. `warning` is what differs from the template. `client` speaks to it.
    """

    engine: str = ""
    ready: str = ""
    readable: tuple[str, ...] = ()
    template: Server | None = None
    covered: Mapping[str, str] = field(default_factory=dict)
    data: str = ""
    slow: bool = False
    warning: str = ""
    client: Client | None = None
