"""Output of `cdk synth`: the stacks of a cloud assembly, and the places of their functions' code.

A `cdk.out` folder has a `manifest.json` that lists its stacks; stages are assemblies within. A resource's metadata, or
the `*.assets.json` beside the template, contains the folder or file to which an asset was copied. It replaces the
bucket for uploads: for the code of functions, the templates of nested stacks, the bodies of APIs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from glob import escape
from pathlib import Path
from typing import Any

from netful.model.core import Frozen, Origin, SourceError
from netful.model.json_texts import from_json
from netful.sources.files import project_folder
from netful.sources.files.marked import MarkedList, MarkedMap, rebuilt
from netful.sources.files.unreadable import MAX_BYTES, beginning_of, text_of
from netful.sources.template.template import Template

_MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"
_TEMPLATE = ".template.json"
_MARK = "cdk.out"
"""The file that each assembly has."""
_DEEPEST = 5
_OWN_TYPES = {
    "Custom::AWSCDK-EKS-Cluster": "AWS::EKS::Cluster",
    "Custom::AWSCDK-EKS-FargateProfile": "AWS::EKS::FargateProfile",
}
"""Custom resources of the CDK, whose `Config` is a request of the service's API, and CloudFormation's types for them."""


class SynthesizedStack(Frozen):
    """A stack of an assembly: its name, its template, and its region and account if they are fixed."""

    name: str
    file: Path
    region: str = ""
    account_id: str = ""


def is_assembly(folder: Path) -> bool:
    """Return whether a folder is a cloud assembly."""
    return (folder / _MANIFEST).is_file()


def stacks(folder: Path, depth: int = 0) -> Iterator[SynthesizedStack]:
    """Yield the stacks of an assembly and of its stages, in the order of the manifest."""
    for name, artifact in _artifacts(folder / _MANIFEST).items():
        properties = artifact.get("properties") if isinstance(artifact, Mapping) else None
        if not isinstance(properties, Mapping):
            continue
        if artifact.get("type") == _STACK:
            *_, account_id, region = ("", "", *str(artifact.get("environment", "")).split("/"))
            file = folder / str(properties.get("templateFile", ""))
            project_folder.within(folder / _MANIFEST, file, Origin(str(folder / _MANIFEST)))
            yield SynthesizedStack(
                str(properties.get("stackName", name)),
                file,
                "" if region == "unknown-region" else region,
                "" if account_id == "unknown-account" else account_id,
            )
        elif artifact.get("type") == _ASSEMBLY and depth < _DEEPEST:
            yield from stacks(folder / str(properties.get("directoryName", "")), depth + 1)


def place_of(file: Path) -> tuple[str, str]:
    """Return the account and the region of a stack in an assembly, by its template; "" where they are not fixed."""
    found = stacks(file.parent) if (file.parent / _MARK).is_file() and is_assembly(file.parent) else ()
    return next(((one.account_id, one.region) for one in found if one.file == file), ("", ""))


def deployed(found: Sequence[SynthesizedStack]) -> list[SynthesizedStack]:
    """Return the stacks that CDK deploys: those with resources.

    Return all if none has any, so that they are rejected.
    """
    return [stack for stack in found if not _is_empty(stack.file)] or [*found]


def _is_empty(template: Path) -> bool:
    try:
        return b'"Resources"' not in beginning_of(template, MAX_BYTES)
    except SourceError:
        return False


def _artifacts(manifest: Path) -> Mapping[str, Any]:
    origin = Origin(str(manifest))
    try:
        root = from_json(text_of(manifest))
    except SourceError as error:
        why = error.why or error.what
        raise SourceError("cannot read the file", origin=origin, why=why, hint="run `cdk synth`") from None
    except json.JSONDecodeError as error:
        at = Origin(str(manifest), error.lineno)
        raise SourceError("the manifest is not valid JSON", origin=at, why=error.msg.lower()) from None
    artifacts = root.get("artifacts") if isinstance(root, Mapping) else None
    if not isinstance(artifacts, Mapping):
        raise SourceError("the manifest lists no artifacts", origin=origin, hint="run `cdk synth` again")
    return artifacts


def use_local_assets(template: Template) -> None:
    """Put the local path of each asset into its property."""
    assets = _assets(Path(template.file))
    for resource in template.resources.values():
        properties = resource.get("Properties") if isinstance(resource, MarkedMap) else None
        if not isinstance(properties, MarkedMap):
            continue
        found = {name: path for name, value in properties.items() if (path := assets.get(_object_key(name, value)))}
        metadata = resource.get("Metadata")
        if isinstance(metadata, MarkedMap):
            path, name = metadata.get("aws:asset:path"), metadata.get("aws:asset:property")
            if isinstance(path, str) and isinstance(name, str) and name in properties:
                found[name] = path
        for name, path in found.items():
            properties.put(name, path, properties.lines.get(name, 0))


def use_own_types(template: Template) -> None:
    """Put CloudFormation's own resource in the place of a custom one that only calls its service's API, as `eks.Cluster` makes it."""
    for resource in template.resources.values():
        own = _OWN_TYPES.get(str(resource.get("Type"))) if isinstance(resource, MarkedMap) else None
        properties = resource.get("Properties") if own else None
        request = properties.get("Config") if isinstance(properties, MarkedMap) else None
        if isinstance(request, MarkedMap):
            resource.put("Type", own, resource.lines.get("Type", 0))
            resource.put("Properties", _capitalized(request), request.line)


def _capitalized(node: Any) -> Any:
    """Return the members of a request as properties, which begin with a capital letter; functions as they are."""
    if not isinstance(node, MarkedMap) or any(name == "Ref" or name.startswith("Fn::") for name in node):
        return rebuilt(node, _capitalized) if isinstance(node, MarkedList) else node
    made = MarkedMap(node.file, node.line)
    for name, value in node.items():
        made.put(f"{name[:1].upper()}{name[1:]}", _capitalized(value), node.lines.get(name, 0))
    return made


def use_paths(template: Template, paths: Mapping[str, str]) -> None:
    """Put the path of the construct of each resource into its metadata, where `cdk synth --no-path-metadata` left it out."""
    for logical_id, path in paths.items():
        resource = template.resources.get(logical_id)
        if isinstance(resource, MarkedMap) and "Metadata" not in resource:
            resource.put("Metadata", MarkedMap(resource.file, resource.line), resource.line)
        metadata = resource.get("Metadata") if isinstance(resource, MarkedMap) else None
        if isinstance(metadata, MarkedMap) and "aws:cdk:path" not in metadata:
            metadata.put("aws:cdk:path", path, metadata.line)


def _assets(template: Path) -> dict[str, str]:
    """Return the path of each asset by its upload key."""
    found = {}
    for _, manifest in _manifests(template):
        try:
            for file in manifest["files"].values():
                for destination in file["destinations"].values():
                    found[str(destination["objectKey"])] = str(file["source"]["path"])
        except (LookupError, TypeError, AttributeError):
            continue  # it is of another kind: the code is then elsewhere, which is reported when it is needed
    return found


def _manifests(template: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the manifests of a template's assets; a nested template's assets are with its parent's."""
    if not template.name.endswith(_TEMPLATE):
        return
    own = "*" if template.name.endswith(f".nested{_TEMPLATE}") else escape(template.name.removesuffix(_TEMPLATE))
    for manifest in sorted(template.parent.glob(f"{own}.assets.json")):
        try:
            content = from_json(text_of(manifest))
        except (SourceError, ValueError, RecursionError):
            continue
        if isinstance(content, Mapping):
            yield manifest, content


def docker_images(template: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Yield the container images in the manifests of a template's assets: the manifest, the hash, the asset."""
    for manifest, content in _manifests(template):
        images = content.get("dockerImages")
        for hash_, asset in images.items() if isinstance(images, Mapping) else ():
            if isinstance(asset, Mapping):
                yield manifest, str(hash_), asset


def _object_key(name: str, value: Any) -> str:
    """Return the key of the object that a property names, "" without one."""
    if name == "TemplateURL":
        return _last_text(value).rpartition("/")[2]
    key = value.get("S3Key", value.get("Key")) if isinstance(value, MarkedMap) else None
    return key if isinstance(key, str) else ""


def _last_text(node: Any) -> str:
    """Return the text at the end of an address that is joined from parts."""
    if isinstance(node, str):
        return node
    members = [*node.values()] if isinstance(node, Mapping) else node if isinstance(node, list) else []
    return _last_text(members[-1]) if members else ""
