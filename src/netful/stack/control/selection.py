"""Selection of a running stack where none is named."""

from pathlib import Path

from netful.model.core import StackError
from netful.sources.files import project_folder
from netful.stack.control.client import Client
from netful.stack.control.folder import name_for, running


def selected(chosen: str | None = None, *, to_end: bool = False) -> str:
    """Return the stack's name: the chosen one, that of the current folder, or the only one that runs.

    In a project's folder, the only one must be of this folder, or be an account to deploy to, unless it is chosen `to_end`.
    """
    own = name_for(None, chosen)
    others = running()
    if chosen is not None or own in others or len(others) != 1:
        return own
    return others[0] if not project_folder.is_project(Path()) or _belongs_here(others[0], to_end=to_end) else own


def _belongs_here(name: str, *, to_end: bool) -> bool:
    try:
        with Client(name) as client:
            status = client.call("status")
    except StackError:  # it is starting, or ends
        return False
    return (status["empty"] and not to_end) or Path(status["folder"]).is_relative_to(Path.cwd())
