"""Package of a function that is a container image: the image unpacked, and what runs in it (hosts §7).

`ImageConfig` replaces the image's entry point, command and working directory, each by itself. A new entry point leaves the
image's command, as on Lambda.
"""

import os
import stat
from pathlib import Path

from netful.functions.code.package import ImageRoot, Package
from netful.images import builds, store
from netful.images.image import ImageManifest
from netful.model.core import StackError, file_name
from netful.model.functions.function import Function
from netful.model.functions.images import Build, Image

_EXTENSIONS = "opt/extensions"


def prepare(function: Function) -> Package:
    """Return the package of a container image; blocks. Raise StackError if the image is not on this machine."""
    image = function.image
    if image is None:
        raise _missing(function)
    file = builds.archive_of(image.build) if image.build else Path(image.path)
    if image.build and not file.is_file():
        raise _unbuilt(function, image, image.build)
    if not file.exists():
        raise StackError(
            f"the image of `{function.id}` is not there", origin=image.origin, why=f"`{file}` does not exist"
        )
    return _package(function, *store.unpacked(file, image.tag))


def _package(function: Function, manifest: ImageManifest, folder: str) -> Package:
    config = function.image_config
    entry_point = manifest.entry_point if config.entry_point is None else config.entry_point
    command = manifest.command if config.command is None else config.command
    if not (*entry_point, *command):
        raise StackError(
            f"the image of `{function.id}` has neither an entry point nor a command", origin=function.origin
        )
    root = ImageRoot(
        folder, config.working_directory or manifest.working_directory or "/", manifest.environment, command
    )
    return Package(
        file_name(function.id), store.home() / folder, (), code_sha256=manifest.digest,
        extensions=_extensions(manifest, store.home() / folder), program=(*entry_point, *command), image=root,
    )  # fmt: skip


def prepare_version(function: Function) -> Package | None:
    """Return the package of a version that was published before; None where its image is not in the cache any more. Blocks."""
    digest = function.image.digest if function.image else ""
    try:
        kept = store.kept(digest) if digest else None
        return _package(function, *kept) if kept else prepare(function) if not digest else None
    except StackError:
        return None


def index_of(path: Path) -> Path:
    """Return the file that changes with an image: an archive itself, the index of a layout."""
    return path / "index.json" if path.is_dir() else path


def _missing(function: Function) -> StackError:
    uri = function.image_uri
    key = _short(uri) if isinstance(uri, str) and uri else function.id
    saved = f"; `docker save -o FILE {uri}` writes it" if isinstance(uri, str) and uri else ""
    return StackError(
        f"`{function.id}` is a container image that is not on this machine",
        origin=function.origin,
        why=f'no file is its image: add `[images."{key}"]` with `archive = "FILE"` to netful.toml',
        hint=f"netful pulls no image{saved}",
    )


def _short(uri: str) -> str:
    """Return a URI without its registry."""
    host, _, repository = uri.partition("/")
    return repository if "." in host else uri


def _unbuilt(function: Function, image: Image, build: Build) -> StackError:
    made = "; ".join(" ".join(command) for command in builds.commands("docker", build, f"{function.id}.tar"))
    return StackError(
        f"the image of `{function.id}` is not built",
        origin=image.origin,
        why="neither podman nor buildah nor docker is on the PATH",
        hint=f'`{made}`, then `[images.{function.id}]` in netful.toml with `archive = "{function.id}.tar"`',
    )


def _extensions(manifest: ImageManifest, folder: Path) -> tuple[str, ...]:
    """Return the executables in /opt/extensions of the merged layers."""
    found: dict[str, bool] = {}
    for number in range(len(manifest.layers)):
        extensions = folder / str(number) / _EXTENSIONS
        for path in sorted(extensions.iterdir()) if extensions.is_dir() and not extensions.is_symlink() else ():
            status = path.lstat()
            found.setdefault(path.name, stat.S_ISREG(status.st_mode) and bool(status.st_mode & 0o001))
        if extensions.is_dir() and "user.overlay.opaque" in os.listxattr(extensions):
            break
    return tuple(f"/{_EXTENSIONS}/{name}" for name, runs in sorted(found.items()) if runs)
