"""A further name by which clients call the local endpoint, such as that of a container."""

from __future__ import annotations

from dataclasses import dataclass

from netful.model.core.origin import DEFAULT, Origin


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """A host name without a port, in lower case. It is not the user's own until they agreed, if a project declares it."""

    id: str
    origin: Origin = DEFAULT
