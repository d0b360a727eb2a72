"""The processed template: what the transforms of a template make of it; and its judgement with the values of its parameters."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netful.account.cloudformation.templates.template_text import refuse_secure_values, unresolved
from netful.sources import cloudformation
from netful.sources.template.loaded_stacks import LoadedStacks


def processed(file: Path, parameters: Mapping[str, str], region: str) -> Mapping[str, Any]:
    """Return a template with its transforms applied. Raises SourceError where they fail."""
    template = cloudformation.complete(cloudformation.read(file, parameters), region, uploaded=True)
    return {
        **{name: one for name, one in template.root.items() if name != "Transform"},
        "Resources": template.resources,
        **({"Outputs": template.outputs} if template.outputs else {}),
    }


def judge(file: Path, parameters: Mapping[str, str], region: str, account_id: str) -> None:
    """Judge a template with the values of its parameters: rules, conditions, functions, and references to what is not deployed.

    Raises SourceError for a false assertion or a misused function, ApiError for a reference or a secure value that AWS refuses.
    """
    template = cloudformation.complete(cloudformation.read(file, parameters), region, uploaded=True)
    refuse_secure_values(template.resources)
    stack = LoadedStacks(region, account_id).add(file.stem, template, parameters)
    for name in template.conditions:
        stack.condition(name, template.conditions.origin_of(name))
    stack.check()
    for block in ("Resources", "Outputs"):
        missing = {one.target for one in stack.dangling if one.owner.startswith("Outputs.") == (block == "Outputs")}
        if missing:
            raise unresolved(missing, block)
    for name in stack.resources:
        stack.resources.resource(name)
    for name in stack.outputs:
        stack.outputs.output(name)
