"""Kind of a template's resources in the back ends: its service, its name property, its create and delete requests, its parts."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from netful.model.core import Frozen, Unknown, is_set, known_parts, mapping, mappings, whole_number
from netful.model.names.arns import aws_arn
from netful.service_models.member_types import in_types
from netful.service_models.service_model import service_model
from netful.services.deploy.kinds.part import Part
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Request

Properties: TypeAlias = Mapping[str, Any]


class Place(Frozen):
    """The region and account of a resource."""

    region: str
    account_id: str


LOWER = ("tags", "tagKeys")
"""Members of requests that put and remove tags, in services whose members begin with a small letter."""

LATER = frozenset({"iam", "application-autoscaling", "rds"})
"""Services whose resources are made at the first call to the service: moto's IAM takes 0.2 s and 13 MiB, its RDS 0.5 s."""


REF = "Ref"
"""In place of a name's property: the resource's Ref names it."""

ID_MEMBER = "netful:Id"
"""Member of a request with the id of what it makes, where a service would generate one (`moto.given_ids`)."""


def pair(key: str, value: str) -> dict[str, str]:
    """Return a tag in the form of services whose tags are a map."""
    return {key: value}


class Wanted(Frozen):
    """A resource as the template has it: its name in the back ends, its properties, and its place."""

    name: str
    properties: Properties
    place: Place

    def arn(self, service: str, rest: str) -> str:
        """Return an ARN in the resource's region and account."""
        return aws_arn(service, self.place.region, self.place.account_id, rest)

    def set(self, *names: str) -> dict[str, Any]:
        """Return the properties that are set and known, as JSON."""
        return {name: known_parts(self.properties[name]) for name in names if is_set(self.properties.get(name))}

    def text(self, name: str, default: str = "") -> str:
        """Return a property that is a known text."""
        value = self.properties.get(name)
        return value if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        """Return the known texts of a list, or a single text."""
        value = self.properties.get(name)
        listed = value if isinstance(value, list | tuple) else [value]
        return [one for one in listed if isinstance(one, str)]

    def mapping(self, name: str) -> Properties:
        """Return a property that is a mapping; an empty one for any other."""
        return mapping(self.properties.get(name))

    def mappings(self, name: str) -> list[Properties]:
        """Return the mappings of a list."""
        return mappings(self.properties.get(name))

    def number(self, name: str, default: int) -> int:
        """Return a property that is a whole number, or a text of one."""
        return whole_number(self.properties.get(name), default)

    def document(self, name: str) -> str:
        """Return a property that is a JSON document as text. Raises NotKnownError."""
        return document(self.properties.get(name))

    def tags(
        self,
        request: Callable[..., Request],
        named: Mapping[str, Any],
        form: Callable[[str, str], Any] = lambda key, value: [{"Key": key, "Value": value}],
        operations: tuple[str, str] = ("TagResource", "UntagResource"),
        members: tuple[str, str] = ("Tags", "TagKeys"),
    ) -> Iterator[Part]:
        """Yield a part for each tag. Back ends add another value beside the first one.

        `operations` put and remove tags, which are in their `members`: one in the `form` of the service, and the keys.
        `named` are the members of both that name the resource.
        """
        for tag in self.mappings("Tags"):
            key, value = str(tag.get("Key")), str(tag.get("Value", ""))
            put, remove = {members[0]: form(key, value)}, {members[1]: [key]}
            put_request, removal = request(operations[0], **named, **put), request(operations[1], **named, **remove)
            yield Part(("tag", key, value), put_request, removal)


Requests: TypeAlias = Callable[[Wanted], Iterable[Request]]


def _nothing(_one: Wanted) -> tuple[Request, ...]:
    return ()


def _no_parts(_one: Wanted) -> tuple[Part, ...]:
    return ()


class Kind(Frozen):
    """A type of resource: its service, the property that names it (if empty, the id does; REF: its Ref), and its requests.

    `parts` are what is put into the resource and what ties it to others. A kind may consist of parts alone. `update` brings a
    resource to changed properties, as CloudFormation does in place; without it, the resource itself stays as it was made.
    `group_property` names the group in which a name is unique: in the back ends, the resource is `GROUP/NAME`.
    """

    service: str
    name_property: str
    make: Requests = _nothing
    delete: Requests = _nothing
    parts: Callable[[Wanted], Iterable[Part]] = _no_parts
    update: Requests = _nothing
    group_property: str = ""

    @property
    def has_parts(self) -> bool:
        """True if the kind has parts, whose requests depend on the properties before a change."""
        return self.parts is not _no_parts


class JsonService(Frozen):
    """The operations of a service with a JSON protocol: `prefix` is that of their targets.

    `model` is botocore's name of the service, where requests have numbers and flags of templates, which may be texts.
    """

    prefix: str
    version: str = "1.1"
    model: str = ""

    def __call__(self, operation: str, **members: Any) -> Request:
        """Return the request for an operation."""
        if self.model:
            model = service_model(self.model)
            members = in_types(model, model.operations[operation].input, members)
        return json_request(f"{self.prefix}.{operation}", members, self.version)

    def by_name(self, operation: str, member: str) -> Requests:
        """Return the request for an operation that takes nothing but the name of a resource."""
        return lambda one: [self(operation, **{member: one.name})]


class NotKnownError(Exception):
    """A resource cannot be made, because a document of it is not known."""


def document(value: Any) -> str:
    """Return a policy, or another JSON document of a template, as text. Raises NotKnownError."""
    if isinstance(value, Unknown):
        raise NotKnownError(f"its policy is not known: {value.why}")
    return value if isinstance(value, str) else json.dumps(known_parts(value))
