"""The origin of an object: the file and line that a user can open; the base of all objects that have one."""

from netful.model.core.frozen import Frozen


class Origin(Frozen, order=True):
    """A place in a file; `line` is 1-based and 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


BY_CALL = Origin("API call")
"""The origin of what an API call made."""

DEFAULT = Origin("default")
"""The origin of AWS's default objects: main route tables, default ACLs and groups, local routes."""


class Placed(Frozen, kw_only=True):
    """An object with its place in the sources."""

    origin: Origin = DEFAULT


class Identified(Placed):
    """An object that has an id in the cloud, and its place in the sources."""

    id: str
