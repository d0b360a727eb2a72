"""Resources of a stack with their properties resolved."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from netful.model.core import Origin, Resource, Unknown, construct_of, is_true
from netful.model.identity import seed
from netful.model.names.generated.generated_names import NAMINGS, Names
from netful.sources.account.deployed_stack import DeployedStack, address_of
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.conditions import Conditions
from netful.sources.template.references import depends_on
from netful.sources.template.scope import ValueEvaluator
from netful.sources.template.values import NO_VALUE


class StackResources:
    """The resources of a stack. A property is resolved on first use, and kept.

    `ids` are their names in the cloud: the logical id, unless another stack has it already. A resource that is not named has
    the name that CloudFormation makes, as if the template had set it; `stack_name` is part of that. `places` are their accounts and
    regions where they are not the stack's.
    """

    def __init__(
        self,
        stack: str,
        written: MarkedMap,
        evaluator: ValueEvaluator,
        conditions: Conditions,
        names: Callable[[], Names],
        deployed: DeployedStack | None = None,
        places: Mapping[str, tuple[str, str]] = MappingProxyType({}),
        given_ids: Mapping[str, str] = MappingProxyType({}),
        made_values: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        self.places = places
        self.given_ids = given_ids
        self._made_values = made_values
        self.ids: dict[str, str] = {}
        self._stack = stack
        self._names = names
        self._objects = deployed.objects if deployed else {}
        self._generations = deployed.generations if deployed else {}
        self._unmade = deployed.unmade if deployed and deployed.name == stack else frozenset()
        self._written = written
        self._evaluator = evaluator
        self._conditions = conditions
        self._properties: dict[tuple[str, str], Any] = {}
        self._resolving: set[tuple[str, str]] = set()

    def __contains__(self, logical_id: str) -> bool:
        return logical_id in self._written

    def __iter__(self) -> Iterator[str]:
        """Yield the logical ids of the deployed resources."""
        return filter(self.is_present, self._written)

    def is_present(self, logical_id: str) -> bool:
        """Return whether a resource is deployed; an unknown condition is assumed to hold."""
        return logical_id not in self._unmade and self.is_admitted(logical_id)

    def is_admitted(self, logical_id: str) -> bool:
        """Return whether the condition of a resource holds, if it has one."""
        return self._conditions.admit(self._written[logical_id])

    def absence(self, logical_id: str) -> Unknown | None:
        """Return the reason why a resource is not deployed; None if it is."""
        if self.is_present(logical_id):
            return None
        if logical_id in self._unmade:
            return Unknown(f"`{logical_id}` is not deployed: its deployment failed")
        return Unknown(f"`{logical_id}` is not deployed: its condition `{self.condition(logical_id)}` is false")

    def condition(self, logical_id: str) -> str:
        """Return the name of the condition of a resource that has one."""
        return str(self._written[logical_id]["Condition"])

    def kind(self, logical_id: str) -> str:
        """Return the type of a resource."""
        return str(self._written[logical_id]["Type"])

    def origin(self, logical_id: str) -> Origin:
        """Return the place of a resource in its template."""
        return self._written.origin_of(logical_id)

    def written(self, logical_id: str) -> MarkedMap:
        """Return the properties of a resource as written."""
        resource = self._written[logical_id]
        properties = resource.get("Properties")
        return properties if isinstance(properties, MarkedMap) else MarkedMap(resource.file, resource.line)

    def property(self, logical_id: str, name: str) -> Any:
        """Return one resolved property of a resource; None if it is left out."""
        key = (logical_id, name)
        if key not in self._properties:
            written = self.written(logical_id)
            if key in self._resolving:  # by a name that a function or a transform makes, which no graph shows
                fail(f"`{name}` of `{logical_id}` depends on itself", written.origin_of(name), hint="break the circle")
            self._resolving.add(key)
            try:
                value = self._made_values.get(logical_id, {}).get(name)
                value = self._evaluator.value(written.get(name)) if value is None else value
            finally:
                self._resolving.discard(key)
            known = None if value is NO_VALUE else self._local(value)
            self._properties[key] = self._made_name(logical_id, name) if known is None else known
        return self._properties[key]

    def generation(self, logical_id: str) -> int:
        """Return how often a resource was replaced."""
        return self._generations.get((self._stack, logical_id), 0)

    def id_seed(self, logical_id: str) -> str:
        """Return the text from which the id of a resource follows."""
        return seed(self.ids[logical_id], self.generation(logical_id))

    def _made_name(self, logical_id: str, name: str) -> str | None:
        """Return the name that CloudFormation makes for a property of that purpose; None for another property."""
        naming = NAMINGS.get(self.kind(logical_id))
        if naming is None or name != naming.property:
            return None
        fifo = bool(naming.fifo) and is_true(self.property(logical_id, naming.fifo))
        return self._names().of(naming, logical_id, fifo=fifo, generation=self.generation(logical_id))

    def _local(self, value: Any) -> Any:
        """Return the local file of an object in S3 that a property names; any other value as it is."""
        address = address_of(value) if self._objects else None
        file = self._objects.get(address) if address else None
        return str(file) if file else value

    def resource(self, logical_id: str) -> Resource:
        """Return a resource with all its properties resolved."""
        resource, written = self._written[logical_id], self.written(logical_id)
        properties = MarkedMap(written.file, written.line)
        naming = NAMINGS.get(self.kind(logical_id))
        made = (*self._made_values.get(logical_id, ()), *((naming.property,) if naming else ()))
        for name in dict.fromkeys((*written, *made)):
            value = self.property(logical_id, name)
            if value is not None:
                properties.put(name, value, written.lines.get(name, 0))
        return Resource(
            id=self.ids[logical_id],
            type=self.kind(logical_id),
            properties=properties,
            depends_on=tuple(self.ids.get(name, name) for name in depends_on(resource)),
            stack=self._stack,
            origin=self.origin(logical_id),
            property_origins={name: written.origin_of(name) for name in written},
            construct_path=_construct_path(resource.get("Metadata")),
            generation=self.generation(logical_id),
            given_id=self.given_ids.get(logical_id, ""),
            written_as="" if self.ids[logical_id].rpartition("/")[2] == logical_id else logical_id,
            presumption=self._conditions.presumption(resource),
        )


def _construct_path(metadata: Any) -> str:
    """Return the path of the construct of a resource, `Stack/Orders/Function`; "" if the metadata has none."""
    written = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    return construct_of(written) if isinstance(written, str) else ""
