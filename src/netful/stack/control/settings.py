"""What `up` hands to the daemon: which stack, from which files, with which values."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class GatewaySettings:
    """How API Gateway runs.

    `account_throttle`: rate and burst of the account, where they are not AWS's defaults. `workers`: how many processes
    answer. `state`: the URL of the server by which they count together; "" where each counts by itself.
    """

    account_throttle: tuple[float, int] | None = None
    workers: int = 1
    state: str = ""

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> GatewaySettings:
        """From JSON, which knows no tuples."""
        limit = values["account_throttle"]
        return cls(**values | {"account_throttle": (limit[0], limit[1]) if limit else None})


@dataclass(frozen=True)
class Settings:
    """Paths are absolute or relative to `cwd`, so that messages name files as the user wrote them.

    `attachments`: resources whose ports are relayed, as (resource, port, host, port on the host). `lambda_network`: which
    of Lambda's designs. `eni_seconds`: how long an interface takes, and `eni_idle_seconds`: how long a shared one is kept
    for an unused function; `eni_delete_seconds`: how long one that no function has any more is still told of. `eni_ports`:
    connections of a shared one to one destination, and `eni_connections`: in all, before Lambda makes another one.
    `lambda_concurrency`: the account's limit. `internet`: `emulated`, or `real` where names lead to their real hosts.
    `state_folder`: what keeps AWS's services' content.
    """

    name: str
    cwd: str
    templates: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    parameter_files: tuple[str, ...] = ()
    region: str | None = None
    attachments: tuple[tuple[str, int, str, int], ...] = ()
    nat_ports: int = 55_000
    nat_idle_seconds: int = 350
    lambda_network: str = "hyperplane"
    eni_seconds: float = 0.0
    eni_idle_seconds: float = 14 * 86_400.0
    eni_ports: int = 64_512
    eni_connections: int = 65_000
    eni_delete_seconds: float = 20 * 60.0
    lambda_concurrency: int = 1000
    internet: str = "emulated"
    state_folder: str = ""
    gateway: GatewaySettings = GatewaySettings()

    @property
    def home(self) -> Path:
        """The folder of the first template."""
        first = Path(self.cwd, *self.templates[:1]).resolve()
        return first if first.is_dir() else first.parent

    def seen_from(self, cwd: str) -> Settings:
        """The same files, named as another folder must name them."""
        if cwd == self.cwd:
            return self
        places = self.templates or ("",)
        return replace(
            self,
            templates=tuple(str(Path(self.cwd, place)) for place in places),
            parameter_files=tuple(str(Path(self.cwd, place)) for place in self.parameter_files),
        )

    def to_json(self) -> str:
        """As text, for the daemon's command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """From the daemon's command line."""
        values = json.loads(text)
        pairs = tuple((name, value) for name, value in values.pop("parameters"))
        return cls(
            **values
            | {
                "gateway": GatewaySettings.from_values(values["gateway"]),
                "templates": tuple(values["templates"]),
                "parameter_files": tuple(values["parameter_files"]),
                "parameters": pairs,
                "attachments": tuple((r, int(p), h, int(q)) for r, p, h, q in values["attachments"]),
            }
        )
