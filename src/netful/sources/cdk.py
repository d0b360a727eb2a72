"""What `cdk synth` writes: the stacks of a cloud assembly, and where the code of their functions is.

A `cdk.out` folder has a `manifest.json` that lists its stacks; stages are assemblies within. A resource's metadata names
the folder or zip that an asset was copied to, which stands in place of the bucket that it would be uploaded to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netful.model.errors import SourceError
from netful.model.origin import Origin
from netful.sources.marked import MarkedMap

_MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class SynthesizedStack:
    """A stack of an assembly: its name, its template, and its region when that is fixed."""

    name: str
    file: Path
    region: str = ""


def is_assembly(folder: Path) -> bool:
    """Whether a folder is a cloud assembly."""
    return (folder / _MANIFEST).is_file()


def stacks(folder: Path, depth: int = 0) -> Iterator[SynthesizedStack]:
    """The stacks of an assembly and of its stages, in the order of the manifest."""
    for name, artifact in _artifacts(folder / _MANIFEST).items():
        properties = artifact.get("properties") if isinstance(artifact, Mapping) else None
        if not isinstance(properties, Mapping):
            continue
        if artifact.get("type") == _STACK:
            region = str(artifact.get("environment", "")).rsplit("/", 1)[-1]
            file = folder / str(properties.get("templateFile", ""))
            yield SynthesizedStack(
                str(properties.get("stackName", name)), file, "" if region == "unknown-region" else region
            )
        elif artifact.get("type") == _ASSEMBLY and depth < _DEEPEST:
            yield from stacks(folder / str(properties.get("directoryName", "")), depth + 1)


def _artifacts(manifest: Path) -> Mapping[str, Any]:
    origin = Origin(str(manifest))
    try:
        root = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError("cannot read the file", origin=origin, why=str(error), hint="run `cdk synth`") from None
    except json.JSONDecodeError as error:
        at = Origin(str(manifest), error.lineno)
        raise SourceError("the manifest is not valid JSON", origin=at, why=error.msg.lower()) from None
    artifacts = root.get("artifacts") if isinstance(root, Mapping) else None
    if not isinstance(artifacts, Mapping):
        raise SourceError("the manifest lists no artifacts", origin=origin, hint="run `cdk synth` again")
    return artifacts


def use_local_assets(resources: MarkedMap) -> None:
    """Put the local path of each asset into the property that it belongs to."""
    for resource in resources.values():
        if not isinstance(resource, MarkedMap):
            continue
        metadata, properties = resource.get("Metadata"), resource.get("Properties")
        if isinstance(metadata, MarkedMap) and isinstance(properties, MarkedMap):
            path, name = metadata.get("aws:asset:path"), metadata.get("aws:asset:property")
            if isinstance(path, str) and isinstance(name, str) and name in properties:
                properties.put(name, path, properties.lines.get(name, 0))
