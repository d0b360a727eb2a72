"""Text of expressions in the configuration beside a plan, which itself has only their references.

These are rules for what is not settled by its text (`evaluation`), such as one with a function that is not read:
1. A text that names lists as they are means all that they contain: `sort(a[*].id)`, `[for one in a : one.id]`.
2. Every other text, such as one with a condition, an index that is an expression or an item of a list, may choose among what it names.
3. An index that is not `count.index` or `each.key` alone may mean another instance than the one of the same index.
4. What is written is followed through variables and outputs of modules: every text on the way names whole lists.
"""

import re
from collections.abc import Iterator
from typing import Any

from netful.model.core import texts
from netful.sources.terraform.plan.planned_resources import Module, mapping
from netful.sources.terraform.plan.source_lines import Configuration

_OF_ALL = re.compile(r"\b(?:compact|concat|distinct|flatten|sort|tolist|toset|values)\(")
_CHOICE = re.compile(
    r"\w\(|\?|\bif\b|[\w\])]\[\s*[A-Za-z_(]"
    r"|[)\]}]\s*\[|[)}]\s*\.|\*\](?:\.\w+)+\s*\["  # an item of a list, or a member of an object
)
_SAME = re.compile(
    r'\s*\[?\s*(?:element\(\s*)?[\w.*\[\]"-]+?(?:\[\s*(?:count\.index|each\.key)\s*\]|,\s*count\.index\s*\))[\w.]*\s*\]?\s*'
)
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
    """Return whether a text may mean a part of what it names (rule 2)."""
    return bool(_CHOICE.search(_OF_ALL.sub("(", text)))


def shifted(configuration: Configuration, module: Module, block: str, name: str) -> bool:
    """Return whether an argument's text may mean another instance than the one of the same index (rule 3)."""
    return not all(map(_SAME.fullmatch, configuration.argument_texts(module, block, name)))


def _beyond(configuration: Configuration, module: Module, expression: Any) -> Iterator[bool | None]:
    """Yield the same of the values of variables and outputs that an expression names."""
    for reference in texts(mapping(expression).get("references")):
        if (variable := _VARIABLE.match(reference)) and (call := _LAST_CALL.search(module.address)) and module.parent:
            given = mapping(module.call.get("expressions")).get(variable[1])
            yield names_all(configuration, module.parent, f'module "{call[1]}"', variable[1], given)
        elif (output := _OUTPUT.match(reference)) and (child := module.child(output[1])):
            said = mapping(mapping(child.configuration.get("outputs")).get(output[2])).get("expression")
            yield names_all(configuration, child, f'output "{output[2]}"', "value", said)
