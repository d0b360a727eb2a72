"""Files that expressions read: `file`, `templatefile`, `fileset` and `fileexists`.

Rules:
1. A path is relative to the folder of the plan, where Terraform runs.
2. Only what the plan may name is read: files of the project's folder.
3. What is not there says nothing: the plan may have come here without it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netful.model.core import SourceError
from netful.sources.files import project_folder
from netful.sources.files.unreadable import text_of
from netful.sources.terraform.plan.functions import UNSETTLED

READ = ("file", "fileexists", "fileset")
"""Functions of files that need no other value than their arguments."""


class TextFiles:
    """The files beside one plan."""

    def __init__(self, plan: Path) -> None:
        self._plan = plan

    def call(self, function: str, arguments: Sequence[Any]) -> Any:
        """Return the value of a function of `READ`."""
        if not all(isinstance(one, str) for one in arguments) or len(arguments) != (2 if function == "fileset" else 1):
            return UNSETTLED
        if function == "fileset":
            return self._names(*arguments)
        found = self.text(*arguments)
        return found if function == "file" or found is UNSETTLED else True

    def text(self, place: str) -> Any:
        """Return the text of a file."""
        file = self._plan.parent / place
        try:
            return text_of(file) if project_folder.holds(self._plan, file) else UNSETTLED
        except (SourceError, ValueError, RuntimeError):  # before Python 3.13, of links in a circle
            return UNSETTLED

    def _names(self, place: str, pattern: str) -> Any:
        """Return the files of a folder whose names a pattern fits, in their order; patterns with alternatives and classes are not read."""
        folder = self._plan.parent / place
        try:
            if any(one in pattern for one in ("{", "[", "\\", "..")) or not project_folder.holds(self._plan, folder):
                return UNSETTLED
            found = [one for one in folder.glob(pattern) if one.is_file()]
            if not all(project_folder.holds(self._plan, one) for one in found):  # a link leads out
                return UNSETTLED
        except (OSError, ValueError, RuntimeError):
            return UNSETTLED
        return sorted(one.relative_to(folder).as_posix() for one in found) or UNSETTLED
