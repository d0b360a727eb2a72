"""Layers of a function: the content of the template's layers, and the layer that netful provides (lambda §6.3)."""

from dataclasses import dataclass, field
from pathlib import Path

from netful.functions.inside import parameters_extension
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown
from netful.model.functions.function import Code, Function

LAYER = "AWS::Lambda::LayerVersion"
PARAMETERS_AND_SECRETS = ":layer:AWS-Parameters-and-Secrets-Lambda-Extension"


@dataclass
class Layers:
    """Contents of a function's layers in order, and a warning for each that is not available.

    `extensions` are those that netful provides, `clients` the boto3 clients that they create.
    """

    contents: list[Code] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    extensions: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()


def layers_of(cloud: Cloud, function: Function) -> Layers:
    """Return the available layers of a function."""
    found = Layers()
    if function.runtime_folder:
        found.contents.append(Code(local_path=function.runtime_folder, origin=function.origin))
    for layer in function.layers:
        content = None if isinstance(layer, Unknown) else content_of(cloud, layer)
        if content is not None:
            found.contents.append(content)
        elif isinstance(layer, str) and PARAMETERS_AND_SECRETS in layer:
            found.extensions, found.clients = (parameters_extension.PATH,), parameters_extension.CLIENTS
        else:
            found.warnings.append(f"{function.origin}: `{function.id}` runs without {_missing(cloud, layer)}")
    return found


def content_of(cloud: Cloud, layer: str) -> Code | None:
    """Return the content of a template's layer, by its logical id."""
    code = _written_content(cloud, layer)
    return code if code and code.local_path and Path(code.local_path).exists() else None


def contents_of(cloud: Cloud) -> dict[str, str | None]:
    """Return where the content of each layer of the template is, by logical id."""
    codes = {one.id: _written_content(cloud, one.id) for one in cloud.template.of_type(LAYER)}
    return {id_: code.local_path if code else None for id_, code in codes.items()}


def _missing(cloud: Cloud, layer: Maybe[str]) -> str:
    """Return a layer that is not available, with the reason."""
    if isinstance(layer, Unknown):
        return f"a layer: {layer.why}"
    code = _written_content(cloud, layer)
    if code is None or code.local_path is None:
        return f"the layer `{layer}`: its content is not a local folder or zip of the template's"
    missing = f"its content `{Path(code.local_path).name}` does not exist"
    return f"the layer of {code.origin}: {missing}; build it, or run `sam build`"


def _written_content(cloud: Cloud, layer: str) -> Code | None:
    """Return the local content that a template names for a layer, which may not exist; None if it names none."""
    resource = cloud.template.resources.get(layer)
    if resource is None or resource.type != LAYER:
        return None
    written = resource.properties.get("Content")
    if not isinstance(written, str) or "://" in written:
        return None
    origin = resource.property_origins.get("Content", resource.origin)
    return Code(local_path=str((Path(origin.file).parent / written).resolve()), origin=origin)
