"""The processed template: what the transforms of a template make of it; and what its rules say of its parameters."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netful.sources import cloudformation
from netful.sources.template import rules
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
    """Judge the values of parameters by the rules of a template. Raises SourceError for a false assertion."""
    stack = LoadedStacks(region, account_id).add(file.stem, cloudformation.read(file, parameters), parameters)
    for _warning in rules.judge(stack.template, stack):
        pass  # the load has it too
