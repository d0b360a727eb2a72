"""Resources that an argument may mean where a plan does not show its expression.

| the plan lacks | candidates |
|---|---|
| a local value | the only resource of a type that the argument refers to: of the module, else of the plan |
| a value within the map of `for_each` | what the text of that value names, else the resources in that map, of a type that fits |
| an instance of a VPC for a subnet | the only one whose block contains the subnet's: it is no assumption |
| the expression of a `dynamic` block in a module | what its text names, else the only group of the module, and what the variable of the argument's name means |

Each of the others is an assumption, which the translation names.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

from netful.model.core import texts
from netful.sources.terraform.plan.each_values import Entry, block_of, entries, named_by_local
from netful.sources.terraform.plan.planned_resources import Planned, mapping
from netful.sources.terraform.plan.references import AttributeReference, Found, Literal, Referring, are_lists
from netful.sources.terraform.plan.source_lines import Configuration
from netful.sources.terraform.types.resource_types import LISTS, PROXIED, REFERRED, WITHIN_EACH, kind_of

_IN_TEXT = "${"
"""Beginning of a value within a text: what is around it belongs to the argument."""

_FURTHER_BLOCKS = ("aws_vpc_ipv4_cidr_block_association", "aws_vpc_ipv6_cidr_block_association")


def fitting(planned: Iterable[Planned], resource: Planned, name: str) -> list[Planned]:
    """Return the resources that an argument may refer to: those of its module, else of the plan; for a list those of its module."""
    wanted = REFERRED.get(name, ())
    every = [one for one in planned if kind_of(one.type) in wanted and one.address != resource.address]
    own = [one for one in every if one.module.address == resource.module.address]
    return own if name in LISTS else own or every


def around(
    referring: Referring, planned: Iterable[Planned], resource: Planned, name: str, expression: object
) -> list[Found]:
    """Return the VPC of a subnet, of several that an expression names: the one whose block contains the subnet's, as in AWS.

    None of them if VPCs of the plan have further blocks.
    """
    if (resource.type, name) != ("aws_subnet", "vpc_id") or any(one.type in _FURTHER_BLOCKS for one in planned):
        return []
    named = [one for one in referring.found(resource, expression, several=True) if isinstance(one, AttributeReference)]
    try:
        own, *blocks = (
            IPv4Network(str(one.values.get("cidr_block"))) for one in (resource, *(one.resource for one in named))
        )
    except ValueError:  # a block that is not known
        return []
    holding: list[Found] = [one for one, block in zip(named, blocks, strict=True) if own.subnet_of(block)]
    return holding if len(holding) == 1 else []


def given(referring: Referring, planned: Iterable[Planned], resource: Planned, name: str) -> list[Found]:
    """Return what an argument of a `dynamic` block is given."""
    if resource.module.parent is None:
        return []
    variable = resource.module.variable_like(name)
    written = {"references": [variable]} if variable else {}
    found = referring.meant(resource, written, several=name in LISTS)
    every = fitting(planned, resource, name) if name in LISTS else []
    own: list[Found] = [AttributeReference(one, "id") for one in every] if len(every) == 1 else []
    of_variable = found if all(isinstance(one, AttributeReference) for one in found) else []
    return [*own, *of_variable] or [*within_each(referring, resource, name, written, found)]


def by_text(
    referring: Referring, configuration: Configuration, resource: Planned, name: str, expression: object
) -> list[Found] | None:
    """Return what an argument with `each.value` means by its text, such as nothing; None if that does not show it."""
    named = texts(mapping(expression).get("references"))
    if not any(one.startswith("each.value") for one in named):
        return None
    written = configuration.argument_texts(resource.module, block_of(resource), name)
    return _named(referring, configuration, resource, named, written[0]) if len(written) == 1 else None


def by_dynamic(referring: Referring, configuration: Configuration, resource: Planned, name: str) -> list[Found] | None:
    """Return the same of an argument in a `dynamic` block, if one has it."""
    written = configuration.dynamic_texts(resource.module, block_of(resource), name)
    if len(written) != 1 or written[0] is None:
        return None
    named = Entry(resource.module, written[0]).references
    is_member = any(one.startswith("var.") and "." in one.removeprefix("var.") for one in named)
    return None if is_member else _named(referring, configuration, resource, named, written[0])


def _named(
    referring: Referring, configuration: Configuration, resource: Planned, named: list[str], text: str
) -> list[Found] | None:
    held = entries(configuration, resource, text)
    locals_ = {one: named_by_local(configuration, resource.module, one) for one in named if one.startswith("local.")}
    if (
        held is None
        or None in locals_.values()
        or any(_IN_TEXT in one for one in (text, *(each.text for each in held)))
    ):
        return None
    values = tuple(f'["{one.constant}"]' for one in held if one.constant is not None)
    beside = [one for one in named if not one.startswith(("each.value", "local."))]
    written = [*held, *filter(None, locals_.values())]
    found = [
        *referring.named_by(resource.module, resource, beside, values),
        *(each for one in written for each in referring.named_by(one.module, resource, one.references, ())),
    ]
    meant = {(one.resource.address, one.attribute): one for one in found if isinstance(one, AttributeReference)}
    unknown = [one for one in found if not isinstance(one, (AttributeReference, Literal))]
    return [*meant.values(), *unknown] if meant or not unknown else None


def within_each(
    referring: Referring, resource: Planned, name: str, expression: object, meant: list[Found]
) -> list[AttributeReference]:
    """Return what an argument may mean, if it may be a value within the map of `for_each`: that, and what else it names.

    A list means all instances of one resource, and nothing where it may be some of them, or another one.
    """
    several = name in LISTS
    beside = [one for one in meant if isinstance(one, AttributeReference)]
    kinds = () if several and beside else _kinds(resource, name)
    every = referring.within_each(resource, expression) if kinds else []
    held = [one for one in every if kind_of(one.resource.type) in kinds and (one.written or several)]
    found = {one.resource.address: one for one in ([*beside, *held] if held else ())}
    one_list = all(one.whole for one in held) and not are_lists(held)
    return [] if several and len(found) > 1 and not one_list else [*found.values()]


def _kinds(resource: Planned, name: str) -> tuple[str, ...]:
    """Return the types that an argument may mean by a value within a map."""
    proxied = str(resource.values.get("integration_type")).startswith("HTTP")
    return PROXIED if name == "integration_uri" and proxied else WITHIN_EACH.get(name, ())
