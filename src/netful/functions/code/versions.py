"""Versions and aliases of a function: `$LATEST` changes, a published version does not (lambda §5.1, §5.2).

An alias points to a version; with weights, it routes a share of its invocations to another one.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from msgspec import field

from netful.functions.code import package
from netful.functions.code.package import Package
from netful.model.core import Frozen
from netful.model.difference import same
from netful.model.functions.function import Function

LATEST = "$LATEST"


class Revision(Frozen):
    """Time and id of the last change; each change makes a new id."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def last_modified(self) -> str:
        """Time in the API's format: milliseconds, and +0000."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond // 1000:03}+0000"


class Version(Frozen):
    """Content of a version. `package` is None if there is no code that can run."""

    function: Function
    package: Package | None
    number: str = LATEST
    description: str = ""
    revision: Revision = field(default_factory=Revision)

    @property
    def code_sha256(self) -> str:
        """Return the digest of the code; "" without code."""
        return self.package.code_sha256 if self.package else ""


def alike(one: Version, other: Version) -> bool:
    """Return whether two versions run the same code in the same way."""
    if one.package is None or other.package is None:
        return False
    return same(one.function, other.function) and package.alike(one.package, other.package)


class Alias(Frozen):
    """A name for a version. `weights`: other versions, with their share of the invocations."""

    name: str
    version: str
    description: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    revision: Revision = field(default_factory=Revision)

    def is_like(self, other: "Alias") -> bool:
        """Return whether two aliases of a name lead to the same versions, whenever they were made."""
        return replace(self, revision=other.revision) == other

    def drawn(self, chance: float) -> str:
        """Return the version for an invocation; `chance` is a random number below 1."""
        for number, weight in self.weights.items():
            if chance < weight:
                return number
            chance -= weight
        return self.version


class TemplateVersions(Frozen):
    """The numbers of the versions, the aliases, and the provisioned concurrency by qualifier, as the template has them.

    `lasting` are the numbers that a deployment gave: these versions stay as they were published.
    """

    versions: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    provisioned: Mapping[str, int] = field(default_factory=dict)


class Versions:
    """Versions and aliases of one function. `numbers` is the number of the newest version so far."""

    def __init__(self, latest: Version) -> None:
        self.latest = latest
        self.of_template = TemplateVersions()
        self.published: dict[str, Version] = {}
        self.aliases: dict[str, Alias] = {}
        self.numbers = 0

    def get(self, qualifier: str, chance: float = 1.0) -> Version | None:
        """Return the version of a qualifier: a number, an alias, `$LATEST` or nothing. None if no version matches."""
        alias = self.aliases.get(qualifier)
        number = alias.drawn(chance) if alias else qualifier
        return self.latest if number in {"", LATEST} else self.published.get(number)

    def unchanged(self) -> Version | None:
        """Return the newest version if `$LATEST` has not changed since it was published."""
        newest = next(reversed(self.published.values()), None)
        if newest is None or newest.code_sha256 != self.latest.code_sha256:
            return None
        return newest if newest.function == self.latest.function else None

    def publish(self, package: Package | None, description: str = "", number: str = "") -> Version:
        """Publish `$LATEST` as a version with this package."""
        number = number or str(self.numbers + 1)  # numbers are not reused
        self.numbers = max(self.numbers, int(number))
        made = replace(
            self.latest, package=package, number=number, description=description, revision=Revision()
        )  # fmt: skip
        self.published[number] = made
        return made
