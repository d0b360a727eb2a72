"""Scope of one stack: a template with its values, and the values of the names in it."""

import re
from collections.abc import Mapping
from typing import Any

from netful.model.core import DanglingReference, Maybe, Origin, Unknown, mapping
from netful.model.names.generated.generated_names import Names
from netful.sources.account.deployed_stack import LAYER, VERSION, DeployedStack, nested_id
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template import rules
from netful.sources.template.attribute_values import AttributeValues
from netful.sources.template.attributes import PROPERTY_ATTRIBUTES
from netful.sources.template.conditions import Conditions
from netful.sources.template.dangling import dangling
from netful.sources.template.intrinsics import Evaluator
from netful.sources.template.outputs import StackOutputs
from netful.sources.template.parameters import StackParameters
from netful.sources.template.references import depends_on, references
from netful.sources.template.resources import StackResources
from netful.sources.template.scope import Lookup
from netful.sources.template.template import Template

_OF_PARAMETERS = "resolve:ssm:"


class TemplateScope:
    """The names of one stack. Everything is resolved on first use, and kept.

    `given` are the parameter values from outside, `lookup` the other stacks of the load. `deployed` is set if
    CloudFormation's API deployed the stack.
    """

    def __init__(
        self,
        name: str,
        template: Template,
        lookup: Lookup,
        given: Mapping[str, Any],
        deployed: DeployedStack | None = None,
    ) -> None:
        self.name = name
        self.template = template
        self.given = given
        self.deployed = deployed
        self.warnings: list[str] = list(template.warnings)
        self.imports: dict[str, None] = {}
        self.dangling: list[DanglingReference] = []
        self._lookup = lookup
        self._evaluator = Evaluator(self)
        self._conditions = Conditions(template.conditions, self._evaluator, is_partial=template.is_partial)
        self.parameters = StackParameters(name, template.parameters, given, lookup)
        self.resources = StackResources(
            name,
            template.resources,
            self._evaluator,
            self._conditions,
            self._names,
            deployed,
            template.places,
            {**template.given_ids, **_given_versions(template, deployed, name)},
            _made_values(template, given),
        )
        self.outputs = StackOutputs(name, template.outputs, self._evaluator, self._conditions, self.parameters)
        self._attributes = AttributeValues(name, self.resources, lookup)

    def _names(self) -> Names:
        return Names(self._lookup.account_id, self.region, str(self.parameters.stack_name))

    @property
    def region(self) -> str:
        """The region that the stack is deployed to."""
        return self._lookup.region

    @property
    def account_id(self) -> str:
        """The account that the stack is deployed to."""
        return self._lookup.account_id

    def ref(self, name: str, origin: Origin) -> Any:
        """Return the value of `Ref`."""
        if name in self.parameters:
            return self.parameters.value(name)
        if name in self.resources:
            return self.resources.absence(name) or self._made(name, "Ref") or self._attributes.ref(name)
        if name.startswith("AWS::"):
            return self.parameters.pseudo(name, origin)
        return self.given.get(name, Unknown(f"`{name}` is made by a transform or a module", (name,)))

    def attribute(self, logical_id: str, attribute: str, origin: Origin) -> Any:
        """Return the value of `Fn::GetAtt`; one that AWS decides may be given like a parameter."""
        if logical_id not in self.resources:
            return self.ref(f"{logical_id}.{attribute}", origin)
        made = self._made(logical_id, attribute)
        value = self.resources.absence(logical_id) or (
            self._attributes.attribute(logical_id, attribute) if made is None else made
        )
        return self.given.get(f"{logical_id}.{attribute}", value) if isinstance(value, Unknown) else value

    def _made(self, logical_id: str, attribute: str) -> Any:
        """Return what the function of a custom resource has answered, or the id of a nested stack; else None."""
        if self.deployed is None:
            return self._lookup.made.get((self.name, logical_id), {}).get(attribute)
        if attribute == "Ref" and self.resources.kind(logical_id) == "AWS::CloudFormation::Stack":
            return nested_id(self.deployed.id, f"{self.name}/{logical_id}")
        return self.deployed.made.get((self.name, logical_id), {}).get(attribute)

    def condition(self, name: str, origin: Origin) -> bool | Unknown:
        """Return whether a named condition holds."""
        return self._conditions.holds(name, origin)

    def mapping(self, name: str, origin: Origin) -> Maybe[Mapping[str, Any]]:
        """Return the table of `Mappings` with a name."""
        found = self.template.mappings.get(name)
        if not isinstance(found, Mapping):
            if self.template.is_partial:
                return Unknown(f"mapping `{name}` is made by a macro", (f"mapping {name}",))
            fail(f"mapping `{name}` is not defined", origin, hint=close_match(name, self.template.mappings))
        return found

    def import_value(self, name: str, origin: Origin) -> Any:  # noqa: ARG002 - the scope's signature; a missing import is no error
        """Return the value that another stack exports."""
        self.imports[name] = None
        return self._lookup.exported(name)

    def import_matching(self, pattern: re.Pattern[str], origin: Origin) -> Any:
        """Return the value of the only export whose name fits, or None."""
        name, value = self._lookup.export_matching(pattern)
        if name is not None:
            self.warnings.append(f"{origin}: the import is taken to be `{name}`, the only loaded export that fits")
        return value

    def stack_output(self, stack: str, output: str) -> Any:
        """Return the value of an output of another stack, exported or not."""
        return self._lookup.stack_output(stack, output)

    def supplied(self, reference: str) -> str | None:
        """Return the value of a dynamic reference that the user gave, or that a parameter of another stack has.

        The version of a parameter is taken to be the one that the other stack writes.
        """
        value = self.given.get(reference)
        if value is None and reference.startswith(_OF_PARAMETERS):
            name, _, version = reference.removeprefix(_OF_PARAMETERS).partition(":")
            value = self._lookup.systems_parameter(name, self.name)
            if value is not None and version:
                self.warnings.append(
                    f"{self.template.file}: version {version} of `{name}` is taken to be the loaded one"
                )
        return value if isinstance(value, str) else None

    def resolve(self, node: Any) -> Any:
        """Return any value of the template, resolved."""
        return self._evaluator.value(node)

    def check(self) -> None:
        """Check the template's rules, and record assumptions and dangling references.

        Raises SourceError for parameter values that the rules do not allow.
        """
        self.warnings.extend(self.parameters.unmatched())
        self.warnings.extend(rules.judge(self.template, self))
        self.warnings.extend(self._conditions.assumed(self.template.resources))
        if all(map(self.resources.is_admitted, self.template.resources)):
            return  # no reference dangles
        written = self.template.root.get("Resources", self.template.resources)  # a plan has no text of its own
        asked = self._references_of(written)
        for name in self.resources:
            only = None if name in written else asked
            self._note_dangling(name, self.resources.ids[name], self.template.resources[name], only)
        for name in self.outputs:
            self._note_dangling(name, f"Outputs.{name}", self.template.outputs[name])

    def _references_of(self, written: MarkedMap) -> set[str]:
        """Return the names that the deployed resources refer to as written, before any transform."""
        deployed = [written[name] for name in self.resources if name in written]
        used = {use.name for node in (*deployed, self.template.root.get("Globals")) for use in references(node)}
        return used.union(*map(depends_on, deployed))

    def _note_dangling(self, name: str, owner: str, node: MarkedMap, only: set[str] | None = None) -> None:
        """Note the dangling references of a part; `only` are the targets that count if a transform made it."""
        for one in dangling(owner, node, self.resources, self._conditions):
            if only is not None and one.target not in only:
                continue
            self.dangling.append(one)
            self.warnings.append(
                f"{one.origin}: `{name}` refers to `{one.target}`, which is not deployed: "
                f"condition `{one.condition}` is false"
            )


def _made_values(template: Template, given: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the properties that AWS chose, also by attributes that repeat one and that are given like parameters (`Vpc.CidrBlock`)."""
    found = {logical_id: dict(values) for logical_id, values in template.made_values.items()}
    for name, value in given.items():
        logical_id, _, attribute = name.partition(".")
        resource = mapping(template.resources.get(logical_id))
        repeated = PROPERTY_ATTRIBUTES.get((str(resource.get("Type")), attribute))
        if repeated is not None and repeated not in mapping(resource.get("Properties")):
            found.setdefault(logical_id, {})[repeated] = value
    return found


def _given_versions(template: Template, deployed: DeployedStack | None, stack: str) -> Mapping[str, str]:
    """Return the ARNs of the versions of functions and layers that the deployment of a stack has published."""
    made = deployed.made if deployed is not None else {}
    return {
        logical_id: made[stack, logical_id]["Ref"]
        for logical_id, resource in template.resources.items()
        if resource["Type"] in (LAYER, VERSION) and (stack, logical_id) in made
    }
