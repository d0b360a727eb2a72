"""Images that are built from a Dockerfile, by a tool that the user has installed.

The tool runs as the user, on the machine itself and not in a stack, so `netful up` asks for consent first. Its archive is kept by
the content of the folder: a change of a file builds again.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from netful.model.core import StackError
from netful.model.functions.images import Build, Image
from netful.sources.files.user_cache import user_cache

# The command that builds, and the command that writes an archive, by the tool; {name} is the image's, {file} the archive.
_TOOLS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "podman": (("build",), ("save", "--format", "oci-archive", "-o", "{file}", "{name}")),
    "buildah": (("build", "--layers"), ("push", "{name}", "oci-archive:{file}")),
    "docker": (("build",), ("save", "-o", "{file}", "{name}")),
}


def tool() -> str:
    """Return the first tool on the PATH, "" without one."""
    return next((name for name in _TOOLS if shutil.which(name)), "")


def unbuilt(images: Iterable[Image]) -> list[Image]:
    """Return the images that are to be built, and can be on this machine."""
    waiting = [one for one in images if one.build is not None and not archive_of(one.build).is_file()]
    return waiting if waiting and tool() else []


def archive_of(build: Build) -> Path:
    """Return the place of the archive of a build: another one when its folder has changed. Blocks."""
    content = (build.context, build.dockerfile, build.target, sorted(build.arguments.items()), [*_files(build)])
    digest = hashlib.sha256(repr(content).encode()).hexdigest()
    return user_cache("images") / "built" / f"{digest}.tar"


def run(build: Build) -> None:
    """Build an image, unless it is there, with the tool's output on this terminal. Raise StackError."""
    archive, program = archive_of(build), tool()
    if archive.is_file():
        return
    archive.parent.mkdir(parents=True, exist_ok=True)
    beside = archive.with_name(f".{os.getpid()}.{archive.name}")
    try:
        for command in commands(program, build, str(beside)):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
            if done.returncode:
                raise StackError(f"`{' '.join(command)}` failed", why=f"it ended with exit code {done.returncode}")
        beside.rename(archive)
    finally:
        beside.unlink(missing_ok=True)


def commands(program: str, build: Build, file: str) -> Iterator[list[str]]:
    """Yield the commands that build an image and write its archive."""
    making, saving = _TOOLS[program]
    name = f"localhost/netful-{hashlib.sha256(build.context.encode()).hexdigest()[:12]}"
    target = ("--target", build.target) if build.target else ()
    given = (word for pair in build.arguments.items() for word in ("--build-arg", "=".join(pair)))
    place = ("-f", str(Path(build.context, build.dockerfile)), build.context)
    yield [program, *making, "-t", name, *target, *given, *place]
    yield [program, *(word.format(name=name, file=file) for word in saving)]


def _files(build: Build) -> Iterator[tuple[str, int, int, int]]:
    for parent, folders, files in os.walk(build.context):
        folders.sort()
        for name in sorted(files):
            status = Path(parent, name).lstat()
            yield str(Path(parent, name)), status.st_size, status.st_mtime_ns, status.st_mode
