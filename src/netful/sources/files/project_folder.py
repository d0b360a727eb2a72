"""The project's folder: the only place from which a template, or a file that it names, may name files of this machine.

It is the git repository of the template, else the template's own folder, and for a stage of the CDK the assembly around it. A home folder that is a repository does not count:
everything of the user is in it. Symbolic links are followed first. `--allow-outside` permits everything.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from itertools import takewhile
from pathlib import Path

from netful.model.core import Origin
from netful.sources.files.complaint import fail

BUILT = (("cdk.out",), (".serverless",), (".aws-sam", "build"))
"""Folders in which tools build what they deploy, below the project's own."""

PACKAGED = "cloudformation-template-update-stack.json"
"""The Serverless Framework's name for the template that it deploys."""

DEFAULT_NAMES = ("template.yaml", "template.yml", "template.json", PACKAGED)
"""Names of a folder's template, the first one that exists."""

_GIT = ".git"
_ASSEMBLY = "cdk.out"
"""The file that each assembly of the CDK has, also that of a stage within another."""
NETFUL_TOML = "netful.toml"
_outside: ContextVar[bool] = ContextVar("outside", default=False)
_also: ContextVar[frozenset[Path]] = ContextVar("also", default=frozenset())


def allow(*, outside: bool, also: Iterable[Path] = ()) -> None:
    """Fix for this context, until the next call, whether files may lead outside, and which files are allowed besides."""
    _outside.set(outside)
    _also.set(frozenset(path.resolve() for path in also))


def folder_of(file: str | Path) -> Path:
    """Return the project's folder of a template or another file in it."""
    own = _outermost(Path(file).parent.resolve())  # a file that is a link is in the folder of the link
    repository = next((one for one in (own, *own.parents) if (one / _GIT).exists()), own)
    return own if repository in {_home(), Path("/")} else repository


def _outermost(folder: Path) -> Path:
    """Return the assembly around that of a stage, where the assets of both are; else the folder itself."""
    everything = {_home(), Path("/")}
    inside = takewhile(lambda one: one not in everything and (one / _ASSEMBLY).is_file(), (folder, *folder.parents))
    *_, outermost = folder, *inside
    return outermost


def homes_of(path: Path) -> tuple[Path, ...]:
    """Return the folder of a source; for one that a tool has built (`cdk.out`, `.aws-sam/build`), also the project's own."""
    folder = path if path.is_dir() else path.parent
    parts = folder.absolute().parts
    depth = next((len(built) for built in BUILT if parts[-len(built) :] == built), 0)
    named = folder if len(folder.parts) >= depth else folder.absolute()
    return (folder, named.parents[depth - 1]) if depth else (folder,)


def has_template(folder: Path) -> bool:
    """Return whether a folder has a template under a usual name."""
    return any((folder / name).is_file() for name in DEFAULT_NAMES)


def is_project(folder: Path) -> bool:
    """Return whether a folder has a template, or the output of a tool."""
    return has_template(folder) or any(folder.joinpath(*names).is_dir() for names in BUILT)


def holds(file: str | Path, path: Path) -> bool:
    """Return whether a file may name a path."""
    found = path.resolve()
    return _outside.get() or found in _also.get() or found.is_relative_to(folder_of(file))


def within(file: str | Path, path: Path, origin: Origin) -> Path:
    """Return the path that a file names, without symbolic links; raises SourceError if it is outside of the project's folder."""
    if not holds(file, path):
        fail(
            f"`{path}` is outside of the project's folder",
            origin,
            why=f"the project's folder is `{folder_of(file)}`: the git repository of the template, else its own folder",
            hint="move it there, or permit it by `--allow-outside`",
        )
    return path.resolve()


def is_of_process(file: Path) -> bool:
    """Return whether a path names what this process has open: `/dev/stdin`, or a pipe that a shell makes (`<(…)`)."""
    place = file.absolute()
    return place.parent == Path("/dev") or any(place.is_relative_to(one) for one in ("/dev/fd", "/proc"))


def check_link(file: Path) -> None:
    """Raise SourceError for a template or project file that is a link to a file outside of its project's folder."""
    if file.is_symlink() and file.is_file() and not is_of_process(file):
        within(file, file, Origin(str(file)))


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # the user has none
        return None
