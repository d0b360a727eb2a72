"""Texts of `--help` in the user's language: docstrings of verbs and of options, and the words that Cyclopts adds."""

import inspect
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any

from cyclopts import App, Group
from cyclopts.help import HelpEntry, HelpPanel, InlineText
from cyclopts.help.formatters import DefaultFormatter
from cyclopts.help.specs import (
    ColumnSpec,
    DescriptionRenderer,
    get_default_command_columns,
    get_default_parameter_columns,
)
from docstring_parser import parse, parse_from_object
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from netful.render.language import spoken

FLAGS = {"--help": "Display this message and exit.", "--version": "Display application version."}
"""Cyclopts' own options, and what their help says."""
HEADINGS = ("Usage", "Commands", "Arguments", "Parameters")
"""Cyclopts' own headings."""
_ONE_LINE = 10_000  # cells that a paragraph does not have


def description_of(verb: Callable[..., Any]) -> list[str]:
    """Return the paragraphs of a verb's help in English, each in one line."""
    paragraphs = (inspect.getdoc(verb) or "").partition("\n\nParameters\n---")[0].split("\n\n")
    return [_in_one_line(paragraph) for paragraph in paragraphs]


def texts_of(of: Any) -> dict[str, str]:
    """Return the help of each parameter of a verb, or of each field of a group of options, in English."""
    if inspect.isclass(of):
        found = [parse_from_object(each) for each in reversed(of.__mro__) if is_dataclass(each)]
    else:
        found = [parse(inspect.getdoc(of) or "")]
    return {param.arg_name: _in_one_line(param.description or "") for one in found for param in one.params}


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def spoken_description(verb: Callable[..., Any]) -> str:
    """Return the help of a verb in the user's language."""
    return "\n\n".join(map(spoken, description_of(verb)))


class _Wrapped:
    """Something to print, wrapped as Japanese is: names stay whole, and no line begins with a full stop."""

    def __init__(self, shown: RenderableType) -> None:
        self._shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        paragraphs = console.render_lines(self._shown, options.update_width(_ONE_LINE), pad=False)
        lines = [Text.assemble(*((part.text, part.style or "") for part in one)) for one in paragraphs]
        if all(line.plain.isascii() for line in lines):
            yield self._shown
            return
        from netful.render.wrapping import breaks  # noqa: PLC0415  # English does without

        for line in lines:
            for part in line.divide(breaks(line.plain.rstrip(), options.max_width)):
                part.rstrip()
                yield part


class _Description(DescriptionRenderer):
    """Cyclopts' description of an option, with its choices and default, in the user's language."""

    def __call__(self, entry: HelpEntry) -> RenderableType:
        shown = super().__call__(entry)
        if isinstance(shown, InlineText):
            shown.texts = [Text(spoken(one.plain), one.style) for one in shown.texts]
        return _Wrapped(shown)


class Formatter(DefaultFormatter):
    """Cyclopts' form of help, with its own words in the user's language."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print a list of verbs or options."""
        columns = get_default_command_columns if panel.format == "command" else get_default_parameter_columns
        *others, _ = columns(console, options, panel.entries)
        self.column_specs = (*others, ColumnSpec(renderer=_Description(), overflow="fold"))
        super().__call__(console, options, panel)

    def render_description(self, console: Console, options: ConsoleOptions, description: Any) -> None:
        """Print the help of a verb."""
        super().render_description(console, options, description and _Wrapped(description))

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Print the usage line."""
        del options  # none changes it
        console.print(Text(f"{spoken(HEADINGS[0])}: {usage}", "bold"))


def headings() -> dict[str, Any]:
    """Return Cyclopts' headings in the user's language, as arguments of an application."""
    commands, arguments, parameters = map(spoken, HEADINGS[1:])
    return {
        "group_commands": Group.create_default_commands(commands),
        "group_arguments": Group.create_default_arguments(arguments),
        "group_parameters": Group.create_default_parameters(parameters),
    }


def speak_flags(app: App) -> None:
    """Put the help of Cyclopts' own options into the user's language."""
    for flag, text in FLAGS.items():
        app[flag].help = spoken(text)
