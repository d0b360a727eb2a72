"""Options of the plugin in pytest's configuration.

| option | meaning |
|---|---|
| `netful_template` | templates of the fixtures and of expectations, relative to the configuration file |
| `netful_parameters` | values of parameters, one KEY=VALUE a line |
| `netful_region` | the region to assume |
| `netful_scope` | scope of the fixtures `network` and `stack`: session or module |
| `netful_expectations` | patterns of the names of expectations files |
| `netful_require_packets` | fail where the machine permits no packets, instead of skipping |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

SCOPES = ("session", "module")


@dataclass(frozen=True, slots=True)
class Sources:
    """Templates with their parameters and region."""

    templates: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    region: str

    @classmethod
    def configured(cls, config: pytest.Config) -> Sources:
        """Return the configured sources. Raise UsageError for a parameter without a value."""
        pairs = [line.partition("=") for line in config.getini("netful_parameters")]
        for name, equals, _ in pairs:
            if not (name and equals):
                raise pytest.UsageError(f"netful_parameters: `{name}` is not KEY=VALUE")
        templates = tuple(str(path) for path in config.getini("netful_template"))
        return cls(templates, tuple((name, value) for name, _, value in pairs), config.getini("netful_region"))

    def at(self, folder: Path) -> Sources:
        """Return the same with the template of a folder."""
        return replace(self, templates=(str(folder),))

    @property
    def options(self) -> dict[str, Any]:
        """Options of `netful.load` and `netful.up`."""
        return {"parameters": dict(self.parameters), "region": self.region or None}


def declare(parser: pytest.Parser) -> None:
    """Declare the options."""
    parser.addini("netful_template", "netful: templates of the fixtures and of expectations", "paths", [])
    parser.addini("netful_parameters", "netful: values of parameters, one KEY=VALUE a line", "linelist", [])
    parser.addini("netful_region", "netful: the region to assume", "string", "")
    parser.addini("netful_scope", "netful: scope of `network` and `stack`, session or module", "string", SCOPES[0])
    parser.addini("netful_expectations", "netful: patterns of expectations files", "args", ["*.netful"])
    parser.addini("netful_require_packets", "netful: fail where packets are not permitted", "bool", default=False)
