"""Arguments of a verb from the words of a command line, for the common forms: long and short options, flags, positional arguments.

Everything else, such as help, a wrong word or a number, is left to Cyclopts, which is slow to import. Both read the verb's
signature, and a test compares them.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from netful.cli.options.parameter import declared

_TEXTS = {str: str, str | None: str, Path: Path, Path | None: Path}
_LISTS = {tuple[str, ...]: str, tuple[Path, ...]: Path}


class _LeftToCyclopts(Exception):  # noqa: N818  # not an error
    """The command line is not of a common form."""


@dataclass(slots=True)
class _Option:
    """A parameter of a verb, or a field of one of its groups, and its value so far."""

    group: str
    name: str
    type: Any
    default: Any
    values: list[Any] = field(default_factory=list)

    @property
    def is_flag(self) -> bool:
        return self.type is bool

    def take(self, word: str) -> None:
        """Add a value."""
        if get_origin(self.type) is Literal and word in get_args(self.type):
            made = word
        elif kind := _LISTS.get(self.type) or _TEXTS.get(self.type):
            made = kind(word)
        else:
            raise _LeftToCyclopts
        if self.values and self.type not in _LISTS:
            raise _LeftToCyclopts
        self.values.append(made)

    @property
    def value(self) -> Any:
        if self.values:
            return tuple(self.values) if self.type in _LISTS else self.values[0]
        if self.default is inspect.Parameter.empty:
            raise _LeftToCyclopts
        return self.default


def arguments_of(verb: Callable[..., Any], words: Sequence[str]) -> tuple[list[Any], dict[str, Any]] | None:
    """Return the positional and the named arguments for a verb; None if Cyclopts is to read the words."""
    hints = get_type_hints(verb, include_extras=True)
    positional: list[_Option] = []
    named: dict[str, _Option] = {}
    groups: dict[str, Any] = {}
    for name, one in inspect.signature(verb).parameters.items():
        type_, _ = declared(hints[name])
        if is_dataclass(type_):
            groups[name] = type_
            inner = get_type_hints(type_, include_extras=True)
            for part in fields(type_):
                named.update(_named(part.name, inner[part.name], part.default, name))
        elif one.kind is one.KEYWORD_ONLY:
            named.update(_named(name, hints[name], one.default))
        elif one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}:
            positional.append(_Option("", name, type_, one.default))
        else:
            return None
    try:
        _read(words, iter(positional), named)
        options = list({id(one): one for one in named.values()}.values())
        made = {
            group: kind(**{one.name: one.value for one in options if one.group == group})
            for group, kind in groups.items()
        }
        return [one.value for one in positional], {one.name: one.value for one in options if not one.group} | made
    except _LeftToCyclopts:
        return None


def _read(words: Sequence[str], positional: Iterator[_Option], named: dict[str, _Option]) -> None:
    """Give each word to its option."""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        option = named.get(name) if word.startswith("-") else next(positional, None)
        if option is None:
            raise _LeftToCyclopts
        if not word.startswith("-"):
            option.take(word)
        elif option.is_flag:
            if equals or option.values:
                raise _LeftToCyclopts
            option.values.append(True)
        else:
            value = value if equals else next(rest, "")
            if not value or value.startswith("-"):
                raise _LeftToCyclopts
            option.take(value)


def _named(name: str, hint: Any, default: Any, group: str = "") -> dict[str, _Option]:
    """Return an option by each of its names."""
    type_, given = declared(hint)
    option = _Option(group, name, type_, default)
    names = given.name or "--" + name.replace("_", "-")
    return dict.fromkeys((names,) if isinstance(names, str) else names, option)
