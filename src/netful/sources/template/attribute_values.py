"""Values of `Ref` and `Fn::GetAtt`, by the tables of `attributes` and of `computed_values`."""

from functools import partial
from typing import Any

from netful.model import rotation_applications
from netful.model.core import Unknown, mapping
from netful.model.identity import id_made_with
from netful.model.names.generated.managed_names import managed_label, managed_name
from netful.model.network import managed_ports
from netful.sources.template import attributes
from netful.sources.template.computed_values import COMPUTED, REFS
from netful.sources.template.resource_names import ResourceNames, decided_by_aws
from netful.sources.template.resources import StackResources
from netful.sources.template.scope import Lookup
from netful.sources.template.values import merged, unknowns_in

_IMPORTING = "Custom::CrossRegionExportReader"
"""The CDK's resource whose attributes are exports of stacks in other regions."""


class AttributeValues:
    """Values that the resources of a stack give to other resources."""

    def __init__(self, stack: str, resources: StackResources, lookup: Lookup) -> None:
        self._stack = stack
        self._resources = resources
        self._lookup = lookup
        self._names = ResourceNames(resources, lookup)

    def ref(self, logical_id: str) -> Any:
        """Return the value of `Ref`."""
        kind = self._resources.kind(logical_id)
        if kind in REFS:
            return REFS[kind](self._names, logical_id)
        if kind in attributes.REF_IS_ARN:
            return self.attribute(logical_id, "Arn")
        if kind in attributes.JOINED_REFS:
            return self._joined(logical_id, attributes.JOINED_REFS[kind])
        return self._names.name(logical_id)

    def attribute(self, logical_id: str, attribute: str) -> Any:
        """Return the value of `Fn::GetAtt`."""
        kind = self._resources.kind(logical_id)
        if (kind, attribute) in attributes.ADDRESSES:
            return self._names.address(logical_id, attribute)
        if attribute in attributes.ARN_ATTRIBUTES and kind in attributes.ARNS:
            return self._names.own_arn(logical_id)
        if (kind, attribute) in attributes.PROPERTY_ATTRIBUTES:
            return self._repeated(logical_id, attribute)
        if (kind, attribute) in attributes.MADE_WITH:
            return id_made_with(
                kind,
                attributes.MADE_WITH[kind, attribute],
                *self._names.place(logical_id),
                self._resources.id_seed(logical_id),
            )
        if (kind, attribute) in attributes.DERIVED:
            return self._names.derived(logical_id, attribute)
        if (kind, attribute) in COMPUTED:
            return COMPUTED[kind, attribute](self._names, logical_id)
        if managed_ports.gives_port(kind, attribute):
            return self._managed_port(logical_id, attribute)
        if attribute == rotation_applications.OUTPUT and (name := self._rotation_function(logical_id)):
            return self._names.arn(logical_id, attributes.ARNS["AWS::Lambda::Function"], name)
        imports = mapping(mapping(self._resources.property(logical_id, "ReaderProps")).get("imports"))
        if kind == _IMPORTING and attribute in imports:
            return imports[attribute]
        if attribute.startswith("Outputs."):
            output, origin = attribute.removeprefix("Outputs."), self._resources.origin(logical_id)
            return self._lookup.nested_output(self._stack, logical_id, output, origin)
        if attributes.is_own_id(kind, attribute):
            return self._names.aws_id(logical_id)
        label = managed_label(kind, self._resources.ids[logical_id], partial(self._resources.property, logical_id))
        named = managed_name(kind, attribute, label, self._names.region(logical_id))
        return named or decided_by_aws(logical_id, attribute)

    def _rotation_function(self, logical_id: str) -> str:
        """Return the name of the function of an application that rotates secrets; "" for other nested stacks."""
        own = {name: self._resources.property(logical_id, name) for name in ("TemplateURL", "Parameters")}
        return rotation_applications.function_name(own)

    def _repeated(self, logical_id: str, attribute: str) -> Any:
        """Return the property that an attribute repeats."""
        kind = self._resources.kind(logical_id)
        repeated = attributes.PROPERTY_ATTRIBUTES[kind, attribute]
        if repeated == attributes.NAME_PROPERTIES.get(kind):
            return self._names.name(logical_id)
        value = self._resources.property(logical_id, repeated)
        return decided_by_aws(logical_id, attribute) if value is None else value

    def _managed_port(self, logical_id: str, attribute: str) -> str | Unknown:
        """Return the port of a database or cache; an instance in a cluster has the cluster's."""
        cluster = self._resources.property(logical_id, "DBClusterIdentifier")
        own = self._database("::DBCluster", cluster) or logical_id
        kind = self._resources.kind(own)
        deciding = {name: self._resources.property(own, name) for name in managed_ports.deciding(kind)}
        port, engine = deciding.values()
        if unknowns := unknowns_in([port] if port is not None else [engine]):
            return merged(unknowns)
        source = self._resources.property(own, "SourceDBInstanceIdentifier")
        if port is None and engine is None and source is not None:  # a replica's is its source's
            named = self._database("::DBInstance", source)
            return (
                self._managed_port(named, attribute)
                if named and named != own
                else decided_by_aws(logical_id, attribute)
            )
        return str(managed_ports.port_of(kind, deciding))

    def _database(self, end: str, named: object) -> str | None:
        """Return the cluster or instance with an id or a name, by the end of its type; None if it is not in the stack."""
        every = (name for name in self._resources.ids if self._resources.kind(name).endswith(end))
        return next((name for name in every if named is not None and self._names.is_named(name, named)), None)

    def _joined(self, logical_id: str, parts: tuple[str | tuple[str, ...], ...]) -> str | Unknown:
        """Return fixed texts and values of properties, of alternative ones the first that is set, with `|` between them."""
        found = [
            part
            if isinstance(part, str)
            else next((v for n in part if (v := self._resources.property(logical_id, n))), "")
            for part in parts
        ]
        unknowns = unknowns_in(found)
        return merged(unknowns) if unknowns else "|".join(map(str, found))
