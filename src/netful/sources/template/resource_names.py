"""Names, ids and ARNs of the resources of a stack: what their attributes are made of."""

from functools import partial
from typing import Any

from netful.model.core import Unknown
from netful.model.identity import id_of
from netful.model.names.generated.generated_names import NAMINGS
from netful.model.names.generated.iam_names import with_path
from netful.model.names.generated.secret_names import with_suffix
from netful.sources.files.marked import MarkedList
from netful.sources.template import attributes
from netful.sources.template.resources import StackResources
from netful.sources.template.scope import Lookup
from netful.sources.template.values import as_text, merged, unknowns_in


class ResourceNames:
    """Names, ids and ARNs of resources, by logical id."""

    def __init__(self, resources: StackResources, lookup: Lookup) -> None:
        self.resources = resources
        self.lookup = lookup

    def account(self, logical_id: str) -> str:
        """Return the account of a resource."""
        return self.place(logical_id)[0]

    def region(self, logical_id: str) -> str:
        """Return the region of a resource."""
        return self.place(logical_id)[1]

    def place(self, logical_id: str) -> tuple[str, str]:
        """Return the account and the region of a resource: its own, else its stack's."""
        account_id, region = self.resources.places.get(logical_id, ("", ""))
        return account_id or self.lookup.account_id, region or self.lookup.region

    def name(self, logical_id: str) -> Any:
        """Return the name of a resource; the id where none is set."""
        kind = self.resources.kind(logical_id)
        name_property = attributes.NAME_PROPERTIES.get(kind)
        name = self.resources.property(logical_id, name_property) if name_property else None
        text = None if name is None else as_text(name, self.resources.origin(logical_id))
        if text is None or (isinstance(text, Unknown) and kind == "AWS::Lambda::Function"):
            return self.aws_id(logical_id)  # the caller's target is known, whatever its name will be
        return text

    def aws_id(self, logical_id: str) -> str:
        """Return the id that AWS gives."""
        if given := self.resources.given_ids.get(logical_id):
            return given
        name, kind = self.resources.ids[logical_id], self.resources.kind(logical_id)
        made = attributes.MADE_IDS.get(kind)
        if made:
            return made(name, self.region(logical_id), self.account(logical_id))
        own = self.resources.id_seed(logical_id)
        return id_of(kind, *self.place(logical_id), own, partial(self.resources.property, logical_id)) or name

    def own_arn(self, logical_id: str) -> str | Unknown:
        """Return the ARN of a resource; a name in IAM has its path before it."""
        kind = self.resources.kind(logical_id)
        path = self.resources.property(logical_id, "Path") if kind.startswith("AWS::IAM::") else None
        named = [self.name(logical_id), path]
        if unknowns := unknowns_in(named):
            return merged(unknowns)
        naming, own = NAMINGS.get(kind), str(named[0])
        name = with_path(path, own.lower() if naming is not None and naming.lower else own)
        end = self.secret_end(logical_id, name) if kind == attributes.OF_SECRETS else name
        return self.arn(logical_id, attributes.ARNS[kind], end)

    def arn(self, logical_id: str, pattern: str, name: str) -> str:
        """Return the ARN of a name in the place of a resource."""
        return attributes.arn(pattern, self.region(logical_id), self.account(logical_id), name)

    def qualified_arn(self, logical_id: str, qualifier: object) -> str | Unknown:
        """Return the ARN of an alias or a version: its function's, by name or ARN, with the qualifier."""
        origin, function = self.resources.origin(logical_id), self.resources.property(logical_id, "FunctionName")
        named = [as_text(one, origin) for one in (function or "", qualifier)]
        if unknowns := unknowns_in(named):
            return merged(unknowns)
        name, end = (str(one) for one in named)
        arn = name if name.startswith("arn:") else self.arn(logical_id, attributes.ARNS["AWS::Lambda::Function"], name)
        return f"{arn}:{end}"

    def secret_end(self, logical_id: str, name: str) -> str:
        """Return the name of a secret as its ARN has it."""
        return with_suffix(name, *self.place(logical_id))

    def derived(self, logical_id: str, attribute: str) -> Any:
        """Return a value that follows from the name alone."""
        name = self.name(logical_id)
        if isinstance(name, Unknown):
            return name
        derived = attributes.DERIVED[self.resources.kind(logical_id), attribute]
        return derived(str(name), self.region(logical_id), self.account(logical_id))

    def address(self, logical_id: str, attribute: str) -> Any:
        """Return an address that the template fixes, else the reference that a running stack reads."""
        own = attributes.PROPERTY_ATTRIBUTES.get((self.resources.kind(logical_id), attribute))
        fixed = self.resources.property(logical_id, own) if own else None
        reference = attributes.ADDRESS_REFERENCE.format(id=self.resources.ids[logical_id], attribute=attribute)
        decided = decided_by_aws(logical_id, attribute)
        return Unknown(decided.why, decided.needs, reference) if fixed is None else fixed

    def with_ids(self, ids: object) -> list[str]:
        """Return the logical ids of the resources whose ids are in a list."""
        return [name for name in self.resources.ids if isinstance(ids, list) and self.aws_id(name) in ids]

    def is_named(self, logical_id: str, named: object) -> bool:
        """Return whether a text is the id of a resource, its name in AWS, or its ARN."""
        has_arn = self.resources.kind(logical_id) in attributes.ARNS
        return named in (self.aws_id(logical_id), self.name(logical_id)) or (
            has_arn and named == self.own_arn(logical_id)
        )

    def listed(self, logical_id: str, *values: Any) -> MarkedList:
        """Return values as a list that stands where the resource does."""
        origin = self.resources.origin(logical_id)
        listed = MarkedList(origin.file, origin.line)
        for value in values:
            listed.put(value)
        return listed


def decided_by_aws(logical_id: str, attribute: str) -> Unknown:
    """Return the value that only AWS decides."""
    return Unknown(f"`{logical_id}.{attribute}` is decided by AWS", (f"{logical_id}.{attribute}",))
