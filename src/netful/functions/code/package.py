"""Code of a function as a folder that a sandbox can mount: the user's folder, an unpacked zip, or inline text.

The user's folder is mounted unchanged and read-only. A sandbox runs as another user, so if files are not readable for others, a copy
with AWS's modes is made (on AWS such a package fails with a permission error).
"""

import base64
import hashlib
import io
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from netful.functions.code import inline_modules, rds_bundles, runtimes
from netful.functions.code.layers import Layers
from netful.functions.code.runtime_path import BOTO3_PACKAGES
from netful.functions.code.runtimes import Family
from netful.model.core import Frozen, StackError
from netful.model.functions.function import Code, Function

_CLIENT = re.compile(rb"""\b(?:client|resource)\(\s*["']([a-z0-9-]+)["']""")
_USES_BOTO3 = re.compile(rb"\bboto(?:3|core)\b")
_MOST_SOURCE = 1 << 20  # of one file; a larger one is data
_SOME_CLIENT = "sts"
# zipfile raises RuntimeError for an encrypted zip or an unknown compression; one name may be a file and a folder
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, FileExistsError, IsADirectoryError, NotADirectoryError)
NO_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
LARGEST_UNZIPPED = 262_144_000
"""Maximum bytes of a package, unzipped (lambda §2.4)."""

TASK, OPT = "/var/task", "/opt"
"""Places of a package and of its layers in a sandbox."""

_ARCHIVES = (".zip", ".jar")
_INLINE_MODULES = {".py": ("cfnresponse.py", "."), ".js": ("cfn-response.js", "node_modules")}
_TOO_LARGE = f"Unzipped size must be smaller than {LARGEST_UNZIPPED} bytes"


class ImageRoot(Frozen):
    """An unpacked image as the root file system of sandboxes: its folder among all, and what its configuration says."""

    folder: str
    working_directory: str
    variables: Mapping[str, str]
    command: tuple[str, ...]


class Package(Frozen):
    """Code that can be mounted, under the `name` that a zygote uses. `clients`: the boto3 clients that it creates.

    They are guessed from its source. There are none if boto3 is not used, or if the package contains its own boto3, which must win over
    AWS's. `bundles` are the files in a sandbox with certificates of Amazon RDS. `size` is in bytes, unpacked. `layers` is the folder for /opt, `layers_name` its name for a zygote, `extensions` the programs in
    it that run beside the runtime. `program` is executed in a sandbox that is not forked with its runtime. A container image is a
    package with an `image`.
    """

    name: str
    folder: Path
    clients: tuple[str, ...]
    code_sha256: str = ""
    size: int = 0
    layers: Path | None = None
    layers_name: str = ""
    extensions: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()
    program: tuple[str, ...] = ()
    image: ImageRoot | None = None


def prepare(function: Function, bare: Package) -> Package:
    """Return the package of a function, with the layers of a bare one whose folder is made if need be. Blocks: it reads files."""
    folder = _folder(function.id, function.code, bare.folder, _inline_file(function))
    return looked_at_again(function, replace(bare, folder=folder))


def prepare_later(function: Function, bare: Package) -> Package:
    """Return the package of a function that comes while zygotes run."""
    return prepare(function, replace(bare, name=f"{bare.folder.parent.name}/{bare.folder.name}"))


def looked_at_again(function: Function, package: Package) -> Package:
    """Return the package after its folder has changed."""
    return _filled(function, package, digest(function.code, package.folder))


def prepare_upload(function: Function, before: Package, content: bytes, made: Path) -> Package:
    """Return a package from the bytes of a zip file, with the earlier layers.

    Raise StackError if it is not a zip, or exceeds Lambda's limit; nothing of it is unpacked then.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _is_too_large(archive):
                raise StackError(f"what was uploaded for `{function.id}` is too large", why=_TOO_LARGE)
            _unpack(archive, made)
    except _BROKEN as error:
        raise StackError(f"what was uploaded for `{function.id}` is not a zip file", why=NO_ZIP) from error
    fresh = replace(before, name=f"{made.parent.name}/{made.name}", folder=made)
    return _filled(function, fresh, _sha256(content))


def layered(package: Package, layers: Layers, opt: Path | None) -> Package:
    """Return a package with these layers, which are merged in a folder, without its program."""
    return replace(
        package, layers=opt, layers_name=f"{opt.parent.name}/{opt.name}" if opt else "",
        extensions=(*_extensions(opt), *layers.extensions),
        clients=tuple(dict.fromkeys((*package.clients, *layers.clients))),
    )  # fmt: skip


def rerun(function: Function, package: Package) -> Package:
    """Return a package for another runtime or another set of layers."""
    return _filled(function, package, package.code_sha256)


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder."""
    return sum(status.st_size for _, status in _files(folder))


