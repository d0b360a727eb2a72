"""Analysis of a file as an editor shows it: the network of a template's text, saved or not, and what is wrong with it.

Of code for the CDK and of Terraform's configuration it is the network of what was built of them last.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import netful
from netful.editors.built import Built
from netful.model.core import Resource
from netful.sources.files import open_documents

_NAME = re.compile(r"""\s+['"]?(?P<name>\w+)['"]?\s*:""")
_TEMPLATE = re.compile(r'^(?:Resources\s*:|\s*\{?\s*"Resources"\s*:)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the client: templates that are read together, values of parameters, the region."""

    templates: tuple[Path, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None

    @classmethod
    def given(cls, options: object, root: Path | None) -> Options:
        """Return the `initializationOptions` of a client, whose templates are relative to its root folder."""
        if not isinstance(options, dict):
            return cls()
        templates = options.get("templates")
        paths = [str(one) for one in templates] if isinstance(templates, list) else []
        parameters = options.get("parameters")
        values = parameters if isinstance(parameters, dict) else {}
        return cls(tuple((root or Path()) / path for path in paths), values, str(options.get("region") or "") or None)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Facts about a file: its network and findings, or the error that it cannot be read and the network that it had before.

    `built` is what the network was read from, if that is not the file itself.
    """

    path: Path
    lines: tuple[str, ...]
    network: netful.Network | None = None
    findings: tuple[netful.Finding, ...] = ()
    error: netful.NetfulError | None = None
    built: Built | None = None

    def resources(self) -> dict[int, Resource]:
        """Return the resources that are written in this file, by line.

        Of several on a line it is the first, as SAM makes them, or that of the outermost construct.
        """
        found: dict[int, Resource] = {}
        if self.built:
            return self._made_here()
        names = self._names() if self.error else {}
        for resource in self.network.cloud.template.resources.values() if self.network else ():
            if path_of(resource.origin.file) == self.path:
                found.setdefault(names.get(resource.id, 0) if self.error else resource.origin.line, resource)
        return found

    def _made_here(self) -> dict[int, Resource]:
        """Return the resources that the file's code or configuration makes, by line."""
        found: dict[int, Resource] = {}
        for resource in self.network.cloud.template.resources.values() if self.network else ():
            place = resource.source_origin
            if place is not None and path_of(place.file) == self.path:
                known = found.get(place.line)
                if known is None or len(resource.construct_path) < len(known.construct_path):
                    found[place.line] = resource
        return found

    def _names(self) -> dict[str, int]:
        """Return the first line that begins with each name, in a text that cannot be read."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.lines, 1):
            if name := _NAME.match(line):
                found.setdefault(name["name"], number)
        return found


def path_of(file: str | Path) -> Path:
    """Return the absolute path of a file without `..`, as editors name it; links are not followed."""
    return Path(os.path.abspath(file))  # noqa: PTH100  # `resolve` follows links


def is_template(text: str) -> bool:
    """Return whether a text is a template of CloudFormation or SAM."""
    return _TEMPLATE.search(text) is not None


def analyse(path: Path, texts: Mapping[Path, str], options: Options, built: Built | None = None) -> Analysis:
    """Return the analysis of the file at an absolute path; `texts` are the open documents, `built` is what was built of it."""
    together = [path_of(file) for file in options.templates]
    own = built.path if built else path
    paths = together if own in together else [own]
    lines = tuple(texts[path].splitlines())
    with open_documents.in_place_of_files(texts):
        try:
            network = netful.load(*paths, parameters=options.parameters, region=options.region)
            return Analysis(path, lines, network, network.placed(network.check()), built=built)
        except netful.NetfulError as error:
            return Analysis(path, lines, error=error, built=built)
