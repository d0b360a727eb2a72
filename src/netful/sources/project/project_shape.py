"""The permitted contents of `netful.toml`, and the line of each part.

msgspec checks the types. TOML readers report no lines, so these are found by the headers and keys.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import msgspec
from msgspec import Meta, Struct

from netful.model.core import Frozen, Origin
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.unreadable import text_of

Milliseconds = Annotated[float, Meta(ge=0, le=10_000)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Text = Annotated[str, Meta(pattern=r"^[^\x00]*$")]  # neither a file nor a command may have a NUL
Lines = dict[tuple[str, ...], int]


class HealthTable(Struct, forbid_unknown_fields=True):
    """`health = {port = 443}`, or `{port = 80, path = "/health"}` for an HTTP request."""

    port: Port
    path: Text | None = None


class RewriteTable(Struct, forbid_unknown_fields=True):
    """`[[hosts.ID.rewrites]]`."""

    to: Text
    path: Text = "/"
    host: Text = ""
    port: Port | None = None
    headers: dict[Text, Text] = {}


class HostTable(Struct, forbid_unknown_fields=True):
    """`[hosts.ID]`: a server of the user's own, an image, a command, the user data, or settings of the engine that netful runs there."""

    attach: Text = ""
    port: Port | None = None
    image: Text = ""
    command: Text = ""
    user_data: bool = False
    seed: Text = ""
    program: Text = ""
    environment: dict[Text, Text] = {}
    files: dict[Text, Text] = {}
    cwd: Text | None = None
    certificate: list[Text] = []
    health: HealthTable | None = None
    rewrites: list[RewriteTable] = []
    allow: list[Literal["files", "environment", "capabilities"]] = []


class IssuerTable(Struct, forbid_unknown_fields=True):
    """`[issuers."https://issuer.example/"]`: its signing keys, in a file beside the project file."""

    jwks: Text | None = None
    public_key: Text | None = None


class IdentityTable(Struct, forbid_unknown_fields=True):
    """`[identities.NAME]`: an identity, its keys, and the files of its own policies."""

    arn: Text
    access_key_id: Text
    secret_access_key: Text
    session_token: Text = ""
    policies: list[Text] | None = None
    organization: Text = ""


class ClientTable(Struct, forbid_unknown_fields=True):
    """`[clients.NAME]`: clients on the internet with these addresses.

    Distances are round-trip times in milliseconds.
    """

    addresses: Text
    country: Text = ""
    edge_ms: Milliseconds = 0.0
    region_ms: Milliseconds = 0.0


class TruststoreTable(Struct, forbid_unknown_fields=True):
    """`[truststores."api.example.com"]`: the authorities of a domain's clients, in a file beside the project file."""

    pem: Text


class RuntimeTable(Struct, forbid_unknown_fields=True):
    """`[runtimes."ruby3.3"]`: a folder with a `bootstrap`, beside the project file, for functions of a runtime."""

    folder: Text


class ImageTable(Struct, forbid_unknown_fields=True):
    """`[images."orders:1"]`: a container image, in a file or folder beside the project file, or yet to be built."""

    archive: Text | None = None
    layout: Text | None = None
    tag: Text = ""
    build: Text | None = None
    dockerfile: Text = "Dockerfile"
    target: Text = ""
    arguments: dict[Text, Text] = {}


class AllowedHostTable(Struct, forbid_unknown_fields=True):
    """`[allowed_hosts."host.docker.internal"]`: a further name of the local endpoint."""


class Project(Frozen):
    """The contents of the file, by its tables."""

    hosts: dict[str, HostTable]
    issuers: dict[str, IssuerTable]
    identities: dict[str, IdentityTable]
    truststores: dict[str, TruststoreTable]
    clients: dict[str, ClientTable]
    runtimes: dict[str, RuntimeTable]
    images: dict[str, ImageTable]
    allowed_hosts: dict[str, AllowedHostTable]


