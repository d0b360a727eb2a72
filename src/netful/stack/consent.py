"""The user's consent to what project files want from the machine: commands and their rights, builds, names of the endpoint.

Rules:
1. A consent is for one folder and one content: it is the SHA-256 of both. The content is what would run, with its values
   filled in and the texts of its files and user data, not the text of `netful.toml`.
2. Consents are kept in the user's state folder, in a file that only the user can read and write. A file that another user
   could have written counts for nothing.
3. `NETFUL_YES=1` is a consent to everything. `CI` is not.
4. Every loading of the templates asks, so that a deployment cannot bring in what `up` did not show.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from netful.model.core import DEFAULT, ConsentError, Origin, UnbuiltError

if TYPE_CHECKING:
    from netful.model.cloud import Cloud  # every `up` would wait for these imports
    from netful.model.functions.images import Build
    from netful.model.functions.programs import Program

T = TypeVar("T")

YES = "NETFUL_YES"


def require(cloud: Cloud) -> None:
    """Raise ConsentError for the first project file that wants something that the user has not agreed to."""
    if os.environ.get(YES) == "1":
        return
    wanted: dict[str, list[tuple[Origin, str, object]]] = {}
    for origin, shown, content in _wishes(cloud):
        wanted.setdefault(origin.file, []).append((origin, shown, content))
    for file, wishes in wanted.items():
        content = [str(Path(file).resolve().parent), [one for _, _, one in wishes]]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        if digest not in _kept():
            raise ConsentError(
                f"`{file}` runs commands on this machine, and you have not agreed to them",
                digest=digest,
                why="\n  ".join(f"{origin}: {_printable(shown)}" for origin, shown, _ in wishes),
                hint=f"look at them, then `netful up --yes`, or set {YES}=1",
            )


def agree(digest: str) -> None:
    """Keep a consent."""
    file = _file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = _kept()
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
        opened.write("".join(f"{one}\n" for one in sorted({*kept, digest})))
    fresh.replace(file)


def with_consent(start: Callable[[], T], agrees: Callable[[ConsentError], bool]) -> T:
    """Return the result of `start`; keep each consent that it needs and `agrees` gives. Raises ConsentError without one.

    Images are built when that is agreed to: not by the daemon, which may be in a namespace where the user's tool does not work.
    """
    asked: set[str] = set()
    while True:
        try:
            return start()
        except ConsentError as wanted:
            if wanted.digest in asked or not agrees(wanted):
                raise
            asked.add(wanted.digest)
            agree(wanted.digest)
        except UnbuiltError as unbuilt:
            from netful.images import builds  # noqa: PLC0415  # most stacks build no image
            from netful.model.functions.images import Build  # noqa: PLC0415

            for build in unbuilt.builds:
                builds.run(Build(**build))


def _wishes(cloud: Cloud) -> Iterator[tuple[Origin, str, object]]:
    """Yield what project files want: its place, a line that shows it, and all that it consists of."""
    for program in cloud.compute.programs.values():
        rights = f" (with {', '.join(program.allow)})" if program.allow else ""
        what = f"the image `{program.image}` {program.command}" if program.image else f"`{program.command}`"
        if program.user_data:
            what = f"its user data by {what}" if program.command else "the user data that calls launch it with"
        yield program.origin, f"{program.id} runs {what}{rights}", _content(program)
    for one in (one for one in cloud.compute.attachments.values() if one.origin != DEFAULT):
        far = f"{one.resource} is served by {one.host}:{one.far_port} of this machine's network"
        yield one.origin, far, [one.resource, one.port, one.host, one.far_port]
    for engine in cloud.compute.engine_settings.values():
        shown = [f"by `{engine.program}`"] if engine.program else []
        shown += ["with SQL of yours"] if engine.seed else []
        yield engine.origin, f"{engine.id} runs {' '.join(shown)}", [engine.id, engine.program, engine.seed]
    from netful.images import builds  # noqa: PLC0415  # in the daemon

    for image, build in ((one, one.build) for one in builds.unbuilt(cloud.compute.images.values()) if one.build):
        yield image.origin, f"{image.id} is built by {builds.tool()} from `{build.context}`", _recipe(build)
    for host in cloud.access.allowed_hosts.values():
        if host.origin != DEFAULT:
            yield host.origin, f"web pages of `{host.id}` call the local endpoint", host.id


def _content(program: Program) -> object:
    written = (program.environment, program.files)
    return [
        program.id,
        program.command,
        *([program.image] if program.image else [True] if program.user_data else ()),  # True is no image's name
        program.cwd,
        list(program.allow),
        *map(dict, written),
    ]


def _recipe(build: Build) -> object:
    file = Path(build.context, build.dockerfile)
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    return [build.context, build.dockerfile, text, build.target, dict(build.arguments)]


def _printable(text: str) -> str:
    """Return a text on one line, without characters that a terminal would obey or not show."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _file() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "netful" / "agreed"


def _kept() -> frozenset[str]:
    """Return the consents that are kept."""
    try:
        descriptor = os.open(_file(), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return frozenset()
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as opened:
        status = os.fstat(descriptor)
        if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return frozenset()
        return frozenset(opened.read().split())