def snapshot(package: Package, made: Path) -> Package:
    """Return a copy of a package whose folder may change."""
    return replace(package, name=f"{made.parent.name}/{made.name}", folder=_copy(package.folder, made))


def alike(one: Package, other: Package) -> bool:
    """Return whether two packages have the same code, layers and programs, wherever these are."""
    of_one, of_other = ((p.code_sha256, p.image, p.program, p.extensions, bool(p.layers)) for p in (one, other))
    if of_one != of_other or one.layers is None or other.layers is None:
        return of_one == of_other
    return digest(Code(), one.layers) == digest(Code(), other.layers)


def copied(function: Function, package: Package, source: Path, made: Path) -> Package:
    """Return a package with another copy of the user's folder, for sandboxes that may not read that itself."""
    _require_readable(function.id, source, function.code)
    return snapshot(replace(package, folder=source), made)


def _filled(function: Function, package: Package, digest: str) -> Package:
    """Return the package with the facts from its folder."""
    python = runtimes.family_of(function) is Family.PYTHON
    own = _clients(package.folder) if python else ()
    return replace(
        package,
        clients=tuple(dict.fromkeys((*own, *package.clients))),
        code_sha256=digest,
        bundles=(*_bundles(package.folder, TASK), *(_bundles(package.layers, OPT) if package.layers else ())),
        size=size_of(package.folder),
        program=runtimes.program(function, package.folder, package.layers),
    )


def _bundles(folder: Path, place: str) -> Iterator[str]:
    return (f"{place}/{path.relative_to(folder)}" for path in rds_bundles.bundles(path for path, _ in _files(folder)))


def _inline_file(function: Function) -> str:
    return "index.py" if runtimes.family_of(function) is Family.PYTHON else "index.js"


def digest(code: Code, folder: Path) -> str:
    """Return CodeSha256: of a zip its bytes', as on AWS; of a folder its file names, sizes and times, which is fast."""
    if code.inline is not None:
        return _sha256(code.inline.encode())
    if code.local_path is not None and Path(code.local_path).is_file():
        return _sha256(Path(code.local_path).read_bytes())
    above = len(os.fspath(folder))
    entries = sorted((path[above:], status.st_size, status.st_mtime_ns) for path, status in _files(folder))
    return _sha256(repr(entries).encode())


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _extensions(opt: Path | None) -> tuple[str, ...]:
    """Return the executables in /opt/extensions (lambda §3.3)."""
    if opt is None or not (opt / "extensions").is_dir():
        return ()
    found = sorted(path for path in (opt / "extensions").iterdir() if path.is_file() and os.access(path, os.X_OK))
    return tuple(f"/opt/extensions/{path.name}" for path in found)


