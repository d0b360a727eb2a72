"""The CDK's constructs: their paths, and their places in the application's code, from what `cdk synth` writes beside a template.

The frame of a trace that counts is the first one outside of the libraries. A construct whose own trace has none, as the
subnets that a `Vpc` makes, has the place of the construct around it. Recent versions of the CDK write the traces into a file of
their own, older ones into the manifest and only with `--debug`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from netful.model.core import Frozen, Origin, SourceError, mapping
from netful.model.json_texts import from_json
from netful.sources.files import project_folder
from netful.sources.files.unreadable import text_of

_FRAME = re.compile(r"\(?(?P<file>(?:file://)?/[^()]+?):(?P<line>\d+):\d+\)?$")
_LIBRARIES = "node_modules"
_NESTED = ".NestedStack/"
"""The end of the path of a nested stack, whose own constructs are beside it: `/Shop/Net.NestedStack/…` and `/Shop/Net/Vpc`."""

_OF_NESTED = ".nested.template.json"
"""The end of the name of a nested stack's template. Before it is the stack's path without signs, and eight digits."""
_DIGITS = 8

_TRACES = {"aws:cdk:creationStack": "data", "aws:cdk:logicalId": "trace"}


class Constructs(Frozen):
    """The constructs of the resources of a template, by logical id: the path of each, and its place in the code if it has one."""

    paths: Mapping[str, str]
    origins: Mapping[str, Origin]


def constructs(template: Path) -> Constructs:
    """Return the constructs of a template."""
    application = project_folder.homes_of(template)[-1]
    ids: dict[str, str] = {}
    places: dict[str, Origin] = {}
    metadata = _metadata(template)
    nested = dict.fromkeys(f"{path.rpartition(_NESTED)[0]}/" for path in metadata if _NESTED in path)
    own = next(filter(partial(_is_of, template.name), nested), "")
    others = tuple(path for path in nested if path != own and path.startswith(own))
    for path, entries in metadata.items():
        if not path.startswith(own) or path.startswith(others):
            continue  # it is of the template of another stack, which may have the same logical ids
        for entry in entries if isinstance(entries, list) else ():
            kind = entry.get("type") if isinstance(entry, Mapping) else None
            if kind == "aws:cdk:logicalId":
                ids[str(entry.get("data"))] = path
            frames = entry.get(_TRACES[kind]) if kind in _TRACES else None
            place = next(_frames(frames, application), None) if isinstance(frames, list) else None
            if place is not None:
                places[path] = place
                places.setdefault(path.rpartition("/")[0], place)
    origins = {id_: place for id_, path in ids.items() if (place := _nearest(path, places))}
    return Constructs({id_: path.removeprefix("/") for id_, path in ids.items()}, origins)


def _is_of(template: str, path: str) -> bool:
    """Return whether a template is that of the nested stack with a path."""
    signless = "".join(filter(str.isalnum, path))
    return template.endswith(_OF_NESTED) and template.removesuffix(_OF_NESTED)[:-_DIGITS] == signless


def _nearest(path: str, places: Mapping[str, Origin]) -> Origin | None:
    """Return the place of a construct, else that of the nearest one around it; not the place of a whole stack."""
    while path.count("/") > 1:
        if path in places:
            return places[path]
        path = path.rpartition("/")[0]
    return None


def _frames(frames: list[Any], application: Path) -> Iterator[Origin]:
    """Yield the frames in the application's own files: those in its folder or its repository."""
    home = project_folder.folder_of(application / "cdk.json")
    for frame in frames:
        found = _FRAME.search(str(frame))
        file = Path(found["file"].removeprefix("file://")) if found else None
        if found and file and _LIBRARIES not in file.parts and file.is_file() and file.resolve().is_relative_to(home):
            own = Path(os.path.relpath(file, application.absolute()))
            yield Origin(str(application / own), int(found["line"]))


def _metadata(template: Path) -> Mapping[str, Any]:
    """Return the metadata of a template's constructs, by their paths; for one of a nested stack, that of all of them."""
    found: dict[str, Any] = {}
    for artifact in mapping(_read(template.parent / "manifest.json").get("artifacts")).values():
        properties = mapping(mapping(artifact).get("properties"))
        if properties.get("templateFile") == template.name or template.name.endswith(_OF_NESTED):
            apart = artifact.get("additionalMetadataFile")
            found |= mapping(artifact.get("metadata"))
            found |= _read(template.parent / apart) if isinstance(apart, str) and "/" not in apart else {}
    return found


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return mapping(from_json(text_of(file)))
    except (SourceError, json.JSONDecodeError):
        return {}