# Each table of the file, and the form of its header.
TABLES: dict[str, tuple[type[Struct], str]] = {
    "hosts": (HostTable, "[hosts.LogicalId]"),
    "issuers": (IssuerTable, '[issuers."https://issuer.example/"]'),
    "identities": (IdentityTable, "[identities.NAME]"),
    "clients": (ClientTable, "[clients.NAME]"),
    "truststores": (TruststoreTable, '[truststores."api.example.com"]'),
    "runtimes": (RuntimeTable, '[runtimes."ruby3.3"]'),
    "images": (ImageTable, '[images."orders:1"]'),
    "allowed_hosts": (AllowedHostTable, '[allowed_hosts."host.docker.internal"]'),
}
# The same for the parts of a host's table.
SETTINGS = {"rewrites": RewriteTable.__struct_fields__, "health": HealthTable.__struct_fields__}
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")
_PART = re.compile(r"\"[^\"]*\"|'[^']*'|[^.\s]+")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"-]+)\s*=")
_AT = re.compile(r" - at `\$(?P<path>.*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]+)`")
_SYNTAX = re.compile(r"(?P<what>.*) \(at line (?P<line>\d+)")


def read(path: Path) -> tuple[Project, Lines]:
    """Return the contents of the file, and the lines of its parts; raises SourceError."""
    try:
        text = text_of(path)
        parsed = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _SYNTAX.match(str(error))
        line, why = (int(found["line"]), found["what"]) if found else (0, str(error))
        fail(f"`{path.name}` is not TOML", Origin(str(path), line), why=why)
    lines = _lines(text)
    for name in parsed:
        if name not in TABLES:
            known = ", ".join(f"`{table}`" for table in TABLES)
            fail(f"`{name}` is not a setting", origin_of(path, lines, name), hint=f"known here: {known}")
    return Project(**{name: _tables(path, lines, name, parsed.get(name, {})) for name in TABLES}), lines


def _tables(path: Path, lines: Lines, name: str, written: Any) -> dict[str, Any]:
    """Return the tables of one kind, by their names."""
    kind, header = TABLES[name]
    if not isinstance(written, dict):
        fail(f"`{name}` is not a table", origin_of(path, lines, name), hint=f"write `{header}`")
    return {id_: _table(path, lines, (name, id_), kind, table) for id_, table in written.items()}


def _table(path: Path, lines: Lines, about: tuple[str, str], kind: type[Struct], table: Any) -> Struct:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        found = _AT.search(str(error))
        place = [part for part in re.split(r"[.\[\]]+", found["path"]) if part not in ("", "...")] if found else []
        _refuse(path, lines, (*about, *place), _AT.sub("", str(error)))


def _refuse(path: Path, lines: Lines, place: tuple[str, ...], what: str) -> NoReturn:
    """Raise SourceError for an invalid part, at its line."""
    unknown = _UNKNOWN.match(what)
    if unknown is None:
        fail(f"`{'.'.join(place)}`: {what[0].lower()}{what[1:]}", origin_of(path, lines, *place))
    name = unknown["name"]
    fields = next((own for part, own in SETTINGS.items() if part in place[2:]), TABLES[place[0]][0].__struct_fields__)
    hint = close_match(name, fields, "known here: " + ", ".join(f"`{field}`" for field in fields))
    fail(f"`{name}` is not a setting", origin_of(path, lines, *place, name), hint=hint)


def _lines(text: str) -> Lines:
    """Return the line of each table and key; the items of an array of tables are numbered."""
    lines: Lines = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        if header := _HEADER.fullmatch(line.partition("#")[0].rstrip()):
            table = tuple(part.strip("\"'") for part in _PART.findall(header[1]))
            if line.lstrip().startswith("[["):
                table = (*table, str(sum(1 for known in lines if known[:-1] == table and known[-1].isdigit())))
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *(part.strip('"') for part in key[1].split("."))), number)
    return lines


def origin_of(path: Path, lines: Lines, *place: str) -> Origin:
    """Return the place of a part of the file, or of the nearest part around it."""
    known = (lines[place[:length]] for length in range(len(place), 0, -1) if place[:length] in lines)
    return Origin(str(path), next(known, 0))
