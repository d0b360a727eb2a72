"""The processed template: what the transforms of a template make of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netful.sources import cloudformation


def processed(file: Path, parameters: Mapping[str, str], region: str) -> Mapping[str, Any]:
    """Return a template with its transforms applied. Raises SourceError where they fail."""
    template = cloudformation.complete(cloudformation.read(file, parameters), region, uploaded=True)
    return {
        **{name: one for name, one in template.root.items() if name != "Transform"},
        "Resources": template.resources,
        **({"Outputs": template.outputs} if template.outputs else {}),
    }
