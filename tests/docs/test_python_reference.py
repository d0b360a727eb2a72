"""docs/reference/python.md describes every public name of `import netful`, as the code has it."""

import dataclasses
import enum
import inspect
import re

import netful
from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "python.md"
_BLOCK = re.compile(r"(<!-- python: (?P<names>[\w, ]+) -->\n\n)(?P<text>.*?)(<!-- end -->\n)", re.DOTALL)
_HIDDEN = "not part of the public API"


def described(name):
    """The section of a public name: its signature, its docstring, its fields and methods."""
    value = getattr(netful, name)
    lines = [f"### `{name}{signature(value)}`", "", prose(value), ""]
    if inspect.isclass(value) and not issubclass(value, Exception):
        if issubclass(value, enum.Enum):
            lines += ["Values: " + ", ".join(f"`{one}`" for one in value) + ".", ""]
        if dataclasses.is_dataclass(value):
            lines += ["| field | type |", "|---|---|"]
            lines += [
                f"| `{one.name}` | `{Written(one.type)}` |".replace(" | None`", " \\| None`") for one in fields(value)
            ]
            lines.append("")
        lines += [line for member, what in members(value) for line in (f"#### `{name}.{member}`", "", what, "")]
    return "\n".join(lines) + "\n"


def fields(value):
    return [one for one in dataclasses.fields(value) if not one.name.startswith("_")]


class Written:
    """An annotation as the code has it."""

    def __init__(self, text):
        shown = text if isinstance(text, str) else inspect.formatannotation(text)
        self.text = (
            re.sub(r"\b(?:[a-z_]\w*\.)+|~", "", shown)
            .replace("FilePath", "str | PathLike")
            .replace("PathLike[str]", "PathLike")
        )

    def __repr__(self):
        return self.text


def signature(value):
    if inspect.isclass(value):
        return ""
    found = inspect.signature(value)
    given = [one.replace(annotation=Written(one.annotation)) for one in found.parameters.values() if one.name != "self"]
    shown = found.replace(parameters=given, return_annotation=Written(found.return_annotation))
    return re.sub(r"<function \S+ at \w+>", "…", str(shown).replace("mappingproxy({})", "{}"))


def members(value):
    """The public methods and properties, in the order of the code."""
    for name, member in vars(value).items():
        function = getattr(member, "func", None) or (member.fget if isinstance(member, property) else member)
        if name.startswith("_") or not callable(function) or _HIDDEN in (inspect.getdoc(function) or ""):
            continue
        if issubclass(value, enum.Enum) or not inspect.getdoc(function):
            continue
        plain = isinstance(member, property) or function is not member
        yield (name if plain else f"{name}{signature(member)}"), prose(function)


def prose(value):
    return inspect.getdoc(value).replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")


def fresh(page):
    def block(found):
        return found[1] + "\n".join(map(described, found["names"].split(", "))) + found[4]

    return _BLOCK.sub(block, page)


def test_the_page_is_as_the_code(request):
    page = PAGE.read_text(encoding="utf-8")
    if request.config.getoption("--write-docs", default=False):
        PAGE.write_text(fresh(page), encoding="utf-8")
    else:
        assert fresh(page) == page, "run `make docs`"


def test_every_public_name_is_on_the_page_once():
    named = [name for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")) for name in found["names"].split(", ")]
    assert sorted(named) == sorted(netful.__all__)
