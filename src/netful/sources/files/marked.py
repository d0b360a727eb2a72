"""Mappings and lists with their own lines and those of their members."""

from collections.abc import Callable
from typing import Any

from netful.model.core import Origin


class MarkedMap(dict[str, Any]):
    """A mapping with its file, its own line and the line of each key."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str = "", line: int = 0) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}

    @property
    def origin(self) -> Origin:
        """The place where the mapping begins."""
        return Origin(self.file, self.line)

    def origin_of(self, key: str) -> Origin:
        """Return the place of a key; the mapping's own place if the key is not written."""
        return Origin(self.file, self.lines.get(key, self.line))

    def put(self, key: str, value: Any, line: int = 0) -> None:
        """Set a key and its line."""
        self[key] = value
        self.lines[key] = line or self.line


class MarkedList(list[Any]):
    """A sequence with its file, its own line and the line of each item."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str = "", line: int = 0) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: list[int] = []

    @property
    def origin(self) -> Origin:
        """The place where the sequence begins."""
        return Origin(self.file, self.line)

    def origin_of(self, index: int) -> Origin:
        """Return the place of an item."""
        return Origin(self.file, self.lines[index] if index < len(self.lines) else self.line)

    def put(self, value: Any, line: int = 0) -> None:
        """Append an item and its line."""
        self.append(value)
        self.lines.append(line or self.line)


def marked(value: Any, file: str, line: int) -> Any:
    """Return a value whose mappings and lists are all at one place; one that has a place keeps it."""
    if isinstance(value, (MarkedMap, MarkedList)):
        return value
    if isinstance(value, dict):
        made = MarkedMap(file, line)
        made.update((str(key), marked(member, file, line)) for key, member in value.items())
        made.lines = dict.fromkeys(made, line)
        return made
    if isinstance(value, (list, tuple)):
        listed = MarkedList(file, line)
        listed.extend(marked(item, file, line) for item in value)
        listed.lines = [line] * len(listed)
        return listed
    return value


def rebuilt(node: Any, each: Callable[[Any], Any]) -> Any:
    """Return a mapping or a list with the results for its members, on their lines; any other value as it is."""
    if isinstance(node, MarkedMap):
        made = MarkedMap(node.file, node.line)
        for key, member in node.items():
            made.put(key, each(member), node.lines.get(key, 0))
        return made
    if isinstance(node, MarkedList):
        listed = MarkedList(node.file, node.line)
        for index, item in enumerate(node):
            listed.put(each(item), node.origin_of(index).line)
        return listed
    return node
