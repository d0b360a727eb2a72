"""Folder of a host's program: its files, its certificate and its resolver; and the environment that the program gets.

The folder may have been written by the program of before, which is not trusted: links in it are not followed.
"""

import os
import shutil
from pathlib import Path

from netful.functions.inside import privileges
from netful.hosts.engines.server import Server
from netful.model.core import Frozen
from netful.model.functions.programs import Program
from netful.services.tls.authority import Authority
from netful.sources.files import project_folder
from netful.stack.network.exec_namespace import environment

CERTIFICATE_FILE, KEY_FILE = "certificate.pem", "key.pem"
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")  # other variables of the user may be secrets


class Surroundings(Frozen, dict=True):
    """The folder and environment of a program, the folders that it reads, and the stack's certificates."""

    folder: Path
    readable: tuple[str, ...]
    environment: dict[str, str]
    bundle: Path


def surroundings(folder: Path, program: Program, authority: Authority, region: str) -> Surroundings:
    """Make the folder of a program from scratch, except for a server's data."""
    kept = program.data if isinstance(program, Server) else ""
    _clear(folder, kept)
    for name, content in program.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    if program.certificate_names:
        certificate, key = authority.issue(program.certificate_names)
        (folder / CERTIFICATE_FILE).write_bytes(certificate)
        (folder / KEY_FILE).touch(mode=0o600)
        (folder / KEY_FILE).write_bytes(key)
    if privileges.has_many_ids() and not {"files", "capabilities"} & {*program.allow}:
        _give(folder, kept)
    whole = "environment" in program.allow
    given = {name: value for name, value in os.environ.items() if whole or name in _PASSED_ON}
    own = given | {"HOME": str(folder)} | dict(program.environment)
    project = (str(project_folder.folder_of(program.origin.file)), program.cwd) if program.cwd else ()
    more = program.readable if isinstance(program, Server) else ()
    made = environment(own, region, authority.bundle)
    return Surroundings(folder, (str(authority.bundle), *project, *more), made, authority.bundle)


def _clear(folder: Path, kept: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for entry in os.scandir(folder):
        if entry.name == kept:
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            Path(entry.path).unlink()


def _give(folder: Path, kept: str) -> None:
    """Give a host's folder to the user that its program becomes in its sandbox."""
    made = (one for one in folder.rglob("*") if not kept or one.relative_to(folder).parts[0] != kept)
    for path in (folder, *made):
        os.chown(path, privileges.SANDBOX_UID, privileges.SANDBOX_UID, follow_symlinks=False)
