"""Start of a stack that lives as long as a `with` block."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from types import MappingProxyType

from netful.library.stack import Stack, no_progress
from netful.model.core import StackError
from netful.stack import consent
from netful.stack.control.client import Client
from netful.stack.control.ending import end
from netful.stack.control.folder import name_for
from netful.stack.control.launch import launch
from netful.stack.control.settings import Settings, attachments

FilePath = str | PathLike[str]
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


@contextmanager
def up(
    *templates: FilePath,
    parameters: Mapping[str, str] = _NO_VALUES,
    parameter_files: Iterable[FilePath] = (),
    region: str | None = None,
    allow_outside: bool = False,
    name: str | None = None,
    run_as: str | None = None,
    attach: Iterable[str] = (),
    empty: bool = False,
    real_internet: bool = False,
    state_folder: FilePath | None = None,
    port: int = 0,
    agree: bool = False,
    progress: Callable[[str], None] = no_progress,
) -> Iterator[Stack]:
    """Build a stack in the kernel and run it for the block; it ends with the block, and also if this process is killed.

    `templates`, `parameters`, `parameter_files`, `region` and `allow_outside` are those of `load`. `name` is the stack's name, by
    default that of the template's folder. `run_as` is the name by which the command line finds it, if it is another one: so one
    template runs several times. `attach` serves ports of resources from the host, `Db=127.0.0.1:5432`. `empty`
    starts an account without a template. `real_internet` leads names that are not AWS's to their hosts. `state_folder` keeps
    the data of AWS's services for the next start. `agree` is the consent to the commands of `netful.toml`. `progress` receives
    what the start does at the moment.

    Raises SourceError for a broken template, RightsError where the machine permits no network, ConsentError, StackError.
    """
    if empty and templates:
        raise StackError("an empty account is one without a template", hint="leave out `empty`, or the templates")
    settings = Settings(
        name=name_for(Path(templates[0]) if templates else None, run_as or name),
        cwd=str(Path.cwd()),
        templates=tuple(map(str, templates)),
        parameters=tuple(parameters.items()),
        parameter_files=tuple(map(str, parameter_files)),
        region=region,
        allow_outside=allow_outside,
        stack_name=name or "",
        attachments=attachments(attach),
        internet="real" if real_internet else "emulated",
        state_folder=str(Path(state_folder).absolute()) if state_folder is not None else "",
        empty=empty,
        port=port,
    )
    consent.with_consent(lambda: launch(settings, progress=progress), lambda _: agree)
    with Client(settings.name) as owner:
        next(owner.stream("own"))  # the stack ends when this connection does
        try:
            yield Stack(settings.name)
        finally:
            end(settings.name)
