"""A template's resource as written: every type, also types that netful does not support."""

from typing import Any

from msgspec import field

from netful.model.core.origin import Identified, Origin, Placed
from netful.model.core.unknown import Maybe

_OWN_CONSTRUCTS = ("Resource", "Default")


def construct_of(path: str) -> str:
    """Return the path of a construct from that of its own resource in CDK: `App/Orders` from `App/Orders/Resource`."""
    parts = path.split("/")
    while len(parts) > 1 and parts[-1] in _OWN_CONSTRUCTS:
        parts.pop()
    return "/".join(parts)


class Resource(Identified):
    """One resource with its properties resolved; an `Unknown` replaces a value that could not be resolved.

    `references` are the ids of the resources in its properties, also if the resolved value no longer shows them.
    `ref` is the value of its `Ref`, which CloudFormation calls the physical id. `generation`
    is how often the resource was replaced: each time it gets another id. `construct_path` is its path in the CDK's application, without the construct's own resource: `App/Orders/Function`.
    `source_origin` is the place of its construct in the application's code, or of its block in Terraform's configuration, where
    the source was made of that. `region` and `account_id` are set where they are not the cloud's, `given_id` where AWS has given it an id
    already, as in the plan of a change. `written_as` is its logical id where its id has another one: a stack has imported it. `presumption` is what its being there assumes: that its condition holds, which is not known.
    """

    type: str
    properties: dict[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    stack: str = ""
    property_origins: dict[str, Origin] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    construct_path: str = ""
    source_origin: Origin | None = None
    ref: Maybe[str] = ""
    generation: int = 0
    region: str = ""
    account_id: str = ""
    given_id: str = ""
    written_as: str = ""
    presumption: str = ""

    @property
    def is_uncertain(self) -> bool:
        """True if its condition is not known, and is taken to hold."""
        return bool(self.presumption)

    @property
    def logical_id(self) -> str:
        """The logical id in the template of its stack."""
        return self.written_as or self.id.rpartition("/")[2]

    def origin_of(self, name: str) -> Origin:
        """Return the place of a property, else the resource's."""
        return self.property_origins.get(name, self.origin)


class Output(Identified):
    """An output of a stack; `export_name` is set if other stacks may import it."""

    value: Any
    export_name: Maybe[str] | None = None
    stack: str = ""


class DanglingReference(Placed):
    """A reference of `owner` (a resource, or `Outputs.NAME`) to `target`.

    The condition of `target` is false, so the deployment fails.
    """

    owner: str
    target: str
    condition: str
