"""A template's resource as written: every type, also those that netful knows nothing about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from netful.model.origin import DEFAULT, Origin


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource with its properties resolved; an `Unknown` stands where a value could not be."""

    id: str
    type: str
    properties: dict[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    stack: str = ""
    origin: Origin = DEFAULT
    property_origins: dict[str, Origin] = field(default_factory=dict)
