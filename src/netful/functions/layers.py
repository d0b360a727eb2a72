"""The layers of a function: where the template's own ones have their content (lambda §6.3)."""

from __future__ import annotations

from pathlib import Path

from netful.model.cloud import Cloud
from netful.model.function import Code, Function
from netful.model.unknown import Unknown

_LAYER = "AWS::Lambda::LayerVersion"
_NOT_HERE = "its content is not a local folder or zip of the template's"


def layers_of(cloud: Cloud, function: Function) -> tuple[list[Code], list[str]]:
    """The contents of a function's layers in their order, and a warning for each that is not here."""
    found: list[Code] = []
    warnings: list[str] = []
    for layer in function.layers:
        content = None if isinstance(layer, Unknown) else _content(cloud, layer)
        if content is not None:
            found.append(content)
            continue
        name, why = ("a layer", layer.why) if isinstance(layer, Unknown) else (f"the layer `{layer}`", _NOT_HERE)
        warnings.append(f"{function.origin}: `{function.id}` runs without {name}: {why}")
    return found, warnings


def _content(cloud: Cloud, layer: str) -> Code | None:
    """The content of a layer that the template makes, by its logical id."""
    resource = cloud.resources.get(layer)
    if resource is None or resource.type != _LAYER:
        return None
    written = resource.properties.get("Content")
    if not isinstance(written, str) or "://" in written:
        return None
    origin = resource.property_origins.get("Content", resource.origin)
    path = (Path(origin.file).parent / written).resolve()
    return Code(local_path=str(path), origin=origin) if path.exists() else None
