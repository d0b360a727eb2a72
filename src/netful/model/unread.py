"""Contents of the sources that netful does not read: types, properties and values.

An answer whose path they touch names them, or is unknown.
"""

from enum import StrEnum
from typing import Any, Self

from netful.model.core import DEFAULT, Placed


def beyond(table_id: str) -> str:
    """Return the name of the routes of a table besides those within its VPC."""
    return f"{table_id} beyond its VPC"


MAKES_ROUTES = "UserData"
"""The property with a script that makes routes."""

TAKES_ADDRESS = "UserData: associate-address"
"""The property with a script that gives its instance an Elastic IP."""

ADDING = (
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    "Custom::",
)
"""Beginnings of the types whose own resources are in no source. They may add routes, entries, rules and records to what they refer to."""


class Weight(StrEnum):
    """Influence of unread contents on the paths that they touch; `meaning` documents it."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Create a weight with its documentation."""
        weight = str.__new__(cls, value)
        weight._value_, weight.meaning = value, meaning
        return weight

    DECIDES = "decides", "may turn the answer: the path is unknown"
    BLOCKS = "blocks", "may only block: a reachable path is unknown, a blocked one stays blocked"
    OPENS = "opens", "may only open: a blocked path is unknown, a reachable one stays reachable"
    ASSUMED = "assumed", "probably changes nothing: an assumption names it"


class Unread(Placed):
    """Something unread of one resource.

    `what` is a type, a property or a property with its value, as written. `touches` are the names in the cloud of everything
    whose paths it may influence with its weight, and types, for everything of them; `nearby` are those where it is an
    assumption. `hint` names what was probably meant. `needs` is the input that is missing if the value is not known. `assumption`
    is what answers assume of it; "" for the common words.
    """

    resource_id: str
    what: str
    weight: Weight
    touches: tuple[str, ...] = ()
    nearby: tuple[str, ...] = ()
    hint: str = ""
    needs: tuple[str, ...] = ()
    assumption: str = ""

    @property
    def is_type(self) -> bool:
        """True if the type is not read, and so nothing of the resource."""
        return "::" in self.what and not self.is_value

    @property
    def is_value(self) -> bool:
        """True if the property is read, but not this value of it."""
        return ": " in self.what

    def __str__(self) -> str:
        of = f"`{self.what}` of {self.resource_id}"
        if self.is_type:
            of = f"{self.resource_id} of the type `{self.what}`"
        return of if self.origin == DEFAULT else f"{of} ({self.origin})"

    @property
    def assumed(self) -> str:
        """The assumption of a path that it does not turn."""
        why = "it is not known" if self.needs else "netful does not read it"
        return self.assumption or f"{self} changes nothing on this path: {why}"

    def to_json(self) -> dict[str, Any]:
        """Return the fields in the format of the CLI."""
        return {
            "resource": self.resource_id,
            "what": self.what,
            "weight": self.weight.value,
            "touches": list(self.touches),
            "origin": str(self.origin),
        }
