"""Text of expressions in the configuration beside a plan, which itself has only their references.

Rules:
1. A text that names lists as they are means all that they contain: `a[*].id`, `[a.id, b.id]`, `concat(…)`, `[for one in a : one.id]`.
2. `slice(a[*].id, 0, 2)` means a part of such a list.
3. `"http://${a.dns_name}/"` is a text around the value that it names.
4. Every other text, such as one with a condition, an index that is an expression or an item of a list, may choose among what it names.
5. An index that is computed from `count.index` means another instance than the one of the same index.
6. What is written is followed through variables and outputs of modules: every text on the way names whole lists.
"""

import re
from collections.abc import Iterator
from typing import Any

from netful.model.core import texts
from netful.sources.terraform.plan.configuration_text import balanced, shape
from netful.sources.terraform.plan.planned_resources import Module, mapping
from netful.sources.terraform.plan.source_lines import Configuration

_OF_ALL = re.compile(r"\b(?:compact|concat|distinct|flatten|sort|tolist|toset|values)\(")
_CHOICE = re.compile(
    r"\w\(|\?|\bif\b|[\w\])]\[\s*[A-Za-z_(]"
    r"|[)\]}]\s*\[|[)}]\s*\.|\*\](?:\.\w+)+\s*\["  # an item of a list, or a member of an object
)
_FIRST = re.compile(r"([)\]]|\*\](?:\.\w+)+)\s*\[\s*0\s*\]")
_REORDERED = re.compile(r"\b(?:distinct|sort|tolist|toset|values)\(")
_AROUND = re.compile(r'"([^"$]*)\$\{[^{}]+\}([^"$]*)"')
_SLICE = re.compile(r"slice\(\s*[\w\[\]*.\"-]+,\s*(\d+),\s*(\d+)\s*\)")
_SHIFT = re.compile(r"count\.index\s*[-+*/]|[-+*/]\s*\(?\s*count\.index")
_VARIABLE = re.compile(r"var\.([\w-]+)")
_OUTPUT = re.compile(r"module\.([\w-]+)(?:\[[^\]]*\])?\.([\w-]+)")
_LAST_CALL = re.compile(r"module\.([\w-]+)(?:\[[^\]]*\])?$")


def names_all(configuration: Configuration, module: Module, block: str, name: str, expression: Any) -> bool | None:
    """Return whether an argument means all instances that its expression names; None if the text is not there.

    `block` is the beginning of the block that has it: `resource "aws_lb" "web"`.
    """
    written = [*configuration.argument_texts(module, block, name)]
    if any(map(chooses, written)):
        return False
    answers = [True if written else None, *_beyond(configuration, module, expression)]
    return False if False in answers else None if None in answers else True


def chooses(text: str) -> bool:
    """Return whether a text may mean a part of what it names (rule 4)."""
    return bool(_CHOICE.search(_OF_ALL.sub("(", text)))


def has_objects(text: str) -> bool:
    """Return whether a text is a list or a map of objects, such as rules: each argument means a part of one."""
    depth = 0
    for char in shape(text):
        if depth and char == "{":
            return True
        depth += (char in "([{") - (char in ")]}")
    return False


def first_named(text: str) -> str | None:
    """Return a list without the index of its first item; None for another text, or if the order may not be that of the text."""
    whole, number = _FIRST.subn(r"\1", text)
    return whole if number == 1 and not _REORDERED.search(text) else None


def branches(text: str) -> tuple[str, str, str] | None:
    """Return the condition of a text and what it chooses between; None without a single one."""
    condition = balanced(text, 0, "?")
    yes = balanced(text, len(condition) + 1, ":")
    no = text[len(condition) + len(yes) + 2 :]
    return (condition.strip(), yes.strip(), no.strip()) if no and "?" not in shape(yes) else None


def sliced(configuration: Configuration, module: Module, block: str, name: str, expression: Any) -> slice | None:
    """Return the part of all instances that an argument means, if its expression is a slice of a whole list (rule 2)."""
    written = [_SLICE.fullmatch(text.strip()) for text in configuration.argument_texts(module, block, name)]
    if len(written) != 1 or written[0] is None or not all(_beyond(configuration, module, expression)):
        return None
    return slice(*map(int, written[0].groups()))


def shifted(configuration: Configuration, module: Module, block: str, name: str) -> bool:
    """Return whether an argument's text computes an index from `count.index` (rule 5)."""
    return any(map(_SHIFT.search, configuration.argument_texts(module, block, name)))


def interpolated(configuration: Configuration, module: Module, block: str, name: str) -> tuple[str, str] | None:
    """Return the texts around the only value in an argument's text, such as `"http://${aws_lb.a.dns_name}/"`."""
    written = [_AROUND.fullmatch(text.strip()) for text in configuration.argument_texts(module, block, name)]
    return (written[0][1], written[0][2]) if len(written) == 1 and written[0] else None


def _beyond(configuration: Configuration, module: Module, expression: Any) -> Iterator[bool | None]:
    """Yield the same of the values of variables and outputs that an expression names."""
    for reference in texts(mapping(expression).get("references")):
        if (variable := _VARIABLE.match(reference)) and (call := _LAST_CALL.search(module.address)) and module.parent:
            given = mapping(module.call.get("expressions")).get(variable[1])
            yield names_all(configuration, module.parent, f'module "{call[1]}"', variable[1], given)
        elif (output := _OUTPUT.match(reference)) and (child := module.child(output[1])):
            said = mapping(mapping(child.configuration.get("outputs")).get(output[2])).get("expression")
            yield names_all(configuration, child, f'output "{output[2]}"', "value", said)
