"""What `netful.toml` may contain, and where in the file each part stands.

Types are checked by msgspec; TOML readers tell no lines, so these are found by the headers and keys themselves.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
from msgspec import Meta, Struct

from netful.model.origin import Origin
from netful.sources.complaint import close_match, fail

Port = Annotated[int, Meta(ge=1, le=65535)]
Lines = dict[tuple[str, ...], int]


class HealthTable(Struct, forbid_unknown_fields=True):
    """`health = {port = 443}`, or `{port = 80, path = "/health"}` for an HTTP request."""

    port: Port
    path: str | None = None


class RewriteTable(Struct, forbid_unknown_fields=True):
    """`[[hosts.ID.rewrites]]`."""

    to: str
    path: str = "/"
    host: str = ""
    port: Port | None = None
    headers: dict[str, str] = {}


class HostTable(Struct, forbid_unknown_fields=True):
    """`[hosts.ID]`."""

    command: str
    environment: dict[str, str] = {}
    files: dict[str, str] = {}
    cwd: str | None = None
    certificate: list[str] = []
    health: HealthTable | None = None
    rewrites: list[RewriteTable] = []


_SETTINGS = {"rewrites": RewriteTable.__struct_fields__, "health": HealthTable.__struct_fields__}
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"-]+)\s*=")
_AT = re.compile(r" - at `\$(?P<path>.*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]+)`")
_SYNTAX = re.compile(r"(?P<what>.*) \(at line (?P<line>\d+)")


class Shape(Struct):
    """What a file has: its hosts, its truststores, and the lines of its parts."""

    hosts: dict[str, HostTable]
    truststores: dict[str, str]
    lines: Lines


def read(path: Path) -> Shape:
    """What the file has; raises SourceError."""
    try:
        text = path.read_text(encoding="utf-8")
        parsed = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"cannot read `{path.name}`", Origin(str(path)), why=str(error))
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.match(str(error))
        line, why = (int(found["line"]), found["what"]) if found else (0, str(error))
        fail(f"`{path.name}` is not TOML", Origin(str(path), line), why=why)
    lines = _lines(text)
    for name in parsed:
        if name not in ("hosts", "truststores"):
            fail(f"`{name}` is no setting", origin_of(path, lines, name), hint="known here: `hosts`, `truststores`")
    hosts = parsed.get("hosts", {})
    if not isinstance(hosts, dict):
        fail("`hosts` is no table", origin_of(path, lines, "hosts"), hint="write `[hosts.LogicalId]`")
    tables = {id_: _host(path, lines, id_, table) for id_, table in hosts.items()}
    return Shape(tables, _truststores(path, lines, parsed.get("truststores", {})), lines)


def _truststores(path: Path, lines: Lines, table: Any) -> dict[str, str]:
    """The files that hold truststores, by the domain."""
    hint = 'write `"api.example.com" = "truststore.pem"` under `[truststores]`'
    if not isinstance(table, dict):
        fail("`truststores` is no table", origin_of(path, lines, "truststores"), hint=hint)
    for name, file in table.items():
        if not isinstance(file, str):
            fail(f"`truststores.{name}` is no path", origin_of(path, lines, "truststores", *name.split(".")), hint=hint)
    return dict(table)


def _host(path: Path, lines: Lines, id_: str, table: Any) -> HostTable:
    try:
        return msgspec.convert(table, HostTable)
    except msgspec.ValidationError as error:
        found = _AT.search(str(error))
        place = [part for part in re.split(r"[.\[\]]+", found["path"]) if part not in ("", "...")] if found else []
        _refuse(path, lines, ("hosts", id_, *place), _AT.sub("", str(error)))


def _refuse(path: Path, lines: Lines, place: tuple[str, ...], what: str) -> NoReturn:
    """Tell what does not fit, at its line."""
    unknown = _UNKNOWN.match(what)
    if unknown is None:
        fail(f"`{'.'.join(place)}`: {what[0].lower()}{what[1:]}", origin_of(path, lines, *place))
    name = unknown["name"]
    fields = next((own for part, own in _SETTINGS.items() if part in place[2:]), HostTable.__struct_fields__)
    hint = close_match(name, fields, "known here: " + ", ".join(f"`{field}`" for field in fields))
    fail(f"`{name}` is no setting", origin_of(path, lines, *place, name), hint=hint)


def _lines(text: str) -> Lines:
    """The line of each table and key; the items of an array of tables are numbered."""
    lines: Lines = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        if header := _HEADER.fullmatch(line.partition("#")[0].rstrip()):
            table = tuple(part.strip().strip('"') for part in header[1].split("."))
            if line.lstrip().startswith("[["):
                table = (*table, str(sum(1 for known in lines if known[:-1] == table and known[-1].isdigit())))
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *(part.strip('"') for part in key[1].split("."))), number)
    return lines


def origin_of(path: Path, lines: Lines, *place: str) -> Origin:
    """Where a part of the file stands, or the nearest thing around it."""
    known = (lines[place[:length]] for length in range(len(place), 0, -1) if place[:length] in lines)
    return Origin(str(path), next(known, 0))