def merge(function_id: str, layers: list[Code], made: Path) -> Path:
    """Return the layers merged into one folder, a later one over an earlier one (lambda §6.3)."""
    _fresh(made)
    for number, layer in enumerate(layers):
        part = made.with_name(f"{made.name}-{number}")
        shutil.copytree(_folder(function_id, layer, part), made, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
    return _opened(made)


def _folder(function_id: str, code: Code, made: Path, inline_file: str = "") -> Path:
    if code.inline is not None:
        return _inline(code.inline, made, inline_file)
    if code.local_path is None:
        raise StackError(f"the code of `{function_id}` is not here", origin=code.origin, why=code.why)
    source = Path(code.local_path)
    if not source.is_dir() and not source.is_file():
        raise StackError(f"the code of `{function_id}` is missing: `{source}`", origin=code.origin)
    if source.is_dir() and _is_open(source):
        return source
    _require_readable(function_id, source, code)
    if source.is_dir():
        return _copy(source, made)
    if source.suffix not in _ARCHIVES and not zipfile.is_zipfile(source):
        return _single(source, made)
    try:
        with zipfile.ZipFile(source) as archive:
            if _is_too_large(archive):
                raise StackError(f"`{source}` is too large", origin=code.origin, why=_TOO_LARGE)
            return _unpack(archive, made)
    except _BROKEN as error:
        raise StackError(f"`{source}` is not a zip file", origin=code.origin, why=NO_ZIP) from error


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _inline(text: str, made: Path, file: str) -> Path:
    """Return a folder with inline code, and the module for custom resources that AWS puts beside it."""
    (_fresh(made) / file).write_text(text, encoding="utf-8")
    module, place = _INLINE_MODULES[Path(file).suffix]
    (made / place).mkdir(exist_ok=True)
    shutil.copyfile(Path(inline_modules.__file__).with_name(module), made / place / module)
    return _opened(made)


def _single(source: Path, made: Path) -> Path:
    """Return a folder with one file of code, as the deployment tools make a package of it."""
    shutil.copyfile(source, _fresh(made) / source.name)
    return _opened(made)


def archive_refusal(file: Path) -> str:
    """Return why Lambda refuses a file as the code of a function; "" if it unzips it."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _TOO_LARGE if _is_too_large(archive) else ""
    except _BROKEN:
        return NO_ZIP


def _is_too_large(archive: zipfile.ZipFile) -> bool:
    """Return whether a zip exceeds Lambda's limit by the sizes that it states, beyond which nothing is unpacked."""
    return sum(member.file_size for member in archive.infolist()) > LARGEST_UNZIPPED


def _unpack(archive: zipfile.ZipFile, made: Path) -> Path:
    folder, links = _fresh(made), dict[Path, None]()
    for member in archive.infolist():
        path = Path(archive.extract(member, folder))  # not at the path in the zip, which may lead out of the folder
        full_mode = member.external_attr >> 16  # extract drops it
        if stat.S_ISLNK(full_mode):
            links[path] = None
        elif full_mode & 0o777 and not member.is_dir():
            path.chmod(full_mode & 0o777)
    try:
        _link([*links], folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return _opened(folder)


def _link(paths: list[Path], folder: Path) -> None:
    """Make links of files that contain where they lead. Raise StackError if one leads out of the folder.

    All are made before they are checked, since one may lead through another.
    """
    for path in paths:
        target = os.fsdecode(path.read_bytes())
        path.unlink()
        try:
            path.symlink_to(target)
        except (OSError, ValueError) as error:
            raise zipfile.BadZipFile(str(error)) from error
    outside = next((path for path in paths if not path.resolve().is_relative_to(folder.resolve())), None)
    if outside is not None:
        what = f"the link `{outside.relative_to(folder)}` in the package leads out of it"
        raise StackError(what, why="netful keeps only links inside of a package", hint="add the file itself to the zip")


def _copy(source: Path, made: Path) -> Path:
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(source, made, symlinks=True)
    return _opened(made)


def _require_readable(function_id: str, source: Path, code: Code) -> None:
    """Raise StackError if code that is copied for sandboxes has a file that only another user than its folder's may read."""
    owner = (source if source.is_dir() else source.parent).stat().st_uid
    for path, status in _walk(source):
        if status.st_uid != owner and not status.st_mode & 0o004:
            raise StackError(
                f"the code of `{function_id}` has a file that only another user may read: `{path}`",
                origin=code.origin,
                why="the copy for the sandbox could be read by its code",
                hint="move the file, or let everybody read it: `chmod o+r`",
            )


def _opened(folder: Path) -> Path:
    for path, status in _walk(folder):
        mode = status.st_mode | (0o755 if stat.S_ISDIR(status.st_mode) else 0o644)
        if mode != status.st_mode:
            Path(path).chmod(stat.S_IMODE(mode))
    return folder


def _is_open(folder: Path) -> bool:
    modes = (status.st_mode for _, status in _walk(folder))
    return all(mode & 0o005 == 0o005 if stat.S_ISDIR(mode) else mode & 0o004 for mode in modes)


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    return ((path, status) for path, status in _walk(folder) if stat.S_ISREG(status.st_mode))


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the folder and its contents without symbolic links."""
    yield os.fspath(folder), folder.stat()
    for parent, folders, files in os.walk(folder):
        for path in (f"{parent}/{name}" for name in (*folders, *files)):
            status = os.lstat(path)
            if not stat.S_ISLNK(status.st_mode):
                yield path, status


def _clients(folder: Path) -> tuple[str, ...]:
    if any((folder / name).exists() or (folder / f"{name}.py").exists() for name in BOTO3_PACKAGES):
        return ()
    found: dict[str, None] = {}
    uses_boto3 = False
    for path in folder.rglob("*.py"):
        if not path.is_file() or path.stat().st_size > _MOST_SOURCE:
            continue
        source = path.read_bytes()
        if _USES_BOTO3.search(source):
            uses_boto3 = True
            found.update(dict.fromkeys(name.decode() for name in _CLIENT.findall(source)))
    return tuple(found) or ((_SOME_CLIENT,) if uses_boto3 else ())
