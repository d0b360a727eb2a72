"""A template's sections, and the errors that are visible before its values are resolved."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from netful.model.core import Origin
from netful.sources.account.described_stack import DescribedResource
from netful.sources.files.complaint import close_match, fail, misspelt
from netful.sources.files.document import WIDE_SPACES, Document, LeftOut
from netful.sources.files.marked import MarkedMap
from netful.sources.template import absent_attributes
from netful.sources.template.references import Reference, depends_on, references

SECTIONS = (
    "AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings", "Metadata", "Outputs",
    "Parameters", "Resources", "Rules", "Transform",
)  # fmt: skip
_PACKAGED = ("Constants", "Modules", "Packages")
_OF_CLIENT = "which `aws cloudformation package` replaces; load the template that it writes"
SERVERLESS = "AWS::Serverless-2016-10-31"
KNOWN_TRANSFORMS = (SERVERLESS, "AWS::LanguageExtensions", "AWS::Include", "AWS::CodeDeployBlueGreen")
_BREAK_CYCLE = "one of them must not use the others"
_GROUP_CYCLE = (
    "two security groups that name each other need `AWS::EC2::SecurityGroupIngress` or `…Egress` of their own"
)
_MODULE = "::MODULE"
_MOST_RESOURCES = 500
LOGICAL_ID = re.compile("[A-Za-z0-9]+")
EXPORT_NAME = re.compile("[A-Za-z0-9:-]+")
ATTRIBUTES = {
    "resource": (
        "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdatePolicy",
        "UpdateReplacePolicy", "Version",
    ),
    "parameter": (
        "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength", "MaxValue",
        "MinLength", "MinValue", "NoEcho", "Type",
    ),
    "output": ("Condition", "Description", "Export", "Value"),
}  # fmt: skip
"""The keys that CloudFormation takes in a member of a section; it refuses a template with another one."""
_MISSPELT = 0.8
PARAMETER_TYPES = ("String", "Number", "CommaDelimitedList", "List<Number>", "List<String>")
PSEUDO_PARAMETERS = (
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",
)  # fmt: skip


@dataclass
class Template:
    """A template as written, with expanded macros.

    `given` are the user's values for its parameters, which SAM reads before anything is resolved. `made` are the ids
    of the resources for which a transform or a module makes further names. `left_out` are
    the macros that were not run. `source_origins` are the places of resources in what the template was made of, by logical id, and `places` are their accounts and
    regions where they are not the stack's ("" where one is). `given_ids` are the ids that AWS has given to resources already, and to
    what it makes with them (`VPC.default`). `deleted_ids` are those of the resources that the deployment deletes, with the types of those that are
    names, and `deleted_parts` those of the resources of which it deletes a part, by the names of the parts. `stack` is the stack of a described account that was
    deployed from the template, `deployed` are its resources by logical id, and `made_values` are properties that AWS chose.
    """

    file: str
    root: MarkedMap
    parameters: MarkedMap
    mappings: MarkedMap
    conditions: MarkedMap
    resources: MarkedMap
    outputs: MarkedMap
    rules: MarkedMap
    transforms: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    given: Mapping[str, Any] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    left_out: tuple[LeftOut, ...] = ()
    source_origins: Mapping[str, Origin] = field(default_factory=dict)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    given_ids: Mapping[str, str] = field(default_factory=dict)
    deleted_ids: frozenset[tuple[str, str]] = frozenset()
    deleted_parts: Mapping[str, str] = field(default_factory=dict)
    stack: str = ""
    deployed: Mapping[str, DescribedResource] = field(default_factory=dict)
    made_values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def is_partial(self) -> bool:
        """Return whether a macro that was not run may add names of every kind."""
        return bool(self.left_out) or any(name not in KNOWN_TRANSFORMS for name in self.transforms)


def of(document: Document, given: Mapping[str, Any] = MappingProxyType({})) -> Template:
    """Return the template in a document; `given` are parameter values."""
    root, origin = document.root, Origin(document.file, 1)
    if not isinstance(root, MarkedMap):
        fail(
            "the file is not a template",
            origin,
            why="it is empty" if root is None else "it is a list" if isinstance(root, list) else "it is a text",
            hint="a template is a mapping with `Resources`",
        )
    if "Resources" not in root:
        is_state = "terraform_version" in root or "encrypted_data" in root  # as OpenTofu writes it
        of_terraform = is_state and "write the state, or a plan, with `terraform show -json > FILE.json`"
        hint = of_terraform or misspelt("Resources", root) or "a template is a mapping with `Resources`"
        fail("the template has no `Resources`", origin, hint=hint)
    template = Template(
        file=document.file,
        root=root,
        parameters=_section(root, "Parameters"),
        mappings=_section(root, "Mappings"),
        conditions=_section(root, "Conditions"),
        resources=_section(root, "Resources"),
        outputs=_section(root, "Outputs"),
        rules=_section(root, "Rules"),
        transforms=tuple(_transforms(root)),
        warnings=document.warnings,
        given=given,
        left_out=tuple(document.left_out),
    )
    for name in root:
        if name not in SECTIONS and not name.startswith("Fn::"):
            hint = _OF_CLIENT if name in _PACKAGED else close_match(name, SECTIONS)
            template.warnings.append(f"{root.origin_of(name)}: unknown section `{name}`{', ' + hint if hint else ''}")
    return template


def _section(root: MarkedMap, name: str) -> MarkedMap:
    section = root.get(name)
    if section is None:
        return MarkedMap(root.file, root.lines.get(name, root.line))
    if not isinstance(section, MarkedMap):
        fail(
            f"`{name}` is not a mapping", root.origin_of(name), hint=f"write `{name}:` and each name indented below it"
        )
    return section


def _transforms(root: MarkedMap) -> Iterator[str]:
    written = root.get("Transform")
    for transform in written if isinstance(written, list) else [written]:
        if isinstance(transform, str):
            yield transform
        elif isinstance(transform, MarkedMap) and isinstance(transform.get("Name"), str):
            yield transform["Name"]


def check(template: Template) -> None:
    """Reject what CloudFormation rejects before it resolves anything: wrong types, unknown names, cycles."""
    if not template.resources and not template.left_out:
        is_wide = any(name.startswith("\u3000") for name in template.root)
        hint = WIDE_SPACES if is_wide else "a template needs at least one resource"
        fail("`Resources` is empty", template.root.origin_of("Resources"), hint=hint)
    for name in template.parameters:
        _check_parameter(name, template)
    for name in template.resources:
        _check_resource(name, template)
    template.made.update(name for name in template.resources if template.resources[name]["Type"].endswith(_MODULE))
    template.warnings.extend(_limits(template))
    uses = {name: list(_uses(template.resources[name])) for name in template.resources}
    for name, resource in template.resources.items():
        _check_names(template, uses[name])
        _check_depends_on(template, name, resource)
    _check_names(template, references(template.outputs))
    asked = (*(use for each in uses.values() for use in each), *references(template.outputs))
    template.warnings.extend(
        dict.fromkeys(absent_attributes.warnings(asked, template.resources)) if not template.is_partial else ()
    )
    for section, user in ((template.conditions, "condition"), (template.rules, "rule")):
        _check_names(template, references(section))
        _refuse_resources(template, section, user)
    for name, output in template.outputs.items():
        _check_output(name, template)
        _check_names(template, _own_condition(output))
    _refuse_cycle("the resources", _resource_graph(template, uses), template.resources)
    _refuse_cycle("the conditions", _condition_graph(template), template.conditions)


def _limits(template: Template) -> Iterator[str]:
    """Warn of contents that can be read here, but not deployed. A loop that could not be unrolled has no ids yet."""
    resources = template.resources
    if len(resources) > _MOST_RESOURCES:
        where = resources.origin_of(list(resources)[_MOST_RESOURCES])
        yield f"{where}: CloudFormation takes {_MOST_RESOURCES} resources, and these are {len(resources):,}"
    for section in (template.parameters, resources, template.outputs):
        for name in section:
            if not name.startswith("Fn::") and not LOGICAL_ID.fullmatch(name):
                yield f"{section.origin_of(name)}: CloudFormation takes letters and digits in a name, not `{name}`"
    yield from filter(None, map(_export, template.outputs.values()))


def _export(output: Any) -> str:
    """Return the warning for the name of an export that CloudFormation refuses, or ""."""
    export = output.get("Export") if isinstance(output, MarkedMap) else None
    name = export.get("Name") if isinstance(export, MarkedMap) else None
    if not isinstance(export, MarkedMap) or not isinstance(name, str) or EXPORT_NAME.fullmatch(name):
        return ""
    where = export.origin_of("Name")
    return f"{where}: CloudFormation takes letters, digits, `:` and `-` in the name of an export, not `{name}`"


def _check_resource(name: str, template: Template) -> None:
    resource, origin = template.resources[name], template.resources.origin_of(name)
    if not isinstance(resource, MarkedMap):
        fail(f"resource `{name}` is not a mapping", origin, hint="it needs a `Type`, and `Properties` below it")
    if "Type" not in resource:
        fail(f"resource `{name}` has no `Type`", origin, hint=misspelt("Type", resource) or "add its `Type`")
    if not isinstance(resource["Type"], str):
        what, hint = f"the `Type` of resource `{name}` is not a text", "write it as `AWS::EC2::VPC`"
        fail(what, resource.origin_of("Type"), hint=hint)
    if resource.get("Properties") is not None and not isinstance(resource["Properties"], MarkedMap):
        what = f"the `Properties` of resource `{name}` are not a mapping"
        fail(what, resource.origin_of("Properties"), hint="write `Properties:` and each name indented below it")
    _check_attributes(template, "resource", name, resource)


def _check_parameter(name: str, template: Template) -> None:
    parameter, origin = template.parameters[name], template.parameters.origin_of(name)
    if not isinstance(parameter, MarkedMap):
        fail(f"parameter `{name}` is not a mapping", origin, hint="it needs a `Type`")
    _check_attributes(template, "parameter", name, parameter)
    kind = parameter.get("Type")
    if "Type" not in parameter:
        _warn(template, f"parameter `{name}` has no `Type`", origin)
    elif isinstance(kind, str) and "::" not in kind and kind not in PARAMETER_TYPES:
        _refuse(template, f"`{kind}` is not a type of parameters", parameter.origin_of("Type"), kind, PARAMETER_TYPES)


def _check_output(name: str, template: Template) -> None:
    output, origin = template.outputs[name], template.outputs.origin_of(name)
    if not isinstance(output, MarkedMap):
        fail(f"output `{name}` is not a mapping", origin, hint="it needs a `Value`")
    _check_attributes(template, "output", name, output)
    if "Value" not in output:
        _warn(template, f"output `{name}` has no `Value`", origin)


def _check_attributes(template: Template, kind: str, name: str, member: MarkedMap) -> None:
    for key in member:
        if key not in ATTRIBUTES[kind] and not key.startswith("Fn::"):
            what = f"`{name}` has an unknown attribute `{key}`"
            _refuse(template, what, member.origin_of(key), key, ATTRIBUTES[kind])


def _refuse(template: Template, what: str, origin: Origin, written: str, known: tuple[str, ...]) -> None:
    """Reject a word that is probably a misspelling of a known one; only warn of another one. A macro may take any word."""
    hint = close_match(written, known, likeness=_MISSPELT)
    if hint and not template.is_partial:
        fail(what, origin, hint=hint)
    _warn(template, what, origin)


def _warn(template: Template, what: str, origin: Origin) -> None:
    """Warn of what CloudFormation refuses and a reader can leave out."""
    if not template.is_partial:
        template.warnings.append(f"{origin}: {what}: CloudFormation refuses the template")


def _uses(resource: MarkedMap) -> Iterator[Reference]:
    yield from references(resource.get("Properties"))
    yield from _own_condition(resource)


def _own_condition(holder: MarkedMap) -> Iterator[Reference]:
    if isinstance(holder.get("Condition"), str):
        yield Reference(holder["Condition"], "", holder.origin_of("Condition"), condition=True)
    for key in ("Value", "Export"):
        yield from references(holder.get(key))


def _check_names(template: Template, uses: Iterator[Reference] | list[Reference]) -> None:
    for use in uses:
        if use.condition:
            if use.name not in template.conditions and not template.is_partial:
                hint = close_match(use.name, template.conditions, "define it under `Conditions`")
                fail(f"condition `{use.name}` is not defined", use.origin, hint=hint)
        elif not _is_name(template, use):
            names = [*template.resources, *template.parameters, *PSEUDO_PARAMETERS]
            packaged = next((section for section in _PACKAGED if section in template.root), "")
            unnamed = (
                f"it may be of `{packaged}`, {_OF_CLIENT}" if packaged else "no parameter or resource has this name"
            )
            hint = close_match(use.name, names, unnamed)
            fail(f"reference to `{use.name}`, which does not exist", use.origin, hint=hint)


def _refuse_resources(template: Template, section: MarkedMap, user: str) -> None:
    for use in references(section):
        if not use.condition and use.name in template.resources:
            hint = f"{user}s are decided before anything is made; they can use parameters and mappings"
            fail(f"a {user} refers to the resource `{use.name}`", use.origin, hint=hint)


def _is_name(template: Template, use: Reference) -> bool:
    if use.name in template.resources:
        return True
    if not use.attribute and (use.name in template.parameters or use.name in PSEUDO_PARAMETERS):
        return True
    return _may_be_made(template, use.name)


def _may_be_made(template: Template, name: str) -> bool:
    """Return whether a transform, a module or a macro may make a name that is not written."""
    return template.is_partial or any(name.startswith(made) for made in template.made)


def _check_depends_on(template: Template, name: str, resource: MarkedMap) -> None:
    for needed in depends_on(resource):
        if needed not in template.resources and not _may_be_made(template, needed):
            hint = close_match(needed, template.resources, "name a resource of this template")
            fail(f"`{name}` depends on `{needed}`, which does not exist", resource.origin_of("DependsOn"), hint=hint)


def _resource_graph(template: Template, uses: dict[str, list[Reference]]) -> dict[str, list[str]]:
    return {
        name: [use.name for use in uses[name] if not use.condition] + list(depends_on(template.resources[name]))
        for name in template.resources
    }


def _condition_graph(template: Template) -> dict[str, list[str]]:
    return {name: [use.name for use in references(node) if use.condition] for name, node in template.conditions.items()}


def _refuse_cycle(kind: str, graph: dict[str, list[str]], section: MarkedMap) -> None:
    cycle = _cycle(graph)
    if cycle:
        path = " → ".join(f"`{name}`" for name in [*cycle, cycle[0]])
        groups = any(section[name].get("Type") == "AWS::EC2::SecurityGroup" for name in cycle)
        hint = _GROUP_CYCLE if groups else _BREAK_CYCLE
        fail(f"{kind} depend on one another in a circle", section.origin_of(cycle[0]), why=path, hint=hint)


def _cycle(graph: dict[str, list[str]]) -> list[str]:
    """Return a cycle in a graph, or nothing; depth first with an explicit stack."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(name)
                done.add(name)
                continue
            if name in on_path:
                return path[path.index(name) :]
            if name in done or name not in graph:
                continue
            path.append(name)
            on_path.add(name)
            stack.append((name, True))
            stack.extend((following, False) for following in graph[name])
    return []
