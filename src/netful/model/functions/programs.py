"""Programs of hosts, and servers of the user's own in their place, as `netful.toml` declares them (spec: api-gateway §2.5)."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen, Identified, Placed

ANY_PORT = 0
USER_DATA = "user-data"
"""The file of a host's user data, in the host's own folder."""


class Health(Frozen):
    """The health check of a program: it accepts connections at a port, or answers an HTTP request there.

    The port is at its interface, or on the loopback.
    """

    port: int
    path: str | None = None
    loopback: bool = False


class Rewrite(Placed):
    """Requests that a host forwards as new requests, like a reverse proxy.

    It matches requests at `port` (0: any) for `host` ("": any) whose path begins with `path`. It sends them to `to`, a
    URL whose path replaces `path`. `headers` are set on the new request; without a `Host` among them its host is the
    name in `to`.
    """

    to: str
    path: str = "/"
    host: str = ""
    port: int = ANY_PORT
    headers: Mapping[str, str] = field(default_factory=dict)


class EngineSettings(Identified):
    """Settings of the server that netful runs as a database: `seed` is SQL for its first database.

    `program` is the path of the server's program, "" for the one that the machine has.
    """

    seed: str = ""
    program: str = ""


class Attachment(Identified):
    """A server of the user's own that answers at a resource's `port`, 0 for the port that the resource has.

    `host` and `far_port` are its place on the user's machine. `id` names both ends of the resource's port.
    """

    resource: str
    port: int
    host: str
    far_port: int


class Program(Identified):
    """A program on the hosts of a resource: a shell command in each interface's network position.

    With an `image` it is a container of that image, and `command` are the arguments in place of the image's own.

    `files` are written to the host's own folder before it starts, by name. `certificate_names` are the names of a
    certificate of the stack's own authority, which is also put there. `cwd` is its working directory, None for that
    folder. `allow` names what it may do beyond its sandbox. With `user_data` it is the user data of the host, which
    runs once, and `command` is its interpreter, "" for an instance that a call will launch.
    """

    command: str
    image: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    certificate_names: tuple[str, ...] = ()
    health: Health | None = None
    rewrites: tuple[Rewrite, ...] = ()
    allow: tuple[str, ...] = ()
    user_data: bool = False

    @property
    def shown(self) -> str:
        """Return what it runs, for people."""
        return "user data" if self.user_data else self.command
